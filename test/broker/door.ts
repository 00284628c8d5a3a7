// A real broker on free ports of loopback, with a real segment log in a folder of its own.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Access, type BrokerDeps, startBroker } from '#broker';
import { type Id, type LogRecord, newId } from '#contracts';
import { openSegmentLogReader, openSegmentLogWriter } from '#engines/segment-log';
import { type Logger, type LogWriter, manualClock } from '#runtime';
import { RawClient } from './raw-client.ts';

export const NOW = Date.UTC(2026, 2, 2, 9);
export const MODEL = 'stethos-reference-fridge';

export type Door = Awaited<ReturnType<typeof openDoor>>;
type Authenticate = (id: Id, secret: string) => Promise<{ model: string } | null>;
type Options = Partial<
  Pick<BrokerDeps, 'access' | 'brokerId' | 'commands' | 'limits' | 'maxPacketBytes' | 'patienceMs' | 'peers'>
> & {
  /** Instead of a registry: who is let in with which secret. */
  authenticate?: Authenticate;
  tls?: { certificate: string; key: string; clientIssuers?: string };
  /** Stands between the broker and the log. */
  through?: (log: LogWriter) => LogWriter;
};

/** Lets in whom `authenticate` knows, for as long as he likes. */
const accessBy = (authenticate: Authenticate): Access => ({
  async authenticate(offer) {
    const known = offer.kind === 'secret' ? await authenticate(offer.id, offer.secret) : null;
    return known && { kind: 'appliance', id: offer.id, credential: offer.id, model: known.model };
  },
  again: async (principal) => principal,
  over: async () => [],
  listen: async () => async () => {},
  changed: async () => [],
  firstContact: async () => ({ refused: 'key-over', retryAfterMs: null }),
});

export async function openDoor(options: Options = {}) {
  await using building = new AsyncDisposableStack();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-broker-'));
  building.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
  const { clock, set } = manualClock(NOW);
  const warnings: string[] = [];
  const note = (_fields: object, message: string): void => void warnings.push(message);
  const logger: Logger = { info: () => {}, warn: note, error: note };
  const log = openSegmentLogWriter({
    folder: path.join(folder, 'log'),
    logger,
    onFatal: (error) => {
      throw error;
    },
  });
  building.defer(() => log.close());
  const secrets = new Map<Id, string>();
  const broker = await startBroker({
    brokerId: options.brokerId ?? 'embedded',
    log: options.through?.(log) ?? log,
    access:
      options.access ??
      accessBy(options.authenticate ?? (async (id, secret) => (secrets.get(id) === secret ? { model: MODEL } : null))),
    clock,
    logger,
    listen: { host: '127.0.0.1', mqttPort: 0, webSocketPort: 0, tls: options.tls ? { port: 0, ...options.tls } : null },
    maxPacketBytes: options.maxPacketBytes ?? 64 * 1024,
    ...(options.peers === undefined ? {} : { peers: options.peers }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.commands ? { commands: options.commands } : {}),
    ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
  });
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await broker[Symbol.asyncDispose]();
  };
  building.defer(stop);
  const lifetime = building.move();

  const read = async (): Promise<LogRecord[]> => {
    const reader = openSegmentLogReader({ folder: path.join(folder, 'log'), shared: log.shared, logger });
    const records: LogRecord[] = [];
    for (let position = 0; position < (await reader.end()); ) {
      const batch = await reader.read(position, 1024 * 1024);
      records.push(...batch.records);
      position = batch.next;
    }
    await reader.close();
    return records;
  };

  return {
    broker,
    port: broker.ports.mqtt,
    warnings,
    setClock: set,
    stop,

    /** An id and a secret that are let in. */
    appliance(): { id: Id; secret: string } {
      const made = { id: newId(), secret: `secret-of-${secrets.size}` };
      secrets.set(made.id, made.secret);
      return made;
    },

    open: () => RawClient.open(broker.ports.mqtt),
    connect: ({ id, secret }: { id: Id; secret: string }, more?: Parameters<RawClient['connect']>[2]) =>
      RawClient.connected(broker.ports.mqtt, id, secret, more),

    /** Everything about one appliance that the broker has given to the log by now. */
    async records(id: Id): Promise<LogRecord[]> {
      if (!stopped) await broker.tick();
      return (await read()).filter(({ appliance }) => appliance === id);
    },
    everything: read,

    /** Waits until the log holds as many records of this kind about the appliance; returns them. */
    async recorded(id: Id, kind: LogRecord['kind'], count = 1): Promise<LogRecord[]> {
      const end = new BigInt64Array(log.shared);
      for (;;) {
        const before = Atomics.load(end, 0);
        const found = (await read()).filter(({ appliance, kind: k }) => appliance === id && k === kind);
        if (found.length >= count) return found;
        const waiting = Atomics.waitAsync(end, 0, before);
        if (waiting.async) await waiting.value;
      }
    },

    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
}

export const bodies = (records: readonly LogRecord[]): string[] =>
  records.map(({ body }) => Buffer.from(body).toString());
