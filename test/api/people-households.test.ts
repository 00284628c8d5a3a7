import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Grant, Household, Id, Person, Site } from '#contracts';
import { DAY, HOUR } from '#runtime';
import { type Ask, asking, cookieOf } from './asking.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import { type Account, MINUTE, NOW, openPlatform, PASSWORD, type Platform } from './platform.ts';

let platform: Platform;
let mailbox: Mailbox;
let ask: Ask;
let owner: Account;
let home: Id;
let neighbour: Account;

beforeAll(async () => {
  platform = await openPlatform();
  mailbox = await openMailbox(platform);
  ask = asking(platform);
  neighbour = await platform.account('owner', (await platform.household('Elsewhere')).id);
});
afterAll(async () => {
  await mailbox?.[Symbol.asyncDispose]();
  await platform?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  platform.setClock(NOW);
  home = (await platform.household('Mill Lane')).id;
  owner = await platform.account('owner', home);
});

let invited = 0;
const newAddress = () => `guest-${++invited}@example.org`;

describe('a household', () => {
  it('has a name and places that its owners change, and nobody else', async () => {
    const path = `/households/${home}`;
    expect((await ask(owner, 'PATCH', path, { name: 'Hill Lane' })).json<Household>().name).toBe('Hill Lane');
    const site = (await ask(owner, 'POST', `${path}/sites`, { address: 'Lake 4', region: 'south' })).json<Site>();
    expect(site).toMatchObject({ address: 'Lake 4', region: 'south' });
    expect((await ask(owner, 'PATCH', `${path}/sites/${site.id}`, { address: 'Lake 5' })).json()).toMatchObject({
      address: 'Lake 5',
      region: 'south',
    });
    expect((await ask(neighbour, 'PATCH', path, { name: 'Mine' })).statusCode).toBe(404);
    expect((await ask(neighbour, 'GET', `${path}/sites`)).statusCode).toBe(404);
    expect((await ask(owner, 'DELETE', `${path}/sites/${site.id}`)).statusCode).toBe(204);
    const rows = JSON.stringify(await platform.sql.query('select * from app.site, app.household'));
    expect(rows).not.toContain('Lake');
    expect(rows).not.toContain('Hill Lane');
  });

  it('keeps its last place, and one where an appliance stands', async () => {
    const appliance = await platform.appliance(home);
    const path = `/households/${home}/sites`;
    const [main] = (await ask(owner, 'GET', path)).json<{ items: Site[] }>().items;
    expect((await ask(owner, 'DELETE', `${path}/${main!.id}`)).json()).toMatchObject({ code: 'last-site' });
    const lake = (await ask(owner, 'POST', path, { address: 'Lake 4', region: 'south' })).json<Site>();
    expect((await ask(owner, 'DELETE', `${path}/${main!.id}`)).json()).toMatchObject({
      status: 409,
      code: 'site-in-use',
    });
    await ask(owner, 'PATCH', `/appliances/${appliance}`, { site: lake.id });
    expect((await ask(owner, 'DELETE', `${path}/${main!.id}`)).statusCode).toBe(204);
  });

  it('says what its appliances are called and where they stand', async () => {
    const appliance = await platform.appliance(home);
    const sites = `/households/${home}/sites`;
    const lake = (await ask(owner, 'POST', sites, { address: 'Lake 4', region: 'south' })).json<Site>();
    const edit = (who: Account, body: object) => ask(who, 'PATCH', `/appliances/${appliance}`, body);
    expect((await edit(owner, { name: 'Wine', site: lake.id })).json()).toMatchObject({
      name: 'Wine',
      household: { region: 'south' },
    });
    expect((await edit(neighbour, { name: 'Mine' })).statusCode).toBe(404);
    const [theirs] = (await ask(neighbour, 'GET', '/households')).json<{ items: { id: Id }[] }>().items;
    const [foreign] = (await ask(neighbour, 'GET', `/households/${theirs!.id}/sites`)).json<{ items: Site[] }>().items;
    expect((await edit(owner, { site: foreign!.id })).json()).toMatchObject({ status: 422, code: 'unknown-site' });
  });

  it('is joined by the link in a mail, as a member who may see and not decide', async () => {
    const email = newAddress();
    const appliance = await platform.appliance(home);
    const invitation = await ask(owner, 'POST', `/households/${home}/invitations`, { email });
    expect(invitation.statusCode).toBe(202);
    expect((await mailbox.to(email))[0]!.subject).toBe('You are invited to the household “Mill Lane”');
    expect((await ask(owner, 'GET', `/households/${home}/members`)).json<{ items: object[] }>().items).toHaveLength(1);
    const token = await mailbox.token(email);
    const body = { token, name: 'Guest', password: PASSWORD };
    const answer = await ask(null, 'POST', '/invitations/acceptance', body);
    expect(answer.json<Person>()).toMatchObject({ email, name: 'Guest', role: 'owner' });
    const guest = cookieOf(answer);
    expect((await ask(guest, 'GET', `/appliances/${appliance}`)).statusCode).toBe(200);
    expect((await ask(guest, 'PATCH', `/households/${home}`, { name: 'Mine' })).statusCode).toBe(403);
    expect((await ask(guest, 'POST', `/households/${home}/invitations`, { email: 'x@example.org' })).statusCode).toBe(
      403,
    );
    const { items } = (await ask(guest, 'GET', `/households/${home}/members`)).json<{ items: { as: string }[] }>();
    expect(items.map(({ as }) => as).sort()).toEqual(['member', 'owner']);
    expect((await ask(null, 'POST', '/invitations/acceptance', body)).statusCode).toBe(409);
  });

  it('is joined with an account that exists only by who has it', async () => {
    const { email, id } = neighbour.person;
    await ask(owner, 'POST', `/households/${home}/invitations`, { email, as: 'owner' });
    const token = await mailbox.token(email);
    const stranger = await platform.account('owner');
    const accept = (who: Account | null) =>
      ask(who, 'POST', '/invitations/acceptance', { token, name: 'Eve', password: 'stolen horse battery' });
    expect((await accept(null)).json()).toMatchObject({ code: 'log-in-first' });
    expect((await accept(stranger)).json()).toMatchObject({ code: 'log-in-first' });
    expect((await accept(neighbour)).json()).toMatchObject({ id, name: neighbour.person.name });
    expect((await ask(neighbour, 'GET', `/households/${home}`)).statusCode).toBe(200);
  });

  it('waits a week for an invited guest', async () => {
    const email = newAddress();
    await ask(owner, 'POST', `/households/${home}/invitations`, { email });
    const token = await mailbox.token(email);
    platform.setClock(NOW + 7 * DAY);
    const late = await ask(null, 'POST', '/invitations/acceptance', { token, name: 'G', password: PASSWORD });
    expect(late.json()).toMatchObject({ code: 'link-used' });
  });

  it('keeps an owner, whoever leaves; who has left sees nothing more', async () => {
    const second = await platform.account('owner', home);
    const member = (who: Account) => `/households/${home}/members/${who.person.id}`;
    expect((await ask(owner, 'PATCH', member(second), { as: 'member' })).json()).toMatchObject({ as: 'member' });
    expect((await ask(owner, 'DELETE', `/households/${home}/membership`)).json()).toMatchObject({ code: 'last-owner' });
    expect((await ask(owner, 'PATCH', member(owner), { as: 'member' })).json()).toMatchObject({ code: 'last-owner' });
    expect((await ask(second, 'DELETE', `/households/${home}/membership`)).statusCode).toBe(204);
    expect((await ask(second, 'GET', `/households/${home}`)).statusCode).toBe(404);
    const third = await platform.account('owner', home);
    expect((await ask(owner, 'DELETE', member(third))).statusCode).toBe(204);
    expect((await ask(third, 'GET', `/households/${home}`)).statusCode).toBe(404);
    expect((await ask(owner, 'DELETE', member(third))).statusCode).toBe(404);
  });
});

