// The version on silent trial beside what is live: what each said since the trial began.
import type { Comparison, Id, Phrase, RuleVersionState, Severity } from '#contracts';
import { DAY, type Sql } from '#runtime';
import { checkRule } from '../versions/check.ts';
import { type FoundEpisode, wouldVisit } from './episodes.ts';
import type { FoundPair } from './findings.ts';
import { paired } from './match.ts';
import { type Names, Tally } from './tally.ts';

export type TrialReport = {
  version: number;
  /** Epoch ms. */
  since: number;
  live: { version: number; state: RuleVersionState } | null;
  found: Comparison;
  /** The newest; A is live. */
  pairs: FoundPair[];
};

export type TrialDeps = {
  sql: Sql;
  /** The households that appliances stand in; null: none. */
  homesOf: (appliances: readonly Id[]) => Promise<ReadonlyMap<Id, Id | null>>;
};

const SHOWN = 200;
/** An appliance's clock may be behind, and what was open when the trial began was open before. */
const BEFORE_MS = 1 * DAY;

/** Names of a text's causes; none of one that this platform cannot read. */
export function causeNames(text: string): Names {
  const causes = Object.entries(checkRule(text).rule?.causes ?? {});
  return new Map(causes.map(([cause, { name }]): [string, Phrase] => [cause, name]));
}

const REMEMBERED = 20;

/** The same, for who asks again and again: reading a long text takes a tenth of a second. */
export function rememberedCauseNames(): (text: string) => Names {
  const known = new Map<string, Names>();
  return (text) => {
    const names = known.get(text) ?? causeNames(text);
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, names);
    return names;
  };
}

/** Null when no version of the rule is on trial. */
export async function trialReport({ sql, homesOf }: TrialDeps, rule: string, now: number): Promise<TrialReport | null> {
  const versions = await sql.query<{ version: number; state: RuleVersionState; text: string; since: number }>(
    `select version, state, text, state_changed_at as since from app.rule_version
      where rule = $1 and state in ('trial', 'live')`,
    [rule],
  );
  const trial = versions.find(({ state }) => state === 'trial');
  if (!trial) return null;
  const live = versions.find(({ state }) => state === 'live') ?? null;
  const { version, since } = trial;
  const pairs = await pairsSince({ sql, homesOf }, { rule, version, since, now });
  const tally = new Tally(since);
  for (const pair of pairs) tally.add(pair);
  return {
    version,
    since,
    live: live && { version: live.version, state: live.state },
    found: tally.result({ a: live ? causeNames(live.text) : new Map(), b: causeNames(trial.text) }),
    pairs: pairs.filter(({ a, b }) => Math.max(a?.openedAt ?? 0, b?.openedAt ?? 0) >= since).slice(0, SHOWN),
  };
}

type Row = {
  id: Id;
  appliance: Id;
  openedAt: number;
  closedAt: number | null;
  severity: Severity;
  cause: string;
  probability: number;
  remedyBy: string;
  improving: boolean;
};

const SELECT = `select id, appliance, opened_at as "openedAt", closed_at as "closedAt", body->>'severity' as severity,
    body->'causes'->0->>'cause' as cause, (body->'causes'->0->>'probability')::float8 as probability,
    body->'causes'->0->'remedy'->>'by' as "remedyBy", (body->>'improving')::boolean as improving`;
/** What was withdrawn was wrong. */
const SPANNED = "state <> 'withdrawn' and (closed_at is null or closed_at >= $2) order by opened_at, id";

type Ask = { rule: string; version: number; since: number; now: number };

/** Newest first. */
async function pairsSince({ sql, homesOf }: TrialDeps, { rule, version, since, now }: Ask): Promise<FoundPair[]> {
  const from = since - BEFORE_MS;
  const live = await sql.query<Row>(`${SELECT} from app.finding where problem = $1 and ${SPANNED}`, [rule, from]);
  const tried = await sql.query<Row>(
    `${SELECT} from app.trial_finding where rule = $1 and version = $3 and ${SPANNED}`,
    [rule, from, version],
  );
  const [as, bs] = [byAppliance(live), byAppliance(tried)];
  const appliances = [...new Set([...as.keys(), ...bs.keys()])];
  const homes = await homesOf(appliances);
  const pairs = appliances.flatMap((appliance) =>
    paired(episodes(as.get(appliance), now), episodes(bs.get(appliance), now)).map(({ a, b }): FoundPair => {
      const first = (a ?? b)!;
      return { id: first.id, at: first.openedAt, appliance, household: homes.get(appliance) ?? null, a, b };
    }),
  );
  return pairs.sort((x, y) => y.at - x.at || x.id.localeCompare(y.id));
}

const byAppliance = (rows: readonly Row[]): Map<Id, Row[]> => Map.groupBy(rows, ({ appliance }) => appliance);

const episodes = (rows: readonly Row[] = [], now: number): FoundEpisode[] =>
  rows.map(({ appliance: _, remedyBy, improving, ...row }) => ({
    ...row,
    visit: wouldVisit({ remedyBy, improving, ...row }, now),
  }));
