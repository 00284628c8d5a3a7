// One of the two that take turns: a server, and a load client of its own that stays connected to it.
import { type Child, startChild } from './child.ts';
import { monotonicMs } from './monotonic.ts';
import type { ClientOffers, ServerOffers, StartedServer, Usage } from './offers.ts';
import type { BenchOptions } from './options.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Stamps are this old at most when the bench begins: readings are taken for 90 days. */
const HISTORY_MS = 80 * DAY_MS;
/** No server here is faster; how many stamps are needed is reckoned with it. */
const FASTEST_PER_SECOND = 400_000;
const WARM_UP_MS = 1000;
const FIRST_WARM_UP_MS = 3000;

export type Contender = {
  name: string;
  server: Child<ServerOffers>;
  client: Child<ClientOffers>;
  started: StartedServer;
  /** When the stamps of its publishers begin. */
  firstAt: number;
  messageBytes: number;
  readings: number;
};

/** Minutes apart like a real fridge's, nearer when that many minutes do not fit into the history that is kept. */
function stampStepMs(options: BenchOptions): number {
  const seconds = (options.rounds + 2) * (options.seconds + 2);
  const messages = (FASTEST_PER_SECOND * seconds) / options.publishers;
  return Math.max(1, Math.min(MINUTE_MS, Math.floor(HISTORY_MS / messages)));
}

/** The server runs, and nobody is connected. */
export async function startContender(
  entry: { name: string; file: string; nodeOptions: readonly string[]; folder: string },
  options: BenchOptions,
  stack: AsyncDisposableStack,
): Promise<Contender> {
  const server = stack.use(startChild<ServerOffers>(entry.file, ['--expose-gc', ...entry.nodeOptions]));
  const client = stack.use(startChild<ClientOffers>('./load-client.ts'));
  const { publishers, samples, idle } = options;
  const started = await server.call.start({ folder: entry.folder, publishers, samples, idle });
  const firstAt = Date.now() - HISTORY_MS;
  return { name: entry.name, server, client, started, firstAt, messageBytes: 0, readings: 0 };
}

/** Publishers connect, and both sides become as fast as they will be. */
export async function warmUp(contender: Contender, options: BenchOptions): Promise<void> {
  const { port, publishers } = contender.started;
  const { firstAt } = contender;
  const connected = await contender.client.call.connect({ port, publishers, firstAt, stepMs: stampStepMs(options) });
  Object.assign(contender, connected);
  await contender.client.call.flood({ warmUpMs: 0, windowMs: FIRST_WARM_UP_MS, inFlight: options.inFlight });
  await contender.server.call.caughtUp();
}

/** Bytes of the server's memory per connection that says nothing. */
export async function weighIdle({ server, client, started }: Contender): Promise<number> {
  const { port, idle } = started;
  const some = idle.slice(0, Math.ceil(idle.length / 10));
  // The first connections make what all later ones share.
  await client.call.openIdle({ port, idle: some });
  client.call.closeIdle.asEvent();
  await server.call.caughtUp();
  const before = await server.call.usage(true);
  await client.call.openIdle({ port, idle });
  await server.call.caughtUp();
  const after = await server.call.usage(true);
  await client.call.closeIdle();
  await server.call.caughtUp();
  return (after.rssBytes - before.rssBytes) / idle.length;
}

export type Round = {
  acceptedPerSecond: number;
  /** Until every consumer had caught up. */
  finishedPerSecond: number;
  cpuSecondsPer100k: number;
  threadSecondsPer100k: Record<string, number>;
  clientCores: number;
};

export async function runRound({ server, client }: Contender, options: BenchOptions): Promise<Round> {
  const before = await server.call.usage();
  const clientBefore = await client.call.cpuMs();
  const began = monotonicMs();
  const load = { warmUpMs: WARM_UP_MS, windowMs: options.seconds * 1000, inFlight: options.inFlight };
  const result = await client.call.flood(load);
  const clientMs = (await client.call.cpuMs()) - clientBefore;
  const floodMs = monotonicMs() - began;
  const caughtUpAt = await server.call.caughtUp();
  const after = await server.call.usage();
  const per100k = (ms: number): number => (ms / 1000 / result.messages) * 100_000;
  return {
    acceptedPerSecond: (result.windowMessages / result.windowMs) * 1000,
    finishedPerSecond: (result.messages / (caughtUpAt - result.startedAt)) * 1000,
    cpuSecondsPer100k: per100k(after.cpuMs - before.cpuMs),
    threadSecondsPer100k: threadsPer100k(before, after, per100k),
    clientCores: clientMs / floodMs,
  };
}

function threadsPer100k(before: Usage, after: Usage, per100k: (ms: number) => number): Record<string, number> {
  const names = Object.keys(after.threads);
  return Object.fromEntries(names.map((name) => [name, per100k(after.threads[name]! - (before.threads[name] ?? 0))]));
}

/** Times from PUBLISH to PUBACK, ms. */
export async function runPaced(
  { server, client }: Contender,
  rate: number,
  options: BenchOptions,
): Promise<Float64Array> {
  const times = await client.call.paced({ ratePerSecond: rate, forMs: options.seconds * 1000 });
  await server.call.caughtUp();
  return times;
}