describe('an independent repairer', () => {
  async function granted(hours = 2) {
    const appliance = await platform.appliance(home);
    const email = newAddress();
    const answer = await ask(owner, 'POST', `/appliances/${appliance}/grants`, { email, hours });
    expect(answer.statusCode).toBe(201);
    const token = await mailbox.token(email);
    const body = { token, name: 'Rob', password: PASSWORD };
    const cookie = cookieOf(await ask(null, 'POST', '/invitations/acceptance', body));
    return { appliance, email, repairer: cookie, grant: answer.json<Grant>() };
  }

  it('sees the appliance he was let look at, until the hour is over', async () => {
    const other = await platform.appliance(home);
    const { appliance, repairer, grant, email } = await granted(2);
    expect(grant).toMatchObject({ email, running: true, endsAt: new Date(NOW + 2 * HOUR).toISOString() });
    const { items } = (await ask(repairer, 'GET', '/appliances')).json<{ items: { id: Id }[] }>();
    expect(items.map(({ id }) => id)).toEqual([appliance]);
    expect((await ask(repairer, 'GET', `/appliances/${other}`)).statusCode).toBe(404);
    platform.setClock(NOW + 2 * HOUR - 1);
    expect((await ask(repairer, 'GET', `/appliances/${appliance}`)).statusCode).toBe(200);
    platform.setClock(NOW + 2 * HOUR);
    expect((await ask(repairer, 'GET', `/appliances/${appliance}`)).statusCode).toBe(404);
    expect((await ask(repairer, 'GET', '/appliances')).json()).toMatchObject({ items: [] });
  });

  it('sees nothing more once it is taken back', async () => {
    const { appliance, repairer, grant } = await granted();
    const path = `/appliances/${appliance}/grants`;
    expect((await ask(neighbour, 'DELETE', `${path}/${grant.id}`)).statusCode).toBe(404);
    expect((await ask(owner, 'DELETE', `${path}/${grant.id}`)).statusCode).toBe(204);
    expect((await ask(repairer, 'GET', `/appliances/${appliance}`)).statusCode).toBe(404);
    expect((await ask(owner, 'GET', path)).json()).toMatchObject({
      items: [{ id: grant.id, running: false, revokedAt: new Date(NOW).toISOString() }],
    });
  });

  it('with an account is told by mail, and looks at several owners’ appliances', async () => {
    const { email, repairer } = await granted();
    const second = await platform.appliance(home, 'Freezer');
    await ask(owner, 'POST', `/appliances/${second}/grants`, { email, hours: 24 * 30 });
    expect((await mailbox.to(email)).at(-1)!.subject).toBe('An owner wants you to look at an appliance');
    expect((await ask(repairer, 'GET', '/appliances')).json<{ items: object[] }>().items).toHaveLength(2);
  });

  it('is nobody with an account of another kind, and looks for thirty days at most', async () => {
    const appliance = await platform.appliance(home);
    const path = `/appliances/${appliance}/grants`;
    const email = neighbour.person.email;
    expect((await ask(owner, 'POST', path, { email, hours: 1 })).json()).toMatchObject({ code: 'not-a-repairer' });
    expect((await ask(owner, 'POST', path, { email: newAddress(), hours: 721 })).statusCode).toBe(400);
    expect((await ask(neighbour, 'POST', path, { email: newAddress(), hours: 1 })).statusCode).toBe(404);
  });
});

