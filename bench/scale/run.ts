// `npm run bench:scale`: what one message costs the server with few appliances and with many. A few gateways speak for
// all, at the same rate each time, and the platform is a new one each time.
import { parseArgs } from 'node:util';
import { type Figure, figuresTable, writeFigures } from '../figure.ts';
import { connectFleet, startFleetServer, stopFleetServer } from '../fleet/start-fleet.ts';
import { describeMachine } from '../ingest/machine.ts';
import type { Usage } from '../ingest/offers.ts';

const { values } = parseArgs({
  options: {
    appliances: { type: 'string', default: '1000,10000,100000' },
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '1' },
    profile: { type: 'string' },
    figures: { type: 'string' },
  },
});
const SIZES = values.appliances.split(',').map(Number);
const RATE = Number(values.rate);
const SECONDS = Number(values.seconds);
const GATEWAYS = 50;
const SETTLING_MS = 10_000;
const MEBIBYTE = 1024 ** 2;

type Measured = {
  size: number;
  perMessageUs: number;
  threadsUs: Record<string, number>;
  heapMib: number;
  rssMib: number;
};

const count = (value: number): string => value.toLocaleString('en');
const tell = (what: string): void => void process.stderr.write(`${what} ...\n`);

const profiling = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];

async function measure(size: number): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const started = await startFleetServer(stack, { nodeOptions: profiling });
  const { server } = started;
  tell(`${count(size)} appliances: importing`);
  const speakers = await server.call.makeFleet({ direct: 0, gateways: GATEWAYS, behind: size / GATEWAYS });
  const fleet = await connectFleet(started, speakers, stack);
  tell(`${count(size)} appliances: everybody is met`);
  await fleet.speak(RATE, SETTLING_MS + (size / RATE) * 1_000);
  await server.call.caughtUp();
  tell(`${count(size)} appliances: ${SECONDS} s at ${count(RATE)} messages/s`);
  const before = await server.call.usage();
  const messages = (await fleet.speak(RATE, SECONDS * 1_000)).length + RATE;
  await server.call.caughtUp();
  const after = await server.call.usage();
  const heapMib = (await server.call.heapBytes()) / MEBIBYTE;
  const { rssBytes } = await server.call.usage();
  await stopFleetServer(started);
  const us = (ms: number): number => (ms * 1_000) / messages;
  return {
    size,
    perMessageUs: us(after.cpuMs - before.cpuMs),
    threadsUs: threadsUs(before, after, us),
    heapMib,
    rssMib: rssBytes / MEBIBYTE,
  };
}

function threadsUs(before: Usage, after: Usage, us: (ms: number) => number): Record<string, number> {
  const names = Object.keys(after.threads);
  return Object.fromEntries(names.map((name) => [name, us(after.threads[name]! - (before.threads[name] ?? 0))]));
}

const machine = describeMachine(process.env.TMPDIR ?? '/tmp');
const measured: Measured[] = [];
for (const size of SIZES) measured.push(await measure(size));

const [first] = measured;
const figures: Figure[] = measured.flatMap((one) => [
  {
    what: `CPU per message at ${count(one.size)} appliances`,
    unit: 'us',
    value: one.perMessageUs,
    digits: 1,
  },
  ...(one === first
    ? []
    : [
        {
          what: `  beside ${count(first!.size)} appliances`,
          unit: 'x',
          value: one.perMessageUs / first!.perMessageUs,
          digits: 2,
          aim: { atMost: 1.15 },
        },
      ]),
  { what: '  memory after collection, all threads', unit: 'MiB', value: one.heapMib, digits: 0 },
  { what: '  memory of the process', unit: 'MiB', value: one.rssMib, digits: 0 },
]);

console.log(
  `\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; load before ${machine.loadBefore.toFixed(2)}`,
);
console.log(`${count(RATE)} messages/s of 8 values through ${GATEWAYS} gateways, ${SECONDS} s each\n`);
console.log(figuresTable(figures));
console.log('\nCPU per message by thread, us:');
const names = new Set(measured.flatMap(({ threadsUs }) => Object.keys(threadsUs)));
console.log(`  ${''.padEnd(24)}${measured.map(({ size }) => count(size).padStart(10)).join('')}`);
for (const name of names) {
  const cells = measured.map(({ threadsUs }) => (threadsUs[name] ?? 0).toFixed(1));
  if (cells.some((cell) => cell !== '0.0'))
    console.log(`  ${name.padEnd(24)}${cells.map((cell) => cell.padStart(10)).join('')}`);
}
writeFigures(values.figures, figures);
