// `npm run backtest`: a rule tried on the history of a running platform, beside another version if you like.
import * as fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Comparison, FoundBySide, Id } from '#contracts';
import { DAY, PlatformError, SECOND } from '#runtime';
import { needed, runCommand } from '../backup/command-line.ts';
import { askOperator, type Where } from './ask-operator.ts';
import type { BacktestAnswer, BacktestWish, Tried } from './backtest-wishes.ts';

const HELP = `Usage
  npm run backtest -- --rule WHAT [--against WHAT] --from WHEN --to WHEN
  npm run backtest -- --resume ID                  goes on with one that was interrupted
  npm run backtest -- --follow ID                  how far one is, and what it found

  WHAT is a file, or RULE@VERSION (drafts too). WHEN is a day (2026-03-02) or a time (2026-03-02T12:00:00Z), in UTC.

Options
  --appliance ID     this one only; more than once for several
  --model MODEL      those of one model; without either the whole fleet
  --warm-up DAYS     so long before --from it only learns what is usual; default: 35
  --out FILE         every finding: a table for a name that ends in .csv, else a line of JSON for each
  --data DIR         data folder of the platform; default: the demo's
  --config FILE      the settings the platform runs with (or the environment)

Ctrl-C interrupts it; what is done stays.`;

type Shown = Extract<BacktestAnswer, { backtest: object }>;

async function tell(where: Where, wish: BacktestWish): Promise<BacktestAnswer> {
  return (await askOperator(where, wish, { onlyRunning: true })) as BacktestAnswer;
}
const show = async (where: Where, wish: BacktestWish): Promise<Shown> => (await tell(where, wish)) as Shown;

function triedOf(name: string): Tried {
  if (fs.existsSync(name)) return { text: fs.readFileSync(name, 'utf8') };
  const match = /^([a-z0-9-]+)@(\d+)$/.exec(name);
  if (match) return { rule: match[1]!, version: Number(match[2]) };
  throw new PlatformError('bad-arguments', 'reject', `"${name}" is no file and names no version of a rule.`, {
    hint: 'Give the path of a file, or write it like refrigerator-cooling@2.',
  });
}

function timeOf(text: string | undefined, option: string): number {
  const at = Date.parse(needed(text, option));
  if (!Number.isNaN(at)) return at;
  throw new PlatformError('bad-arguments', 'reject', `${option} is no time: "${text}".`, {
    hint: 'Give it like 2026-03-02, or 2026-03-02T12:00:00Z.',
  });
}

const LOOK_EVERY_MS = 1 * SECOND;

/** Resolves when it is over; prints how far it is whenever that changes. */
async function follow(where: Where, id: Id): Promise<Shown> {
  let said = '';
  const began = performance.now();
  for (;;) {
    const shown = await show(where, { what: 'get-backtest', id });
    const { state, done, appliances, applianceDays, waitsForReadings } = shown.backtest;
    const now = `${state}: ${done} of ${appliances} appliance(s), ${applianceDays} appliance-days${waitsForReadings ? '; waits for the readings' : ''}`;
    if (now !== said) console.log(now);
    said = now;
    if (state !== 'waiting' && state !== 'running') {
      const seconds = (performance.now() - began) / SECOND;
      if (state === 'done') console.log(`${Math.round(applianceDays / seconds)} appliance-days a second`);
      return shown;
    }
    await pause(LOOK_EVERY_MS);
  }
}

const count = (amount: number, what: string): string => `${amount} ${what}`;

function sideText(name: string, side: FoundBySide): string[] {
  const causes = side.byCause.map(
    ({ cause, findings, visits }) =>
      `    ${cause.padEnd(28)} ${count(findings, 'finding(s)')}, ${count(visits, 'visit(s)')}`,
  );
  const severities = side.bySeverity.map(({ severity, findings }) => count(findings, severity)).join(', ');
  return [
    `${name}: ${count(side.findings, 'finding(s)')} on ${count(side.appliances, 'appliance(s)')} in ${count(side.homes, 'home(s)')}, ${count(side.visits, 'visit(s)')}; ${count(side.stillOpen, 'still open at the end')}`,
    `    ${severities}`,
    ...causes,
  ];
}

