import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Id, newId, type Person, type Role, type ServiceCase, type StaffPerson } from '#contracts';
import { createOrganisation, createPerson, homeOrganisation, verifyAudit } from '#registry';
import { type Ask, asking, cookieOf } from './asking.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import { type Account, coolingFails, MINUTE, NOW, openPlatform, PASSWORD, type Platform } from './platform.ts';

let platform: Platform;
let mailbox: Mailbox;
let ask: Ask;
let brand: Id;
let partner: Id;
let otherBrand: Id;
let administrator: Account;

beforeAll(async () => {
  platform = await openPlatform();
  mailbox = await openMailbox(platform);
  ask = asking(platform);
  brand = (await homeOrganisation(platform.sql)).id;
  const made = (kind: 'brand' | 'partner', name: string) =>
    createOrganisation(platform.sql, { kind, name, creator: brand, now: NOW, by: 'platform' });
  partner = (await made('partner', 'Mill Repairs')).id;
  otherBrand = (await made('brand', 'Other')).id;
  administrator = await platform.account('administrator');
});
afterAll(async () => {
  await mailbox?.[Symbol.asyncDispose]();
  await platform?.[Symbol.asyncDispose]();
});
beforeEach(() => platform.setClock(NOW));

let people = 0;
async function staff(role: Role, organisation: Id): Promise<Account> {
  const email = `${role}-of-firm-${++people}@example.org`;
  const technician = role === 'technician' ? { region: 'north', skills: ['refrigeration'] } : {};
  const fields = { name: `${role} ${people}`, email, password: PASSWORD, role, organisation, now: NOW, ...technician };
  return { person: await createPerson(platform.sql, fields), cookie: await platform.logIn(email) };
}
const edit = (who: Account, { person }: Account, body: object) => ask(who, 'PATCH', `/people/${person.id}`, body);

describe('a role', () => {
  it('that gives more counts from the next request of a live session', async () => {
    const agent = await staff('call-agent', brand);
    expect((await ask(agent, 'PUT', '/regions/r1', { name: 'R', postcodes: [] })).statusCode).toBe(403);
    const answer = await edit(administrator, agent, { role: 'dispatcher' });
    expect(answer.json<StaffPerson>()).toMatchObject({ role: 'dispatcher', active: true, secondFactor: false });
    expect((await ask(agent, 'PUT', '/regions/r1', { name: 'R', postcodes: [] })).statusCode).toBe(200);
  });

  it('that gives less ends every session', async () => {
    const dispatcher = await staff('dispatcher', brand);
    expect((await edit(administrator, dispatcher, { role: 'auditor' })).statusCode).toBe(200);
    expect((await ask(dispatcher, 'GET', '/me')).statusCode).toBe(401);
    const again = { cookie: await platform.logIn(dispatcher.person.email) };
    expect((await ask(again, 'PUT', '/regions/r1', { name: 'R', postcodes: [] })).statusCode).toBe(403);
    expect((await ask(again, 'GET', '/audit')).statusCode).toBe(200);
  });

  it('is changed only soon after the password was given', async () => {
    const agent = await staff('call-agent', brand);
    platform.setClock(NOW + 11 * MINUTE);
    expect((await edit(administrator, agent, { role: 'dispatcher' })).json()).toMatchObject({
      code: 'authenticate-again',
    });
  });

  it('of a technician needs a region; without one nothing is changed', async () => {
    const agent = await staff('call-agent', brand);
    expect((await edit(administrator, agent, { role: 'technician' })).json()).toMatchObject({ code: 'region-needed' });
    expect((await ask(agent, 'GET', '/me')).json<Person>().role).toBe('call-agent');
    expect((await edit(administrator, agent, { role: 'technician', region: 'north' })).statusCode).toBe(200);
  });

  it('is nobody’s to give outside of his organisation', async () => {
    const partnersAdministrator = await staff('administrator', partner);
    const partnersTechnician = await staff('technician', partner);
    const foreignAdministrator = await staff('administrator', otherBrand);
    const dispatcher = await staff('dispatcher', brand);
    expect((await edit(partnersAdministrator, dispatcher, { active: false })).statusCode).toBe(404);
    expect((await edit(foreignAdministrator, dispatcher, { active: false })).statusCode).toBe(404);
    expect((await edit(foreignAdministrator, partnersTechnician, { active: false })).statusCode).toBe(404);
    expect((await edit(dispatcher, dispatcher, { role: 'administrator' })).statusCode).toBe(404);
    expect((await edit(partnersAdministrator, partnersTechnician, { organisation: brand })).json()).toMatchObject({
      code: 'unknown-organisation',
    });
    expect((await edit(administrator, partnersTechnician, { organisation: brand })).statusCode).toBe(200);
    const owner = await platform.account('owner');
    expect((await edit(administrator, owner, { role: 'administrator' })).statusCode).toBe(404);
  });
});

