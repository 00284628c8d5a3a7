import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApi } from '#api';
import type { Change, Id } from '#contracts';
import { editAppliance, grantAccess, revokeGrant } from '#registry';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { type Account, coolingFails, openPlatform, type Platform } from './platform.ts';

describe('live updates on PGlite', () => liveUpdates(pgliteDatabase));
describeEngine('PostgreSQL', 'live updates', () => liveUpdates(postgresDatabase));

function liveUpdates(open: () => Promise<TestDatabase>): void {
  let platform: Platform;
  let api: Awaited<ReturnType<typeof startApi>>;
  let home: Id;
  let owner: Account;
  let neighbour: Account;
  let dispatcher: Account;
  let technician: Account;

  beforeAll(async () => {
    platform = await openPlatform({}, open);
    api = await startApi(platform.deps);
    home = (await platform.household('Home')).id;
    owner = await platform.account('owner', home);
    neighbour = await platform.account('owner', (await platform.household('Elsewhere')).id);
    dispatcher = await platform.account('dispatcher');
    technician = await platform.account('technician');
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await platform?.[Symbol.asyncDispose]();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** A page that listens. `until` reads on to the change it waits for and returns all on the way, that one included. */
  async function listen(account: Account, url = api.url, lastEventId?: string) {
    const response = await fetch(`${url}/api/v1/events`, {
      headers: { cookie: account.cookie, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    let lastId = '';
    const resets: string[] = [];
    const next = async (): Promise<Change | null> => {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const event = text.slice(0, end);
          text = text.slice(end + 2);
          const fields = new Map(event.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
          lastId = fields.get('id') ?? lastId;
          if (fields.get('event') === 'reset') resets.push(lastId);
          else if (fields.has('data')) return JSON.parse(fields.get('data')!) as Change;
          continue;
        }
        const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }));
        if (done) return null;
        text += value;
      }
    };
    return {
      response,
      next,
      /** Ids at which it was told to ask again for everything. */
      resets,
      lastId: () => lastId,
      async until(wanted: Change): Promise<Change[]> {
        const heard: Change[] = [];
        for (;;) {
          const change = await next();
          if (change === null) throw new Error('the stream ended');
          heard.push(change);
          if (change.what === wanted.what && change.id === wanted.id) return heard;
        }
      },
      [Symbol.asyncDispose]: () => reader.cancel().catch(() => {}),
    };
  }

  describe('live updates', () => {
    it('tell the owner of a change in his household, and nobody of another household', async () => {
      const mine = await platform.appliance(home);
      await using page = await listen(owner);
      await using other = await listen(neighbour);
      expect(page.response.headers.get('content-type')).toContain('text/event-stream');
      expect(page.response.headers.get('x-content-type-options')).toBe('nosniff');

      await platform.find(coolingFails(mine));
      const [alert] = await platform.sql.query<{ id: Id }>('select id from app.alert where appliance = $1', [mine]);
      await page.until({ what: 'alert', id: alert!.id });

      const household = neighbour.person.id;
      const [theirs] = await platform.sql.query<{ household: Id }>(
        'select household from app.household_member where person = $1',
        [household],
      );
      const marker = await platform.appliance(theirs!.household);
      expect(await other.until({ what: 'appliance', id: marker })).toEqual([{ what: 'appliance', id: marker }]);
    });

    it('tell service staff of everything, and a technician of his own cases', async () => {
      const appliance = await platform.appliance(home, 'Second');
      await using desk = await listen(dispatcher);
      await using van = await listen(technician);
      const post = (account: Account, path: string, body: object = {}) =>
        fetch(`${api.url}/api/v1${path}`, {
          method: 'POST',
          headers: { cookie: account.cookie, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      await platform.find(coolingFails(appliance));
      const [alert] = await platform.sql.query<{ id: Id }>('select id from app.alert where appliance = $1', [
        appliance,
      ]);
      await desk.until({ what: 'alert', id: alert!.id });
      expect((await post(owner, `/alerts/${alert!.id}/service-request`)).status).toBe(200);
      await platform.sweepFieldService();
      const cases = await fetch(`${api.url}/api/v1/cases`, { headers: { cookie: dispatcher.cookie } });
      const { items } = (await cases.json()) as { items: { id: Id; visits: { id: Id }[] }[] };
      await desk.until({ what: 'case', id: items[0]!.id });
      await post(dispatcher, `/visits/${items[0]!.visits[0]!.id}/assignment`, { technician: technician.person.id });
      const heard = await van.until({ what: 'case', id: items[0]!.id });
      expect(heard.filter(({ what }) => what === 'appliance')).toEqual([]);
    });

    it('tell of new readings', async () => {
      const appliance = await platform.appliance(home, 'Talking');
      await using page = await listen(owner);
      platform.setClock(platform.now() + 60_000);
      await platform.hear(appliance, '{"readings":[{"values":{"power":62}}]}');
      await page.until({ what: 'readings', id: appliance });
    });

    it('end at log-out, at once and in every process', async () => {
      const guest = await platform.account('dispatcher');
      await using second = await startApi(platform.deps);
      await using here = await listen(guest);
      await using there = await listen(guest, second.url);
      await using staying = await listen(dispatcher, second.url);
      await fetch(`${second.url}/api/v1/sessions/current`, { method: 'DELETE', headers: { cookie: guest.cookie } });
      expect(await there.next()).toBeNull();
      expect(await here.next()).toBeNull();
      const appliance = await platform.appliance(home, 'After log-out');
      await staying.until({ what: 'appliance', id: appliance });
    });

    it('tell a repairer of what the owner lets him see, and nothing from the moment it is taken back', async () => {
      const repairer = await platform.account('repairer');
      const [one, two] = [await platform.appliance(home, 'One'), await platform.appliance(home, 'Two')];
      const by = { now: platform.now(), by: 'platform' } as const;
      const fields = { owner: owner.person.id, email: repairer.person.email, hours: 2, language: 'en', ...by } as const;
      const grant = await grantAccess(platform.sql, { ...fields, appliance: one });
      await grantAccess(platform.sql, { ...fields, appliance: two });
      await using page = await listen(repairer);
      const rename = (appliance: Id) => editAppliance(platform.sql, { appliance, name: 'New', ...by });
      await rename(one);
      expect(await page.until({ what: 'appliance', id: one })).toHaveLength(1);
      await revokeGrant(platform.sql, { appliance: one, grant: grant.id, ...by });
      await rename(one);
      await rename(two);
      expect(await page.until({ what: 'appliance', id: two })).toEqual([{ what: 'appliance', id: two }]);
    });

    it('go on where a page was cut off, with what it may see of what it missed', async () => {
      const first = await listen(owner);
      const before = await platform.appliance(home, 'Before');
      await first.until({ what: 'appliance', id: before });
      await first[Symbol.asyncDispose]();
      await using desk = await listen(dispatcher);
      const missed = await platform.appliance(home, 'Missed');
      const foreign = await platform.appliance(undefined, 'Foreign');
      await desk.until({ what: 'appliance', id: foreign });
      await using again = await listen(owner, api.url, first.lastId());
      expect(await again.next()).toEqual({ what: 'appliance', id: missed });
      const after = await platform.appliance(home, 'After');
      expect(await again.until({ what: 'appliance', id: after })).toEqual([{ what: 'appliance', id: after }]);
      expect(again.resets).toEqual([]);
    });

    it('go on for a page that heard no event yet', async () => {
      const quiet = await listen(owner);
      const marker = await platform.appliance(home, 'Marker');
      await quiet.until({ what: 'appliance', id: marker });
      await quiet[Symbol.asyncDispose]();
      const silent = await listen(owner, api.url, quiet.lastId());
      await using later = await listen(owner, api.url, quiet.lastId());
      const next = await platform.appliance(home, 'Next');
      for (const page of [silent, later]) {
        expect(await page.until({ what: 'appliance', id: next })).toEqual([{ what: 'appliance', id: next }]);
      }
      await silent[Symbol.asyncDispose]();
    });

    it('tell a page to ask again for everything when they cannot know what it missed', async () => {
      await using second = await startApi(platform.deps);
      const elsewhere = await listen(owner, second.url);
      const seen = await platform.appliance(home, 'Seen elsewhere');
      await elsewhere.until({ what: 'appliance', id: seen });
      await elsewhere[Symbol.asyncDispose]();
      for (const id of [elsewhere.lastId(), 'nonsense', '-', 'x-1e99']) {
        await using page = await listen(owner, api.url, id);
        const marker = await platform.appliance(home, `After ${id.slice(0, 8)}`);
        await page.until({ what: 'appliance', id: marker });
        expect([id, page.resets.length]).toEqual([id, 1]);
      }
    });

    it('end with the session', async () => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      const guest = await platform.account('dispatcher');
      const second = await startApi(platform.deps);
      await using leaving = await listen(guest, second.url);
      await using staying = await listen(dispatcher, second.url);
      await platform.sql.query('delete from app.session where person = $1', [guest.person.id]);
      await vi.advanceTimersByTimeAsync(15_000);
      expect(await leaving.next()).toBeNull();
      const appliance = await platform.appliance(home, 'After');
      await staying.until({ what: 'appliance', id: appliance });
      await second[Symbol.asyncDispose]();
    });

    it('need a session', async () => {
      expect((await fetch(`${api.url}/api/v1/events`)).status).toBe(401);
    });

    it('stop at twenty pages of one person, and go on when one is closed', async () => {
      await using pages = new AsyncDisposableStack();
      const first = pages.use(await listen(neighbour));
      for (let i = 1; i < 20; i++) expect(pages.use(await listen(neighbour)).response.status).toBe(200);
      const tooMany = await fetch(`${api.url}/api/v1/events`, { headers: { cookie: neighbour.cookie } });
      expect([tooMany.status, await tooMany.json()]).toEqual([
        429,
        expect.objectContaining({ code: 'too-many-streams' }),
      ]);
      await first[Symbol.asyncDispose]();
      await expect
        .poll(async () => {
          const page = await listen(neighbour);
          await page[Symbol.asyncDispose]();
          return page.response.status;
        })
        .toBe(200);
    });
  });

  describe('stopping', () => {
    it('ends open streams and idle connections at once', async () => {
      const second = await startApi(platform.deps);
      const page = await listen(owner, second.url);
      const { hostname, port } = new URL(second.url);
      const idle = connect(Number(port), hostname);
      await new Promise<void>((resolve) => idle.once('connect', resolve));
      const closed = new Promise<void>((resolve) => idle.once('close', () => resolve()));
      idle.resume();
      await second[Symbol.asyncDispose]();
      await closed;
      expect(await page.next()).toBeNull();
      await expect(fetch(`${second.url}/healthz`)).rejects.toThrow();
    });

    it('happens by itself when the port is taken', async () => {
      const port = Number(new URL(api.url).port);
      await expect(startApi({ ...platform.deps, port })).rejects.toMatchObject({
        code: 'cannot-listen',
        hint: expect.stringContaining('port'),
      });
    });
  });
}
