// `npm run bench:influx`: what our writer of readings costs beside raw line protocol, on a real InfluxDB 2, in turns.
import * as fs from 'node:fs';
import { parseArgs } from 'node:util';
import { type Moment, newId } from '#contracts';
import { openInfluxReadings } from '#engines/influxdb';
import type { DueDays } from '#ingest';
import { openClock } from '#runtime';
import { type InfluxServer, present, startInfluxd } from '../../test/servers/servers.ts';
import { type Figure, writeFigures } from '../figure.ts';
import { describeMachine } from '../ingest/machine.ts';
import { monotonicMs } from '../ingest/monotonic.ts';
import { spread } from '../ingest/spread.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '3' },
    appliances: { type: 'string', default: '200' },
    figures: { type: 'string' },
  },
});
const LINES = Number(values.lines);
const ROUNDS = Number(values.rounds);
const APPLIANCES = Number(values.appliances);
const LINES_AT_ONCE = 5_000;
const FIELDS = 8;
/** The kernel counts CPU time in these. */
const TICK_MS = 10;

type Figures = { clientMs: number; serverMs: number; wallMs: number };
type Values = readonly [number, number, number, number, number, boolean, boolean, number];
type Line = { appliance: string; at: number; values: Values };

const NAMES = [
  'cabinet_temperature',
  'freezer_temperature',
  'evaporator_temperature',
  'ambient_temperature',
  'power',
  'compressor_on',
  'door_open',
  'set_point',
] as const;

/** The same for both, but for the names of the appliances: nobody overwrites the other. */
function linesFor(appliances: readonly string[], round: number): Line[] {
  const firstAt = Date.UTC(2026, 0, 1) + round * LINES * 1_000;
  return Array.from({ length: LINES }, (_, n) => ({
    appliance: appliances[n % appliances.length]!,
    at: firstAt + Math.floor(n / appliances.length) * 1_000,
    values: [4 + (n % 97) / 100, -18 + (n % 31) / 100, -21.7, 21.5, 84.2 + (n % 7), n % 3 === 0, false, 4],
  }));
}

function momentOf({ appliance, at, values: said }: Line, position: number): Moment {
  const readings = NAMES.map((signal, index) => ({ signal, value: said[index]!, mapped: true }));
  return { appliance, kind: 'refrigerator', at, position, readings };
}

const nothingDue: DueDays = {
  mark: async () => {},
  claim: async () => [],
  done: async () => {},
  of: async () => [],
  anyBefore: async () => false,
};

async function ours(server: InfluxServer, lines: readonly Line[]): Promise<() => Promise<void>> {
  const store = await openInfluxReadings({
    ...server,
    checkpoint: { load: async () => 0, save: async () => {} },
    refused: async (_, reason) => Promise.reject(new Error(reason)),
    ageing: { due: nothingDue, clock: openClock({ kind: 'system' }) },
    logger: { info() {}, warn() {}, error() {} },
    timeoutMs: 60_000,
  });
  const moments = lines.map((line, index) => momentOf(line, index + 1));
  return async () => {
    for (let first = 0; first < moments.length; first += LINES_AT_ONCE) {
      const part = moments.slice(first, first + LINES_AT_ONCE);
      await store.write(part, part.at(-1)!.position + 1);
    }
    await store[Symbol.asyncDispose]();
  };
}

/** Nothing but the lines and the requests: no checks, no order, no account of what was refused. */
async function raw(server: InfluxServer, lines: readonly Line[]): Promise<() => Promise<void>> {
  const url = `${server.url}/api/v2/write?org=${server.org}&bucket=${server.bucket}&precision=ms`;
  const headers = { authorization: `Token ${server.token}` };
  const text = ({ appliance, at, values: v }: Line): string =>
    `refrigerator,appliance=${appliance} cabinet_temperature=${v[0]},freezer_temperature=${v[1]},evaporator_temperature=${v[2]},ambient_temperature=${v[3]},power=${v[4]},compressor_on=${v[5] ? 1 : 0},door_open=${v[6] ? 1 : 0},set_point=${v[7]} ${at}`;
  return async () => {
    for (let first = 0; first < lines.length; first += LINES_AT_ONCE) {
      const body = lines
        .slice(first, first + LINES_AT_ONCE)
        .map(text)
        .join('\n');
      const answer = await fetch(url, { method: 'POST', headers, body });
      if (answer.status !== 204) throw new Error(`${answer.status} ${await answer.text()}`);
    }
  };
}

