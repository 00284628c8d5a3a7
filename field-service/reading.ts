// Cases and visits as people see them, and who has work where.
import { type Id, iso, isoOrNull, type Phrase, type ServiceCase, type Visit } from '#contracts';
import { type ApplianceRecord, appliancesByIds, householdsOf, nameFor, personById, type Scope } from '#registry';
import { DAY, pageOf, placeOf, type Sql } from '#runtime';
import { CASE_COLUMNS, type CaseRecord, type VisitRecord, visitsOfCases } from './records.ts';
import { timelineOf } from './timeline.ts';

/** So long after the work is done those who did it may look again: somebody may call back. */
const GRACE_MS = 14 * DAY;

/** A technician has work on a visit from its offer on, as long as nobody took it from him, and a while after it is done. */
const hasWork = (now: number): string =>
  `v.technician is not null and (v.state in ('offered', 'accepted')
     or v.state = 'done' and coalesce(v.finished_at, 0) > ${now - GRACE_MS})`;

/** A partner firm has work on a case that was handed to it, and a while after it was closed. */
const partnerHasWork = (now: number): string =>
  `c.partner is not null and (c.state <> 'closed' or coalesce(c.closed_at, 0) > ${now - GRACE_MS})`;

const STATES = { open: "c.state <> 'closed'", closed: "c.state = 'closed'", all: 'true' } as const;

/** Newest first. Throws `bad-cursor`. */
export async function listCases(
  sql: Sql,
  scope: Scope,
  {
    state,
    cursor,
    limit,
    now,
    appliance,
  }: { state: keyof typeof STATES; cursor: string | null; limit: number; now: number; appliance?: Id | undefined },
): Promise<{ items: ServiceCase[]; next: string | null }> {
  const place = cursor === null ? null : placeOf(cursor);
  const rows = await sql.query<CaseRecord>(
    `select ${CASE_COLUMNS} from app.service_case c
      where ${STATES[state]}
        and (c.organisation = $1::uuid or (c.partner = $1::uuid and ${partnerHasWork(now)})
          or c.household = any($2::uuid[])
          or c.id in (select v.case_id from app.visit v where v.technician = $3::uuid and ${hasWork(now)}))
        and ($4::bigint is null or (c.opened_at, c.id) < ($4::bigint, $5::uuid))
        and ($7::uuid is null or c.appliance = $7::uuid)
      order by c.opened_at desc, c.id desc limit $6`,
    [
      'organisation' in scope ? scope.organisation : null,
      'households' in scope ? scope.households : [],
      'technician' in scope ? scope.technician : null,
      place?.at ?? null,
      place?.id ?? null,
      limit + 1,
      appliance ?? null,
    ],
  );
  const page = pageOf(rows, limit, (row) => ({ at: row.openedAt, id: row.id }));
  return { items: await viewsOf(sql, page.items), next: page.next };
}

export async function caseById(sql: Sql, id: Id): Promise<ServiceCase | null> {
  const rows = await sql.query<CaseRecord>(`select ${CASE_COLUMNS} from app.service_case c where c.id = $1`, [id]);
  return (await viewsOf(sql, rows))[0] ?? null;
}

export async function caseOfVisit(sql: Sql, visit: Id): Promise<Id | null> {
  const [row] = await sql.query<{ id: Id }>('select case_id as id from app.visit where id = $1', [visit]);
  return row?.id ?? null;
}

/** The cases of those alerts that have one. */
export async function casesOfAlerts(sql: Sql, alerts: readonly Id[]): Promise<Map<Id, Id>> {
  const rows = await sql.query<{ id: Id; alert: Id }>(
    'select id, alert from app.service_case where alert = any($1::uuid[])',
    [alerts],
  );
  return new Map(rows.map((row) => [row.alert, row.id]));
}

/** Who looks after a case, for the policy: the brand and the partner, and the technicians who have work there. */
export async function caseHands(
  sql: Sql,
  id: Id,
  now: number,
): Promise<{ appliance: Id; household: Id | null; organisations: Id[]; technicians: Id[] } | null> {
  const [file] = await sql.query<{ appliance: Id; household: Id | null; organisation: Id; partner: Id | null }>(
    `select c.appliance, c.household, c.organisation, case when ${partnerHasWork(now)} then c.partner end as partner
       from app.service_case c where c.id = $1`,
    [id],
  );
  if (!file) return null;
  const rows = await sql.query<{ technician: Id }>(
    `select distinct v.technician from app.visit v where v.case_id = $1 and ${hasWork(now)} order by v.technician`,
    [id],
  );
  const organisations = file.partner === null ? [file.organisation] : [file.organisation, file.partner];
  return {
    appliance: file.appliance,
    household: file.household,
    organisations,
    technicians: rows.map((row) => row.technician),
  };
}

/** Where a technician or a partner firm has work: what their lists may show. An appliance that was given away is not among them. */
export async function workOf(
  sql: Sql,
  who: { technician: Id } | { partner: Id },
  now: number,
): Promise<{ appliances: Id[]; alerts: Id[] }> {
  const rows = await sql.query<{ appliance: Id; alert: Id; household: Id | null }>(
    'technician' in who
      ? `select distinct c.appliance, c.alert, c.household from app.visit v join app.service_case c on c.id = v.case_id
          where v.technician = $1 and ${hasWork(now)} order by c.alert`
      : `select c.appliance, c.alert, c.household from app.service_case c
          where c.partner = $1 and ${partnerHasWork(now)} order by c.alert`,
    ['technician' in who ? who.technician : who.partner],
  );
  const homes = await householdsOf(
    sql,
    rows.map((row) => row.appliance),
  );
  const there = rows.filter((row) => homes.get(row.appliance) === row.household);
  return { appliances: [...new Set(there.map((row) => row.appliance))], alerts: rows.map((row) => row.alert) };
}

