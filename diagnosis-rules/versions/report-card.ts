// How a version of a rule did: what became of its findings, what people answered, and what technicians found.
import type { RuleReportCard, RuleVersionState } from '#contracts';
import { HOUR, type Sql } from '#runtime';
import type { Rule } from '../rule.ts';
import { checkRule } from './check.ts';

type Counts = Pick<
  RuleReportCard,
  'version' | 'appliances' | 'opened' | 'stillOpen' | 'closed' | 'withdrawn' | 'medianOpenHours'
>;

/** A visit that is done: what was said when it was sent, and what the technician found. */
export type JudgedVisit = {
  version: number;
  /** Of the alert that it was sent for: two visits may serve one. */
  alert: string;
  said: string;
  outcome: 'repaired' | 'nothing-found' | 'part-needed';
  found: string | null;
};

const VERSION = "(f.body->'rule'->>'version')::int";
const OF_RULE = "f.problem = $1 and f.body->'rule'->>'id' = $1";

/** Of every version that found something or exists, newest first. */
export async function reportCards(sql: Sql, rule: string, visits: readonly JudgedVisit[]): Promise<RuleReportCard[]> {
  const counts = new Map((await countsOf(sql, rule)).map((row) => [row.version, row]));
  const answers = Map.groupBy(await answersOf(sql, rule), ({ version }) => version);
  const versions = await sql.query<{ version: number; state: RuleVersionState; text: string }>(
    'select version, state, text from app.rule_version where rule = $1',
    [rule],
  );
  const known = new Map(versions.map((row) => [row.version, row]));
  return [...new Set([...known.keys(), ...counts.keys()])]
    .sort((a, b) => b - a)
    .map((version) => {
      const own = visits.filter((visit) => visit.version === version);
      const row = counts.get(version) ?? { ...NOTHING, version };
      const there = known.get(version);
      // A text that this platform no longer reads tells nothing.
      const read = there ? checkRule(there.text).rule : null;
      return {
        ...row,
        state: there?.state ?? null,
        closedByThemselves: Math.max(0, row.closed - new Set(own.map(({ alert }) => alert)).size),
        answers: (answers.get(version) ?? []).map(({ version: _, ...answer }) => answer),
        ...judge(own, ownersCauses(read)),
        words: wordsOf(read),
      };
    });
}

const NOTHING = { appliances: 0, opened: 0, stillOpen: 0, closed: 0, withdrawn: 0, medianOpenHours: null };

const countsOf = (sql: Sql, rule: string): Promise<Counts[]> =>
  sql.query(
    `select ${VERSION} as version, count(distinct f.appliance)::int as appliances, count(*)::int as opened,
            count(*) filter (where f.state = 'open')::int as "stillOpen",
            count(*) filter (where f.state = 'closed')::int as closed,
            count(*) filter (where f.state = 'withdrawn')::int as withdrawn,
            percentile_cont(0.5) within group (order by (f.closed_at - f.opened_at)::float8)
              filter (where f.state = 'closed') / ${HOUR} as "medianOpenHours"
       from app.finding f where ${OF_RULE} group by 1`,
    [rule],
  );

type AnswerCount = RuleReportCard['answers'][number] & { version: number };

const answersOf = (sql: Sql, rule: string): Promise<AnswerCount[]> =>
  sql.query(
    `select ${VERSION} as version, a->>'question' as question, a->>'answer' as answer, count(*)::int as count
       from app.finding f, jsonb_array_elements(f.body->'answers') a where ${OF_RULE}
      group by 1, 2, 3 order by 1, 2, 4 desc, 3`,
    [rule],
  );

function wordsOf(rule: Rule | null): RuleReportCard['words'] {
  const words: RuleReportCard['words'] = {};
  for (const [code, { name }] of Object.entries(rule?.causes ?? {})) words[code] = name;
  for (const [question, { text, answers }] of Object.entries(rule?.questions ?? {})) {
    words[question] = text;
    for (const [answer, said] of Object.entries(answers)) words[`${question}.${answer}`] = said.text;
  }
  return words;
}

/** What an owner can mend. */
function ownersCauses(rule: Rule | null): Set<string> {
  const causes = Object.entries(rule?.causes ?? {});
  return new Set(causes.filter(([, { remedy }]) => remedy.by === 'owner').map(([cause]) => cause));
}

/** Fewer visits say nothing about a share. */
export const ENOUGH_VISITS = 5;

/** What technicians found, held against what was said. `ownersCauses`: those that need no technician. */
export function judge(
  visits: readonly JudgedVisit[],
  ownersOnes: ReadonlySet<string>,
): Pick<RuleReportCard, 'visits' | 'firstRight' | 'confusion'> {
  const count = (fits: (visit: JudgedVisit) => boolean): number => visits.filter(fits).length;
  const nothing = (visit: JudgedVisit): boolean => visit.outcome === 'nothing-found';
  const told = visits.filter((visit) => nothing(visit) || visit.found !== null);
  const confirmed = count((visit) => !nothing(visit) && visit.found === visit.said);
  const pairs = Map.groupBy(told, (visit) => JSON.stringify([visit.said, foundOf(visit)]));
  return {
    visits: {
      done: visits.length,
      confirmed,
      otherCause: told.length - confirmed - count(nothing),
      nothingWrong: count(nothing),
      notSaid: visits.length - told.length,
      avoidable: count((visit) => nothing(visit) || (visit.found !== null && ownersOnes.has(visit.found))),
    },
    firstRight: told.length < ENOUGH_VISITS ? null : confirmed / told.length,
    confusion: [...pairs.values()]
      .map((same) => ({ said: same[0]!.said, found: foundOf(same[0]!), count: same.length }))
      .sort((a, b) => b.count - a.count || a.said.localeCompare(b.said) || a.found.localeCompare(b.found)),
  };
}

/** In the table of confusion. */
export const NOTHING_WRONG = 'nothing-wrong';
const foundOf = ({ outcome, found }: JudgedVisit): string => (outcome === 'nothing-found' ? NOTHING_WRONG : found!);
