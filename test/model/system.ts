// The product as the model drives it: every call of its doors stands here, made as the API makes it.
import {
  acknowledge,
  alertsTables,
  listAlerts,
  type MailSender,
  moveAlerts,
  requestService,
  snooze,
  sweepAlerts,
  sweepNotifications,
} from '#alerts';
import { apiTables } from '#api';
import type { ApiScope, Id, Role } from '#contracts';
import {
  acceptVisit,
  assign,
  fieldServiceTables,
  finishVisit,
  listCases,
  pickSlot,
  refuseVisit,
  slotsFor,
  sweepFieldService,
  technicianGone,
} from '#field-service';
import { ingestTables } from '#ingest';
import {
  type Action,
  authenticatePrincipal,
  type ClaimOutcome,
  claimAppliance,
  createApiKey,
  createHousehold,
  deleteApiKey,
  editStaff,
  grantAccess,
  joinHousehold,
  listAppliances,
  logIn,
  logOut,
  may,
  NOBODYS,
  printLabels,
  registryTables,
  removeMember,
  revokeGrant,
  scopeOf,
  sessionOf,
  setStanding,
  swapModule,
  transferAppliance,
  type Viewer,
  verifyAudit,
  viewerOfKey,
  viewerOfPerson,
} from '#registry';
import { type Clock, migrate, PlatformError, type Sql } from '#runtime';
import { freshLookups, objectKinds } from '../../api/objects.ts';
import { erase } from '../../api/rights/erase.ts';
import { alertScope, applianceScope } from '../../api/scopes.ts';
import { leaveFinding } from './findings.ts';
import type { ModelFinding } from './model-alerts.ts';

export const PEPPER = 'pepper of the test';
export const PASSWORD = 'correct horse battery';
const TABLES = [...registryTables, ...ingestTables, ...alertsTables, ...fieldServiceTables, ...apiTables];
const MOST_LISTED = 1_000;

export type ObjectKindName = 'appliance' | 'alert' | 'serviceCase' | 'visit' | 'household';
export type System = ReturnType<typeof systemOn>;

export const makeTables = (sql: Sql): Promise<unknown> => migrate(sql, TABLES);

const nobodyWakes = { wake: async () => {} };