function serverCpuMs(pid: number): number {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

async function measure(server: InfluxServer, work: () => Promise<void>): Promise<Figures> {
  globalThis.gc?.();
  const [cpu, serverBefore, began] = [process.cpuUsage(), serverCpuMs(server.pid()), monotonicMs()];
  await work();
  const wallMs = monotonicMs() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { clientMs: (user + system) / 1_000, serverMs: serverCpuMs(server.pid()) - serverBefore, wallMs };
}

const CONTENDERS = { ours, raw } as const;
type Name = keyof typeof CONTENDERS;

async function bench(): Promise<Record<Name, Figures[]>> {
  await using server = present(await startInfluxd());
  const figures: Record<Name, Figures[]> = { ours: [], raw: [] };
  const names = Object.keys(CONTENDERS) as Name[];
  const ids = { ours: Array.from({ length: APPLIANCES }, newId), raw: Array.from({ length: APPLIANCES }, newId) };
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const run = await measure(server, await CONTENDERS[name](server, linesFor(ids[name], round)));
      if (round > 0) figures[name].push(run);
    }
  }
  return figures;
}

const perMillion = ({ clientMs }: Figures): number => (clientMs / 1_000 / (LINES * FIELDS)) * 1e6;
const ROWS: [what: string, unit: string, of: (figures: Figures) => number, digits: number, aim?: Figure['aim']][] = [
  ['values written', '/s', ({ wallMs }) => (LINES * FIELDS) / (wallMs / 1_000), 0],
  ['CPU of the client, per million values', 's', perMillion, 3, { atMost: 1.25 }],
  ['CPU of the server, per million values', 's', ({ serverMs }) => (serverMs / 1_000 / (LINES * FIELDS)) * 1e6, 2],
  ['cores the server was kept busy with', '', ({ serverMs, wallMs }) => serverMs / wallMs, 2, { atLeast: 0.95 }],
];

const figures = await bench();
const { cpu, cores, node, loadBefore } = describeMachine(process.env.TMPDIR ?? '/tmp');
const number = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
console.log(`\nInfluxDB 2.7.12; ${cpu}, ${cores} cores, Node ${node}; load before ${number(loadBefore, 2)}`);
console.log(
  `${ROUNDS} rounds of ${number(LINES, 0)} lines with ${FIELDS} fields, ${LINES_AT_ONCE} in a request, in turns\n`,
);
console.log(`${''.padEnd(46)}${'Stethos'.padStart(12)}${'raw lines'.padStart(12)}${'ratio'.padStart(8)}`);
const ratios: Figure[] = [];
for (const [what, unit, of, digits, aim] of ROWS) {
  const [mine, yardstick] = [spread(figures.ours.map(of)).median, spread(figures.raw.map(of)).median];
  const ratio = spread(figures.ours.map((each, index) => of(each) / of(figures.raw[index]!))).median;
  if (aim) ratios.push({ what: `${what}, beside raw lines`, unit: 'x', value: ratio, digits: 2, aim });
  const cells = [number(mine, digits), number(yardstick, digits)].map((cell) => cell.padStart(12)).join('');
  console.log(`${`${what} ${unit}`.padEnd(46)}${cells}${number(ratio, 2).padStart(8)}`);
}
console.log(
  '\nMedians. The yardstick builds its lines from ready values and sends them by fetch (undici); it checks nothing.',
);
writeFigures(values.figures, ratios);
