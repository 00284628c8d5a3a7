import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Id, newId, SIGNALS } from '#contracts';
import {
  applianceById,
  appliancesByIds,
  authenticatePrincipal,
  createAppliance,
  createHousehold,
  createPerson,
  homeOrganisation,
  householdOf,
  issueSetUpToken,
  listAppliances,
  listHouseholds,
  listPeople,
  loadModels,
  logIn,
  logOut,
  membersOf,
  neutralCode,
  peopleWithRole,
  personById,
  registryTables,
  sessionOf,
  setPreferences,
  setUp,
  technicians,
  tryItLine,
} from '#registry';
import { DAY, MINUTE, migrate, type Sql } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const PEPPER = 'a pepper of the test';
const PASSWORD = 'correct horse battery';

describe('the registry on PGlite', () => registry(pgliteDatabase));
describeEngine('PostgreSQL', 'the registry', () => registry(postgresDatabase));

function registry(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  beforeAll(async () => {
    database = await open();
    sql = database.sql;
    await migrate(sql, registryTables);
  });
  afterAll(() => database?.[Symbol.asyncDispose]());

  const atHome = async () => ({ organisation: (await homeOrganisation(sql)).id, appliances: [] });
  let people = 0;
  const household = (name = 'Home') => createHousehold(sql, { name, region: 'north', now: NOW });
  const person = (more: Partial<Parameters<typeof createPerson>[1]> = {}) =>
    createPerson(sql, {
      name: 'Somebody',
      email: `person-${++people}@example.org`,
      password: PASSWORD,
      role: 'owner',
      now: NOW,
      ...more,
    });

  describe('the first administrator', () => {
    const fields = { name: 'Ada', email: 'ada@example.org', password: PASSWORD, now: NOW };

    it('is made once, with the newest link, and the link works no second time', async () => {
      const stale = await issueSetUpToken(sql, NOW);
      const token = await issueSetUpToken(sql, NOW);
      expect(await setUp(sql, { ...fields, token: stale! })).toBeNull();
      expect(await setUp(sql, { ...fields, token: 'guessed' })).toBeNull();
      expect(await setUp(sql, { ...fields, token: token! })).toMatchObject({ name: 'Ada', role: 'administrator' });
      expect(await setUp(sql, { ...fields, email: 'eve@example.org', token: token! })).toBeNull();
      expect(await issueSetUpToken(sql, NOW)).toBeNull();
    });

    it('leaves no token in the database that could be used from there', async () => {
      expect(await sql.query('select * from app.set_up_token')).toEqual([]);
    });
  });

  describe('an appliance', () => {
    it('is known by its id and secret, and by nothing else', async () => {
      const home = await household();
      const mine = await createAppliance(sql, {
        model: 'metered-fridge',
        name: 'Fridge',
        household: home.id,
        now: NOW,
        pepper: PEPPER,
      });
      const other = await createAppliance(sql, { model: 'metered-fridge', name: 'Other', now: NOW, pepper: PEPPER });
      const ask = (id: string, secret: string, pepper = PEPPER) =>
        authenticatePrincipal(sql, { kind: 'secret', id, secret }, { pepper, now: NOW });
      expect(await ask(mine.id, mine.secret)).toMatchObject({
        kind: 'appliance',
        id: mine.id,
        model: 'metered-fridge',
      });
      expect(await ask(other.id, other.secret)).toMatchObject({ kind: 'appliance', id: other.id });
      expect(await ask(mine.id, other.secret)).toBeNull();
      expect(await ask(mine.id, '')).toBeNull();
      expect(await ask(mine.id, mine.secret, 'another pepper')).toBeNull();
      expect(await ask(newId(), mine.secret)).toBeNull();
      expect(await ask("'; drop table app.appliance; --", mine.secret)).toBeNull();
    });

    it('keeps a secret of at least 128 bits that the database does not hold', async () => {
      const { id, secret } = await createAppliance(sql, {
        model: 'metered-fridge',
        name: 'F',
        now: NOW,
        pepper: PEPPER,
      });
      expect(Buffer.from(secret, 'hex').length).toBeGreaterThanOrEqual(16);
      const rows = await sql.query(
        'select * from app.appliance a join app.credential c on c.holder = a.id where a.id = $1',
        [id],
      );
      expect(JSON.stringify(rows)).not.toContain(secret);
    });

    it('of an unknown model or for an unknown household is refused with what to do', async () => {
      const wrong = createAppliance(sql, { model: 'toaster-1', name: 'T', now: NOW, pepper: PEPPER });
      await expect(wrong).rejects.toMatchObject({
        code: 'unknown-model',
        kind: 'reject',
        hint: expect.stringContaining('metered-fridge'),
      });
      const lost = createAppliance(sql, {
        model: 'metered-fridge',
        name: 'T',
        household: newId(),
        now: NOW,
        pepper: PEPPER,
      });
      await expect(lost).rejects.toMatchObject({ code: 'unknown-household', kind: 'reject' });
    });

    it('is found by id, with its household', async () => {
      const home = await household('Mill Lane 3');
      const { id } = await createAppliance(sql, {
        model: 'stethos-reference-fridge',
        name: 'Kitchen',
        serial: 'S-1',
        household: home.id,
        now: NOW,
        pepper: PEPPER,
      });
      expect(await applianceById(sql, id)).toEqual({
        id,
        model: 'stethos-reference-fridge',
        name: 'Kitchen',
        serial: 'S-1',
        createdAt: NOW,
        batch: null,
        firmware: null,
        organisation: (await homeOrganisation(sql)).id,
        household: home,
        ownedSince: null,
      });
      expect(await householdOf(sql, id)).toEqual(home);
      expect(await householdOf(sql, newId())).toBeNull();
      expect((await appliancesByIds(sql, [id, newId()])).size).toBe(1);
    });

    it('prints a line that lets it speak at once', async () => {
      const appliance = newId();
      const line = tryItLine({ host: 'localhost', port: 1883, appliance, secret: 's3cret', model: 'metered-fridge' });
      expect(line).toBe(
        `mosquitto_pub -h localhost -p 1883 -q 1 -i ${appliance} -u ${appliance} -P s3cret ` +
          `-t v1/appliances/${appliance}/telemetry -m '{"readings":[{"values":{"power":62}}]}'`,
      );
    });
  });

  describe('a list of appliances', () => {
    it('shows a scope and nothing else, page by page, none twice', async () => {
      const [home, elsewhere] = [await household(), await household()];
      const ids: Id[] = [];
      for (let i = 0; i < 5; i++) {
        ids.push(
          (
            await createAppliance(sql, {
              model: 'metered-fridge',
              name: `${i}`,
              household: home.id,
              now: NOW,
              pepper: PEPPER,
            })
          ).id,
        );
      }
      const foreign = await createAppliance(sql, {
        model: 'metered-fridge',
        name: 'x',
        household: elsewhere.id,
        now: NOW,
        pepper: PEPPER,
      });
      const scope = { households: [home.id] };
      const first = await listAppliances(sql, scope, { cursor: null, limit: 3 });
      const second = await listAppliances(sql, scope, { cursor: first.next, limit: 3 });
      expect([...first.items, ...second.items].map((item) => item.id)).toEqual(ids);
      expect(second.next).toBeNull();
      expect((await listAppliances(sql, { households: [] }, { cursor: null, limit: 10 })).items).toEqual([]);
      expect((await listAppliances(sql, { appliances: [foreign.id] }, { cursor: null, limit: 10 })).items).toHaveLength(
        1,
      );
      const all = await listAppliances(sql, await atHome(), { cursor: null, limit: 100 });
      expect(all.items.map((item) => item.id)).toEqual(expect.arrayContaining([...ids, foreign.id]));
    });
  });

  describe('people', () => {
    it('log in with their mail address in any case and their password, and with nothing else', async () => {
      const { email, id } = await person({ email: 'Lin@Example.org' });
      expect(email).toBe('Lin@Example.org');
      expect(await logIn(sql, { email: 'LIN@example.org', password: PASSWORD, now: NOW })).toMatchObject({
        person: { id },
      });
      expect(await logIn(sql, { email, password: `${PASSWORD} `, now: NOW })).toBeNull();
      expect(await logIn(sql, { email: 'nobody@example.org', password: PASSWORD, now: NOW })).toBeNull();
    });

    it('leave no password and no session token in the database', async () => {
      const { email } = await person();
      const { token } = (await logIn(sql, { email, password: PASSWORD, now: NOW }))!;
      const rows = [
        ...(await sql.query('select * from app.person')),
        ...(await sql.query('select * from app.session')),
      ];
      expect(JSON.stringify(rows)).not.toContain(PASSWORD);
      expect(JSON.stringify(rows)).not.toContain(token);
      expect(JSON.stringify(rows)).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    });

    it('cannot share a mail address', async () => {
      const { email } = await person();
      await expect(person({ email: email.toUpperCase() })).rejects.toMatchObject({ code: 'email-taken' });
    });

    it('are found by household, by role and by id', async () => {
      const home = await household();
      const first = await person({ household: home.id });
      const second = await person({ household: home.id });
      const dispatcher = await person({ role: 'dispatcher' });
      expect(await membersOf(sql, home.id)).toEqual([first, second]);
      const { id: organisation } = await homeOrganisation(sql);
      expect(await peopleWithRole(sql, 'dispatcher', organisation)).toEqual([dispatcher]);
      expect(await personById(sql, first.id)).toEqual(first);
      expect(await personById(sql, newId())).toBeNull();
      expect(await peopleWithRole(sql, 'dispatcher', newId())).toEqual([]);
      const page = await listPeople(sql, organisation, { cursor: null, limit: 1, role: 'dispatcher' });
      expect(page).toEqual({ items: [dispatcher], next: null });
      expect((await listPeople(sql, newId(), { cursor: null, limit: 9 })).items).toEqual([]);
    });

    it('who are technicians have a region and skills; without a region none is made', async () => {
      const { id } = await person({ role: 'technician', name: 'Tao', region: 'north', skills: ['refrigeration'] });
      const { id: organisation } = await homeOrganisation(sql);
      expect(await technicians(sql, [organisation])).toEqual([
        { id, name: 'Tao', organisation, region: 'north', skills: ['refrigeration'] },
      ]);
      await expect(person({ role: 'technician' })).rejects.toMatchObject({ code: 'region-needed' });
      expect(await technicians(sql, [organisation])).toHaveLength(1);
    });

    it('of a household that does not exist are not made', async () => {
      const before = (await sql.query('select id from app.person')).length;
      await expect(person({ household: newId() })).rejects.toMatchObject({ code: 'unknown-household' });
      expect(await sql.query('select id from app.person')).toHaveLength(before);
    });

    it('change their preferences one by one', async () => {
      const { id } = await person();
      await setPreferences(sql, id, { language: 'zh' });
      await setPreferences(sql, id, { timeZone: 'Asia/Shanghai', temperatureUnit: 'F' });
      expect(await personById(sql, id)).toMatchObject({
        language: 'zh',
        timeZone: 'Asia/Shanghai',
        temperatureUnit: 'F',
      });
      await expect(setPreferences(sql, id, { timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
        code: 'unknown-time-zone',
      });
    });
  });

  describe('a session', () => {
    const start = async () => {
      const home = await household();
      const { id, email } = await person({ household: home.id });
      const { token } = (await logIn(sql, { email, password: PASSWORD, now: NOW }))!;
      const households = [{ household: home.id, as: 'owner' }];
      const viewer = { person: id, role: 'owner', organisation: null, households, grants: [], scopes: null, key: null };
      return { token, viewer };
    };

    it('says who it is, until it is logged out', async () => {
      const { token, viewer } = await start();
      expect(await sessionOf(sql, token, NOW + MINUTE)).toEqual(viewer);
      await logOut(sql, token);
      expect(await sessionOf(sql, token, NOW + MINUTE)).toBeNull();
      expect(await sessionOf(sql, 'guessed', NOW)).toBeNull();
    });

    it('ends after 7 days without use', async () => {
      const { token, viewer } = await start();
      expect(await sessionOf(sql, token, NOW + 7 * DAY - 1)).toEqual(viewer);
      expect(await sessionOf(sql, token, NOW + 14 * DAY - 2)).toEqual(viewer);
      expect(await sessionOf(sql, token, NOW + 21 * DAY - 2)).toBeNull();
    });

    it('ends 30 days after log-in, however much it is used', async () => {
      const { token, viewer } = await start();
      for (let day = 1; day < 30; day++) expect(await sessionOf(sql, token, NOW + day * DAY)).toEqual(viewer);
      expect(await sessionOf(sql, token, NOW + 30 * DAY)).toBeNull();
    });
  });

  describe('households', () => {
    it('are listed by scope', async () => {
      const home = await household('Only mine');
      expect(await listHouseholds(sql, { households: [home.id] }, { cursor: null, limit: 10 })).toEqual({
        items: [home],
        next: null,
      });
      expect((await listHouseholds(sql, { organisation: newId() }, { cursor: null, limit: 10 })).items).toEqual([]);
      const all = await listHouseholds(sql, { all: true }, { cursor: null, limit: 1 });
      expect(all.items).toHaveLength(1);
      expect(all.next).toBe(all.items[0]!.id);
    });
  });
}

describe('the catalogue of models', () => {
  it('names only signals that exist', () => {
    for (const model of loadModels().values()) {
      for (const signal of Object.keys(model.signals)) expect([...SIGNALS.keys()]).toContain(signal);
    }
  });

  it('has a refrigerator that says everything, one without a door sensor, and one that only tells its power', () => {
    expect(Object.keys(loadModels().get('stethos-reference-fridge')!.signals).sort()).toEqual(
      [...SIGNALS.keys()].sort(),
    );
    expect(loadModels().get('fridge-without-door-sensor')!.signals).not.toHaveProperty('door_open');
    expect(Object.keys(loadModels().get('metered-fridge')!.signals)).toEqual(['power', 'energy']);
  });

  it('has one that only tells what was set, and alarms', () => {
    const measured = ['cabinet_temperature', 'freezer_temperature', 'evaporator_temperature', 'power', 'compressor_on'];
    const { signals } = loadModels().get('fridge-alarms-only')!;
    for (const signal of measured) expect(signals).not.toHaveProperty(signal);
    expect(signals).toHaveProperty('temperature_alarm');
  });
});

describe('a maker’s fault code', () => {
  it.each([
    ['stethos-reference-fridge', 'E5', 'defrost'],
    ['stethos-reference-fridge', ' e5 ', 'defrost'],
    ['fridge-without-door-sensor', 'F1', 'cabinet-sensor'],
    ['fridge-alarms-only', 'rF', 'cabinet-sensor'],
    ['fridge-alarms-only', 'FF', 'freezer-sensor'],
    ['stethos-reference-fridge', '', 'none'],
    ['stethos-reference-fridge', '00', 'none'],
    ['metered-fridge', 'No error', 'none'],
    ['stethos-reference-fridge', 'F1', null],
    ['stethos-reference-fridge', 'constructor', null],
    ['no-such-model', 'E5', null],
  ])('of %s, "%s", points to %s', (model, code, meaning) => {
    expect(neutralCode(model, code)).toBe(meaning);
  });
});
