// Alerts as people see them. The case of an alert is added by the API, which knows field service.

import type { z } from 'zod';
import {
  type Alert,
  type AlertSummary,
  type Id,
  iso,
  isoOrNull,
  type NotificationView,
  type Phrase,
  type Severity,
} from '#contracts';
import { type ApplianceRecord, appliancesByIds, householdsOf, nameFor, personById } from '#registry';
import { pageOf, placeOf, type Sql } from '#runtime';
import { ALERT_COLUMNS, type AlertRecord, IS_LIVE } from './alert-record.ts';
import { comingSteps } from './words.ts';

export type AlertSummaryView = Omit<AlertSummary, 'caseId'>;
export type AlertView = Omit<Alert, 'caseId'>;

/**
 * Which alerts a list may show. A technician's and a partner's are named one by one: only field service knows where they
 * have work.
 */
export type AlertScope =
  | { households: readonly Id[] }
  /** Their alerts where they stand now. */
  | { appliances: readonly Id[] }
  | { alerts: readonly Id[] }
  | { organisation: Id; alerts: readonly Id[] };

const STATES = { open: IS_LIVE, closed: `not (${IS_LIVE})`, all: 'true' } as const;

/** Narrows a list further; what is left out does not count. */
export type AlertFilter = { appliance?: Id | undefined; severity?: Severity | undefined };

/** Newest first. Throws `bad-cursor`. */
export async function listAlerts(
  sql: Sql,
  scope: AlertScope,
  {
    state,
    cursor,
    limit,
    appliance,
    severity,
  }: AlertFilter & { state: keyof typeof STATES; cursor: string | null; limit: number },
): Promise<{ items: AlertSummaryView[]; next: string | null }> {
  const place = cursor === null ? null : placeOf(cursor);
  const standing = [...(await householdsOf(sql, 'appliances' in scope ? scope.appliances : []))];
  const rows = await sql.query<AlertRecord>(
    `select ${ALERT_COLUMNS} from app.alert a
      where ${STATES[state]} and (a.organisation = $1::uuid or a.household = any($2::uuid[]) or a.id = any($3::uuid[])
             or (a.appliance, a.household) in (select * from unnest($7::uuid[], $8::uuid[])))
        and ($4::bigint is null or (a.opened_at, a.id) < ($4::bigint, $5::uuid))
        and ($9::uuid is null or a.appliance = $9::uuid) and ($10::text is null or a.severity = $10::text)
      order by a.opened_at desc, a.id desc limit $6`,
    [
      'organisation' in scope ? scope.organisation : null,
      'households' in scope ? scope.households : [],
      'alerts' in scope ? scope.alerts : [],
      place?.at ?? null,
      place?.id ?? null,
      limit + 1,
      standing.map(([appliance]) => appliance),
      standing.map(([, household]) => household),
      appliance ?? null,
      severity ?? null,
    ],
  );
  const page = pageOf(rows, limit, (row) => ({ at: row.openedAt, id: row.id }));
  const appliances = await appliancesByIds(
    sql,
    page.items.map((row) => row.finding.appliance),
  );
  return { items: page.items.map((row) => summary(row, appliances.get(row.finding.appliance))), next: page.next };
}

export async function alertById(sql: Sql, id: Id): Promise<AlertView | null> {
  const [row] = await sql.query<AlertRecord>(`select ${ALERT_COLUMNS} from app.alert a where a.id = $1`, [id]);
  if (!row) return null;
  const { finding } = row;
  const [next] = comingSteps(row);
  return {
    ...summary(row, (await appliancesByIds(sql, [finding.appliance])).get(finding.appliance)),
    findingId: finding.id,
    rule: finding.rule,
    reviewedBy: finding.reviewedBy,
    wouldClear: finding.wouldClear,
    causes: finding.causes,
    evidence: finding.evidence,
    question: finding.state === 'open' ? finding.question : null,
    test: finding.state === 'open' ? (finding.test ?? null) : null,
    answers: finding.answers.map(({ at, ...answer }) => ({ ...answer, at: iso(at) })),
    notifications: await notificationsOf(sql, id),
    next: next ? { text: next.text, at: iso(next.at) } : null,
  };
}

export type AlertPlace = { appliance: Id; household: Id | null; organisation: Id };

/** Whose an alert is, for the policy: it stays with the household it happened in. */
export async function alertPlace(sql: Sql, id: Id): Promise<AlertPlace | null> {
  const [row] = await sql.query<AlertPlace>('select appliance, household, organisation from app.alert where id = $1', [
    id,
  ]);
  return row ?? null;
}

