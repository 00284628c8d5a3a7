// Backtests and silent trials as people see them.
import {
  type Backtest,
  type BacktestResult,
  type ComparedFinding,
  type Id,
  iso,
  isoOrNull,
  type NewBacktest,
  type RuleTrial,
} from '#contracts';
import {
  askBacktest,
  type BacktestRecord,
  backtestById,
  backtestResult,
  type FoundPair,
  NOT_IN_HISTORY,
  type rememberedCauseNames,
  type TriedRule,
  trialReport,
} from '#diagnosis-rules';
import { fleetUnits, householdsOf, personById } from '#registry';
import type { Sql } from '#runtime';
import { notFound, problem } from '../problems.ts';
import { mustHave } from './rule.ts';

export async function backtestView(sql: Sql, row: BacktestRecord): Promise<Backtest> {
  const { againstRule, againstVersion, askedBy } = row;
  return {
    id: row.id,
    rule: row.rule,
    version: row.version,
    title: row.title ?? { en: row.rule, zh: row.rule },
    against: againstRule === null ? null : { rule: againstRule, version: againstVersion! },
    from: iso(row.from),
    to: iso(row.to),
    warmUpDays: row.warmUpDays,
    scope: row.scope,
    state: row.state,
    waitsForReadings: row.waitsForReadings,
    error: row.error,
    askedAt: iso(row.askedAt),
    askedBy: askedBy === null ? null : { id: askedBy, name: (await personById(sql, askedBy))?.name ?? '' },
    finishedAt: isoOrNull(row.finishedAt),
    progress: {
      appliances: row.appliances,
      done: row.done,
      applianceDays: row.applianceDays,
      silent: row.silent,
    },
    notInHistory: [...NOT_IN_HISTORY],
  };
}

/** Throws `not-found`. */
export async function backtestResultView(
  sql: Sql,
  id: Id,
  namesIn: ReturnType<typeof rememberedCauseNames>,
): Promise<BacktestResult> {
  const row = await backtestById(sql, id);
  if (!row) throw notFound();
  return { ...(await backtestView(sql, row)), found: await backtestResult(sql, row, namesIn) };
}

type Said = NonNullable<ComparedFinding['a']>;

const saidView = (said: FoundPair['a']): Said | null =>
  said && {
    openedAt: iso(said.openedAt),
    closedAt: isoOrNull(said.closedAt),
    severity: said.severity,
    cause: said.cause,
    probability: said.probability,
    visit: said.visit,
  };

export const pairView = ({ appliance, household, a, b }: FoundPair): ComparedFinding => ({
  appliance,
  household,
  a: saidView(a),
  b: saidView(b),
});

type Asked = { wish: NewBacktest; organisation: Id; by: Id; now: number };

/** Part of the caller's transaction. Throws `unknown-rule-version`, `unknown-appliance`, `no-appliances` and `not-yet`. */
export async function askedBacktest(tx: Sql, { wish, organisation, by, now }: Asked): Promise<Id> {
  const { rule, version, against, warmUpDays } = wish;
  const { ids, model } = wish.appliances;
  const [from, to] = [Date.parse(wish.from), Date.parse(wish.to)];
  if (to > now) throw problem('not-yet', 'What is to come is no history.', { hint: 'Let "to" be now at the latest.' });
  const appliances = await fleetUnits(tx, organisation, { ids, model });
  const known = new Set(appliances.map(({ id }) => id));
  const unknown = ids?.find((id) => !known.has(id));
  if (unknown) throw problem('unknown-appliance', `There is no appliance ${unknown} among those that you look after.`);
  const tried = async (one: number): Promise<TriedRule> => {
    const { text } = await mustHave(tx, rule, one);
    return { rule, version: one, text };
  };
  return askBacktest(tx, {
    rule: await tried(version),
    against: against === null ? null : await tried(against),
    ...{ from, to, warmUpDays, appliances, by, now },
    scope: { ids: ids?.length ?? null, model },
  });
}

/** Throws `no-trial`. */
export async function trialView(sql: Sql, rule: string, now: number): Promise<RuleTrial> {
  const report = await trialReport({ sql, homesOf: (ids) => householdsOf(sql, ids) }, rule, now);
  if (!report) throw problem('no-trial', 'No version of this rule is on silent trial.');
  const { version, live, since, found, pairs } = report;
  return { rule, version, live, since: iso(since), found, findings: pairs.map(pairView) };
}
