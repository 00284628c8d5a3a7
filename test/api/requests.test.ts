import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert, Appliance, CreatedAppliance, Fleet, Id, Person, Problem, ServiceCase, Visit } from '#contracts';
import { issueSetUpToken } from '#registry';
import { type Account, coolingFails, MINUTE, NOW, openPlatform, PASSWORD, type Platform } from './platform.ts';

let platform: Platform;
let owner: Account;
let technician: Account;
let dispatcher: Account;
let home: Id;

beforeAll(async () => {
  platform = await openPlatform();
  home = (await platform.household('Home')).id;
  owner = await platform.account('owner', home);
  technician = await platform.account('technician');
  dispatcher = await platform.account('dispatcher');
});
afterAll(() => platform[Symbol.asyncDispose]());

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const ask = (who: Account | null, method: Method, path: string, payload?: object, headers: object = {}) =>
  platform.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { ...(who ? { cookie: who.cookie } : {}), ...headers },
    ...(payload ? { payload } : {}),
  });
const get = async <T>(who: Account, path: string): Promise<T> => (await ask(who, 'GET', path)).json<T>();

describe('logging in', () => {
  it('gives a cookie that scripts and other sites cannot use', async () => {
    const answer = await ask(null, 'POST', '/sessions', { email: owner.person.email, password: PASSWORD });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual(owner.person);
    expect(answer.cookies).toEqual([
      expect.objectContaining({ name: 'stethos_session', httpOnly: true, sameSite: 'Lax', path: '/' }),
    ]);
    expect(answer.cookies[0]).not.toHaveProperty('secure');
  });

  it('gives a cookie for https only where people come by https', async () => {
    await using secure = await openPlatform({ publicUrl: 'https://stethos.test' });
    const { person } = await secure.account('dispatcher');
    const payload = { email: person.email, password: PASSWORD };
    const answer = await secure.app.inject({ method: 'POST', url: '/api/v1/sessions', payload });
    expect(answer.cookies[0]).toMatchObject({ secure: true });
    expect(answer.headers['strict-transport-security']).toBeDefined();
  });

  it('answers an unknown person and a wrong password alike', async () => {
    const wrong = await ask(null, 'POST', '/sessions', { email: owner.person.email, password: 'not this one' });
    const unknown = await ask(null, 'POST', '/sessions', { email: 'nobody@example.org', password: 'not this one' });
    expect(wrong.statusCode).toBe(401);
    expect(wrong.json()).toEqual(unknown.json());
    expect(wrong.cookies).toEqual([]);
  });

  it('pauses after ten failures, for that account only, and goes on later', async () => {
    const victim = await platform.account('owner', home);
    const attempt = (password: string) => ask(null, 'POST', '/sessions', { email: victim.person.email, password });
    const failures = await Promise.all(Array.from({ length: 12 }, (_, i) => attempt(`guess ${i}`)));
    expect(failures.map((answer) => answer.statusCode).sort()).toEqual([...Array(10).fill(401), 429, 429]);
    const paused = await attempt(PASSWORD);
    expect(paused.statusCode).toBe(429);
    expect(paused.json()).toMatchObject({ code: 'too-many-log-ins' });
    expect(Number(paused.headers['retry-after'])).toBe(15 * 60);
    expect((await ask(null, 'POST', '/sessions', { email: owner.person.email, password: PASSWORD })).statusCode).toBe(
      201,
    );
    platform.setClock(NOW + 15 * MINUTE);
    expect((await attempt(PASSWORD)).statusCode).toBe(201);
    platform.setClock(NOW);
  });

  it('ends with logging out', async () => {
    const guest = await platform.account('owner', home);
    expect((await ask(guest, 'DELETE', '/sessions/current')).statusCode).toBe(204);
    expect((await ask(guest, 'GET', '/me')).statusCode).toBe(401);
  });
});

describe('the first administrator', () => {
  it('is made with the printed link and logged in at once', async () => {
    const token = await issueSetUpToken(platform.sql, NOW);
    const body = { token, name: 'Ada', email: 'ada@example.org', password: PASSWORD };
    const answer = await ask(null, 'POST', '/setup', body);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ name: 'Ada', role: 'administrator' });
    const ada = { person: answer.json<Person>(), cookie: `stethos_session=${answer.cookies[0]!.value}` };
    expect((await ask(ada, 'GET', '/people')).statusCode).toBe(200);
    expect((await ask(null, 'POST', '/setup', body)).statusCode).toBe(422);
  });

  it('is not made with a link that was never printed', async () => {
    const body = { token: 'guess', name: 'Eve', email: 'eve@example.org', password: PASSWORD };
    const answer = await ask(null, 'POST', '/setup', body);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'set-up-link-used' });
  });
});

