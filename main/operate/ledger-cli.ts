// `npm run ledger`: do the counts balance?
import { parseArgs } from 'node:util';
import type { LedgerAlarm, LedgerDay } from '#ingest';
import { PlatformError } from '#runtime';
import { needed, runCommand } from '../backup/command-line.ts';
import { askOperator, type Where } from './ask-operator.ts';
import type { LedgerReport, OperatorWish } from './operate.ts';

const HELP = `Usage
  npm run ledger -- check [--day YYYY-MM-DD]    compares everything; with --day that day's readings once more. 1: a difference stands
  npm run ledger -- settle ID                   the reason of this difference is known; it comes back only when it changes

Options
  --data DIR         data folder of the platform; default: the demo's
  --config FILE      the settings the platform runs with (or the environment)`;

const BALANCES = {
  messages: 'messages: received = decoded + quarantined + answers to commands',
  quarantine: 'quarantine: every message that was set aside is there',
  readings: 'readings: the store holds what was decoded',
} as const;

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

function differenceText({ id, balance, appliance, from, to, expectedLow, expectedHigh, found }: LedgerAlarm): string {
  const expected = expectedLow === expectedHigh ? String(expectedLow) : `${expectedLow} to ${expectedHigh}`;
  return `${id}  ${balance}  appliance ${appliance}  ${iso(from)} to ${iso(to)}: expected ${expected}, found ${found}`;
}

const dayText = (day: LedgerDay): string =>
  `${iso(day.day).slice(0, 10)}  ${day.received} received, ${day.decoded} decoded, ${day.quarantined} quarantined, ` +
  `${day.commands} answers, ${day.replayed} replayed; readings: ${day.readings} decoded (${day.repeated} repeated, ` +
  `${day.late} late), ${day.rejected} rejected`;

function print({ checks, standing, days }: LedgerReport): void {
  for (const day of days.toReversed()) console.log(dayText(day));
  for (const { balance, checked } of checks) {
    const wrong = standing.filter((difference) => difference.balance === balance).length;
    console.log(`${BALANCES[balance]}: ${checked} place(s) compared now, ${wrong} difference(s) stand`);
  }
  for (const difference of standing) console.log(differenceText(difference));
  console.log(standing.length === 0 ? 'The ledger balances.' : 'The ledger does not balance.');
  if (standing.length > 0) process.exitCode = 1;
}

function dayOf(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new PlatformError('bad-arguments', 'reject', `--day is no day: "${text}".`, {
    hint: 'Give it like 2026-03-02.',
  });
}

function wishOf(command: string | undefined, id: string | undefined, day: string | undefined): OperatorWish {
  if (command === 'check') return { what: 'check-ledger', ...(day === undefined ? {} : { day: dayOf(day) }) };
  if (command === 'settle') return { what: 'settle-difference', id: needed(id, 'ID') };
  throw new PlatformError('bad-arguments', 'reject', `There is no command "${command ?? ''}".`, {
    hint: 'See --help.',
  });
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      day: { type: 'string' },
      data: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || positionals.length === 0) return console.log(HELP);
  const where: Where = { data: values.data, config: values.config };
  const answer = await askOperator(where, wishOf(positionals[0], positionals[1], values.day));
  if ('ledger' in answer) print(answer.ledger);
  else console.log('Settled.');
});
