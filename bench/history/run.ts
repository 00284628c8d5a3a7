// `npm run bench:history`: how long questions about history take in the embedded store with many appliances, while it is
// written, and for how long ageing holds up a write.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { type Moment, newId } from '#contracts';
import { openDuckdbReadings } from '#engines/duckdb';
import { ingestTables, latestOf, type ReadingsStore } from '#ingest';
import { registryTables } from '#registry';
import { DAY, HOUR, MINUTE, migrate } from '#runtime';
import { pgliteDatabase } from '../../test/engines/databases.ts';
import { writeFigures } from '../figure.ts';
import { describeMachine } from '../ingest/machine.ts';
import { monotonicMs } from '../ingest/monotonic.ts';

const { values } = parseArgs({
  options: {
    appliances: { type: 'string', default: '10000' },
    hours: { type: 'string', default: '24' },
    minutes: { type: 'string', default: '5' },
    questions: { type: 'string', default: '100' },
    figures: { type: 'string' },
  },
});
const APPLIANCES = Number(values.appliances);
const HOURS = Number(values.hours);
const EVERY_MS = Number(values.minutes) * MINUTE;
const QUESTIONS = Number(values.questions);
const FIRST_AT = Date.UTC(2026, 2, 2);
const MOMENTS_AT_ONCE = 5_000;
/** What is over is rolled up, so these are not. */
const OPEN_HOURS = 2;
const SIGNALS = [
  'cabinet_temperature',
  'freezer_temperature',
  'evaporator_temperature',
  'ambient_temperature',
] as const;

const ids = Array.from({ length: APPLIANCES }, newId);
let position = 0;

const STILL = { power: 84.2, compressor_on: 1, door_open: 0, set_point: 4 };

const momentOf = (appliance: string, at: number): Moment => {
  position++;
  const moving = SIGNALS.map((signal, n) => [signal, 4 + n + ((position * 7) % 1_000) / 1_000] as const);
  const readings = [...moving, ...Object.entries(STILL)].map(([signal, value]) => ({ signal, value, mapped: true }));
  return { appliance, kind: 'refrigerator', at, position, readings };
};

async function write(store: ReadingsStore, at: number): Promise<void> {
  for (let first = 0; first < ids.length; first += MOMENTS_AT_ONCE) {
    const moments = ids.slice(first, first + MOMENTS_AT_ONCE).map((id, n) => momentOf(id, at + ((first + n) % 60_000)));
    await store.write(moments, position + 1);
  }
}

type Times = { what: string; ms: number[] };

async function timed(what: string, times: number, work: (n: number) => Promise<unknown>): Promise<Times> {
  const ms: number[] = [];
  for (let n = 0; n < times; n++) {
    const began = monotonicMs();
    await work(n);
    ms.push(monotonicMs() - began);
  }
  return { what, ms };
}

/** Hour by hour, as it happens: what is over grows old while the next is written. */
async function fill(store: ReadingsStore): Promise<Times[]> {
  const slices: number[] = [];
  const batches: number[] = [];
  for (let hour = 0; hour < HOURS; hour++) {
    for (let at = 0; at < HOUR; at += EVERY_MS) {
      const began = monotonicMs();
      await write(store, FIRST_AT + hour * HOUR + at);
      batches.push(monotonicMs() - began);
    }
    const closedBefore = FIRST_AT + (hour + 1 - OPEN_HOURS) * HOUR;
    for (let more = true; more; ) {
      const began = monotonicMs();
      more = await store.age({ closedBefore, rawBefore: 0, rollupsBefore: 0 });
      if (more) slices.push(monotonicMs() - began);
    }
    process.stderr.write(`hour ${hour + 1} of ${HOURS}\r`);
  }
  return [
    { what: `write of ${APPLIANCES.toLocaleString('en')} messages with 8 values`, ms: batches },
    { what: 'slice of ageing: a write waits no longer', ms: slices },
  ];
}