describe('a request that does not fit', () => {
  it('is answered with every problem, where and what', async () => {
    const answer = await ask(null, 'POST', '/sessions', { email: 'not an address' });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const problem = answer.json<Problem>();
    expect(problem).toMatchObject({ code: 'invalid-request', status: 400, hint: expect.any(String) });
    expect(problem.problems!.map(({ where }) => where)).toEqual(['body.email', 'body.password']);
    expect(problem.problems!.every(({ what }) => what.length > 0)).toBe(true);
  });

  it('names the parameter, in the path or in the query', async () => {
    const inPath = (await ask(owner, 'GET', '/alerts/17')).json<Problem>();
    expect(inPath.problems).toMatchObject([{ where: 'params.id' }]);
    const inQuery = (await ask(owner, 'GET', '/alerts?state=ajar&limit=0')).json<Problem>();
    expect(inQuery.problems!.map(({ where }) => where)).toEqual(['querystring.state', 'querystring.limit']);
    expect((await ask(owner, 'GET', '/alerts?cursor=made-up')).json()).toMatchObject({ code: 'bad-cursor' });
  });

  it('is a problem with a code and a hint, whatever is wrong with it', async () => {
    const odd: [number, string, InjectOptions][] = [
      [
        400,
        'invalid-request',
        {
          method: 'POST',
          url: '/api/v1/sessions',
          payload: '{"email":',
          headers: { 'content-type': 'application/json' },
        },
      ],
      [
        415,
        'unsupported-media-type',
        { method: 'POST', url: '/api/v1/sessions', payload: '<a/>', headers: { 'content-type': 'text/xml' } },
      ],
      [413, 'too-large', { method: 'POST', url: '/api/v1/sessions', payload: { email: 'x'.repeat(300_000) } }],
      [404, 'no-such-route', { method: 'GET', url: '/api/v1/toasters' }],
      [404, 'no-such-route', { method: 'GET', url: '/' }],
      [400, 'invalid-request', { method: 'GET', url: '/api/v1/%zz' }],
    ];
    for (const [status, code, request] of odd) {
      const answer = await platform.app.inject(request);
      expect([request.url, answer.statusCode]).toEqual([request.url, status]);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({ code, status, title: expect.any(String), hint: expect.any(String) });
    }
  });

  it('that we fail to answer tells the caller nothing and the log everything', async () => {
    await using broken = await openPlatform({
      series: () => Promise.reject(new Error('secret detail of the engine')),
      ready: async () => ({ database: 'ok', readings: 'away' }),
    });
    const account = await broken.account('administrator');
    const appliance = await broken.appliance(undefined);
    const query = 'signal=power&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z';
    const answer = await broken.app.inject({
      url: `/api/v1/appliances/${appliance}/readings?${query}`,
      headers: { cookie: account.cookie },
    });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'internal', hint: expect.any(String) });
    expect(answer.body).not.toContain('secret detail');
    const [line] = broken.logged.filter(({ level }) => level === 'error');
    expect(line!.fields).toMatchObject({ error: 'secret detail of the engine', method: 'GET' });
    expect(JSON.stringify(broken.logged)).not.toContain(account.cookie.split('=')[1]);

    const ready = await broken.app.inject('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ ok: false, checks: { database: 'ok', readings: 'away' } });
  });
});

describe('a changing request', () => {
  const logIn = (headers: object) =>
    ask(null, 'POST', '/sessions', { email: owner.person.email, password: PASSWORD }, headers);

  it('from a page of another site is refused', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://stethos.test.evil.example' },
      { origin: 'https://stethos.test' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await logIn(headers);
      expect([headers, answer.statusCode]).toEqual([headers, 403]);
      expect(answer.json()).toMatchObject({ code: 'foreign-origin' });
    }
  });

  it('from our own page, or from no browser at all, is taken', async () => {
    for (const headers of [
      { origin: 'http://stethos.test' },
      { origin: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' },
      { 'sec-fetch-site': 'same-origin' },
      {},
    ]) {
      expect([headers, (await logIn(headers)).statusCode]).toEqual([headers, 201]);
    }
  });
});

