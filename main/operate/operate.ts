// What an operator asks at the command line: quarantine, ledger, rules.
import { z } from 'zod';
import {
  askReplay,
  BALANCES,
  type Checked,
  checkCounts,
  checkDay,
  checkStore,
  type LedgerAlarm,
  type LedgerDay,
  type LedgerDeps,
  listLedgerAlarms,
  listLedgerDays,
  listRejected,
  listReplays,
  type Rejected,
  type Replay,
  rejectedById,
  replayById,
  settleLedgerAlarm,
} from '#ingest';
import { audit, openBytes } from '#registry';
import { DAY, PlatformError, type Sql } from '#runtime';
import { BACKTEST_WISHES, type BacktestAnswer, isBacktestWish, operateBacktests } from './backtest-wishes.ts';
import { operateRules, RULE_WISHES, type RuleAnswer } from './rule-wishes.ts';

const Selection = {
  ids: z.array(z.string().regex(/^\d{1,16}$/)).optional(),
  appliance: z.uuid().optional(),
  reason: z.string().optional(),
  from: z.number().optional(),
  to: z.number().optional(),
};

export const OperatorWish = z.discriminatedUnion('what', [
  z.object({ what: z.literal('list-rejected'), ...Selection, limit: z.number() }),
  z.object({ what: z.literal('show-rejected'), id: z.string().regex(/^\d{1,16}$/) }),
  z.object({ what: z.literal('replay'), ...Selection }),
  z.object({ what: z.literal('list-replays') }),
  z.object({ what: z.literal('check-ledger'), day: z.number().optional() }),
  z.object({ what: z.literal('settle-difference'), id: z.uuid() }),
  ...RULE_WISHES,
  ...BACKTEST_WISHES,
]);
export type OperatorWish = z.infer<typeof OperatorWish>;

export type LedgerReport = { checks: Checked[]; standing: LedgerAlarm[]; days: LedgerDay[] };
export type OperatorAnswer =
  | { rejected: Rejected[] }
  | { message: Rejected; payload: string | null }
  | { replay: Replay }
  | { replays: Replay[] }
  | { ledger: LedgerReport }
  | { settled: string }
  | RuleAnswer
  | BacktestAnswer;

export type OperatorDeps = { sql: Sql; count: LedgerDeps['count']; now: () => number };
export type Operate = (wish: OperatorWish) => Promise<OperatorAnswer>;

const REPLAYS_SHOWN = 20;
const DAYS_SHOWN = 7;
const DIFFERENCES_SHOWN = 100;

export function operator(deps: OperatorDeps): Operate {
  const { sql, now } = deps;
  return async (wish) => {
    switch (wish.what) {
      case 'list-rejected':
        return { rejected: await listRejected(sql, wish, { before: null, limit: wish.limit }) };
      case 'show-rejected':
        return show(sql, wish.id);
      case 'replay':
        return { replay: await replay(deps, wish) };
      case 'list-replays':
        return { replays: await listReplays(sql, REPLAYS_SHOWN) };
      case 'check-ledger':
        return { ledger: await checkLedger(deps, wish.day) };
      case 'settle-difference':
        return settle(sql, wish.id, now());
      default:
        return isBacktestWish(wish) ? operateBacktests(deps, wish) : operateRules(deps, wish);
    }
  };
}

async function show(sql: Sql, id: string): Promise<OperatorAnswer> {
  const found = await rejectedById(sql, id);
  if (!found) throw notThere('rejected message', id);
  const { payload, subject, ...message } = found;
  const bytes = subject === null ? payload : await openBytes(sql, subject, payload);
  return { message, payload: bytes && new TextDecoder().decode(bytes) };
}

async function replay({ sql, now }: OperatorDeps, wish: OperatorWish & { what: 'replay' }): Promise<Replay> {
  const { what: _, ...selection } = wish;
  const at = now();
  return sql.transaction(async (tx) => {
    const asked = await askReplay(tx, selection, { by: 'platform', now: at });
    const detail = { ...selection, messages: asked.total };
    await audit(tx, note(at, 'quarantine.replayed', { kind: 'replay', id: asked.id }, detail));
    return (await replayById(tx, asked.id))!;
  });
}

type AuditEntry = Parameters<typeof audit>[1];

const note = (
  now: number,
  action: string,
  object: AuditEntry['object'],
  detail: Record<string, unknown>,
): AuditEntry => ({
  now,
  by: 'platform',
  action,
  object,
  detail: Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== undefined)) as NonNullable<
    AuditEntry['detail']
  >,
});

async function checkLedger(deps: OperatorDeps, day: number | undefined): Promise<LedgerReport> {
  const checks = await checkCounts(deps);
  checks.push(day === undefined ? await checkStore(deps) : await checkDay(deps, day));
  return {
    checks: checks.sort((a, b) => BALANCES.indexOf(a.balance) - BALANCES.indexOf(b.balance)),
    standing: await listLedgerAlarms(deps.sql, { standing: true, limit: DIFFERENCES_SHOWN }),
    days: await listLedgerDays(deps.sql, { from: (day ?? deps.now()) - DAYS_SHOWN * DAY }),
  };
}

async function settle(sql: Sql, id: string, now: number): Promise<OperatorAnswer> {
  await sql.transaction(async (tx) => {
    if (!(await settleLedgerAlarm(tx, id, now))) throw notThere('standing difference', id);
    await audit(tx, note(now, 'ledger.settled', { kind: 'ledger-difference', id }, {}));
  });
  return { settled: id };
}

const notThere = (what: string, id: string): PlatformError =>
  new PlatformError('not-found', 'reject', `There is no ${what} ${id}.`, { hint: 'List them first.' });