function summary(row: AlertRecord, appliance: ApplianceRecord | undefined): AlertSummaryView {
  const { finding } = row;
  const [top] = finding.causes;
  // A household sees what happened while the appliance stood with it, under its own name only.
  const home = appliance?.household?.id === row.household ? appliance?.household : null;
  return {
    id: row.id,
    appliance: finding.appliance,
    applianceName: appliance ? nameFor(appliance, row.household) : finding.appliance,
    household: home ? { id: home.id, name: home.name, region: home.region } : null,
    problem: finding.problem,
    title: finding.title,
    summary: finding.summary,
    severity: finding.severity,
    state: row.state,
    openedAt: iso(row.openedAt),
    changedAt: iso(row.changedAt),
    closedAt: isoOrNull(finding.closedAt),
    topCause: { cause: top!.cause, name: top!.name, probability: top!.probability },
  };
}

type NotificationRow = {
  id: Id;
  kind: string;
  person: Id;
  state: z.infer<typeof NotificationView>['state'];
  reason: string | null;
  at: number;
};

async function notificationsOf(sql: Sql, alert: Id): Promise<z.infer<typeof NotificationView>[]> {
  const rows = await sql.query<NotificationRow>(
    `select id, kind, person, state, reason, coalesce(settled_at, created_at) as at
       from app.notification where alert = $1 order by position`,
    [alert],
  );
  const people = await Promise.all([...new Set(rows.map((row) => row.person))].map((id) => personById(sql, id)));
  const known = new Map(people.map((person) => [person?.id, person]));
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    channel: 'mail',
    to: known.get(row.person)?.name ?? row.person,
    toRole: known.get(row.person)?.role ?? 'owner',
    state: row.state,
    reason: row.reason,
    at: iso(row.at),
  }));
}

export type OpenAlert = {
  id: Id;
  appliance: Id;
  household: Id | null;
  problem: string;
  severity: Severity;
  title: Phrase;
};

/** The open alerts of these appliances, for their list. */
export async function openAlertsOf(sql: Sql, appliances: readonly Id[]): Promise<OpenAlert[]> {
  return sql.query<OpenAlert>(
    `select a.id, a.appliance, a.household, a.problem, a.severity, a.finding->'title' as title from app.alert a
      where ${IS_LIVE} and a.appliance = any($1::uuid[]) order by a.opened_at, a.id`,
    [appliances],
  );
}

export type OpenAlertGroup = { problem: string; title: Phrase; severity: Severity; count: number };

/** How many alerts are open in an organisation's fleet, by problem and severity, most first. */
export async function openAlertGroups(sql: Sql, organisation: Id): Promise<OpenAlertGroup[]> {
  return sql.query<OpenAlertGroup>(
    `select a.problem, a.severity, count(*)::int as count, (array_agg(a.finding->'title' order by a.opened_at desc))[1] as title
       from app.alert a where ${IS_LIVE} and a.organisation = $1
      group by a.problem, a.severity order by count desc, a.problem, a.severity`,
    [organisation],
  );
}

/** An episode of a problem, without people and answers. */
export type PastAlert = { at: number; endedAt: number | null; severity: Severity; title: Phrase; cause: Phrase };

/** What an appliance had, newest first, in whatever household it stood; false alarms are left out. */
export async function pastAlertsOf(sql: Sql, appliance: Id, limit: number): Promise<PastAlert[]> {
  return sql.query<PastAlert>(
    `select a.opened_at as at, a.closed_at as "endedAt", a.severity, a.finding->'title' as title,
            a.finding->'causes'->0->'name' as cause
       from app.alert a where a.appliance = $1 and a.state <> 'withdrawn' order by a.opened_at desc, a.id desc limit $2`,
    [appliance, limit],
  );
}

/** The rule, and its version, behind each of these alerts. */
export async function rulesOfAlerts(
  sql: Sql,
  alerts: readonly Id[],
): Promise<Map<Id, { rule: string; version: number }>> {
  const rows = await sql.query<{ id: Id; rule: string; version: number }>(
    `select a.id, a.finding->'rule'->>'id' as rule, (a.finding->'rule'->>'version')::int as version
       from app.alert a where a.id = any($1::uuid[])`,
    [alerts],
  );
  return new Map(rows.map(({ id, ...rule }) => [id, rule]));
}