export function systemOn(sql: Sql, clock: Clock, mail: MailSender) {
  const errors: object[] = [];
  const logger = { info: () => {}, warn: () => {}, error: (fields: object) => void errors.push(fields) };
  const service = { sql, jobs: nobodyWakes, logger };
  const alerts = { ...service, mail, publicUrl: 'https://stethos.example.org' };
  const now = () => clock.now();
  const by = (person: Id) => ({ by: `person:${person}` as const, now: now() });
  const act = (visit: Id, person: Id) => ({ visit, person, now: now() });
  const viewer = (person: Id): Promise<Viewer | null> => viewerOfPerson(sql, person, now());

  return {
    sql,
    now,
    errors,
    viewer,
    audit: () => verifyAudit(sql),

    /** As the wall of the API judges. */
    async judge(
      person: Id,
      action: Action,
      kind: ObjectKindName,
      id: Id,
    ): Promise<'allowed' | 'not-allowed' | 'not-found'> {
      const asking = await viewer(person);
      if (!asking) return 'not-found';
      const { load, read } = objectKinds(sql, freshLookups(sql, clock))[kind];
      const object = await load(id, asking);
      if (!object || !may(asking, read, object)) return 'not-found';
      return may(asking, action, object) ? 'allowed' : 'not-allowed';
    },

    /** What somebody sees in one of his lists. */
    async list(person: Id, kind: 'appliance' | 'alert' | 'serviceCase'): Promise<Id[]> {
      const asking = (await viewer(person))!;
      const page = { cursor: null, limit: MOST_LISTED };
      const ids = ({ items }: { items: readonly { id: Id }[] }) => items.map(({ id }) => id);
      switch (kind) {
        case 'appliance':
          return ids(await listAppliances(sql, await applianceScope({ sql, clock }, asking), page));
        case 'alert':
          return ids(await listAlerts(sql, await alertScope({ sql, clock }, asking), { state: 'all', ...page }));
        case 'serviceCase':
          if (!may(asking, 'list-cases', NOBODYS)) return [];
          return ids(await listCases(sql, scopeOf(asking), { state: 'all', now: now(), ...page }));
      }
    },

    // --- units
    async claim(
      person: Id,
      claim: {
        model: string;
        serial: string;
        code: string;
        household?: Id;
        newHousehold?: { name: string; address: string; region: string };
      },
    ): Promise<ClaimOutcome> {
      const at = now();
      return claimAppliance(sql, {
        viewer: (await viewer(person))!,
        address: person,
        claim,
        pepper: PEPPER,
        now: at,
        claimed: (tx, unit) => moveAlerts(tx, unit, at),
      });
    },
    async transfer(person: Id, appliance: Id): Promise<string> {
      const { code } = await sql.transaction(async (tx) => {
        const given = await transferAppliance(tx, { appliance, ...by(person) });
        await moveAlerts(tx, appliance, now());
        return given;
      });
      return code;
    },
    async printLabel(person: Id, appliance: Id): Promise<string> {
      const wish = { appliances: [appliance], perRow: 3, publicUrl: alerts.publicUrl, ...by(person) };
      const sheet = await printLabels(sql, wish);
      return [...sheet.matchAll(/>([0-9A-Z]{5}-[0-9A-Z]{5})</g)].map(([, row]) => row).join('-');
    },
    swapModule: (person: Id, appliance: Id): Promise<string | null> =>
      swapModule(sql, { appliance, pepper: PEPPER, ...by(person) }),
    letsIn: async (appliance: Id, secret: string): Promise<boolean> =>
      (await authenticatePrincipal(sql, { kind: 'secret', id: appliance, secret }, { pepper: PEPPER, now: now() })) !==
      null,

    // --- households
    createHousehold: async (person: Id): Promise<Id> =>
      (await createHousehold(sql, { name: 'Another home', region: 'north', owner: person, ...by(person) })).id,
    join: (person: Id, household: Id): Promise<void> =>
      sql.transaction((tx) => joinHousehold(tx, { person, household, as: 'member' })),
    setStanding: async (by_: Id, household: Id, person: Id, as: 'owner' | 'member'): Promise<boolean> =>
      (await setStanding(sql, { household, person, as, ...by(by_) })) !== null,
    removeMember: (by_: Id, household: Id, person: Id): Promise<boolean> =>
      removeMember(sql, { household, person, ...by(by_) }),

    // --- accounts
    grant: async (owner: Id, appliance: Id, email: string, hours: number): Promise<Id> =>
      (await grantAccess(sql, { appliance, owner, email, hours, language: 'en', ...by(owner) })).id,
    revoke: (owner: Id, appliance: Id, grant: Id): Promise<boolean> =>
      revokeGrant(sql, { appliance, grant, ...by(owner) }),
    editStaff: (
      administrator: Id,
      edit: { person: Id; role?: Role; active?: boolean },
    ): Promise<{ role: Role; active: boolean } | null> =>
      sql.transaction(async (tx) => {
        if (edit.role !== 'technician' || !edit.active) await technicianGone(tx, edit.person, now());
        return editStaff(tx, { region: 'north', ...edit, ...by(administrator) });
      }),
    erase: async (person: Id): Promise<boolean> => (await erase(service, { person, ...by(person) })) !== null,
    logIn: async (email: string, password: string): Promise<string | null> =>
      (await logIn(sql, { email, password, now: now() }))?.token ?? null,
    logOut: (token: string): Promise<void> => logOut(sql, token),
    session: (token: string): Promise<Viewer | null> => sessionOf(sql, token, now()),
    createKey: async (person: Id, scopes: ApiScope[], endsAt: number | null): Promise<{ id: Id; token: string }> =>
      createApiKey(sql, { person, name: 'program', scopes, ...(endsAt === null ? {} : { endsAt }), ...by(person) }),
    deleteKey: async (person: Id, key: Id): Promise<boolean> =>
      deleteApiKey(sql, { viewer: (await viewer(person))!, key, ...by(person) }),
    key: (token: string): Promise<Viewer | null> => viewerOfKey(sql, token, now()),

    // --- alerts
    say: (finding: ModelFinding): Promise<void> => leaveFinding(sql, finding, now()),
    sweepAlerts: () => sweepAlerts(alerts, now()),
    sweepService: () => sweepFieldService(service, now()),
    sweepNotifications: () => sweepNotifications(alerts, now()),
    acknowledge: (person: Id, alert: Id) => acknowledge(service, { alert, person, now: now() }),
    snooze: (person: Id, alert: Id, until: number) => snooze(service, { alert, person, until, now: now() }),
    requestService: (person: Id, alert: Id) => requestService(service, { alert, person, now: now() }),

    // --- field service
    assign: (person: Id, visit: Id, technician: Id) => assign(service, { ...act(visit, person), technician }),
    accept: (person: Id, visit: Id) => acceptVisit(service, act(visit, person)),
    refuse: (person: Id, visit: Id) => refuseVisit(service, act(visit, person)),
    finish: (person: Id, visit: Id, outcome: 'repaired' | 'nothing-found' | 'part-needed') =>
      finishVisit(service, { ...act(visit, person), result: { outcome, note: 'As found.' } }),
    async slots(visit: Id): Promise<{ start: number; end: number }[]> {
      const slots = await slotsFor(sql, visit, now());
      return slots.map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) }));
    },
    pickSlot: (person: Id, visit: Id, start: number) => pickSlot(service, { ...act(visit, person), start }),
  };
}

/** The code of a refusal; anything else that is thrown is nobody's answer. */
export async function outcomeOf(act: () => Promise<string>): Promise<string> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'reject') return error.code;
    throw error;
  }
}
