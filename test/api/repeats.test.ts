import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetAttempts, IDEMPOTENCY_KEPT_MS } from '#api';
import { newId } from '#contracts';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { type Account, MINUTE, NOW, openPlatform, type Platform } from './platform.ts';

describe('a POST with an Idempotency-Key on PGlite', () => repeats(pgliteDatabase));
describeEngine('PostgreSQL', 'a POST with an Idempotency-Key', () => repeats(postgresDatabase));

function repeats(open: () => Promise<TestDatabase>): void {
  let platform: Platform;
  let dispatcher: Account;
  let colleague: Account;

  beforeAll(async () => {
    platform = await openPlatform({}, open);
    dispatcher = await platform.account('dispatcher');
    colleague = await platform.account('dispatcher');
  });
  afterAll(() => platform?.[Symbol.asyncDispose]());

  const post = (who: Account, path: string, payload: object, key: string) =>
    platform.app.inject({
      method: 'POST',
      url: `/api/v1${path}`,
      payload,
      headers: { cookie: who.cookie, 'idempotency-key': key },
    });
  const household = (name: string) => ({ name, region: 'north', address: `${name} street 1` });
  const named = async (name: string) => {
    const { items } = (
      await platform.app.inject({ url: '/api/v1/households?limit=200', headers: { cookie: dispatcher.cookie } })
    ).json<{ items: { name: string }[] }>();
    return items.filter((one) => one.name === name).length;
  };

  it('is done once, and its repeat gets the same answer', async () => {
    const first = await post(dispatcher, '/households', household('Once'), 'a-1');
    const again = await post(dispatcher, '/households', household('Once'), 'a-1');
    expect(first.statusCode).toBe(201);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect([again.statusCode, again.headers['content-type'], again.body]).toEqual([
      201,
      first.headers['content-type'],
      first.body,
    ]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await named('Once')).toBe(1);
  });

  it('understands the quotes of a structured field', async () => {
    const first = await post(dispatcher, '/households', household('Quoted'), '"a-q"');
    expect((await post(dispatcher, '/households', household('Quoted'), 'a-q')).body).toBe(first.body);
  });

  it('is another thing without the key, with another key, or from somebody else', async () => {
    await post(dispatcher, '/households', household('Each'), 'b-1');
    await post(dispatcher, '/households', household('Each'), 'b-2');
    await post(colleague, '/households', household('Each'), 'b-1');
    expect(await named('Each')).toBe(3);
  });

  it('refuses the key for another request', async () => {
    await post(dispatcher, '/households', household('Mine'), 'c-1');
    const other = await post(dispatcher, '/households', household('Other'), 'c-1');
    expect([other.statusCode, other.json()]).toEqual([
      422,
      expect.objectContaining({ code: 'idempotency-key-reused', hint: expect.any(String) }),
    ]);
    expect(await named('Other')).toBe(0);
  });

  it('leaves the key free when nothing was done', async () => {
    const body = { name: 'Freed', region: '', address: 'x' };
    expect((await post(dispatcher, '/households', body, 'd-1')).statusCode).toBe(400);
    const missing = { ...household('Freed'), model: 'no-such-model' };
    expect((await post(dispatcher, '/appliances', missing, 'd-1')).statusCode).toBe(422);
    expect((await post(dispatcher, '/households', household('Freed'), 'd-1')).statusCode).toBe(201);
  });

  it('is refused while the first is under way, and of many at once one is done', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(dispatcher, '/households', household('Crowd'), 'e-1')),
    );
    const codes = answers.map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code !== 201 && code !== 409)).toEqual([]);
    for (const answer of answers.filter(({ statusCode }) => statusCode === 409)) {
      expect(answer.json()).toMatchObject({ code: 'still-running' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(await named('Crowd')).toBe(1);
  });

  it('never does it a second time when the first was never answered', async () => {
    await post(dispatcher, '/households', household('Crash'), 'f-1');
    await platform.sql.query(
      'update app.idempotency set status = null, answer_sealed = null where began_at = $1 and caller = $2',
      [NOW, dispatcher.person.id],
    );
    expect((await post(dispatcher, '/households', household('Crash'), 'f-1')).json()).toMatchObject({
      code: 'still-running',
    });
    platform.setClock(NOW + 2 * MINUTE);
    const late = await post(dispatcher, '/households', household('Crash'), 'f-1');
    expect([late.statusCode, late.json()]).toEqual([409, expect.objectContaining({ code: 'outcome-unknown' })]);
    expect(await named('Crash')).toBe(1);
  });

  it('does not keep an answer that holds a secret', async () => {
    const body = { model: 'stethos-reference-fridge', name: 'Secretive' };
    const first = await post(dispatcher, '/appliances', body, 'g-1');
    expect(first.statusCode).toBe(201);
    const again = await post(dispatcher, '/appliances', body, 'g-1');
    expect([again.statusCode, again.json()]).toEqual([409, expect.objectContaining({ code: 'already-done' })]);
  });

  it('keeps nothing that can be read', async () => {
    await post(dispatcher, '/households', household('Marigold'), 'h-marigold');
    const rows = await platform.sql.query('select * from app.idempotency');
    expect(rows.length).toBeGreaterThan(5);
    expect(JSON.stringify(rows)).not.toMatch(/marigold/i);
  });

  it('refuses a key that is none', async () => {
    for (const key of ['', 'with blank', 'ü', 'x'.repeat(201)]) {
      const answer = await post(dispatcher, '/households', household('Bad key'), key);
      expect([key, answer.statusCode, answer.json().code]).toEqual([key, 400, 'bad-idempotency-key']);
    }
    expect(await named('Bad key')).toBe(0);
  });

  it('is forgotten after a day', async () => {
    platform.setClock(NOW + IDEMPOTENCY_KEPT_MS + 3 * MINUTE);
    dispatcher.cookie = await platform.logIn(dispatcher.person.email);
    expect((await post(dispatcher, '/households', household('Once'), 'a-1')).statusCode).toBe(201);
    expect(await named('Once')).toBe(2);
    await forgetAttempts(platform.sql, platform.now() - IDEMPOTENCY_KEPT_MS);
    expect((await platform.sql.query('select 1 from app.idempotency')).length).toBe(1);
  });

  it('from a stranger is done as often as it comes', async () => {
    const headers = { 'idempotency-key': newId() };
    const payload = { email: dispatcher.person.email, password: 'wrong password' };
    for (let i = 0; i < 2; i++) {
      const answer = await platform.app.inject({ method: 'POST', url: '/api/v1/sessions', payload, headers });
      expect(answer.statusCode).toBe(401);
    }
  });
}
