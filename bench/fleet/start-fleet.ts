// A platform with a fleet, and the processes that speak for it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { givenEngines } from '../engines.ts';
import { type Child, startChild } from '../ingest/child.ts';
import type { FleetClientOffers, FleetServerOffers, Speaker } from './offers.ts';

/** A process may open 20,000 files on many systems. */
const CONNECTIONS_OF_ONE_CLIENT = 8_000;
/** A gateway speaks for many, and a bench for years. */
const UNLIMITED = { MQTT_MESSAGES_PER_SECOND: '0', MQTT_BYTES_PER_SECOND: '0' };
const HEAP_PROBE = ['--expose-gc', '--import', new URL('./../heap-probe.ts', import.meta.url).href];

export type FleetServer = { server: Child<FleetServerOffers>; port: number; folder: string };
export type Fleet = {
  speak(ratePerSecond: number, forMs: number): Promise<Float64Array>;
  connectMs: number;
};

/** On the engines that were given, else embedded; in a temporary folder. */
export async function startFleetServer(
  stack: AsyncDisposableStack,
  { folder: parent = os.tmpdir(), nodeOptions = [] }: { folder?: string; nodeOptions?: readonly string[] } = {},
): Promise<FleetServer> {
  const folder = fs.mkdtempSync(path.join(parent, 'stethos-bench-'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const entry = new URL('./fleet-server.ts', import.meta.url).href;
  const server = stack.use(startChild<FleetServerOffers>(entry, [...HEAP_PROBE, ...nodeOptions]));
  const environment = { ...UNLIMITED, ...givenEngines() };
  const { port } = await server.call.start({ folder, environment });
  return { server, port, folder };
}

export async function connectFleet(
  { port }: FleetServer,
  speakers: readonly Speaker[],
  stack: AsyncDisposableStack,
): Promise<Fleet> {
  const parts: Speaker[][] = [];
  const count = Math.ceil(speakers.length / CONNECTIONS_OF_ONE_CLIENT);
  // Every client gets some of each kind.
  for (let part = 0; part < count; part++) parts.push(speakers.filter((_, index) => index % count === part));
  const entry = new URL('./fleet-client.ts', import.meta.url).href;
  const clients = parts.map(() => stack.use(startChild<FleetClientOffers>(entry)));
  let connectMs = 0;
  for (const [part, client] of clients.entries())
    connectMs += await client.call.connect({ port, speakers: parts[part]! });
  return {
    connectMs,
    async speak(ratePerSecond, forMs) {
      const each = { ratePerSecond: ratePerSecond / clients.length, forMs };
      const times = await Promise.all(clients.map((client) => client.call.speak(each)));
      return Float64Array.from(times.flatMap((some) => [...some]));
    },
  };
}

/** Let go of, it ends the process after its data is gone. */
export async function stopFleetServer({ server }: FleetServer): Promise<void> {
  await server.call.stop();
}
