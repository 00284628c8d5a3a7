// Why, and why not: an appliance's history is run through the same evaluator up to a time, and what it holds then is told.
import { setImmediate as breathe } from 'node:timers/promises';
import { type ApplianceKind, type Finding, type Id, type NotInHistory, Severity } from '#contracts';
import { DAY, oneAtATime, PlatformError, type Sql } from '#runtime';
import { type HeardPiece, type HistoryDeps, NOT_IN_HISTORY, readHistory } from '../backtest/history.ts';
import { knownCohorts } from '../cohorts/known-cohorts.ts';
import { startLife, type ToldLife } from '../life.ts';
import { FRESH_MS, type NeutralCode } from '../signals.ts';
import { type Cohort, type Learned, learnedNow } from '../usual.ts';
import { explainRule, type RuleTold } from './explain-rule.ts';
import { rulesAt } from './rules-at.ts';

export type ExplainerDeps = HistoryDeps & { neutralCode?: NeutralCode | undefined };

/** `at`, epoch ms; nothing from before `since` is looked at. */
export type ExplainWish = { appliance: Id; kind: ApplianceKind; model: string; at: number; since: number };

export type FindingThen = Pick<Finding, 'id' | 'openedAt' | 'severity'>;
export type Explained = {
  /** From where history was run through. */
  from: number;
  newestAt: number | null;
  /** Values of the newest reading were still good at that time. */
  fresh: boolean;
  notKept: readonly NotInHistory[];
  rules: (RuleTold & { liveThen: boolean; finding: FindingThen | null })[];
  usual: Learned[];
};

/** Throws `too-many-asking` (kind `retry`) while others wait already. */
export type Explainer = (wish: ExplainWish) => Promise<Explained>;

/** Three weeks of days are remembered one by one, and two more are learned from. */
const LOOKED_BACK_DAYS = 35;
const WAITING_AT_MOST = 5;
/** Short enough that whoever shares the thread does not wait. */
const AT_ONCE = 150;

/** One at a time: each takes a second or more of a core. */
export function openExplainer(deps: ExplainerDeps): Explainer {
  const turn = oneAtATime();
  let waiting = 0;
  return async (wish) => {
    if (waiting >= WAITING_AT_MOST) {
      throw new PlatformError('too-many-asking', 'retry', 'Several explanations are being worked out already.', {
        hint: 'Ask again in a minute.',
      });
    }
    waiting++;
    try {
      return await turn(() => explain(deps, wish));
    } finally {
      waiting--;
    }
  };
}

async function explain(deps: ExplainerDeps, { appliance, kind, model, at, since }: ExplainWish): Promise<Explained> {
  const { sql, neutralCode } = deps;
  const from = Math.max(since, Math.floor(at / DAY) * DAY - LOOKED_BACK_DAYS * DAY);
  const rules = (await rulesAt(sql, at)).filter(({ rule }) => rule.kind === 'any' || rule.kind === kind);
  const cohort = (await knownCohorts(sql, at)).get(model) ?? null;
  const life = startLife({ rules: rules.map(({ rule }) => rule), neutralCode });
  for (let begin = from; begin <= at; begin += DAY) {
    const to = Math.min(begin + DAY, at + 1);
    const { piece } = await readHistory(deps, { appliance, kind, model, from: begin, to });
    await take(life, piece);
  }
  life.passTo(at);
  const found = await findingsAt(sql, appliance, at);
  return { from, notKept: NOT_IN_HISTORY, ...told(life, appliance, at, cohort, rules, found) };
}

async function take(life: ToldLife, piece: HeardPiece): Promise<void> {
  for (let from = 0; from < piece.length; from += AT_ONCE) {
    for (const heard of piece.slice(from, from + AT_ONCE))
      'message' in heard ? life.hear(heard.message) : life.take(heard.record);
    await breathe();
  }
}

function told(
  { evaluator }: ToldLife,
  appliance: Id,
  at: number,
  cohort: Cohort | null,
  then: Awaited<ReturnType<typeof rulesAt>>,
  found: ReadonlyMap<string, FindingThen>,
): Pick<Explained, 'newestAt' | 'fresh' | 'rules' | 'usual'> {
  const judged = evaluator.patient(appliance);
  const newestAt = evaluator.judgedTo(appliance)?.at ?? null;
  if (!judged || newestAt === null || Number.isNaN(newestAt))
    return { newestAt: null, fresh: false, rules: [], usual: [] };
  const { patient, clocks, rules } = judged;
  return {
    newestAt,
    fresh: at - newestAt <= FRESH_MS,
    rules: then.map(({ rule, liveThen }) => {
      const view = rule.kind === 'any' ? clocks.messages : clocks.readings;
      const problem = patient.problems.live[rule.id] ?? null;
      const compiled = rules.compiled(rule);
      return { ...explainRule({ compiled, problem, view }), liveThen, finding: found.get(rule.id) ?? null };
    }),
    usual: learnedNow(patient.memory, cohort),
  };
}

type FoundRow = FindingThen & { problem: string };

/** What was found and kept, and was not over at that time; by problem. */
async function findingsAt(sql: Sql, appliance: Id, at: number): Promise<Map<string, FindingThen>> {
  const rows = await sql.query<FoundRow>(
    `select id, problem, opened_at as "openedAt", body->>'severity' as severity from app.finding
      where appliance = $1 and opened_at <= $2 and (closed_at is null or closed_at > $2) and state <> 'withdrawn'
      order by opened_at`,
    [appliance, at],
  );
  return new Map(
    rows.map(({ problem, severity, ...row }) => [problem, { ...row, severity: Severity.parse(severity) }]),
  );
}
