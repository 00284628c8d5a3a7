// Speaks for a fleet from a process of its own, so that what the server costs is its alone.
import { setTimeout as pause } from 'node:timers/promises';
import { generate } from 'mqtt-packet';
import { gatewayTopic, upTopic } from '#contracts';
import { offer } from '../ingest/child.ts';
import { type Connection, openConnections } from '../ingest/connection.ts';
import { RING_SLOTS, valuesAt } from '../ingest/message-ring.ts';
import { monotonicMs } from '../ingest/monotonic.ts';
import { usage } from '../ingest/usage.ts';
import type { FleetClientOffers, Speaker } from './offers.ts';

const MESSAGE_IDS = 65_535;
const BEAT_MS = 2;
const WARM_UP_MS = 1_000;

const VALUES = Array.from({ length: RING_SLOTS }, (_, slot) => JSON.stringify(valuesAt(slot)));

let took: ((ms: number) => void) | null = null;
let waiting = 0;

class Line {
  readonly #connection: Connection;
  readonly #dueAt = new Map<number, number>();
  #sent = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.acknowledged = (id) => {
      const dueAt = this.#dueAt.get(id);
      if (dueAt === undefined) throw new Error('what was never sent was acknowledged');
      this.#dueAt.delete(id);
      waiting--;
      took?.(monotonicMs() - dueAt);
    };
  }

  send(topic: string, payload: string, dueAt: number): void {
    const messageId = 1 + (this.#sent++ % MESSAGE_IDS);
    this.#dueAt.set(messageId, dueAt);
    waiting++;
    this.#connection.socket.write(
      generate({ cmd: 'publish', topic, payload, qos: 1, messageId, dup: false, retain: false }),
    );
  }
}

type Appliance = { line: Line; topic: string };

let appliances: Appliance[] = [];
let spoken = 0;

const topicsOf = ({ id, appliances: behind }: Speaker): string[] =>
  behind?.map((appliance) => gatewayTopic({ gateway: id, appliance, channel: 'telemetry' })) ?? [
    upTopic(id, 'telemetry'),
  ];

/** Those of one gateway do not speak one after the other. */
function inTurns(all: readonly (readonly Appliance[])[]): Appliance[] {
  const most = Math.max(...all.map(({ length }) => length));
  return Array.from({ length: most }, (_, index) => all.flatMap((some) => some[index] ?? [])).flat();
}

function speakOnce(dueAt: number): void {
  const index = spoken % appliances.length;
  const round = Math.floor(spoken / appliances.length);
  spoken++;
  const { line, topic } = appliances[index]!;
  const values = VALUES[(round + index) % RING_SLOTS];
  line.send(topic, `{"seq":${round},"readings":[{"at":${Date.now()},"values":${values}}]}`, dueAt);
}

const client: FleetClientOffers = {
  async connect({ port, speakers }) {
    const began = monotonicMs();
    const connections = await openConnections(port, speakers);
    const lines = connections.map((connection) => new Line(connection));
    appliances = inTurns(
      speakers.map((speaker, index) => topicsOf(speaker).map((topic) => ({ line: lines[index]!, topic }))),
    );
    return monotonicMs() - began;
  },
  async speak({ ratePerSecond, forMs }) {
    const times: number[] = [];
    const startedAt = monotonicMs();
    took = (ms) => {
      if (monotonicMs() - ms >= startedAt + WARM_UP_MS) times.push(ms);
    };
    const everyMs = 1_000 / ratePerSecond;
    for (let sent = 0; monotonicMs() < startedAt + forMs; ) {
      for (const now = monotonicMs(); startedAt + sent * everyMs <= now; sent++) speakOnce(startedAt + sent * everyMs);
      await pause(BEAT_MS);
    }
    while (waiting > 0) await pause(BEAT_MS);
    took = null;
    return Float64Array.from(times);
  },
  cpuMs: () => usage().cpuMs,
};

offer(client);
