import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '#contracts';
import { homeOrganisation } from '#registry';
import { DAY, HOUR } from '#runtime';
import { type Ask, asking, cookieOf } from './asking.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import { type Account, MINUTE, NOW, openPlatform, PASSWORD, type Platform } from './platform.ts';

const NEW_PASSWORD = 'another horse battery';

let platform: Platform;
let mailbox: Mailbox;
let ask: Ask;

beforeAll(async () => {
  platform = await openPlatform();
  mailbox = await openMailbox(platform);
  ask = asking(platform);
});
afterAll(async () => {
  await mailbox?.[Symbol.asyncDispose]();
  await platform?.[Symbol.asyncDispose]();
});
beforeEach(() => platform.setClock(NOW));

let people = 0;
const newAddress = () => `new-${++people}@example.org`;
const signUp = (email: string, more: object = {}) =>
  ask(null, 'POST', '/sign-ups', { email, name: 'Wei', password: PASSWORD, language: 'zh', ...more });
const logIn = (email: string, password = PASSWORD, code?: string) =>
  ask(null, 'POST', '/sessions', { email, password, ...(code === undefined ? {} : { code }) });
const confirm = (token: string) => ask(null, 'POST', '/sign-ups/confirmation', { token });

describe('signing up', () => {
  it('opens an account when the link in the mail is opened, in the language that was chosen', async () => {
    const email = newAddress();
    expect((await signUp(email)).statusCode).toBe(202);
    expect((await logIn(email)).statusCode).toBe(401);
    const [mail] = await mailbox.to(email);
    expect(mail!.subject).toBe('请确认您的邮箱地址');
    const answer = await confirm(await mailbox.token(email));
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ email, name: 'Wei', role: 'owner', language: 'zh', organisation: null });
    expect((await ask(cookieOf(answer), 'GET', '/me')).statusCode).toBe(200);
    expect((await logIn(email)).statusCode).toBe(201);
  });

  it('leaves neither the token nor the password in the database', async () => {
    const email = newAddress();
    await signUp(email);
    const token = await mailbox.token(email);
    for (const table of ['outbox', 'notification', 'one_time_token', 'person']) {
      const rows = JSON.stringify(await platform.sql.query(`select * from app.${table}`));
      expect(rows).not.toContain(token);
      expect(rows).not.toContain(PASSWORD);
      expect(rows).not.toContain(email);
    }
  });

  it('works once per link and for a day', async () => {
    const [first, second] = [newAddress(), newAddress()];
    await signUp(first);
    const token = await mailbox.token(first);
    expect((await confirm(token)).statusCode).toBe(201);
    const again = await confirm(token);
    expect(again.json()).toMatchObject({ status: 409, code: 'link-used', hint: expect.any(String) });
    await signUp(second);
    const late = await mailbox.token(second);
    platform.setClock(NOW + DAY);
    expect((await confirm(late)).statusCode).toBe(409);
  });

  it('answers alike when the address is taken, and tells only its owner', async () => {
    const email = newAddress();
    const fresh = await signUp(email);
    await confirm(await mailbox.token(email));
    const taken = await signUp(email, { password: NEW_PASSWORD });
    expect([taken.statusCode, taken.json()]).toEqual([fresh.statusCode, fresh.json()]);
    expect((await mailbox.to(email)).at(-1)!.subject).toBe('您已有账号');
    expect((await logIn(email, NEW_PASSWORD)).statusCode).toBe(401);
  });

  it('forgets who never answered, with the key to his name', async () => {
    const email = newAddress();
    await signUp(email);
    const [before] = await platform.sql.query<{ id: string }>(
      'select person as id from app.one_time_token order by created_at desc limit 1',
    );
    platform.setClock(NOW + 2 * DAY);
    await signUp(newAddress());
    const { id } = before!;
    expect(await platform.sql.query('select id from app.person where id = $1', [id])).toEqual([]);
    expect(await platform.sql.query('select subject from keys.subject_key where subject = $1', [id])).toEqual([]);
  });

  it('sends one address five mails an hour at most', async () => {
    const email = newAddress();
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push((await signUp(email)).statusCode);
    expect(answers).toEqual([202, 202, 202, 202, 202, 429]);
    platform.setClock(NOW + HOUR);
    expect((await signUp(email)).statusCode).toBe(202);
  });

  it('is refused where it is closed', async () => {
    await using closed = await openPlatform({ signUp: 'closed' });
    const body = { email: 'a@example.org', name: 'A', password: PASSWORD };
    const answer = await asking(closed)(null, 'POST', '/sign-ups', body);
    expect(answer.json()).toMatchObject({ status: 403, code: 'sign-up-closed' });
  });
});

