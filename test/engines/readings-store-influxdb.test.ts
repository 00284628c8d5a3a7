// Readings in InfluxDB 2, on the real server: the contract, and what happens when it is away or refuses a line.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Moment, newId } from '#contracts';
import { type InfluxReadingsOptions, openInfluxReadings } from '#engines/influxdb';
import { dueDays, ingestTables, type ReadingsStore } from '#ingest';
import { registryTables } from '#registry';
import { type Logger, migrate, openClock } from '#runtime';
import { freePort } from '../servers/process.ts';
import { describeEngine, type InfluxServer, present, startInfluxd } from '../servers/servers.ts';
import { pgliteDatabase, type TestDatabase } from './databases.ts';
import {
  ageAll,
  DAY,
  MIDNIGHT,
  MINUTE,
  moment,
  nextPosition,
  readingsStoreContract,
} from './readings-store-contract.ts';

const HOUR = 60 * MINUTE;
/** A machine that tests is a busy machine. */
const PATIENCE_MS = 60_000;
const quiet: Logger = { info() {}, warn() {}, error() {} };
type Refusals = { moment: Moment; reason: string }[];

describeEngine('InfluxDB', 'the readings store', () => {
  let server: InfluxServer;
  const opened: ReadingsStore[] = [];

  let database: TestDatabase;

  beforeAll(async () => {
    server = present(await startInfluxd());
    database = await pgliteDatabase();
    await migrate(database.sql, [...registryTables, ...ingestTables]);
  });
  afterAll(async () => {
    for (const store of opened) await store[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** The row stands for the registry's: it lives on when the store is opened again. */
  function checkpointRow() {
    let position = 0;
    return {
      load: async () => position,
      save: async (next: number) => {
        position = next;
      },
    };
  }

  const ageing = () => ({ due: dueDays(database.sql), clock: openClock({ kind: 'system' }) });

  async function open(options: Partial<InfluxReadingsOptions> = {}) {
    const { url, token, org, bucket } = server;
    const row = checkpointRow();
    const refusals: Refusals = [];
    const refused = async (refusedMoment: Moment, reason: string) => {
      refusals.push({ moment: refusedMoment, reason });
    };
    const settings = {
      url,
      token,
      org,
      bucket,
      checkpoint: row,
      refused,
      logger: quiet,
      timeoutMs: PATIENCE_MS,
      ...options,
    };
    const store = await openInfluxReadings(settings);
    opened.push(store);
    return { store, refusals, row };
  }

  async function api(path: string, body: string | object): Promise<{ id: string; token?: string }> {
    const answer = await fetch(`${server.url}/api/v2/${path}`, {
      method: 'POST',
      headers: { authorization: `Token ${server.token}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    expect(answer.status).toBeLessThan(300);
    return answer.status === 204 ? { id: '' } : ((await answer.json()) as { id: string });
  }

  async function newBucket(keepMs = 0): Promise<string> {
    const orgs = await fetch(`${server.url}/api/v2/orgs`, { headers: { authorization: `Token ${server.token}` } });
    const orgID = ((await orgs.json()) as { orgs: { id: string }[] }).orgs[0]!.id;
    const name = newId();
    const retentionRules = keepMs > 0 ? [{ type: 'expire', everySeconds: keepMs / 1000 }] : [];
    await api('buckets', { orgID, name, retentionRules });
    return name;
  }

  /** May read and write one bucket, and nothing else. */
  async function tokenFor(name: string): Promise<string> {
    const headers = { authorization: `Token ${server.token}` };
    const where = `${server.url}/api/v2/buckets?org=${server.org}&name=${name}`;
    const { buckets } = (await (await fetch(where, { headers })).json()) as {
      buckets: { id: string; orgID: string }[];
    };
    const { id, orgID } = buckets[0]!;
    const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'buckets', id, orgID } }));
    const made = await api('authorizations', { orgID, permissions });
    return made.token!;
  }

  const total = async (store: ReadingsStore, appliance: string, signal: string): Promise<number> => {
    const query = { appliance, signal, from: 0, to: Date.now() + DAY, bucketMs: 365 * DAY };
    return (await store.series(query)).reduce((sum, point) => sum + point.count, 0);
  };

  readingsStoreContract(
    async () => {
      const row = checkpointRow();
      return { open: async () => (await open({ checkpoint: row, ageing: ageing() })).store, close: async () => {} };
    },
    {
      NOT_SUPPORTED: {
        'type-change-at-one-stamp': 'A number and a text are two fields here, so both stay, and the number is charted.',
      },
    },
  );

  it('writes a batch again over itself when the checkpoint could not be saved', async () => {
    const row = checkpointRow();
    let broken = true;
    const save = async (next: number) => {
      if (broken) throw new Error('the registry is away');
      await row.save(next);
    };
    const { store } = await open({ checkpoint: { load: row.load, save } });
    const a = newId();
    const moments = Array.from({ length: 50 }, (_, index) => moment(a, MIDNIGHT + index * MINUTE, { power: index }));
    const next = nextPosition();
    await expect(store.write(moments, next)).rejects.toThrow('the registry is away');
    expect(await store.checkpoint()).toBe(0);
    broken = false;
    await store.write(moments, next);
    expect(await store.checkpoint()).toBe(next);
    expect(await total(store, a, 'power')).toBe(50);
  });

  it('asks to try again while the server is stopped, and the same write succeeds when it is back', async () => {
    const { store } = await open();
    const a = newId();
    const moments = Array.from({ length: 300 }, (_, index) => moment(a, MIDNIGHT + index * MINUTE, { power: index }));
    await store.write(moments.slice(0, 100), moments[100]!.position);
    await server.stop();
    const next = nextPosition();
    const expected = { kind: 'retry', code: 'readings-unreachable', hint: expect.stringContaining('INFLUX_URL') };
    await expect(store.write(moments, next)).rejects.toMatchObject(expected);
    await expect(total(store, a, 'power')).rejects.toMatchObject(expected);
    expect(await store.checkpoint()).toBe(moments[100]!.position);
    await server.start();
    await store.write(moments, next);
    expect(await total(store, a, 'power')).toBe(300);
  });

  it('opens while the server is away, and says so', async () => {
    const said: string[] = [];
    const warn = (_fields: object, message: string) => said.push(message);
    const { store } = await open({ url: `http://127.0.0.1:${await freePort()}`, logger: { ...quiet, warn } });
    expect(said).toEqual([expect.stringContaining('cannot be reached')]);
    expect(await store.checkpoint()).toBe(0);
  });

  it('names the setting to check', async () => {
    const cases = [
      [{ token: 'not-the-token' }, 'INFLUX_TOKEN'],
      [{ org: 'nobody' }, 'INFLUX_ORG'],
      [{ bucket: 'nothing' }, 'INFLUX_BUCKET'],
    ] as const;
    for (const [wrong, setting] of cases) {
      const { store, refusals } = await open(wrong);
      const expected = { kind: 'retry', hint: expect.stringContaining(setting) };
      await expect(store.write([moment(newId(), MIDNIGHT, { power: 1 })], nextPosition())).rejects.toMatchObject(
        expected,
      );
      await expect(total(store, newId(), 'power')).rejects.toMatchObject(expected);
      expect(await store.checkpoint()).toBe(0);
      expect(refusals).toEqual([]);
    }
  });

  it('says how long an overloaded server asks to wait, and loses nothing', async () => {
    const busy = createServer((request, response) => {
      request.resume();
      response.writeHead(503, { 'retry-after': '7' }).end('{"code":"unavailable","message":"too many writes"}');
    }).listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const { store } = await open({ url: `http://127.0.0.1:${(busy.address() as AddressInfo).port}` });
    await expect(store.write([moment(newId(), MIDNIGHT, { power: 1 })], nextPosition())).rejects.toMatchObject({
      kind: 'retry',
      message: expect.stringMatching(/503.*7 s/),
    });
    expect(await store.checkpoint()).toBe(0);
    busy.closeAllConnections();
    busy.close();
    await once(busy, 'close');
  });

  it('hands on what is older than the bucket keeps, before its checkpoint moves, and stores the rest', async () => {
    const bucket = await newBucket(HOUR);
    const row = checkpointRow();
    const order: string[] = [];
    const refusals: Refusals = [];
    const { store } = await open({
      bucket,
      refused: async (refusedMoment, reason) => {
        order.push('refused');
        refusals.push({ moment: refusedMoment, reason });
      },
      checkpoint: {
        load: row.load,
        save: async (next) => {
          order.push('saved');
          await row.save(next);
        },
      },
    });
    const a = newId();
    const now = Date.now();
    const fresh = Array.from({ length: 500 }, (_, index) => moment(a, now - index * 1000, { power: index, odd: 1 }));
    const stale = Array.from({ length: 40 }, (_, index) =>
      moment(a, now - DAY - index * MINUTE, { power: 1, set_point: 4 }),
    );
    stale[7]!.readings.push({ signal: 'program', value: 'eco', mapped: false });
    await store.write([...fresh, ...stale], nextPosition());
    const stored = await store.series({ appliance: a, signal: 'power', from: now - HOUR, to: now + 1, bucketMs: DAY });
    expect(stored.reduce((sum, point) => sum + point.count, 0)).toBe(500);
    const stamps = new Set(refusals.map((refusal) => refusal.moment.at));
    expect([...stamps].sort()).toEqual(stale.map(({ at }) => at).sort());
    const readings = refusals.flatMap((refusal) => refusal.moment.readings);
    expect(readings).toHaveLength(40 * 2 + 1);
    expect(refusals[0]!.reason).toContain('retention policy');
    expect(order.filter((what) => what === 'saved')).toEqual(['saved']);
    expect(order.at(-1)).toBe('saved');
  });

  it('hands on a signal whose field somebody else wrote with another type, and stores the others', async () => {
    const bucket = await newBucket();
    const { store, refusals } = await open({ bucket });
    const line = `refrigerator,appliance=foreign door_open="open" ${MIDNIGHT}`;
    await api(`write?org=${server.org}&bucket=${bucket}&precision=ms`, line);
    const a = newId();
    const values = { power: 80, door_open: true, set_point: 4 };
    const moments = Array.from({ length: 200 }, (_, index) => moment(a, MIDNIGHT + index * 1000, values));
    await store.write(moments, nextPosition());
    expect(await total(store, a, 'power')).toBe(200);
    expect(await total(store, a, 'set_point')).toBe(200);
    expect(refusals).toHaveLength(200);
    const signals = new Set(refusals.flatMap((refusal) => refusal.moment.readings.map(({ signal }) => signal)));
    expect([...signals]).toEqual(['door_open']);
    expect(refusals[0]!.reason).toContain('door_open');
  });

  it('hands on a reading that cannot be written at all, and stores its neighbours', async () => {
    const { store, refusals } = await open();
    const a = newId();
    const moments = Array.from({ length: 100 }, (_, index) =>
      moment(a, MIDNIGHT + index * 1000, { power: index, set_point: 4 }),
    );
    moments[42]!.readings[0]!.value = Number.NaN;
    await store.write(moments, nextPosition());
    expect(await total(store, a, 'power')).toBe(99);
    expect(await total(store, a, 'set_point')).toBe(100);
    expect(refusals.map((refusal) => refusal.moment.readings)).toEqual([
      [{ signal: 'power', value: Number.NaN, mapped: true }],
    ]);
  });

  describe('as its readings grow old', () => {
    beforeEach(() => database.sql.query('truncate app.rollup_due'));

    const named = async (name: string) => {
      const headers = { authorization: `Token ${server.token}` };
      const answer = await fetch(`${server.url}/api/v2/buckets?org=${server.org}&name=${name}`, { headers });
      const { buckets = [] } = (await answer.json()) as {
        buckets?: { name: string; retentionRules: { everySeconds: number }[] }[];
      };
      const found = buckets.find((bucket) => bucket.name === name);
      return found && { days: (found.retentionRules[0]?.everySeconds ?? 0) / 86_400 };
    };
    const now = Date.now();
    const horizons = {
      closedBefore: now - HOUR,
      rawBefore: now - 91 * DAY,
      rollupsBefore: now - 730 * DAY,
    };

    it('makes the bucket of the roll-ups, and lets both forget by their rule', async () => {
      const bucket = await newBucket();
      const { store } = await open({ bucket, ageing: ageing() });
      await store.write([moment(newId(), now - 3 * DAY, { power: 1 })], nextPosition());
      await ageAll(store, horizons);
      expect(await named(`${bucket}_5m`)).toEqual({ days: 732 });
      expect(await named(bucket)).toEqual({ days: 93 });
    });

    it('leaves a bucket alone that forgets sooner', async () => {
      const bucket = await newBucket(30 * DAY);
      const { store } = await open({ bucket, ageing: ageing() });
      await ageAll(store, horizons);
      expect(await named(bucket)).toEqual({ days: 30 });
    });

    it('keeps raw readings for as long as some of that age are not rolled up', async () => {
      const bucket = await newBucket();
      const { store } = await open({ bucket, ageing: ageing() });
      const claimed = { day: MIDNIGHT, appliance: newId() };
      await dueDays(database.sql).mark([claimed]);
      expect(await dueDays(database.sql).claim(now, 1)).toHaveLength(1);
      await ageAll(store, horizons);
      expect(await named(bucket)).toEqual({ days: 0 });
    });

    it('says which command makes the bucket when its token may not, and goes on storing', async () => {
      const bucket = await newBucket();
      const token = await tokenFor(bucket);
      const { store } = await open({ bucket, token, ageing: ageing() });
      const a = newId();
      await store.write([moment(a, now - 3 * DAY, { power: 1 })], nextPosition());
      await expect(store.age(horizons)).rejects.toMatchObject({
        code: 'readings-rollup-bucket',
        kind: 'retry',
        hint: expect.stringContaining(`influx bucket create --org ${server.org} --name ${bucket}_5m --retention 732d`),
      });
      expect(await total(store, a, 'power')).toBe(1);
      expect(await store.rolledUp({ appliance: a, signal: 'power', from: 0, to: now, bucketMs: DAY })).toEqual([]);
    });

    it('finds what was there before there were roll-ups', async () => {
      const bucket = await newBucket();
      const a = newId();
      {
        const { store } = await open({ bucket });
        const stamps = [3, 3, 5, 40].map((days, index) => now - days * DAY + index);
        await store.write(
          stamps.map((at, index) => moment(a, at, { power: index })),
          nextPosition(),
        );
      }
      const { store } = await open({ bucket, ageing: ageing() });
      await ageAll(store, horizons);
      const rolled = await store.rollups({ appliance: a, from: now - 60 * DAY, to: now });
      expect(rolled.map(({ count }) => count)).toEqual([1, 1, 2]);
    });
  });

  it('stores a back-fill of years in disorder', async () => {
    const { store } = await open();
    const a = newId();
    const stamps = Array.from({ length: 300 }, (_, index) => MIDNIGHT - ((index * 83) % 300) * DAY);
    await store.write(
      stamps.map((at) => moment(a, at, { power: 1 })),
      nextPosition(),
    );
    expect(await total(store, a, 'power')).toBe(300);
  });
});