/** `overdueVisits`: everybody suitable was asked and nobody has accepted yet. */
export async function countService(sql: Sql, organisation: Id): Promise<{ openCases: number; overdueVisits: number }> {
  const [row] = await sql.query<{ openCases: number; overdueVisits: number }>(
    `select (select count(*)::int from app.service_case c
              where c.state <> 'closed' and $1::uuid in (c.organisation, c.partner)) as "openCases",
            (select count(*)::int from app.visit v join app.service_case c on c.id = v.case_id
              where v.escalated_at is not null and v.state in ('unassigned', 'offered')
                and $1::uuid in (c.organisation, c.partner)) as "overdueVisits"`,
    [organisation],
  );
  return row!;
}

type Names = ReadonlyMap<Id, string>;

async function viewsOf(sql: Sql, files: readonly CaseRecord[]): Promise<ServiceCase[]> {
  const ids = files.map((file) => file.id);
  const visits = await visitsOfCases(sql, ids);
  const timeline = await timelineOf(sql, ids);
  const people = [...visits.map((visit) => visit.technician), ...timeline.flatMap((entry) => [entry.by, entry.about])];
  const names = await namesOf(sql, people);
  const appliances = await appliancesByIds(
    sql,
    files.map((file) => file.appliance),
  );
  return files.map((file) => ({
    ...caseView(file, appliances.get(file.appliance)),
    visits: visits.filter((visit) => visit.caseId === file.id).map((visit) => visitView(visit, names)),
    timeline: timeline
      .filter((entry) => entry.caseId === file.id)
      .map((entry) => ({
        at: iso(entry.at),
        what: entry.what,
        text: named(entry.text, entry.about === null ? null : (names.get(entry.about) ?? null)),
        by: entry.by === null ? null : (names.get(entry.by) ?? null),
      })),
  }));
}

async function namesOf(sql: Sql, people: readonly (Id | null)[]): Promise<Names> {
  const ids = [...new Set(people.filter((id) => id !== null))];
  const found = await Promise.all(ids.map((id) => personById(sql, id)));
  return new Map(found.filter((person) => person !== null).map((person) => [person.id, person.name]));
}

/** Somebody who was erased is still somebody. */
function named(text: ServiceCase['title'], name: string | null): ServiceCase['title'] {
  return {
    ...text,
    en: text.en.replaceAll('{person}', () => name ?? 'somebody'),
    zh: text.zh.replaceAll('{person}', () => name ?? '某人'),
  };
}

function caseView(file: CaseRecord, appliance: ApplianceRecord | undefined): Omit<ServiceCase, 'visits' | 'timeline'> {
  return {
    id: file.id,
    alertId: file.alert,
    appliance: file.appliance,
    applianceName: appliance ? nameFor(appliance, file.household) : file.appliance,
    household: appliance?.household?.id === file.household ? (appliance?.household ?? null) : null,
    problem: file.request.problem,
    title: file.request.title,
    severity: file.request.severity,
    state: file.state,
    openedAt: iso(file.openedAt),
    closedAt: isoOrNull(file.closedAt),
  };
}

function visitView(visit: VisitRecord, names: Names): Visit {
  const slot = visit.slotStart !== null && visit.slotEnd !== null;
  return {
    id: visit.id,
    caseId: visit.caseId,
    state: visit.state,
    technician:
      visit.technician === null
        ? null
        : { id: visit.technician, name: names.get(visit.technician) ?? visit.technician },
    slot: slot ? { start: iso(visit.slotStart!), end: iso(visit.slotEnd!) } : null,
    skill: visit.skill,
    parts: visit.parts,
    responseDueAt: isoOrNull(visit.responseDueAt),
    reminders: visit.reminders,
    escalatedAt: isoOrNull(visit.escalatedAt),
  };
}

/** A visit that was done, without people and free text. */
export type PastVisit = { at: number; outcome: string; parts: Phrase[] };

/** The visits to an appliance that were done, newest first, in whatever household it stood. */
export async function pastVisitsOf(sql: Sql, appliance: Id, limit: number): Promise<PastVisit[]> {
  return sql.query<PastVisit>(
    `select v.finished_at as at, v.result->>'outcome' as outcome, v.parts from app.visit v
       join app.service_case c on c.id = v.case_id
      where c.appliance = $1 and v.state = 'done' and v.finished_at is not null
      order by v.finished_at desc, v.id desc limit $2`,
    [appliance, limit],
  );
}

/** A visit that is done, for whoever asks how good the diagnosis was. */
export type VisitFinding = {
  alert: Id;
  /** The cause that it was sent for. */
  said: string;
  outcome: 'repaired' | 'nothing-found' | 'part-needed';
  /** The cause that the technician found. */
  found: string | null;
};

export async function visitFindings(sql: Sql, problem: string): Promise<VisitFinding[]> {
  return sql.query<VisitFinding>(
    `select c.alert, c.request->'cause'->>'cause' as said, v.result->>'outcome' as outcome, v.result->>'cause' as found
       from app.visit v join app.service_case c on c.id = v.case_id
      where c.request->>'problem' = $1 and v.state = 'done' and v.result is not null
      order by v.finished_at, v.id`,
    [problem],
  );
}
