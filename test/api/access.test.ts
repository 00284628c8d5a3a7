import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiScope, newId } from '#contracts';
import { SECOND } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { ASKERS, type Asker, ROWS, STREAMS, type Verdict } from './access-matrix.ts';
import { type AccessWorld, openAccessWorld, type Things } from './access-world.ts';

describe('who may call what, on PGlite', () => matrix(pgliteDatabase));
describeEngine('PostgreSQL', 'who may call what', () => matrix(postgresDatabase));

type Operation = {
  operationId: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  open: boolean;
};
type Answer = { statusCode: number; body: string; code: string | undefined };

/** These see nothing of the home at all: no answer to them may hold an id of it. */
const OUTSIDERS: readonly Asker[] = ['nei', 'idl', 'pas', 'for', 'fad', 'pre'];
const OF_THE_HOME = ['home', 'appliance', 'alert', 'case', 'visit'] as const satisfies readonly (keyof Things)[];

function matrix(open: () => Promise<TestDatabase>): void {
  let world: AccessWorld;
  const tally = { requests: 0, wrong: 0 };
  beforeAll(async () => {
    world = await openAccessWorld(open);
  });
  afterAll(async () => {
    console.log(`access matrix: ${tally.requests} requests, ${tally.wrong} wrong answers or leaks`);
    await world?.[Symbol.asyncDispose]();
  });

  function operations(): Operation[] {
    const document = world.platform.app.swagger() as unknown as {
      paths: Record<string, Record<string, { operationId: string; security?: unknown[] }>>;
    };
    return Object.entries(document.paths).flatMap(([url, methods]) =>
      Object.entries(methods).map(([method, { operationId, security }]) => ({
        operationId,
        method: method.toUpperCase() as Operation['method'],
        url,
        open: security?.length === 0 || !url.startsWith('/api/v1'),
      })),
    );
  }
  const walled = (): Operation[] => operations().filter((operation) => !operation.open);

  async function ask(operation: Operation, headers: Record<string, string>, things: Things): Promise<Answer> {
    const { path, body, query, csv } = ROWS[operation.operationId]!;
    const parts = path?.(things) ?? {};
    const payload: string | object | undefined = csv ?? (typeof body === 'function' ? body(things) : body);
    tally.requests++;
    const answer = await world.platform.app.inject({
      method: operation.method,
      // Limits per address are not what is looked at here.
      remoteAddress: `10.${tally.requests >> 16}.${(tally.requests >> 8) & 255}.${tally.requests & 255}`,
      url: operation.url.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? `no ${name} in the row`),
      headers: csv === undefined ? headers : { ...headers, 'content-type': 'text/csv' },
      ...(query ? { query } : {}),
      ...(payload === undefined ? {} : { payload }),
    });
    const code = answer.statusCode >= 400 ? answer.json<{ code?: string }>().code : undefined;
    return { statusCode: answer.statusCode, body: answer.body, code };
  }

  function verdictOf({ statusCode, code, body }: Answer): Verdict | string {
    if (statusCode === 403 && code === 'not-allowed') return 'n';
    if (statusCode === 404 && code === 'not-found') return '-';
    if (statusCode >= 500 || statusCode === 429 || statusCode === 400 || code === 'not-logged-in')
      return `${statusCode} ${body.slice(0, 200)}`;
    return 'y';
  }

  function expectedOf({ operationId }: Operation, asker: Asker): string | undefined {
    const verdicts = ROWS[operationId]!.who.trim().split(/\s+/);
    expect([operationId, verdicts.length]).toEqual([operationId, ASKERS.length]);
    return verdicts[ASKERS.indexOf(asker)];
  }

  it('has a row for every route, and no row for a route that is gone', () => {
    const names = walled().map(({ operationId }) => operationId);
    expect(names.length).toBeGreaterThan(40);
    expect(Object.keys(ROWS).sort()).toEqual(names.filter((name) => !STREAMS.has(name)).sort());
  });

  it('lets each do what the table says, and nothing more', async () => {
    const wrong: string[] = [];
    for (const operation of walled().filter(({ operationId }) => operationId in ROWS)) {
      for (const asker of ASKERS) {
        const expected = expectedOf(operation, asker);
        const headers = await world.headersOf(asker);
        const answer = await world.undone(() => ask(operation, headers, world.things));
        const verdict = verdictOf(answer);
        if (verdict !== expected) wrong.push(`${operation.operationId} ${asker}: ${expected}, but ${verdict}`);
        const leaked = OF_THE_HOME.filter((thing) => answer.body.includes(world.things[thing]));
        if (OUTSIDERS.includes(asker) && leaked.length > 0)
          wrong.push(`${operation.operationId} ${asker} leaks ${leaked}`);
      }
    }
    tally.wrong += wrong.length;
    expect(wrong).toEqual([]);
  });

  it('says of what does not exist that it does not exist, to everybody', async () => {
    const nowhere = Object.fromEntries(Object.keys(world.things).map((thing) => [thing, newId()])) as Things;
    const wrong: string[] = [];
    for (const operation of walled().filter(({ url }) => url.includes('{id}'))) {
      for (const asker of ASKERS) {
        const headers = await world.headersOf(asker);
        const answer = await world.undone(() => ask(operation, headers, nowhere));
        if (verdictOf(answer) !== '-') wrong.push(`${operation.operationId} ${asker}: ${verdictOf(answer)}`);
      }
    }
    tally.wrong += wrong.length;
    expect(wrong).toEqual([]);
  });

  it('knows neither a stranger, nor a session or a key past its end', async () => {
    const strangers = [
      {},
      { cookie: `stethos_session=${'a'.repeat(43)}` },
      { authorization: `Bearer ${'a'.repeat(43)}` },
      await world.expiredSession('adm'),
      (await world.keyOf('adm', 'appliances:read', world.platform.now() - 1))!,
    ];
    const wrong: string[] = [];
    for (const operation of walled().filter(({ operationId }) => operationId in ROWS)) {
      for (const [index, headers] of strangers.entries()) {
        const { statusCode, code } = await ask(operation, headers, world.things);
        if (statusCode !== 401 || code !== 'not-logged-in') {
          wrong.push(`${operation.operationId}, stranger ${index}: ${statusCode} ${code}`);
        }
      }
    }
    tally.wrong += wrong.length;
    expect(wrong).toEqual([]);
  });

  it('gives a key nothing beyond its scope, and what only a session may do, to none', async () => {
    const wrong: string[] = [];
    for (const asker of ['own', 'adm'] as const) {
      const keys = await Promise.all(ApiScope.options.map((scope) => world.keyOf(asker, scope)));
      expect(keys[ApiScope.options.indexOf('account')]).toBeNull();
      const start = world.platform.now();
      for (const [index, operation] of walled()
        .filter(({ operationId }) => operationId in ROWS)
        .entries()) {
        // One account is not let in as often in one minute.
        world.platform.setClock(start + index * SECOND);
        const allowed = expectedOf(operation, asker) === 'y';
        const verdicts: string[] = [];
        for (const headers of keys.filter((key) => key !== null)) {
          verdicts.push(verdictOf(await world.undone(() => ask(operation, headers, world.things))));
        }
        const passed = verdicts.filter((verdict) => verdict === 'y').length;
        if (passed > (allowed ? 1 : 0) || verdicts.some((verdict) => verdict.length > 1)) {
          wrong.push(`${operation.operationId} ${asker}: ${verdicts}`);
        }
      }
    }
    tally.wrong += wrong.length;
    expect(wrong).toEqual([]);
  });
}