function differenceText({ difference }: Comparison): string[] {
  if (!difference) return [];
  const { both, onlyA, onlyB, earlier, later, medianLaterMinutes, visitsOnlyA, visitsOnlyB } = difference;
  const middle = medianLaterMinutes === null ? '' : `, in the middle ${medianLaterMinutes} min later`;
  return [
    `both: ${both} (B earlier: ${earlier}, later: ${later}${middle})`,
    `only A: ${onlyA}, visits only A sends: ${visitsOnlyA}`,
    `only B: ${onlyB}, visits only B sends: ${visitsOnlyB}`,
  ];
}

function print({ backtest, found }: Shown): void {
  const { rule, version, againstRule, againstVersion, silent, error } = backtest;
  if (error !== null) console.log(`It failed: ${error}`);
  if (silent > 0) console.log(`Nothing is stored of ${silent} appliance(s) in that time.`);
  const b = found.b ? sideText(`B ${againstRule}@${againstVersion}`, found.b) : [];
  console.log([...sideText(`A ${rule}@${version}`, found.a), ...b, ...differenceText(found)].join('\n'));
  if (backtest.state !== 'done') process.exitCode = 1;
}

async function writeOut(where: Where, id: Id, file: string): Promise<void> {
  const format = file.endsWith('.csv') ? 'csv' : 'ndjson';
  fs.writeFileSync(file, '');
  let cursor: string | null = null;
  do {
    const page = await tell(where, { what: 'get-backtest-lines', id, format, cursor });
    if (!('lines' in page)) return;
    fs.appendFileSync(file, page.lines);
    cursor = page.next;
  } while (cursor !== null);
  console.log(file);
}

/** The first Ctrl-C lets what is done be kept, and says how it goes on. */
function interruptOnSignal(where: Where, id: Id): void {
  const interrupt = async (): Promise<void> => {
    await show(where, { what: 'move-backtest', id, move: 'interrupt' });
    console.log(`Interrupted. It goes on with: npm run backtest -- --resume ${id}`);
    process.exit(130);
  };
  process.once('SIGINT', () => runCommand(interrupt));
}

type Words = {
  rule?: string;
  against?: string;
  from?: string;
  to?: string;
  appliance?: string[];
  model?: string;
  'warm-up': string;
  resume?: string;
  follow?: string;
};

/** Null: nothing is asked. */
function wishOf(words: Words): BacktestWish | null {
  if (words.resume !== undefined) return { what: 'move-backtest', id: words.resume, move: 'resume' };
  if (words.follow !== undefined) return { what: 'get-backtest', id: words.follow };
  if (words.rule === undefined) return null;
  return {
    what: 'ask-backtest',
    rule: triedOf(words.rule),
    against: words.against === undefined ? null : triedOf(words.against),
    from: timeOf(words.from, '--from'),
    to: timeOf(words.to, '--to'),
    warmUpDays: Number(words['warm-up']),
    appliances: { ids: words.appliance ?? null, model: words.model ?? null },
  };
}

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      rule: { type: 'string' },
      against: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      appliance: { type: 'string', multiple: true },
      model: { type: 'string' },
      'warm-up': { type: 'string', default: '35' },
      resume: { type: 'string' },
      follow: { type: 'string' },
      out: { type: 'string' },
      data: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const where: Where = { data: values.data, config: values.config };
  const wish = wishOf(values);
  if (values.help || wish === null) return console.log(HELP);
  const { backtest } = await show(where, wish);
  const { id } = backtest;
  const days = Math.round((10 * (backtest.to - backtest.from)) / DAY) / 10;
  console.log(`Backtest ${id}: ${backtest.appliances} appliance(s), ${days} days`);
  interruptOnSignal(where, id);
  print(await follow(where, id));
  if (values.out !== undefined) await writeOut(where, id, values.out);
  process.exit();
});