describe('a forgotten password', () => {
  const reset = (token: string, password = NEW_PASSWORD) =>
    ask(null, 'POST', '/password-resets/confirmation', { token, password });

  it('is refused, and so is a new password by mail, while nobody could get the mail', async () => {
    await using mute = await openPlatform();
    for (const [url, payload] of [
      ['/api/v1/sign-ups', { email: 'new@example.org', name: 'New', password: PASSWORD }],
      ['/api/v1/password-resets', { email: 'new@example.org' }],
    ] as const) {
      const answer = await mute.app.inject({ method: 'POST', url, payload });
      expect([url, answer.statusCode]).toEqual([url, 403]);
      expect(answer.json()).toMatchObject({ code: 'no-mail-server', hint: expect.stringContaining('SMTP_URL') });
    }
  });

  it('is replaced by mail; every session ends and the old password works no more', async () => {
    const { person, cookie } = await platform.account('owner');
    expect((await ask(null, 'POST', '/password-resets', { email: person.email })).statusCode).toBe(202);
    const token = await mailbox.token(person.email);
    expect((await reset(token)).statusCode).toBe(204);
    expect((await ask({ cookie }, 'GET', '/me')).statusCode).toBe(401);
    expect((await logIn(person.email)).statusCode).toBe(401);
    expect((await logIn(person.email, NEW_PASSWORD)).statusCode).toBe(201);
    expect((await reset(token, PASSWORD)).json()).toMatchObject({ code: 'link-used' });
    expect((await mailbox.to(person.email)).at(-1)!.subject).toBe('Your password was changed');
  });

  it('is answered alike for an unknown address, which gets no mail', async () => {
    const { person } = await platform.account('owner');
    const known = await ask(null, 'POST', '/password-resets', { email: person.email });
    const unknown = await ask(null, 'POST', '/password-resets', { email: 'nobody-here@example.org' });
    expect([unknown.statusCode, unknown.json()]).toEqual([known.statusCode, known.json()]);
    expect(await mailbox.to('nobody-here@example.org')).toEqual([]);
  });

  it('waits an hour for its link', async () => {
    const { person } = await platform.account('owner');
    await ask(null, 'POST', '/password-resets', { email: person.email });
    const token = await mailbox.token(person.email);
    platform.setClock(NOW + HOUR);
    expect((await reset(token)).statusCode).toBe(409);
    expect((await logIn(person.email)).statusCode).toBe(201);
  });
});

describe('sessions', () => {
  it('are listed, and one or all of them end', async () => {
    const here = await platform.account('owner');
    const there = { cookie: await platform.logIn(here.person.email) };
    const list = async () =>
      (await ask(here, 'GET', '/sessions')).json<{ items: { id: string; current: boolean }[] }>().items;
    const sessions = await list();
    expect(sessions.map(({ current }) => current).sort()).toEqual([false, true]);
    const other = sessions.find(({ current }) => !current)!;
    expect((await ask(here, 'DELETE', `/sessions/${other.id}`)).statusCode).toBe(204);
    expect((await ask(there, 'GET', '/me')).statusCode).toBe(401);
    expect((await ask(here, 'DELETE', `/sessions/${other.id}`)).statusCode).toBe(404);
    expect((await ask(here, 'DELETE', '/sessions')).statusCode).toBe(204);
    expect((await ask(here, 'GET', '/me')).statusCode).toBe(401);
  });

  it('of somebody else cannot be ended', async () => {
    const [mine, theirs] = [await platform.account('owner'), await platform.account('owner')];
    const [session] = (await ask(theirs, 'GET', '/sessions')).json<{ items: { id: string }[] }>().items;
    expect((await ask(mine, 'DELETE', `/sessions/${session!.id}`)).statusCode).toBe(404);
    expect((await ask(theirs, 'GET', '/me')).statusCode).toBe(200);
  });

  it('end elsewhere when the password is changed with the old one', async () => {
    const here = await platform.account('owner');
    const there = { cookie: await platform.logIn(here.person.email) };
    const wrong = await ask(here, 'PUT', '/me/password', { current: 'not this one', password: NEW_PASSWORD });
    expect(wrong.json()).toMatchObject({ status: 403, code: 'wrong-password' });
    const body = { current: PASSWORD, password: NEW_PASSWORD };
    expect((await ask(here, 'PUT', '/me/password', body)).statusCode).toBe(204);
    expect((await ask(here, 'GET', '/me')).statusCode).toBe(200);
    expect((await ask(there, 'GET', '/me')).statusCode).toBe(401);
    expect((await logIn(here.person.email, NEW_PASSWORD)).statusCode).toBe(201);
  });
});

