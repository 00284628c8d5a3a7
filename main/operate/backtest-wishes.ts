// What an operator asks of backtests at the command line.
import { z } from 'zod';
import { BacktestAppliances, type Comparison, Id, WarmUpDays } from '#contracts';
import {
  askBacktest,
  type BacktestRecord,
  backtestById,
  backtestResult,
  checkRule,
  fileHead,
  fileLine,
  foundPairs,
  interruptBacktest,
  refuseMistakes,
  resumeBacktest,
  ruleVersion,
  type TriedRule,
} from '#diagnosis-rules';
import { audit, fleetUnits, homeOrganisation } from '#registry';
import { PlatformError, type Sql } from '#runtime';

const Tried = z.union([z.object({ text: z.string() }), z.object({ rule: z.string(), version: z.number().int() })]);
export type Tried = z.infer<typeof Tried>;

export const BACKTEST_WISHES = [
  z.object({
    what: z.literal('ask-backtest'),
    rule: Tried,
    against: Tried.nullable(),
    from: z.number().int(),
    to: z.number().int(),
    warmUpDays: WarmUpDays,
    appliances: BacktestAppliances,
  }),
  z.object({ what: z.literal('get-backtest'), id: Id }),
  z.object({
    what: z.literal('get-backtest-lines'),
    id: Id,
    format: z.enum(['ndjson', 'csv']),
    cursor: z.string().nullable(),
  }),
  z.object({ what: z.literal('move-backtest'), id: Id, move: z.enum(['interrupt', 'resume']) }),
] as const;
export type BacktestWish = z.infer<(typeof BACKTEST_WISHES)[number]>;

export type BacktestAnswer =
  | { backtest: Omit<BacktestRecord, 'text' | 'againstText'>; found: Comparison }
  | { lines: string; next: string | null };

const NAMES: readonly string[] = ['ask-backtest', 'get-backtest', 'get-backtest-lines', 'move-backtest'];
export const isBacktestWish = (wish: { what: string }): wish is BacktestWish => NAMES.includes(wish.what);

type Deps = { sql: Sql; now: () => number };
const LINES_AT_ONCE = 1_000;

export async function operateBacktests({ sql, now }: Deps, wish: BacktestWish): Promise<BacktestAnswer> {
  switch (wish.what) {
    case 'ask-backtest': {
      const id = await sql.transaction(async (tx) => {
        const made = await ask(tx, wish, now());
        await noted(tx, made, 'backtest.asked', now());
        return made;
      });
      return shown(sql, id);
    }
    case 'get-backtest':
      return shown(sql, wish.id);
    case 'get-backtest-lines': {
      const { id, format, cursor } = wish;
      const { items, next } = await foundPairs(sql, { backtest: id, which: 'all', cursor, limit: LINES_AT_ONCE });
      const lines = items.map((pair) => fileLine(format, pair));
      return { lines: [cursor === null ? fileHead(format) : '', ...lines].join(''), next };
    }
    case 'move-backtest': {
      const { id, move } = wish;
      await sql.transaction(async (tx) => {
        await (move === 'interrupt' ? interruptBacktest(tx, id) : resumeBacktest(tx, id));
        await noted(tx, id, move === 'interrupt' ? 'backtest.interrupted' : 'backtest.resumed', now());
      });
      return shown(sql, id);
    }
  }
}

async function ask(tx: Sql, wish: Extract<BacktestWish, { what: 'ask-backtest' }>, now: number): Promise<Id> {
  const { from, to, warmUpDays } = wish;
  const { ids, model } = wish.appliances;
  if (!(from < to && to <= now)) {
    throw new PlatformError('wrong-span', 'reject', 'This is no span of the past.', {
      hint: 'Give --from and --to, the first before the second and neither in the future.',
    });
  }
  const rule = await tried(tx, wish.rule);
  const against = wish.against && (await tried(tx, wish.against));
  const appliances = await fleetUnits(tx, (await homeOrganisation(tx)).id, { ids, model });
  const scope = { ids: ids?.length ?? null, model };
  return askBacktest(tx, { rule, against, from, to, warmUpDays, scope, appliances, by: null, now });
}

async function tried(tx: Sql, wanted: Tried): Promise<TriedRule> {
  if ('text' in wanted) {
    const { rule, problems } = checkRule(wanted.text);
    refuseMistakes(problems);
    return { rule: rule!.id, version: rule!.version, text: wanted.text };
  }
  const { rule, version } = wanted;
  const found = await ruleVersion(tx, rule, version);
  if (found) return { rule, version, text: found.text };
  throw new PlatformError('not-found', 'reject', `There is no version ${version} of "${rule}".`, {
    hint: 'npm run rules -- list shows them.',
  });
}

async function shown(sql: Sql, id: Id): Promise<BacktestAnswer> {
  const row = await backtestById(sql, id);
  if (!row)
    throw new PlatformError('not-found', 'reject', `There is no backtest ${id}.`, { hint: 'Its id was printed.' });
  const { text: _, againstText: __, ...backtest } = row;
  return { backtest, found: await backtestResult(sql, row) };
}

const noted = (tx: Sql, id: Id, action: string, now: number): Promise<void> =>
  audit(tx, { now, by: 'platform', action, object: { kind: 'backtest', id } });
