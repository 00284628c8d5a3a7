// `npm run bench:fleet`: a fleet on one machine, each appliance a message a minute, most of them behind gateways.
import * as os from 'node:os';
import { parseArgs } from 'node:util';
import { type Figure, figuresTable, writeFigures } from '../figure.ts';
import { describeMachine } from '../ingest/machine.ts';
import { monotonicMs } from '../ingest/monotonic.ts';
import { quantile } from '../ingest/spread.ts';
import { connectFleet, startFleetServer, stopFleetServer } from './start-fleet.ts';

const { values } = parseArgs({
  options: {
    appliances: { type: 'string', default: '100000' },
    direct: { type: 'string', default: '10000' },
    gateways: { type: 'string', default: '5000' },
    minutes: { type: 'string', default: '3' },
    folder: { type: 'string' },
    figures: { type: 'string' },
  },
});
const APPLIANCES = Number(values.appliances);
const DIRECT = Number(values.direct);
const GATEWAYS = Number(values.gateways);
const BEHIND = Math.floor((APPLIANCES - DIRECT) / GATEWAYS);
const MINUTES = Number(values.minutes);
const MINUTE_MS = 60_000;
const GIBIBYTE = 1024 ** 3;
const RSS_EVERY_MS = 1_000;

const count = (value: number): string => value.toLocaleString('en');
const tell = (what: string): void => void process.stderr.write(`${what} ...\n`);

await using stack = new AsyncDisposableStack();
tell('starting the platform');
const started = await startFleetServer(stack, values.folder === undefined ? {} : { folder: values.folder });
const machine = describeMachine(started.folder);
tell(`importing ${count(DIRECT + GATEWAYS * BEHIND)} appliances`);
const importedFrom = monotonicMs();
const speakers = await started.server.call.makeFleet({ direct: DIRECT, gateways: GATEWAYS, behind: BEHIND });
const importMs = monotonicMs() - importedFrom;
const rssBefore = (await started.server.call.usage(true)).rssBytes;
tell(`connecting ${count(speakers.length)}`);
const fleet = await connectFleet(started, speakers, stack);
const ratePerSecond = (DIRECT + GATEWAYS * BEHIND) / 60;
tell('the first minute, in which everybody is met');
await fleet.speak(ratePerSecond, MINUTE_MS);
tell(`${MINUTES} minutes at ${count(Math.round(ratePerSecond))} messages/s`);

let rssMost = 0;
const watch = setInterval(() => {
  void started.server.call.usage().then(({ rssBytes }) => (rssMost = Math.max(rssMost, rssBytes)));
}, RSS_EVERY_MS);
const before = await started.server.call.usage();
const began = monotonicMs();
const times = await fleet.speak(ratePerSecond, MINUTES * MINUTE_MS);
const after = await started.server.call.usage();
const wallMs = monotonicMs() - began;
const lags = await started.server.call.lagsMs();
clearInterval(watch);
await started.server.call.caughtUp();
await stopFleetServer(started);

const cores = os.availableParallelism();
const cpuMs = after.cpuMs - before.cpuMs;
const figures: Figure[] = [
  {
    what: `CPU of the server, ${count(APPLIANCES)} appliances, a message a minute`,
    unit: `% of ${cores} cores`,
    value: (cpuMs / wallMs / cores) * 100,
    digits: 1,
    aim: { atMost: 50 },
  },
  {
    what: 'memory of the server at most',
    unit: 'GiB',
    value: rssMost / GIBIBYTE,
    digits: 2,
    aim: { atMost: 4 },
  },
  { what: 'PUBLISH to PUBACK, p50', unit: 'ms', value: quantile(times, 0.5), digits: 1 },
  { what: 'PUBLISH to PUBACK, p99', unit: 'ms', value: quantile(times, 0.99), digits: 1, aim: { atMost: 50 } },
  { what: 'connections made', unit: '/s', value: (speakers.length / fleet.connectMs) * 1_000, digits: 0 },
  { what: 'appliances imported, with gateways', unit: '/s', value: (APPLIANCES / importMs) * 1_000, digits: 0 },
  ...Object.entries(lags).map(([consumer, ms]) => ({ what: `lag of ${consumer}`, unit: 'ms', value: ms, digits: 0 })),
];

console.log(
  `\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; load before ${machine.loadBefore.toFixed(2)}`,
);
console.log(
  `${count(DIRECT)} appliances connected, ${count(GATEWAYS * BEHIND)} behind ${count(GATEWAYS)} gateways; ${count(times.length)} messages in ${MINUTES} min\n`,
);
console.log(figuresTable(figures));
console.log(`\nCPU by thread, % of one core (${(rssBefore / GIBIBYTE).toFixed(2)} GiB before anybody was connected):`);
for (const [name, ms] of Object.entries(after.threads).sort(([, a], [, b]) => b - a)) {
  const percent = ((ms - (before.threads[name] ?? 0)) / wallMs) * 100;
  if (percent >= 0.1) console.log(`  ${name.padEnd(24)}${percent.toFixed(1).padStart(8)}`);
}
writeFigures(values.figures, figures);