describe('a remote session', () => {
  const REQUEST = { reason: 'customer-call', minutes: 15, what: 'live-view' };

  async function asked() {
    const appliance = await platform.appliance(home);
    const agent = await platform.account('call-agent');
    const answer = await ask(agent, 'POST', `/appliances/${appliance}/remote-sessions`, REQUEST);
    expect(answer.statusCode).toBe(201);
    const session = answer.json<{ id: Id }>();
    const live = (who: Account) => ask(who, 'GET', `/appliances/${appliance}/live`);
    const say = (who: Account, word: string) =>
      ask(who, 'POST', `/remote-sessions/${session.id}/answer`, { answer: word });
    return { appliance, agent, session, live, say };
  }

  it('needs the household’s yes, runs for its minutes, and every look is in the audit log', async () => {
    const { appliance, agent, session, live, say } = await asked();
    expect((await live(agent)).json()).toMatchObject({ status: 403, code: 'no-remote-session' });
    const [mail] = await mailbox.to(owner.person.email);
    expect(mail!.subject).toBe('May we look at your appliance from afar?');
    expect(mail!.text).toContain('for at most 15 min');
    expect((await say(agent, 'yes')).statusCode).toBe(403);
    expect((await say(neighbour, 'yes')).statusCode).toBe(404);
    expect((await say(owner, 'yes')).json()).toMatchObject({
      state: 'running',
      endsAt: new Date(NOW + 15 * MINUTE).toISOString(),
    });
    await platform.hear(appliance, JSON.stringify({ readings: [{ values: { fridge_temperature: 5 } }] }));
    expect((await live(agent)).json()).toMatchObject({ values: [{ signal: 'fridge_temperature', value: 5 }] });
    expect((await ask(agent, 'GET', `/appliances/${appliance}/quarantine`)).statusCode).toBe(403);
    platform.setClock(NOW + 5 * MINUTE);
    expect((await live(agent)).json()).toMatchObject({ values: [] });
    platform.setClock(NOW + 15 * MINUTE);
    expect((await live(agent)).statusCode).toBe(403);
    const looks = await platform.sql.query<{ actor: string }>(
      "select actor from app.audit where kind = 'remote-session' and object = $1 and action = 'remote-session.looked'",
      [session.id],
    );
    expect(looks).toEqual([{ actor: `person:${agent.person.id}` }, { actor: `person:${agent.person.id}` }]);
    const list = await ask(owner, 'GET', `/appliances/${appliance}/remote-sessions`);
    expect(list.json()).toMatchObject({
      items: [{ id: session.id, state: 'ended', looks: 2, reason: 'customer-call' }],
    });
  });

  it('that was refused does not start', async () => {
    const { agent, live, say } = await asked();
    expect((await say(owner, 'no')).json()).toMatchObject({ state: 'refused' });
    expect((await live(agent)).statusCode).toBe(403);
    expect((await say(owner, 'yes')).json()).toMatchObject({ status: 409, code: 'wrong-state' });
    expect((await mailbox.to(agent.person.email)).at(-1)!.subject).toBe('The household said no');
  });

  it('is ended by the household or by who asked, at once', async () => {
    for (const ends of ['owner', 'agent'] as const) {
      const { agent, session, live, say } = await asked();
      await say(owner, 'yes');
      expect((await live(agent)).statusCode).toBe(200);
      const other = await platform.account('dispatcher');
      expect((await ask(other, 'DELETE', `/remote-sessions/${session.id}`)).statusCode).toBe(403);
      const who = ends === 'owner' ? owner : agent;
      expect((await ask(who, 'DELETE', `/remote-sessions/${session.id}`)).statusCode).toBe(204);
      expect((await live(agent)).statusCode).toBe(403);
    }
  });

  it('is its asker’s alone, waits a day for the answer, and is asked for once at a time', async () => {
    const { appliance, agent, live, say } = await asked();
    const again = await ask(agent, 'POST', `/appliances/${appliance}/remote-sessions`, REQUEST);
    expect(again.json()).toMatchObject({ status: 409, code: 'already-asked' });
    platform.setClock(NOW + DAY);
    expect((await say(owner, 'yes')).json()).toMatchObject({ code: 'wrong-state' });
    platform.setClock(NOW);
    await say(owner, 'yes');
    expect((await live(await platform.account('call-agent'))).statusCode).toBe(403);
    expect((await live(owner)).statusCode).toBe(200);
  });

  it('is not asked for where nobody could say yes, nor by a technician without work there', async () => {
    const appliance = await platform.appliance(undefined);
    const agent = await platform.account('call-agent');
    const path = (id: Id) => `/appliances/${id}/remote-sessions`;
    expect((await ask(agent, 'POST', path(appliance), REQUEST)).json()).toMatchObject({ code: 'no-household' });
    const technician = await platform.account('technician');
    expect((await ask(technician, 'POST', path(await platform.appliance(home)), REQUEST)).statusCode).toBe(404);
    expect((await ask(agent, 'POST', path(appliance), { ...REQUEST, minutes: 61 })).statusCode).toBe(400);
  });
});
