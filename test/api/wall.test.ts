import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Id, newId, type Role } from '#contracts';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { type Account, coolingFails, openPlatform, type Platform } from './platform.ts';

describe('the wall on PGlite', () => wall(pgliteDatabase));
describeEngine('PostgreSQL', 'the wall', () => wall(postgresDatabase));

function wall(open: () => Promise<TestDatabase>): void {
  let platform: Platform;
  const accounts: Record<string, Account> = {};
  /** One of each thing, in the household `home`; its visit is offered to the account `technician`. */
  const things: Record<'appliance' | 'alert' | 'case' | 'visit', Id> = {
    appliance: '',
    alert: '',
    case: '',
    visit: '',
  };

  type Answer = { items: { id: Id; visits: { id: Id }[] }[] };
  const get = async (who: string, url: string) => (await ask(who, 'GET', url)).json<Answer>();
  const ask = (who: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
    platform.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: who === 'nobody' ? {} : { cookie: accounts[who]!.cookie },
      ...(payload ? { payload } : {}),
    });

  beforeAll(async () => {
    platform = await openPlatform({}, open);
    const [home, elsewhere] = [await platform.household('Home'), await platform.household('Elsewhere')];
    accounts.owner = await platform.account('owner', home.id);
    accounts.neighbour = await platform.account('owner', elsewhere.id);
    accounts.technician = await platform.account('technician');
    accounts.colleague = await platform.account('technician');
    accounts.dispatcher = await platform.account('dispatcher');
    accounts.administrator = await platform.account('administrator');
    things.appliance = await platform.appliance(home.id);
    await platform.find(coolingFails(things.appliance));
    things.alert = (await get('owner', '/alerts')).items[0]!.id;
    await ask('owner', 'POST', `/alerts/${things.alert}/service-request`);
    await platform.sweepFieldService();
    const [file] = (await get('owner', '/cases')).items;
    things.case = file!.id;
    things.visit = file!.visits[0]!.id;
    const technician = accounts.technician.person.id;
    await ask('dispatcher', 'POST', `/visits/${things.visit}/assignment`, { technician });
  });
  afterAll(() => platform?.[Symbol.asyncDispose]());

  type Operation = { method: 'GET' | 'POST' | 'PATCH' | 'DELETE'; url: string };
  function operations(): Operation[] {
    const document = platform.app.swagger() as { paths: Record<string, Record<string, unknown>> };
    return Object.entries(document.paths).flatMap(([url, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase() as Operation['method'], url })),
    );
  }

  const PUBLIC = new Set([
    'GET /healthz',
    'GET /readyz',
    'GET /metrics',
    'GET /.well-known/security.txt',
    'POST /api/v1/sessions',
    'POST /api/v1/sign-ups',
    'POST /api/v1/sign-ups/confirmation',
    'POST /api/v1/password-resets',
    'POST /api/v1/password-resets/confirmation',
    'POST /api/v1/invitations/acceptance',
    'POST /api/v1/setup',
    'GET /api/v1/demo',
  ]);

  describe('a stranger', () => {
    it('reaches no route but the public ones', async () => {
      const routes = operations();
      expect(routes.length).toBeGreaterThan(25);
      expect(routes.map(({ method, url }) => `${method} ${url}`)).toEqual(expect.arrayContaining([...PUBLIC]));
      for (const { method, url } of routes) {
        if (PUBLIC.has(`${method} ${url}`)) continue;
        const answer = await platform.app.inject({ method, url: url.replace('{id}', things.appliance) });
        expect([method, url, answer.statusCode]).toEqual([method, url, 401]);
        expect(answer.json()).toMatchObject({ code: 'not-logged-in' });
        if (method !== 'GET') continue;
        const head = await platform.app.inject({ method: 'HEAD', url: url.replace('{id}', things.appliance) });
        expect([url, [401, 404].includes(head.statusCode)]).toEqual([url, true]);
      }
    });

    it('reaches no route that the document does not show, but the document itself', () => {
      const shown = new Set(operations().map(({ url }) => url.replaceAll(/\{(\w+)\}/g, ':$1')));
      const hidden = routesOf(platform.app.printRoutes({ commonPrefix: false })).filter((url) => !shown.has(url));
      expect(hidden.filter((url) => url !== '/api/openapi.json' && !url.startsWith('/api/docs'))).toEqual([]);
    });

    it('with a made-up session is still a stranger', async () => {
      const answer = await platform.app.inject({
        url: '/api/v1/me',
        headers: { cookie: `stethos_session=${'a'.repeat(43)}` },
      });
      expect(answer.statusCode).toBe(401);
    });
  });

  /** The paths in Fastify's drawing of its tree of routes. */
  function routesOf(drawing: string): string[] {
    const open: string[] = [];
    const paths: string[] = [];
    for (const line of drawing.split('\n')) {
      const match = /^((?:│ {3}| {4})*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line);
      if (!match) continue;
      const depth = match[1]!.length / 4;
      open.length = depth;
      open.push(match[2]!);
      if (match[3]) paths.push(open.join(''));
    }
    return paths;
  }

  describe('who adds what', () => {
    it('nobody but the administrator makes people', async () => {
      const payload = {
        name: 'Eve',
        email: 'eve@example.org',
        password: 'long enough to be taken',
        role: 'administrator',
      };
      for (const who of ['owner', 'technician', 'dispatcher']) {
        expect([who, (await ask(who, 'POST', '/people', payload)).statusCode]).toEqual([who, 403]);
      }
      expect((await ask('administrator', 'POST', '/people', payload)).statusCode).toBe(201);
    });

    it('an owner adds an appliance to his own household only', async () => {
      const elsewhere = (await get('neighbour', '/households')).items[0]!.id;
      const body = { model: 'metered-fridge', name: 'Second fridge' };
      expect((await ask('owner', 'POST', '/appliances', { ...body, household: elsewhere })).statusCode).toBe(403);
      expect((await ask('owner', 'POST', '/appliances', { ...body, household: newId() })).statusCode).toBe(403);
      expect((await ask('owner', 'POST', '/appliances', body)).statusCode).toBe(201);
      expect((await get('owner', '/appliances')).items).toHaveLength(2);
    });

    it('an owner cannot take the serial of a unit that he holds no code of', async () => {
      const answer = await ask('owner', 'POST', '/appliances', { model: 'metered-fridge', name: 'x', serial: 'S-1' });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ code: 'serial-by-claim', hint: expect.stringContaining('/claims') });
    });

    it('staff add none to a household that they do not look after', async () => {
      const household = (await get('neighbour', '/households')).items[0]!.id;
      const body = { model: 'metered-fridge', name: 'x', household };
      expect((await ask('dispatcher', 'POST', '/appliances', body)).statusCode).toBe(403);
    });
  });

  describe('who is meant to', () => {
    it('sees and does it', async () => {
      const allowed: [who: string, path: string][] = [
        ['owner', `/appliances/${things.appliance}`],
        ['owner', `/alerts/${things.alert}`],
        ['owner', `/cases/${things.case}`],
        ['owner', `/visits/${things.visit}/slots`],
        ['technician', `/appliances/${things.appliance}`],
        ['technician', `/alerts/${things.alert}`],
        ['technician', `/cases/${things.case}`],
        ['technician', '/models'],
        ['dispatcher', `/appliances/${things.appliance}/quarantine`],
        ['dispatcher', '/fleet'],
        ['administrator', '/people'],
      ];
      for (const [who, path] of allowed) {
        expect([who, path, (await ask(who, 'GET', path)).statusCode]).toEqual([who, path, 200]);
      }
      for (const list of ['/appliances', '/alerts', '/cases']) {
        expect([list, (await get('technician', list)).items.length]).toEqual([list, 1]);
      }
    });

    it('keeps it no longer than the visit is his', async () => {
      const colleague = accounts.colleague!.person.id;
      await ask('dispatcher', 'POST', `/visits/${things.visit}/assignment`, { technician: colleague });
      expect((await ask('technician', 'GET', `/appliances/${things.appliance}`)).statusCode).toBe(404);
      expect((await ask('technician', 'POST', `/visits/${things.visit}/acceptance`)).statusCode).toBe(404);
      expect((await ask('colleague', 'GET', `/appliances/${things.appliance}`)).statusCode).toBe(200);
    });

    it('has the role of now, not the one of log-in', async () => {
      const fallen = await platform.account('administrator');
      accounts.fallen = fallen;
      expect((await ask('fallen', 'GET', '/people')).statusCode).toBe(200);
      const role: Role = 'dispatcher';
      await platform.sql.query('update app.person set role = $2 where id = $1', [fallen.person.id, role]);
      expect((await ask('fallen', 'GET', '/people')).statusCode).toBe(403);
    });
  });
}