describe('somebody who is switched off', () => {
  it('is out at once, cannot come back, and may be switched on again', async () => {
    const agent = await staff('call-agent', brand);
    const key = (await ask(agent, 'POST', '/api-keys', { name: 'k', scopes: ['alerts:read'] })).json<{
      token: string;
    }>();
    const headers = { authorization: `Bearer ${key.token}` };
    expect((await edit(administrator, agent, { active: false })).json()).toMatchObject({ active: false });
    expect((await ask(agent, 'GET', '/me')).statusCode).toBe(401);
    expect((await ask(null, 'GET', '/alerts', undefined, headers)).statusCode).toBe(401);
    const logIn = () => ask(null, 'POST', '/sessions', { email: agent.person.email, password: PASSWORD });
    expect((await logIn()).json()).toMatchObject({ code: 'wrong-log-in' });
    expect((await edit(administrator, agent, { active: true })).json()).toMatchObject({ active: true });
    expect((await logIn()).statusCode).toBe(201);
  });

  it('is never the last administrator, also when two try it with each other', async () => {
    const firm = (
      await createOrganisation(platform.sql, { kind: 'brand', name: 'Two', creator: brand, now: NOW, by: 'platform' })
    ).id;
    const [one, two] = [await staff('administrator', firm), await staff('administrator', firm)];
    const answers = await Promise.all([edit(one, two, { role: 'auditor' }), edit(two, one, { role: 'auditor' })]);
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    const left = answers[0]!.statusCode === 200 ? one : two;
    for (const body of [{ active: false }, { role: 'dispatcher' }]) {
      expect((await edit(left, left, body)).json()).toMatchObject({ status: 409, code: 'last-administrator' });
    }
  });
});

describe('a list of people', () => {
  it('shows an organisation and its partners, and nobody else’s', async () => {
    const foreign = await staff('administrator', otherBrand);
    const ofPartner = await staff('technician', partner);
    const list = async (who: Account) =>
      (await ask(who, 'GET', '/people?limit=200')).json<{ items: StaffPerson[] }>().items.map(({ id }) => id);
    expect(await list(administrator)).toContain(ofPartner.person.id);
    expect(await list(administrator)).not.toContain(foreign.person.id);
    expect(await list(foreign)).not.toContain(ofPartner.person.id);
  });
});

describe('an import of people', () => {
  const HEADER = 'name,email,role,region,skills,organisation';
  const send = (lines: string[], query = '') =>
    ask(administrator, 'POST', `/people/import${query}`, [HEADER, ...lines].join('\n'), { 'content-type': 'text/csv' });
  const count = async () => (await platform.sql.query('select id from app.person')).length;

  it('makes accounts that their owners open with the link in their mail', async () => {
    const answer = await send([
      'Tao,tao@import.example.org,technician,south,refrigeration general,',
      `Uma,uma@import.example.org,dispatcher,,,${partner}`,
    ]);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ written: true, made: [{ line: 2 }, { line: 3 }], errors: [] });
    const [mail] = await mailbox.to('uma@import.example.org');
    expect(mail!.text).toContain('Mill Repairs has made an account for you');
    const token = await mailbox.token('tao@import.example.org');
    const accept = (body: object) => ask(null, 'POST', '/invitations/acceptance', { token, ...body });
    expect((await accept({})).json()).toMatchObject({ code: 'details-needed' });
    const accepted = await accept({ password: PASSWORD });
    expect(accepted.json()).toMatchObject({ name: 'Tao', role: 'technician', organisation: brand });
    expect((await ask(cookieOf(accepted), 'GET', '/me')).statusCode).toBe(200);
    expect((await accept({ password: PASSWORD })).statusCode).toBe(409);
  });

  it('with a broken line in the middle says which and what, and writes nothing', async () => {
    const before = await count();
    const answer = await send([
      'Ann,ann@import.example.org,auditor,,,',
      'Bob,"bob@import.example.org,auditor,,,',
      'Cem,not a mail,auditor,,,',
      'Dee,dee@import.example.org,technician,,,',
      'Eve,eve@import.example.org,owner,,,',
      `Fay,fay@import.example.org,auditor,,,${otherBrand}`,
      'Ann,ANN@import.example.org,auditor,,,',
      `Gil,${administrator.person.email},auditor,,,`,
    ]);
    expect(answer.statusCode).toBe(422);
    const { errors } = answer.json<{ errors: { line: number; code: string }[] }>();
    expect(errors.map(({ line, code }) => [line, code])).toEqual([
      [3, 'broken-quotes'],
      [4, 'bad-mail'],
      [5, 'region-missing'],
      [6, 'bad-choice'],
      [7, 'foreign-organisation'],
      [8, 'mail-twice'],
      [9, 'mail-taken'],
    ]);
    expect(await count()).toBe(before);
    expect(await mailbox.to('ann@import.example.org')).toEqual([]);
  });
});

