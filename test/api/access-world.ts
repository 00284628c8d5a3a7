// A world with one of each thing in one home, and everybody who might ask for it.
import { type ApiScope, type Id, newId, type Role } from '#contracts';
import { writeDraft } from '#diagnosis-rules';
import { checkCounts, listLedgerAlarms } from '#ingest';
import {
  createApiKey,
  createOrganisation,
  createPerson,
  homeOrganisation,
  joinHousehold,
  openSession,
} from '#registry';
import { DAY, HOUR, type Sql } from '#runtime';
import { ruleText } from '../diagnosis-rules/rule-text.ts';
import type { TestDatabase } from '../engines/databases.ts';
import type { Asker } from './access-matrix.ts';
import { coolingFails, openPlatform, PASSWORD } from './platform.ts';
import { rollingBack } from './rolling-back.ts';

const NAMES = [
  ...(['home', 'elsewhere', 'brand', 'partner', 'otherBrand', 'appliance', 'otherAppliance', 'alert', 'case'] as const),
  ...([
    'visit',
    'technician',
    'brandTechnician',
    'staff',
    'member',
    'site',
    'region',
    'grant',
    'remoteSession',
    'command',
  ] as const),
  ...([
    'credential',
    'gateway',
    'gatewayCredential',
    'provisioningKey',
    'webhook',
    'session',
    'apiKey',
    'export',
    'difference',
    'backtest',
  ] as const),
];
/** Ids: one of each, in the household `home` and with the brand that runs the installation. */
export type Things = Record<(typeof NAMES)[number], string>;

export type AccessWorld = Awaited<ReturnType<typeof openAccessWorld>>;
type Headers = Record<string, string>;
type Item = { id: Id; problem?: string; alertId?: Id; current?: boolean; visits?: { id: Id }[] };

const LONG_AGO = 30 * DAY;

