// `npm run bench:backtest`: how many appliance-days a second a backtest judges, beside another version, from the embedded
// store.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { type Id, type Moment, newId } from '#contracts';
import { simulateMessages } from '#device-sim';
import { askBacktest, backtestById, backtestResult, type History, openBacktests, ruleFiles } from '#diagnosis-rules';
import { openDuckdbReadings } from '#engines/duckdb';
import { makeDecode, momentsOf, type ReadingsStore } from '#ingest';
import { loadModels, neutralCode } from '#registry';
import { DAY, type Logger, manualClock, migrate, SECOND } from '#runtime';
import { allTables } from '../../main/tables.ts';
import { pgliteDatabase } from '../../test/engines/databases.ts';
import { type Figure, writeFigures } from '../figure.ts';
import { describeMachine } from '../ingest/machine.ts';

const { values } = parseArgs({
  options: {
    appliances: { type: 'string', default: '8' },
    days: { type: 'string', default: '30' },
    'warm-up': { type: 'string', default: '35' },
    figures: { type: 'string' },
  },
});
const DAYS = Number(values.days);
const WARM_UP_DAYS = Number(values['warm-up']);
const FROM = Date.UTC(2026, 2, 2);
const TO = FROM + DAYS * DAY;
const MODEL = 'stethos-reference-fridge';
const RULE = 'refrigerator-cooling';
const ids: Id[] = Array.from({ length: Number(values.appliances) }, newId).sort();
const quiet: Logger = { info() {}, warn() {}, error: (fields, message) => console.error(message, fields) };

await using stack = new AsyncDisposableStack();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-bench-backtest-'));
stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
const { sql } = stack.use(await pgliteDatabase());
await migrate(sql, allTables);
const store = stack.use(await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') }));
console.log(describeMachine(folder));
const readings = await fill(store);

const { text } = ruleFiles().find(({ file }) => file === `${RULE}.yaml`)!;
const version = (n: number) => ({ rule: RULE, version: n, text });
const { clock } = manualClock(TO);
const history: History = (query) => momentsOf(store, query);

const figures: Figure[] = [];
for (const against of [null, version(2)]) {
  const id = await askBacktest(sql, {
    ...{ rule: version(1), against, from: FROM, to: TO, warmUpDays: WARM_UP_DAYS, by: null, now: TO },
    ...{
      scope: { ids: null, model: null },
      appliances: ids.map((one) => ({ id: one, model: MODEL, household: null })),
    },
  });
  await using backtests = openBacktests({
    ...{ sql, clock, logger: quiet, owner: 'bench', history, neutralCode, heard: async () => [] },
    kindOf: () => 'refrigerator',
  });
  const began = performance.now();
  await backtests.sweep();
  await report(id, against === null ? 'one version' : 'beside another', performance.now() - began);
}
writeFigures(values.figures, figures);

async function report(id: Id, what: string, ms: number): Promise<void> {
  const row = (await backtestById(sql, id))!;
  const { a } = await backtestResult(sql, row);
  const read = ids.length * (DAYS + WARM_UP_DAYS);
  figures.push({
    ...{ what: `backtest, ${what}, with the warm-up`, unit: 'appliance-days/s' },
    ...{ value: read / (ms / SECOND), digits: 0 },
  });
  const perSecond = (amount: number): string => Math.round(amount / (ms / SECOND)).toLocaleString('en');
  console.log(
    `${what}: ${row.applianceDays} appliance-days, ${a.findings} finding(s), in ${(ms / SECOND).toFixed(1)} s: ` +
      `${perSecond(read)} appliance-days/s with the warm-up, ${perSecond(readings)} values/s`,
  );
}

/** Healthy refrigerators, a message a minute; how many values there are. */
async function fill(into: ReadingsStore): Promise<number> {
  const decode = makeDecode(loadModels());
  let [position, count] = [0, 0];
  for (const [n, appliance] of ids.entries()) {
    let batch: Moment[] = [];
    const messages = simulateMessages({ seed: n + 1, from: FROM - WARM_UP_DAYS * DAY, until: TO });
    for (const { sentAt: at, payload } of messages) {
      const body = Buffer.from(JSON.stringify(payload));
      const decoded = decode({ kind: 'message', at, appliance, channel: 'telemetry', model: MODEL, body }, position++);
      if (!decoded.ok) continue;
      batch.push(...decoded.message.moments);
      if (batch.length < 20_000) continue;
      await into.write(batch, position);
      batch = [];
    }
    await into.write(batch, position);
    count += await into.count({ appliance, from: 0, to: TO });
  }
  return count;
}