describe('organisations', () => {
  it('are added, renamed and read where they belong', async () => {
    const foreign = await staff('administrator', otherBrand);
    const made = await ask(administrator, 'POST', '/organisations', { kind: 'partner', name: 'Hill Repairs' });
    expect(made.json()).toMatchObject({ kind: 'partner', parent: brand, home: false });
    const { id } = made.json<{ id: Id }>();
    expect((await ask(administrator, 'PATCH', `/organisations/${id}`, { name: 'Hilltop' })).json()).toMatchObject({
      name: 'Hilltop',
    });
    expect((await ask(foreign, 'PATCH', `/organisations/${id}`, { name: 'Mine' })).statusCode).toBe(404);
    expect(
      (await ask(foreign, 'PATCH', `/organisations/${otherBrand}`, { brands: ['Frostline'] })).json(),
    ).toMatchObject({
      code: 'not-home',
    });
    const names = (await ask(foreign, 'GET', '/organisations')).json<{ items: { name: string }[] }>().items;
    expect(names.map(({ name }) => name)).toEqual(['Other']);
  });
});

describe('regions', () => {
  it('give a household its region by the longest beginning of its postcode', async () => {
    const dispatcher = await staff('dispatcher', brand);
    const put = (code: string, postcodes: string[]) =>
      ask(dispatcher, 'PUT', `/regions/${code}`, { name: code, postcodes });
    await put('berlin', ['10', '12 ']);
    await put('mitte', ['101-15']);
    const owner = await platform.account('owner');
    const region = async (place: object) =>
      (await ask(owner, 'POST', '/households', { name: 'Home', ...place })).json<{ region: string }>().region;
    expect(await region({ postcode: '10 115' })).toBe('mitte');
    expect(await region({ postcode: '12047' })).toBe('berlin');
    expect(await region({ postcode: '80331' })).toBe('');
    expect(await region({ postcode: '10115', region: 'north' })).toBe('north');
    expect((await ask(dispatcher, 'DELETE', '/regions/mitte')).statusCode).toBe(204);
    expect((await ask(dispatcher, 'DELETE', '/regions/mitte')).statusCode).toBe(404);
    expect(await region({ postcode: '10115' })).toBe('berlin');
  });

  it('are another organisation’s own', async () => {
    const foreign = await staff('dispatcher', otherBrand);
    await ask(foreign, 'PUT', '/regions/berlin', { name: 'Theirs', postcodes: [] });
    const { items } = (await ask(administrator, 'GET', '/regions')).json<{ items: { code: string; name: string }[] }>();
    expect(items.find(({ code }) => code === 'berlin')?.name).not.toBe('Theirs');
  });
});

describe('a technician’s file', () => {
  const FILE = {
    region: 'south',
    skills: ['laundry'],
    certificates: [{ code: 'f-gas', until: '2027-03-31' }],
    shifts: [{ weekday: 1, from: '08:00', to: '16:30' }],
  };

  it('is edited by the dispatchers of his firm and of the brand, and read around it', async () => {
    const technician = await staff('technician', partner);
    const path = `/technicians/${technician.person.id}`;
    const dispatcher = await staff('dispatcher', brand);
    expect((await ask(dispatcher, 'PATCH', path, FILE)).json()).toMatchObject(FILE);
    expect((await ask(dispatcher, 'PATCH', path, { region: 'west' })).json()).toMatchObject({
      ...FILE,
      region: 'west',
    });
    expect((await ask(await staff('dispatcher', otherBrand), 'GET', path)).statusCode).toBe(404);
    expect((await ask(await staff('call-agent', brand), 'GET', path)).statusCode).toBe(200);
    expect((await ask(await staff('call-agent', brand), 'PATCH', path, FILE)).statusCode).toBe(403);
    const backwards = { shifts: [{ weekday: 1, from: '16:00', to: '08:00' }] };
    expect((await ask(dispatcher, 'PATCH', path, backwards)).statusCode).toBe(400);
    expect((await ask(dispatcher, 'GET', `/technicians/${newId()}`)).statusCode).toBe(404);
  });
});