async function ask(store: ReadingsStore): Promise<Times[]> {
  const to = FIRST_AT + HOURS * HOUR;
  const anyone = (n: number): string => ids[(n * 7_919) % ids.length]!;
  const signal = (n: number): string => SIGNALS[n % SIGNALS.length]!;
  const day = (n: number) => ({ appliance: anyone(n), signal: signal(n), from: to - DAY, to });
  return [
    await timed('a day of one signal in 5 minutes, raw', QUESTIONS, (n) =>
      store.series({ ...day(n), bucketMs: 5 * MINUTE }),
    ),
    await timed('the newest hour of one signal, raw', QUESTIONS, (n) =>
      store.series({ ...day(n), from: to - HOUR, bucketMs: MINUTE }),
    ),
    await timed('a day of one signal in hours, rolled up', QUESTIONS, (n) =>
      store.rolledUp({ ...day(n), bucketMs: HOUR }),
    ),
    await timed('all readings of one appliance of an hour', QUESTIONS, (n) =>
      store.readings({ appliance: anyone(n), from: to - HOUR, to, limit: 2_000 }),
    ),
    await timed('count of one appliance and day', 10, (n) => store.count({ appliance: anyone(n), from: to - DAY, to })),
    await timed('count of all, an hour', 1, () => store.count({ from: FIRST_AT, to: FIRST_AT + HOUR })),
  ];
}

/** Latest values stand in the registry's database. */
async function askLatest(): Promise<Times[]> {
  await using database = await pgliteDatabase();
  const { sql } = database;
  await migrate(sql, [...registryTables, ...ingestTables]);
  const signals = Object.fromEntries(
    [...SIGNALS, ...Object.keys(STILL)].map((name) => [name, { value: 4, at: FIRST_AT }]),
  );
  await sql.query(
    `insert into app.latest (appliance, connected, heard_at, signals, written_at)
     select id, true, $2, $3::jsonb, $2 from unnest($1::uuid[]) as id`,
    [ids, FIRST_AT, JSON.stringify(signals)],
  );
  const some = (n: number, count: number): string[] =>
    Array.from({ length: count }, (_, i) => ids[(n * 31 + i * 7) % ids.length]!);
  return [
    await timed('latest values of one appliance', QUESTIONS, (n) => latestOf(sql, some(n, 1))),
    await timed('latest values of a page of 50', QUESTIONS, (n) => latestOf(sql, some(n, 50))),
    await timed('latest values of all', 5, () => latestOf(sql, ids)),
  ];
}

const quantile = ({ ms }: Times, part: number): number => {
  const sorted = [...ms].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
};

function print(all: readonly Times[], folder: string): void {
  const { cpu, cores, node, loadBefore } = describeMachine(folder);
  const bytes = fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
  const points = APPLIANCES * HOURS * (HOUR / EVERY_MS) * 8;
  console.log(`\n${cpu}, ${cores} cores, Node ${node}; load ${loadBefore.toFixed(2)}`);
  console.log(
    `${points.toLocaleString('en')} readings of ${APPLIANCES.toLocaleString('en')} appliances in ${HOURS} h,`,
  );
  console.log(`${(bytes / points).toFixed(1)} bytes each on disk, roll-ups included\n`);
  console.log(`${'ms'.padEnd(50)}${'p50'.padStart(10)}${'p99'.padStart(10)}${'most'.padStart(10)}`);
  for (const times of all) {
    const cells = [0.5, 0.99, 1].map((part) => quantile(times, part).toFixed(1).padStart(10));
    console.log(`${times.what.padEnd(50)}${cells.join('')}`);
  }
  writeFigures(
    values.figures,
    all.map((times) => ({ what: `${times.what}, p99`, unit: 'ms', value: quantile(times, 0.99), digits: 1 })),
  );
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-history-'));
try {
  await using store = await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') });
  print([...(await fill(store)), ...(await ask(store)), ...(await askLatest())], folder);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