describe('an account', () => {
  it('keeps language, time zone and unit', async () => {
    const me = await platform.account('owner', home);
    const wish = { language: 'zh', timeZone: 'Asia/Shanghai', temperatureUnit: 'F' };
    expect((await ask(me, 'PATCH', '/me', wish)).json()).toEqual({ ...me.person, ...wish });
    expect(await get<Person>(me, '/me')).toEqual({ ...me.person, ...wish });
    const wrong = await ask(me, 'PATCH', '/me', { timeZone: 'Mars/Olympus' });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.json()).toMatchObject({ code: 'unknown-time-zone', hint: expect.any(String) });
  });
});

describe('an appliance', () => {
  it('is added with a ready line to try it', async () => {
    const answer = await ask(owner, 'POST', '/appliances', { model: 'stethos-reference-fridge', name: 'Kitchen' });
    expect(answer.statusCode).toBe(201);
    const created = answer.json<CreatedAppliance>();
    expect(created.mqttUrl).toBe('mqtt://127.0.0.1:1883');
    for (const part of [
      'mosquitto_pub -h 127.0.0.1 -p 1883',
      `-i ${created.id}`,
      `-u ${created.id}`,
      `-P ${created.secret}`,
      `-t v1/appliances/${created.id}/telemetry`,
      '"cabinet_temperature":4.2',
    ]) {
      expect(created.tryIt).toContain(part);
    }
    const appliance = await get<Appliance>(owner, `/appliances/${created.id}`);
    expect(appliance).toMatchObject({
      name: 'Kitchen',
      condition: 'new',
      connected: false,
      heardAt: null,
      latest: [],
      household: { id: home },
      model: { brand: 'Stethos', kind: 'refrigerator' },
    });
    expect(JSON.stringify(await get(dispatcher, '/appliances'))).not.toContain(created.secret);
  });

  it('of an unknown model is refused with the models that there are', async () => {
    const answer = await ask(dispatcher, 'POST', '/appliances', { model: 'toaster-1', name: 'T' });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'unknown-model', hint: expect.stringContaining('metered-fridge') });
  });

  it('shows what it said last, its readings over time and what was not accepted', async () => {
    const id = await platform.appliance(home, 'Talking');
    const readings = [0, 1, 2, 3].map((minute) => ({
      at: NOW + minute * MINUTE,
      values: { cabinet_temperature: 4 + minute, door_open: minute === 3, shelf_light: 1 },
    }));
    platform.setClock(NOW + 5 * MINUTE);
    await platform.hear(id, JSON.stringify({ seq: 1, readings }));
    await platform.hear(id, '{ "readings": nonsense');

    const appliance = await get<Appliance>(owner, `/appliances/${id}`);
    expect(appliance).toMatchObject({ condition: 'fine', heardAt: new Date(NOW + 5 * MINUTE).toISOString() });
    const at = new Date(NOW + 3 * MINUTE).toISOString();
    expect(appliance.latest).toEqual([
      {
        signal: 'cabinet_temperature',
        words: { en: 'Fridge temperature', zh: '冷藏室温度' },
        unit: 'Cel',
        value: 7,
        at,
      },
      { signal: 'door_open', words: { en: 'Door open', zh: '门打开' }, unit: 'boolean', value: true, at },
      { signal: 'shelf_light', words: null, unit: null, value: 1, at },
    ]);

    const query = new URLSearchParams({
      signal: 'cabinet_temperature',
      from: new Date(NOW).toISOString(),
      to: new Date(NOW + 20 * MINUTE).toISOString(),
      points: '10',
    });
    expect(await get(owner, `/appliances/${id}/readings?${query}`)).toEqual({
      signal: 'cabinet_temperature',
      unit: 'Cel',
      bucketSeconds: 120,
      points: [
        { at: new Date(NOW).toISOString(), mean: 4.5, min: 4, max: 5 },
        { at: new Date(NOW + 2 * MINUTE).toISOString(), mean: 6.5, min: 6, max: 7 },
      ],
    });
    query.set('to', new Date(NOW - MINUTE).toISOString());
    expect((await ask(owner, 'GET', `/appliances/${id}/readings?${query}`)).json()).toMatchObject({
      code: 'wrong-span',
    });

    const quarantine = await get<{ items: { payload: string; reason: string }[]; next: null }>(
      owner,
      `/appliances/${id}/quarantine`,
    );
    expect(quarantine.items).toMatchObject([
      { appliance: id, channel: 'telemetry', payload: '{ "readings": nonsense' },
    ]);
    expect(quarantine.items[0]!.reason).not.toBe('');
    expect(quarantine.next).toBeNull();
    platform.setClock(NOW);
  });
});

