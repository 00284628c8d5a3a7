// `npm run bench:soak`: a steady load for minutes, with the heaps and the consumers' lag at each of them, and then the rate
// at which acknowledgements begin to be late.
import { parseArgs } from 'node:util';
import { type Figure, figuresTable, writeFigures } from '../figure.ts';
import { type FleetServer, startFleetServer, stopFleetServer } from '../fleet/start-fleet.ts';
import { type Child, startChild } from '../ingest/child.ts';
import { describeMachine } from '../ingest/machine.ts';
import type { ClientOffers } from '../ingest/offers.ts';
import { quantile } from '../ingest/spread.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '5000' },
    minutes: { type: 'string', default: '3' },
    publishers: { type: 'string', default: '200' },
    'knee-seconds': { type: 'string', default: '5' },
    figures: { type: 'string' },
  },
});
const RATE = Number(values.rate);
const MINUTES = Number(values.minutes);
const PUBLISHERS = Number(values.publishers);
const KNEE_MS = Number(values['knee-seconds']) * 1_000;
const MINUTE_MS = 60_000;
const MEBIBYTE = 1024 ** 2;
const LATE_MS = 50;
const KNEE_RATES = [7_500, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 60_000, 80_000];
/** The knee's stamps do not run ahead of the clock: they began this long ago. */
const KNEE_HISTORY_MS = 20 * 24 * 60 * MINUTE_MS;

type Minute = { p50: number; p99: number; lagMs: number; heapMib: number; rssMib: number };

const tell = (what: string): void => void process.stderr.write(`${what} ...\n`);

async function connect(
  { server, port }: FleetServer,
  load: { firstAt: number; stepMs: number },
  stack: AsyncDisposableStack,
): Promise<Child<ClientOffers>> {
  const publishers = await server.call.makeFleet({ direct: PUBLISHERS, gateways: 0, behind: 1 });
  const client = stack.use(startChild<ClientOffers>('./load-client.ts'));
  await client.call.connect({ port, publishers, ...load });
  return client;
}

async function minuteOf(
  { server }: FleetServer,
  client: Child<ClientOffers>,
): Promise<Minute & { times: Float64Array }> {
  const times = await client.call.paced({ ratePerSecond: RATE, forMs: MINUTE_MS });
  const lagMs = Math.max(0, ...Object.values(await server.call.lagsMs()));
  await server.call.caughtUp();
  const heapMib = (await server.call.heapBytes()) / MEBIBYTE;
  const { rssBytes } = await server.call.usage();
  return { times, p50: quantile(times, 0.5), p99: quantile(times, 0.99), lagMs, heapMib, rssMib: rssBytes / MEBIBYTE };
}

/** Least squares, per minute. */
function slope(ys: readonly number[]): number {
  const middle = (ys.length - 1) / 2;
  const mean = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  const over = ys.reduce((sum, y, x) => sum + (x - middle) * (y - mean), 0);
  return over / ys.reduce((sum, _, x) => sum + (x - middle) ** 2, 0);
}

/** The highest rate of the steps whose acknowledgements came in time. */
async function knee({ server }: FleetServer, client: Child<ClientOffers>): Promise<number> {
  let good = RATE;
  for (const ratePerSecond of KNEE_RATES) {
    const times = await client.call.paced({ ratePerSecond, forMs: KNEE_MS });
    const p99 = quantile(times, 0.99);
    tell(`${ratePerSecond} messages/s: PUBACK p99 ${p99.toFixed(1)} ms`);
    await server.call.caughtUp();
    if (p99 > LATE_MS) break;
    good = ratePerSecond;
  }
  return good;
}

await using stack = new AsyncDisposableStack();
const started = await startFleetServer(stack);
const machine = describeMachine(started.folder);
const steady = await connect(started, { firstAt: Date.now(), stepMs: (1_000 * PUBLISHERS) / RATE }, stack);
tell('warming up');
await steady.call.paced({ ratePerSecond: RATE, forMs: MINUTE_MS / 4 });
const minutes: (Minute & { times: Float64Array })[] = [];
const before = await started.server.call.usage();
for (let minute = 1; minute <= MINUTES; minute++) {
  const one = await minuteOf(started, steady);
  minutes.push(one);
  tell(
    `minute ${minute} of ${MINUTES}: PUBACK p99 ${one.p99.toFixed(1)} ms, lag ${one.lagMs.toFixed(0)} ms, heaps ${one.heapMib.toFixed(0)} MiB, RSS ${one.rssMib.toFixed(0)} MiB`,
  );
}
const after = await started.server.call.usage();
const quick = await connect(started, { firstAt: Date.now() - KNEE_HISTORY_MS, stepMs: 1_000 }, stack);
const kneeRate = await knee(started, quick);
await started.server.call.caughtUp();
await stopFleetServer(started);

const all = Float64Array.from(minutes.flatMap(({ times }) => [...times]));
const sent = MINUTES * (MINUTE_MS / 1_000) * RATE;
const figures: Figure[] = [
  { what: `PUBLISH to PUBACK at ${RATE} messages/s, p50`, unit: 'ms', value: quantile(all, 0.5), digits: 1 },
  { what: '  p99', unit: 'ms', value: quantile(all, 0.99), digits: 1, aim: { atMost: 50 } },
  { what: '  p99 of the worst minute', unit: 'ms', value: Math.max(...minutes.map(({ p99 }) => p99)), digits: 1 },
  {
    what: '  CPU per 100,000 messages',
    unit: 's',
    value: ((after.cpuMs - before.cpuMs) / 1_000 / sent) * 100_000,
    digits: 2,
  },
  { what: '  lag of consumers at most', unit: 'ms', value: Math.max(...minutes.map(({ lagMs }) => lagMs)), digits: 0 },
  { what: '  heaps after full collection, at the end', unit: 'MiB', value: minutes.at(-1)!.heapMib, digits: 0 },
  {
    what: '  their growth',
    unit: 'MiB/min',
    value: minutes.length < 2 ? 0 : slope(minutes.slice(Math.floor(minutes.length / 3)).map(({ heapMib }) => heapMib)),
    digits: 2,
    aim: { atMost: 1 },
  },
  { what: `highest rate with PUBACK p99 under ${LATE_MS} ms`, unit: '/s', value: kneeRate, digits: 0 },
];
console.log(
  `\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; load before ${machine.loadBefore.toFixed(2)}`,
);
console.log(
  `${PUBLISHERS} connections, QoS 1, 8 values a message; ${MINUTES} min, a collection of all heaps after each\n`,
);
console.log(figuresTable(figures));
writeFigures(values.figures, figures);
