// Rules and their versions as people see them, and how they did: what diagnosis, alerts and field service know, put together.
import { rulesOfAlerts } from '#alerts';
import {
  type Id,
  iso,
  type RuleDiff,
  type RuleMoveMade,
  type RuleReportCard,
  type RuleSummary,
  type RuleVersion,
  type RuleVersionText,
  type RuleWithVersions,
} from '#contracts';
import {
  changesBetween,
  checkRule,
  type JudgedVisit,
  linesBetween,
  listRuleVersions,
  type RuleVersionRecord,
  type RuleVersionWithText,
  reportCards,
  ruleMoves,
  ruleVersion,
} from '#diagnosis-rules';
import { visitFindings } from '#field-service';
import { personById } from '#registry';
import { PlatformError, type Sql } from '#runtime';
import { notFound } from '../problems.ts';

type Name = (id: Id | null) => { id: Id; name: string } | null;

async function namesOf(sql: Sql, ids: readonly (Id | null)[]): Promise<Name> {
  const people = [...new Set(ids.filter((id) => id !== null))];
  const known = new Map(await Promise.all(people.map(async (id) => [id, await personById(sql, id)] as const)));
  return (id) => (id === null ? null : { id, name: known.get(id)?.name ?? '' });
}

const versionView = (row: RuleVersionRecord, name: Name): RuleVersion => ({
  rule: row.rule,
  version: row.version,
  kind: row.kind,
  title: row.title,
  state: row.state,
  source: row.source,
  note: row.note,
  author: name(row.author),
  reviewedBy: row.reviewedBy,
  madeAt: iso(row.madeAt),
  stateChangedAt: iso(row.stateChangedAt),
  sha256: row.sha256,
});

export async function ruleSummaries(sql: Sql): Promise<RuleSummary[]> {
  const rows = await listRuleVersions(sql);
  const name = await namesOf(
    sql,
    rows.map(({ author }) => author),
  );
  return [...Map.groupBy(rows, ({ rule }) => rule).values()].map((versions) => summary(versions, name));
}

function summary(versions: readonly RuleVersionRecord[], name: Name): RuleSummary {
  const of = (state: RuleVersionRecord['state']): RuleVersion | null => {
    const found = versions.find((row) => row.state === state);
    return found ? versionView(found, name) : null;
  };
  const live = of('live');
  const drafts = versions.filter(({ state }) => state === 'draft');
  const waiting = drafts.find(({ source, version }) => source === 'shipped' && version > (live?.version ?? 0));
  const { rule, title, kind } = live ?? versions[0]!;
  return {
    rule,
    title,
    kind,
    live,
    trial: of('trial'),
    drafts: drafts.length,
    updateAvailable: waiting?.version ?? null,
  };
}

/** Throws `not-found`. */
export async function ruleView(sql: Sql, rule: string): Promise<RuleWithVersions> {
  const rows = await listRuleVersions(sql, rule);
  const moves = await ruleMoves(sql, rule);
  const shown = rows.find(({ state }) => state === 'live') ?? rows[0];
  if (!shown) throw notFound();
  const name = await namesOf(sql, [...rows.map(({ author }) => author), ...moves.map(({ by }) => by)]);
  return {
    rule,
    title: shown.title,
    kind: shown.kind,
    versions: rows.map((row) => versionView(row, name)),
    moves: moves.map((move): RuleMoveMade => ({ ...move, at: iso(move.at), by: name(move.by) })),
  };
}

/** Throws `unknown-rule-version`. */
export async function mustHave(sql: Sql, rule: string, version: number): Promise<RuleVersionWithText> {
  const found = await ruleVersion(sql, rule, version);
  if (found) return found;
  throw new PlatformError('unknown-rule-version', 'reject', `There is no version ${version} of "${rule}".`);
}

export async function ruleVersionView(sql: Sql, rule: string, version: number): Promise<RuleVersionText> {
  const row = await mustHave(sql, rule, version);
  const name = await namesOf(sql, [row.author]);
  return { ...versionView(row, name), text: row.text, problems: checkRule(row.text).problems };
}

export async function ruleDiff(sql: Sql, rule: string, from: number, to: number): Promise<RuleDiff> {
  const [before, after] = [(await mustHave(sql, rule, from)).text, (await mustHave(sql, rule, to)).text];
  return { rule, from, to, changes: changesBetween(before, after), lines: linesBetween(before, after) };
}

export async function reportCardsOf(sql: Sql, rule: string): Promise<RuleReportCard[]> {
  const done = await visitFindings(sql, rule);
  const behind = await rulesOfAlerts(
    sql,
    done.map(({ alert }) => alert),
  );
  const visits = done.flatMap((visit): JudgedVisit[] => {
    const found = behind.get(visit.alert);
    return found?.rule === rule ? [{ ...visit, version: found.version }] : [];
  });
  return reportCards(sql, rule, visits);
}