describe('an API key', () => {
  const make = (who: Account, body: object) => ask(who, 'POST', '/api-keys', { name: 'mine', ...body });
  const withKey = (token: string, path: string) =>
    ask(null, 'GET', path, undefined, { authorization: `Bearer ${token}` });

  it('does what its scopes say and nothing else, until it is deleted', async () => {
    const owner = await platform.account('owner', (await platform.household('Keys')).id);
    const answer = await make(owner, { scopes: ['appliances:read'] });
    expect(answer.statusCode).toBe(201);
    const { id, token } = answer.json<{ id: string; token: string }>();
    expect(token).toMatch(/^sk_stethos_[\w-]{43}$/);
    expect((await withKey(token, '/appliances')).statusCode).toBe(200);
    expect((await withKey(token, '/alerts')).statusCode).toBe(403);
    expect((await withKey(token, '/sessions')).statusCode).toBe(403);
    const rows = JSON.stringify(await platform.sql.query('select * from app.api_key'));
    expect(rows).not.toContain(token);
    expect(rows).not.toContain('mine');
    expect((await ask(owner, 'GET', '/api-keys')).json()).toMatchObject({ items: [{ id, name: 'mine' }] });
    expect((await ask(owner, 'DELETE', `/api-keys/${id}`)).statusCode).toBe(204);
    expect((await withKey(token, '/appliances')).statusCode).toBe(401);
  });

  it('ends when it should', async () => {
    const owner = await platform.account('owner');
    const endsAt = new Date(NOW + HOUR).toISOString();
    const { token } = (await make(owner, { scopes: ['account:read'], endsAt })).json<{ token: string }>();
    expect((await withKey(token, '/me')).statusCode).toBe(200);
    platform.setClock(NOW + HOUR);
    expect((await withKey(token, '/me')).statusCode).toBe(401);
  });

  it('is not made with a scope that its maker’s role has no use for, and never for the account', async () => {
    const owner = await platform.account('owner');
    for (const scope of ['audit:read', 'account']) {
      const answer = await make(owner, { scopes: ['appliances:read', scope] });
      expect(answer.json()).toMatchObject({
        status: 422,
        code: 'wrong-scope',
        hint: expect.stringContaining('alerts'),
      });
    }
  });

  it('is made only soon after the password was given', async () => {
    const owner = await platform.account('owner');
    platform.setClock(NOW + 10 * MINUTE);
    const late = await make(owner, { scopes: ['appliances:read'] });
    expect(late.json()).toMatchObject({ status: 403, code: 'authenticate-again' });
    const again = (password: string) => ask(owner, 'POST', '/sessions/current/authentication', { password });
    expect((await again('not this one')).json()).toMatchObject({ code: 'wrong-password' });
    expect((await again(PASSWORD)).statusCode).toBe(204);
    expect((await make(owner, { scopes: ['appliances:read'] })).statusCode).toBe(201);
  });
});