describe('a case that is handed to a partner', () => {
  it('is the partner’s from then on: his technicians are asked, ours no longer', async () => {
    const owner = await platform.account('owner', (await platform.household('Hand-over')).id);
    const ours = await staff('technician', brand);
    const theirs = await staff('technician', partner);
    const dispatcher = await staff('dispatcher', brand);
    const theirDispatcher = await staff('dispatcher', partner);
    const appliance = await platform.appliance(owner.person && (await homeOf(owner)));
    await platform.find(coolingFails(appliance));
    const alert = (await ask(owner, 'GET', '/alerts')).json<{ items: { id: Id }[] }>().items[0]!.id;
    await ask(owner, 'POST', `/alerts/${alert}/service-request`);
    await platform.sweepFieldService();
    const [file] = (await ask(owner, 'GET', '/cases')).json<{ items: ServiceCase[] }>().items;
    const visit = file!.visits[0]!.id;
    await ask(dispatcher, 'POST', `/visits/${visit}/assignment`, { technician: ours.person.id });
    const handOver = (who: Account, organisation: Id | null) =>
      ask(who, 'POST', `/cases/${file!.id}/hand-over`, { organisation });

    expect((await handOver(dispatcher, otherBrand)).json()).toMatchObject({ code: 'unknown-partner' });
    expect((await handOver(theirDispatcher, partner)).statusCode).toBe(404);
    const answer = await handOver(dispatcher, partner);
    expect(answer.statusCode).toBe(200);
    const handed = answer.json<ServiceCase>();
    const partners = (await ask(theirDispatcher, 'GET', '/technicians')).json<{
      items: { id: Id; organisation?: Id }[];
    }>();
    expect(partners.items.map(({ id }) => id)).toContain(handed.visits[0]!.technician!.id);
    expect(handed.visits[0]!.technician!.id).not.toBe(ours.person.id);
    expect(handed.timeline.map(({ text }) => text.en)).toContain('Handed to Mill Repairs.');
    expect((await ask(ours, 'POST', `/visits/${visit}/acceptance`)).statusCode).toBe(404);
    expect((await ask(theirDispatcher, 'GET', `/cases/${file!.id}`)).statusCode).toBe(200);
    expect((await mailbox.to(theirDispatcher.person.email)).map(({ subject }) => subject)).toContainEqual(
      expect.stringContaining('A case for you'),
    );
    expect((await ask(theirs, 'GET', '/me')).statusCode).toBe(200);

    expect((await handOver(theirDispatcher, null)).statusCode).toBe(200);
    expect((await ask(theirDispatcher, 'GET', `/cases/${file!.id}`)).statusCode).toBe(404);
  });

  const homeOf = async (owner: Account): Promise<Id> =>
    (await ask(owner, 'GET', '/households')).json<{ items: { id: Id }[] }>().items[0]!.id;
});

describe('the audit log', () => {
  it('shows an organisation its own entries, the home organisation all, and proves its chain', async () => {
    const foreign = await staff('auditor', otherBrand);
    const entries = async (who: Account, query = '') =>
      (await ask(who, 'GET', `/audit?limit=200${query}`)).json<{ items: { organisation: Id | null; kind: string }[] }>()
        .items;
    const theirs = await entries(foreign);
    expect(theirs.length).toBeGreaterThan(0);
    expect(new Set(theirs.map(({ organisation }) => organisation))).toEqual(new Set([otherBrand]));
    expect(new Set((await entries(administrator)).map(({ organisation }) => organisation)).size).toBeGreaterThan(1);
    expect(new Set((await entries(administrator, '&kind=region')).map(({ kind }) => kind))).toEqual(
      new Set(['region']),
    );
    const proof = (await ask(foreign, 'GET', '/audit/verification')).json();
    expect(proof).toEqual(await verifyAudit(platform.sql));
    expect(proof).toMatchObject({ brokenAt: null });
    expect((await ask(await staff('dispatcher', brand), 'GET', '/audit')).statusCode).toBe(403);
  });

  it('holds no name and no mail address', async () => {
    const rows = JSON.stringify(await platform.sql.query('select detail, object from app.audit'));
    for (const word of ['@', 'Mill', 'Tao']) expect(rows).not.toContain(word);
  });
});
