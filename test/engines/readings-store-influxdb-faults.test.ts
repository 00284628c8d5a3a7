// InfluxDB as it is on a bad day: the real server behind a proxy that is overloaded, hangs, cuts and forgets. After each
// fault the account is drawn of every single reading: stored as it was said last, or handed on with a reason.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Id, type Moment, newId } from '#contracts';
import { type InfluxReadingsOptions, openInfluxReadings } from '#engines/influxdb';
import type { ReadingsStore } from '#ingest';
import { type Logger, PlatformError } from '#runtime';
import { type Fault, type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts';
import { describeEngine, type InfluxServer, present, startInfluxd } from '../servers/servers.ts';
import { MIDNIGHT, MINUTE, moment, nextPosition } from './readings-store-contract.ts';

const quiet: Logger = { info() {}, warn() {}, error() {} };
/** Long enough for the server on a busy machine. */
const TIMEOUT_MS = 600;
const MOST_ATTEMPTS = 40;
const status = (code: number, headers = {}): Fault => ({ kind: 'status', status: code, headers, body: '{}' });

const FAULTS: [name: string, faults: Fault[], codes: string[]][] = [
  ['too many requests (429)', [status(429), status(429)], ['readings-busy']],
  ['unavailable (503)', [status(503), status(503)], ['readings-busy']],
  ['a fault of its own (500)', [status(500)], ['readings-unavailable']],
  ['a gateway without a server (502, 504)', [status(502), status(504)], ['readings-unavailable']],
  ['an answer that is none of InfluxDB (200)', [status(200)], ['readings-unreachable']],
  ['a token that is refused for a while (401)', [status(401), status(401)], ['readings-token']],
  ['a hang', [{ kind: 'hang' }], ['readings-slow']],
  ['a reset', [{ kind: 'reset' }, { kind: 'reset' }], ['readings-unreachable']],
  ['slowness beyond the time-out', [{ kind: 'slow', delayMs: 3 * TIMEOUT_MS }], ['readings-slow']],
  ['slowness within the time-out', [{ kind: 'slow', delayMs: 20 }], []],
  ['an answer lost after it was stored', [{ kind: 'answer-lost' }, { kind: 'answer-lost' }], ['readings-unreachable']],
  ['an answer that never comes after it was stored', [{ kind: 'answer-hangs' }], ['readings-slow']],
  ['a cut in the middle of the request', [{ kind: 'cut-in-the-middle' }], ['readings-unreachable']],
  ['a request that is too large (413)', [status(413), status(413), status(413)], []],
];

describeEngine('InfluxDB', 'readings on a bad day', () => {
  let server: InfluxServer;
  let proxy: FaultProxy;
  let store: ReadingsStore;
  let refusals: { moment: Moment; reason: string }[];

  beforeAll(async () => {
    server = present(await startInfluxd());
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    proxy = await startFaultProxy(server.url);
    refusals = [];
    store = await open();
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  async function open(changes: Partial<InfluxReadingsOptions> = {}): Promise<ReadingsStore> {
    let position = 0;
    const checkpoint = {
      load: async () => position,
      save: async (next: number) => {
        position = next;
      },
    };
    const refused = async (each: Moment, reason: string): Promise<void> => void refusals.push({ moment: each, reason });
    const { token, org, bucket } = server;
    const options = { url: proxy.url, token, org, bucket, checkpoint, refused, logger: quiet, timeoutMs: TIMEOUT_MS };
    return openInfluxReadings({ ...options, ...changes });
  }

  /** As the readings worker does, but without its rests: until it is stored. Says which errors came before. */
  async function insist(batch: readonly Moment[], next: number): Promise<string[]> {
    const codes: string[] = [];
    while (codes.length < MOST_ATTEMPTS) {
      try {
        await store.write(batch, next);
        return codes;
      } catch (error) {
        if (!(error instanceof PlatformError) || error.kind !== 'retry') throw error;
        codes.push(error.code);
      }
    }
    throw new Error(`not stored after ${MOST_ATTEMPTS} attempts: ${codes.at(-1)}`);
  }

  /** Two stamps of three are said again in the next batch, with another value: the order of writes can be seen. */
  function batches(appliances: readonly Id[], count: number): Moment[][] {
    const stampOf = (batch: number, index: number): number => MIDNIGHT + (batch * 40 + index) * MINUTE;
    return Array.from({ length: count }, (_, batch) =>
      Array.from({ length: 120 }, (_, index) =>
        moment(appliances[index % appliances.length]!, stampOf(batch, Math.floor(index / appliances.length)), {
          power: batch + index / 1000,
          set_point: 4,
        }),
      ),
    );
  }

  /** Every reading that the store should hold now, by the words of the port. */
  function expected(moments: readonly Moment[], appliance: Id): Map<string, number> {
    const said = new Map<string, number>();
    for (const each of moments.filter((one) => one.appliance === appliance))
      for (const { signal, value } of each.readings) said.set(`${signal} ${each.at}`, Number(value));
    return said;
  }

  async function stored(appliance: Id): Promise<Map<string, number>> {
    const page = await store.readings({ appliance, from: 0, to: Date.now() * 2, limit: 100_000 });
    expect(page.next).toBeNull();
    const all = new Map(page.readings.map(({ signal, at, value }) => [`${signal} ${at}`, Number(value)]));
    expect(all.size).toBe(page.readings.length);
    return all;
  }

  it.each(FAULTS)('loses and doubles nothing over %s, and keeps the order of each series', async (_, faults, codes) => {
    const appliances = [newId(), newId()];
    const all = batches(appliances, 3);
    const heard: string[] = [];
    for (const batch of all) {
      proxy.next(...faults);
      heard.push(...(await insist(batch, batch.at(-1)!.position + 1)));
    }
    expect([...new Set(heard)]).toEqual(codes);
    expect(refusals).toEqual([]);
    for (const appliance of appliances) expect(await stored(appliance)).toEqual(expected(all.flat(), appliance));
    expect(await store.checkpoint()).toBe(all.at(-1)!.at(-1)!.position + 1);
  });

  it('loses and doubles nothing when one fault follows the other', async () => {
    const appliances = [newId(), newId(), newId()];
    const all = batches(appliances, 20);
    const kinds = FAULTS.flatMap(([, faults]) => faults);
    for (const [index, batch] of all.entries()) {
      const mixed = Array.from({ length: 3 }, (_, round) => kinds[(index * 7 + round * 5) % kinds.length]!);
      proxy.next(...mixed.filter(({ kind }) => kind === 'status' || kind === 'reset' || kind === 'answer-lost'));
      await insist(batch, batch.at(-1)!.position + 1);
    }
    expect(refusals).toEqual([]);
    for (const appliance of appliances) expect(await stored(appliance)).toEqual(expected(all.flat(), appliance));
  });

  it('gives up a write at its time-out, and then sends half as much at a time', async () => {
    const a = newId();
    const many = Array.from({ length: 400 }, (_, index) => moment(a, MIDNIGHT + index * 1000, { power: index }));
    const next = nextPosition();
    await using hasty = await open({ timeoutMs: 150 });
    proxy.always({ kind: 'hang' });
    await expect(hasty.write(many, next)).rejects.toMatchObject({ code: 'readings-slow', kind: 'retry' });
    const whole = proxy.seen.largestBodyBytes;
    await expect(hasty.write(many, next)).rejects.toMatchObject({ code: 'readings-slow' });
    proxy.seen.largestBodyBytes = 0;
    await expect(hasty.write(many, next)).rejects.toMatchObject({ code: 'readings-slow' });
    expect(proxy.seen.largestBodyBytes).toBeLessThan(whole * 0.3);
    proxy.always(null);
    await store.write(many, next);
    expect((await stored(a)).size).toBe(400);
  });

  it('holds one request at a time, however long the server is away', async () => {
    const a = newId();
    const batch = Array.from({ length: 2_000 }, (_, index) => moment(a, MIDNIGHT + index * 1000, { power: index }));
    const next = nextPosition();
    proxy.always({ kind: 'reset' });
    for (let attempt = 0; attempt < 50; attempt++) {
      await expect(store.write(batch, next)).rejects.toMatchObject({ kind: 'retry' });
    }
    expect(proxy.seen.mostAtOnce).toBe(1);
    proxy.always(null);
    await store.write(batch, next);
    expect((await stored(a)).size).toBe(2_000);
  });

  it('leaves a server alone for as long as it asks to be', async () => {
    const batch = [moment(newId(), MIDNIGHT, { power: 1 })];
    const next = nextPosition();
    proxy.next(status(503, { 'retry-after': '7' }));
    await expect(store.write(batch, next)).rejects.toMatchObject({ message: expect.stringMatching(/503.*7 s/) });
    await expect(store.write(batch, next)).rejects.toMatchObject({ code: 'readings-busy' });
    expect(proxy.seen.requests).toBe(1);
    await using other = await open();
    proxy.next(status(429, { 'retry-after': '0.05' }));
    await expect(other.write(batch, next)).rejects.toMatchObject({ message: expect.stringContaining('429') });
    const refusedHere = async (): Promise<boolean> =>
      (await other.write(batch, next).catch((e: unknown) => e)) !== undefined;
    // A twentieth of a second of asking, without a request: nothing of it reaches the server.
    while (await refusedHere());
    expect(proxy.seen.requests).toBe(3);
  });

  it('stores what waited for a token and a bucket that were wrong', async () => {
    const a = newId();
    const batch = [moment(a, MIDNIGHT, { power: 1, set_point: 4 })];
    const next = nextPosition();
    for (const wrong of [{ token: 'not-the-token' }, { org: 'nobody' }, { bucket: 'nothing' }]) {
      await using mistaken = await open(wrong);
      await expect(mistaken.write(batch, next)).rejects.toMatchObject({ kind: 'retry' });
    }
    expect(refusals).toEqual([]);
    await store.write(batch, next);
    expect((await stored(a)).size).toBe(2);
  });

  it('finds three lines that no server could read among five thousand, and stores all others', async () => {
    const a = newId();
    const batch = Array.from({ length: 5_000 }, (_, index) =>
      moment(a, MIDNIGHT + index * 1000, { power: index, set_point: 4 }),
    );
    const bad = [17, 2_500, 4_999];
    for (const index of bad) batch[index]!.readings[0]!.value = Number.NaN;
    await store.write(batch, nextPosition());
    expect(refusals.map((each) => each.moment.at)).toEqual(bad.map((index) => batch[index]!.at));
    expect(refusals.flatMap((each) => each.moment.readings.map(({ signal }) => signal))).toEqual(
      bad.map(() => 'power'),
    );
    expect((await stored(a)).size).toBe(2 * 5_000 - bad.length);
  });
});
