import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#contracts';
import { type Account, openPlatform, type Platform } from './platform.ts';

let platform: Platform;
let owner: Account;
let dispatcher: Account;
let appliance: Id;

beforeAll(async () => {
  platform = await openPlatform();
  const home = await platform.household('Home');
  owner = await platform.account('owner', home.id);
  dispatcher = await platform.account('dispatcher');
  appliance = await platform.appliance(home.id);
});
afterAll(() => platform?.[Symbol.asyncDispose]());

const ask = (who: Account, method: 'GET' | 'HEAD' | 'PATCH', path: string, headers = {}, payload?: object) =>
  platform.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { cookie: who.cookie, ...headers },
    ...(payload ? { payload } : {}),
  });
const tagOf = async (who: Account, path: string) => String((await ask(who, 'GET', path)).headers.etag);
const setLanguage = (language: string, headers = {}) => ask(owner, 'PATCH', '/me', headers, { language });

describe('reading', () => {
  it('says which state it shows, and says nothing when that is known already', async () => {
    const tag = await tagOf(owner, '/me');
    expect(tag).toMatch(/^"[\w-]+\.[\w-]+"$/);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const answer = await ask(owner, 'GET', '/me', { 'if-none-match': known });
      expect([known, answer.statusCode, answer.body, answer.headers.etag]).toEqual([known, 304, '', tag]);
    }
    expect((await ask(owner, 'GET', '/me', { 'if-none-match': '"other"' })).statusCode).toBe(200);
    expect((await ask(dispatcher, 'GET', '/me', { 'if-none-match': tag })).statusCode).toBe(200);
  });

  it('tags no problem', async () => {
    const answer = await ask(owner, 'GET', '/appliances/019b0000-0000-7000-8000-000000000000');
    expect([answer.statusCode, answer.headers.etag]).toEqual([404, undefined]);
  });
});

describe('editing', () => {
  it('without a condition always works', async () => {
    expect((await setLanguage('zh')).statusCode).toBe(200);
  });

  it('for the state that was read works once, and for another one not', async () => {
    const before = await tagOf(owner, '/me');
    expect((await setLanguage('en', { 'if-match': before })).statusCode).toBe(200);
    const late = await setLanguage('zh', { 'if-match': before });
    expect([late.statusCode, late.json()]).toEqual([
      412,
      expect.objectContaining({ code: 'changed-meanwhile', hint: expect.any(String) }),
    ]);
    expect(late.headers.etag).toBe(await tagOf(owner, '/me'));
    expect((await ask(owner, 'GET', '/me')).json()).toMatchObject({ language: 'en' });
    expect((await setLanguage('zh', { 'if-match': String(late.headers.etag) })).statusCode).toBe(200);
    expect((await setLanguage('en', { 'if-match': '*' })).statusCode).toBe(200);
  });

  it('lets one of many win that are meant for one state', async () => {
    const before = await tagOf(owner, '/me');
    const zones = ['Asia/Shanghai', 'Europe/Berlin', 'Africa/Nairobi', 'America/Lima', 'Asia/Tokyo'];
    const answers = await Promise.all(
      zones.map((timeZone) => ask(owner, 'PATCH', '/me', { 'if-match': before }, { timeZone })),
    );
    const codes = answers.map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code === 200).length).toBe(1);
    expect(codes.filter((code) => ![200, 409, 412].includes(code))).toEqual([]);
    expect((await platform.sql.query('select * from app.edit_under_way')).length).toBe(0);
  });
});

describe('an appliance that talks', () => {
  it('is modified by a reading, and not changed for whoever edits it', async () => {
    const before = await tagOf(owner, `/appliances/${appliance}`);
    platform.setClock(platform.now() + 1_000);
    await platform.hear(appliance, '{"readings":[{"values":{"power":62}}]}');
    const after = await tagOf(owner, `/appliances/${appliance}`);
    expect(after).not.toBe(before);
    expect(after.split('.')[0]).toBe(before.split('.')[0]);
  });
});