describe('from an alert to a finished visit', () => {
  it('owner, dispatcher and technician each do their part', async () => {
    const appliance = await platform.appliance(home, 'Failing');
    await platform.find(coolingFails(appliance));

    const { items } = await get<{ items: Alert[] }>(owner, '/alerts?state=open');
    expect(items).toMatchObject([{ appliance, applianceName: 'Failing', state: 'open', caseId: null }]);
    const alert = items[0]!.id;
    expect(await get<Appliance>(owner, `/appliances/${appliance}`)).toMatchObject({
      condition: 'danger',
      openAlerts: [{ id: alert, problem: 'refrigerator-cooling', severity: 'critical' }],
    });

    const wrong = await ask(owner, 'POST', `/alerts/${alert}/answers`, { question: 'door-closed', answer: 'perhaps' });
    expect(wrong.statusCode).toBe(422);
    const before = await platform.log.end();
    const answered = await ask(owner, 'POST', `/alerts/${alert}/answers`, {
      question: 'door-closed',
      answer: 'it-is-closed',
    });
    expect([answered.statusCode, answered.body]).toEqual([202, '']);
    const { records } = await platform.log.read(before, 1024);
    expect(records.map(({ kind, appliance }) => ({ kind, appliance }))).toEqual([{ kind: 'answer', appliance }]);
    expect(JSON.parse(Buffer.from(records[0]!.body).toString())).toEqual({
      problem: 'refrigerator-cooling',
      question: 'door-closed',
      answer: 'it-is-closed',
      by: owner.person.id,
    });

    expect((await ask(owner, 'POST', `/alerts/${alert}/acknowledgement`, {})).json()).toMatchObject({
      state: 'acknowledged',
    });
    expect((await ask(owner, 'POST', `/alerts/${alert}/service-request`, {})).statusCode).toBe(200);
    await platform.sweepFieldService();

    const { items: cases } = await get<{ items: ServiceCase[] }>(dispatcher, '/cases?state=open');
    const file = cases.find((one) => one.alertId === alert)!;
    expect((await get<Alert>(owner, `/alerts/${alert}`)).caseId).toBe(file.id);
    const visit = file.visits[0]!.id;
    const assigned = await ask(dispatcher, 'POST', `/visits/${visit}/assignment`, { technician: technician.person.id });
    expect(assigned.json<Visit>()).toMatchObject({
      id: visit,
      state: 'offered',
      technician: { id: technician.person.id },
    });
    expect(await get(dispatcher, '/technicians')).toMatchObject({
      items: [{ id: technician.person.id, region: 'north', load: 1 }],
    });

    const slots = await get<{ items: { start: string; end: string }[] }>(owner, `/visits/${visit}/slots`);
    const picked = await ask(owner, 'POST', `/visits/${visit}/slot`, { start: slots.items[0]!.start });
    expect(picked.json<Visit>().slot).toEqual(slots.items[0]);
    expect((await ask(technician, 'POST', `/visits/${visit}/acceptance`, {})).json()).toMatchObject({
      state: 'accepted',
    });
    const twice = await ask(technician, 'POST', `/visits/${visit}/refusal`, {});
    expect(twice.statusCode).toBe(409);
    expect(twice.json()).toMatchObject({ code: 'wrong-state', hint: expect.any(String) });

    expect(await get<Fleet>(dispatcher, '/fleet')).toMatchObject({
      openCases: 1,
      overdueVisits: 0,
      openAlerts: [{ problem: 'refrigerator-cooling', severity: 'critical', count: 1 }],
      conditions: expect.objectContaining({ danger: 1 }),
    });
    const done = await ask(technician, 'POST', `/visits/${visit}/result`, {
      outcome: 'repaired',
      cause: 'refrigerant-leak',
    });
    expect(done.json()).toMatchObject({ state: 'done' });
    expect(await get(technician, `/cases/${file.id}`)).toMatchObject({ state: 'verifying' });
  });
});