export async function openAccessWorld(open: () => Promise<TestDatabase>) {
  const database = await open();
  const { sql, undone } = rollingBack(database.sql);
  const platform = await openPlatform({}, async () => ({ ...database, sql }));
  const now = platform.now();
  const people = new Map<Asker, Id>();
  const id = (asker: Asker): Id => people.get(asker)!;
  const brand = (await homeOrganisation(sql)).id;
  const organisation = async (kind: 'brand' | 'partner', name: string): Promise<Id> =>
    (await createOrganisation(sql, { kind, name, creator: brand, now, by: 'platform' })).id;
  const [partner, otherBrand] = [await organisation('partner', 'Partner'), await organisation('brand', 'Other')];
  const [home, elsewhere] = [(await platform.household('Home')).id, (await platform.household('Elsewhere')).id];

  async function person(asker: Asker, role: Role, where: { organisation?: Id; household?: Id } = {}): Promise<void> {
    const technician = role === 'technician' ? { region: 'north', skills: ['refrigeration', 'general'] } : {};
    const name = `${asker} of the matrix`;
    const account = { name, email: `${asker}@example.org`, password: PASSWORD, role, now };
    people.set(asker, (await createPerson(sql, { ...account, ...technician, ...where })).id);
  }
  await person('own', 'owner', { household: home });
  await person('mem', 'owner');
  await joinHousehold(sql, { person: id('mem'), household: home, as: 'member' });
  await person('nei', 'owner', { household: elsewhere });
  await person('tec', 'technician', { organisation: partner });
  for (const asker of ['idl', 'pas'] as const) await person(asker, 'technician', { organisation: brand });
  await person('dis', 'dispatcher', { organisation: brand });
  await person('cal', 'call-agent', { organisation: brand });
  await person('eng', 'diagnosis-engineer', { organisation: brand });
  await person('adm', 'administrator', { organisation: brand });
  await person('aud', 'auditor', { organisation: brand });
  await person('par', 'dispatcher', { organisation: partner });
  await person('for', 'dispatcher', { organisation: otherBrand });
  await person('fad', 'administrator', { organisation: otherBrand });
  for (const asker of ['rep', 'pre'] as const) await person(asker, 'repairer');
  // Nobody the matrix speaks of; an administrator may end his account.
  const staff = await createPerson(sql, {
    ...{ name: 'Staff', email: 'staff@example.org', password: PASSWORD, role: 'dispatcher', organisation: brand, now },
  });

  const headersOf = async (asker: Asker): Promise<Headers> => ({
    cookie: `stethos_session=${await openSession(sql, id(asker), now)}`,
  });
  async function call<Answer>(
    asker: Asker,
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    payload?: object,
  ): Promise<Answer> {
    const answer = await platform.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: await headersOf(asker),
      ...(payload ? { payload } : {}),
    });
    if (answer.statusCode >= 300) throw new Error(`${asker} ${method} ${url}: ${answer.body}`);
    return (answer.body === '' ? undefined : answer.json()) as Answer;
  }
  const list = async (asker: Asker, url: string): Promise<Item[]> =>
    (await call<{ items: Item[] }>(asker, 'GET', url)).items;
  const make = async (asker: Asker, url: string, payload?: object): Promise<Id> =>
    (await call<{ id: Id }>(asker, 'POST', url, payload)).id;

  const appliance = await platform.appliance(home);
  const otherAppliance = await platform.appliance(elsewhere);

  async function granted(asker: Asker, endsAt: number): Promise<Id> {
    const grant = newId();
    await sql.query(
      `insert into app.repair_grant (id, appliance, person, granted_by, created_at, ends_at) values ($1, $2, $3, $4, $5, $6)`,
      [grant, appliance, id(asker), id('own'), now - LONG_AGO, endsAt],
    );
    return grant;
  }
  const grant = await granted('rep', now + HOUR);
  await granted('pre', now - 1);

  async function caseOf(problem: string): Promise<{ alert: Id; file: Id; visit: Id }> {
    await platform.find(coolingFails(appliance, { problem }));
    const alert = (await list('own', '/alerts')).find((one) => one.problem === problem)!.id;
    await call('own', 'POST', `/alerts/${alert}/service-request`);
    await platform.sweepFieldService();
    const file = (await list('own', '/cases')).find((one) => one.alertId === alert)!;
    return { alert, file: file.id, visit: file.visits![0]!.id };
  }
  // The work of long ago: its technician sees nothing of it any more.
  const old = await caseOf('long-ago');
  await call('dis', 'POST', `/visits/${old.visit}/assignment`, { technician: id('pas') });
  await sql.query("update app.visit set state = 'done', finished_at = $1", [now - LONG_AGO]);
  await sql.query("update app.service_case set state = 'closed', closed_at = $1", [now - LONG_AGO]);
  const { alert, file, visit } = await caseOf('refrigerator-cooling');
  await call('dis', 'POST', `/cases/${file}/hand-over`, { organisation: partner });
  await call('par', 'POST', `/visits/${visit}/assignment`, { technician: id('tec') });

  const gateway = await make('own', '/gateways', { household: home });
  await call('own', 'PUT', `/gateways/${gateway}/appliances/${appliance}`);
  await call('adm', 'PUT', '/regions/south', { name: 'South', postcodes: [] });

  const draft = { text: ruleText(), note: '', source: 'written', author: null, now } as const;
  await sql.transaction((tx) => writeDraft(tx, draft));

  const things: Things = {
    ...{
      home,
      elsewhere,
      brand,
      partner,
      otherBrand,
      appliance,
      otherAppliance,
      alert,
      visit,
      case: file,
      grant,
      gateway,
    },
    ...{ technician: id('tec'), brandTechnician: id('idl'), member: id('mem'), staff: staff.id, region: 'south' },
    site: await make('own', `/households/${home}/sites`, { address: 'Cellar', region: 'north' }),
    remoteSession: await make('cal', `/appliances/${appliance}/remote-sessions`, {
      ...{ reason: 'customer-call', minutes: 10, what: 'live-view' },
    }),
    command: await make('own', `/appliances/${appliance}/commands`, { kind: 'restart' }),
    credential: (await list('own', `/appliances/${appliance}/credentials`))[0]!.id,
    gatewayCredential: (await list('own', `/gateways/${gateway}/credentials`))[0]!.id,
    provisioningKey: await make('adm', '/provisioning-keys', {
      ...{ model: 'metered-fridge', most: 10, endsAt: new Date(now + DAY).toISOString() },
    }),
    webhook: await make('own', '/webhooks', {
      url: 'https://example.org/hook',
      events: ['alert.opened'],
      household: home,
    }),
    apiKey: await make('own', '/api-keys', { name: 'script', scopes: ['account:read'] }),
    export: await make('own', '/me/exports', { format: 'json' }),
    session: (await list('own', '/sessions')).find(({ current }) => !current)!.id,
    difference: await differenceOf(sql, now),
    backtest: await make('eng', '/rules/backtests', {
      ...{ rule: 'test-warm', version: 1, from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' },
    }),
  };

  return {
    platform,
    things,
    headersOf,
    undone,
    /** It was good once. */
    async expiredSession(asker: Asker): Promise<Headers> {
      return { cookie: `stethos_session=${await openSession(sql, id(asker), now - 31 * DAY)}` };
    },
    /** Null for a scope that this person's key cannot have. */
    async keyOf(asker: Asker, scope: ApiScope, endsAt?: number): Promise<Headers | null> {
      const key = { person: id(asker), name: 'matrix', scopes: [scope], now, by: 'platform' as const };
      const made = await createApiKey(sql, key).catch(() => null);
      if (made && endsAt !== undefined)
        await sql.query('update app.api_key set ends_at = $2 where id = $1', [made.id, endsAt]);
      return made && { authorization: `Bearer ${made.token}` };
    },
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
}

/** A message that must stand in quarantine, and does not. */
async function differenceOf(sql: Sql, now: number): Promise<Id> {
  await sql.query('insert into app.ledger_kept (appliance, day, messages) values ($1, 0, 1)', [newId()]);
  await checkCounts({ sql, now: () => now });
  return (await listLedgerAlarms(sql, { standing: true, limit: 1 }))[0]!.id;
}