describe('a second factor', () => {
  const codeAt = (secret: string, at: number) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });

  async function enrolled(role: 'dispatcher' | 'administrator' = 'dispatcher') {
    const account = await platform.account(role);
    const answer = await ask(account, 'POST', '/me/second-factor');
    expect(answer.statusCode).toBe(201);
    const { secret, url, picture } = answer.json<{ secret: string; url: string; picture: string }>();
    expect(url).toContain(`secret=${secret}`);
    expect(picture).toMatch(/^data:image\/svg\+xml;base64,/);
    // Six characters that are digits elsewhere, or none at all.
    for (const code of ['٪㊑ن⍮ℿ⌙', '١٢٣٤٥٦', 'abcdef']) {
      const answer = await ask(account, 'POST', '/me/second-factor/confirmation', { code });
      expect([code, answer.statusCode, answer.json().code]).toEqual([code, 401, 'wrong-code']);
    }
    const confirmed = await ask(account, 'POST', '/me/second-factor/confirmation', { code: codeAt(secret, NOW) });
    expect(confirmed.statusCode).toBe(201);
    return { ...account, secret, ...confirmed.json<{ recoveryCodes: string[] }>() };
  }

  it('is asked for at log-in, after the password only', async () => {
    const { person, secret } = await enrolled();
    expect((await logIn(person.email, 'not this one')).json()).toMatchObject({ code: 'wrong-log-in' });
    expect((await logIn(person.email)).json()).toMatchObject({ status: 401, code: 'second-factor-needed' });
    expect((await logIn(person.email, PASSWORD, '000000')).json()).toMatchObject({ code: 'wrong-code' });
    platform.setClock(NOW + MINUTE);
    expect((await logIn(person.email, PASSWORD, codeAt(secret, NOW + MINUTE))).statusCode).toBe(201);
  });

  it('takes a code once, and none that is older than the last', async () => {
    const { person, secret } = await enrolled();
    expect((await logIn(person.email, PASSWORD, codeAt(secret, NOW))).json()).toMatchObject({ code: 'wrong-code' });
    const later = NOW + 5 * MINUTE;
    platform.setClock(later);
    const code = codeAt(secret, later);
    const answers = await Promise.all([1, 2, 3].map(() => logIn(person.email, PASSWORD, code)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 401, 401]);
    expect((await logIn(person.email, PASSWORD, codeAt(secret, later - 30_000))).statusCode).toBe(401);
  });

  it('allows a clock that is one step off, not two', async () => {
    const { person, secret } = await enrolled();
    const later = NOW + 10 * MINUTE;
    platform.setClock(later);
    expect((await logIn(person.email, PASSWORD, codeAt(secret, later - 60_000))).statusCode).toBe(401);
    expect((await logIn(person.email, PASSWORD, codeAt(secret, later + 60_000))).statusCode).toBe(401);
    expect((await logIn(person.email, PASSWORD, codeAt(secret, later - 30_000))).statusCode).toBe(201);
    expect((await logIn(person.email, PASSWORD, codeAt(secret, later + 30_000))).statusCode).toBe(201);
  });

  it('has ten recovery codes that work once each', async () => {
    const { person, recoveryCodes } = await enrolled();
    expect(new Set(recoveryCodes).size).toBe(10);
    const [code] = recoveryCodes;
    expect((await logIn(person.email, PASSWORD, code!.toUpperCase())).statusCode).toBe(201);
    expect((await logIn(person.email, PASSWORD, code)).statusCode).toBe(401);
    const rows = JSON.stringify(await platform.sql.query('select * from app.recovery_code'));
    for (const one of recoveryCodes) expect(rows).not.toContain(one);
  });

  it('is guessed ten times at most in a quarter of an hour', async () => {
    const { person } = await enrolled();
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push((await logIn(person.email, PASSWORD, `00000${i % 10}`)).statusCode);
    expect(answers.slice(10)).toEqual([429, 429]);
  });

  it('that the organisation asks for comes before everything else', async () => {
    await using strict = await openPlatform();
    const question = asking(strict);
    const administrator = await strict.account('administrator');
    const dispatcher = await strict.account('dispatcher');
    const key = (await question(dispatcher, 'POST', '/api-keys', { name: 'k', scopes: ['alerts:read'] })).json<{
      token: string;
    }>();
    const home = (await homeOrganisation(strict.sql)).id;
    const demand = await question(administrator, 'PATCH', `/organisations/${home}`, { secondFactorRequired: true });
    expect(demand.json()).toMatchObject({ secondFactorRequired: true });

    expect((await question(dispatcher, 'GET', '/alerts')).json()).toMatchObject({
      status: 403,
      code: 'second-factor-required',
    });
    const headers = { authorization: `Bearer ${key.token}` };
    expect((await question(null, 'GET', '/alerts', undefined, headers)).statusCode).toBe(401);
    expect((await question(dispatcher, 'GET', '/me')).json<Person>().id).toBe(dispatcher.person.id);
    const { secret } = (await question(dispatcher, 'POST', '/me/second-factor')).json<{ secret: string }>();
    const code = codeAt(secret, NOW);
    expect((await question(dispatcher, 'POST', '/me/second-factor/confirmation', { code })).statusCode).toBe(201);
    expect((await question(dispatcher, 'GET', '/alerts')).statusCode).toBe(200);
    expect((await question(null, 'GET', '/alerts', undefined, headers)).statusCode).toBe(200);
    expect((await question(dispatcher, 'DELETE', '/me/second-factor')).json()).toMatchObject({
      code: 'second-factor-required',
    });
  });
});
