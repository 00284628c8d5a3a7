// What the port ReadingsStore promises, held against an engine. The expected series is computed here, plainly.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Id, type Moment, newId, ROLLUP_MS, type SeriesPoint, type SignalValue } from '#contracts';
import { type Horizons, type ReadingsStore, type StoredReading, seriesOf } from '#ingest';
import { manualClock } from '#runtime';

/** Promises that an engine cannot keep, each said in words where it is declared. */
export type Limitation = 'type-change-at-one-stamp';

export type EngineUnderTest = {
  /** Opens the same data each time. The one opened before is closed by the caller. */
  open(): Promise<ReadingsStore>;
  close(): Promise<void>;
};

type SeriesQuery = Parameters<ReadingsStore['series']>[0];

export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;
/** A whole day, so that it is the start of a bucket of any length used here. */
export const MIDNIGHT = Math.floor(1_763_756_400_000 / DAY) * DAY;

let position = 0;
/** Positions of the log grow by the length of a message. */
export const nextPosition = (): number => {
  position += 230;
  return position;
};

export function moment(appliance: Id, at: number, values: Record<string, SignalValue>, mapped = true): Moment {
  const readings = Object.entries(values).map(([signal, value]) => ({ signal, value, mapped }));
  return { appliance, kind: 'refrigerator', at, position: nextPosition(), readings };
}

/** The series by the words of the port: the highest position wins, then buckets from epoch on. */
function plainSeries(moments: readonly Moment[], query: SeriesQuery): SeriesPoint[] {
  const latest = new Map<number, { position: number; value: SignalValue }>();
  for (const { appliance, at, position, readings } of moments) {
    if (appliance !== query.appliance || at < query.from || at >= query.to) continue;
    for (const { signal, value } of readings) {
      const known = latest.get(at);
      if (signal === query.signal && (!known || known.position <= position)) latest.set(at, { position, value });
    }
  }
  const buckets = new Map<number, number[]>();
  for (const [at, { value }] of latest) {
    if (typeof value === 'string') continue;
    const bucket = at - (at % query.bucketMs);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), Number(value)]);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([at, values]) => ({
      at,
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      min: Math.min(...values),
      max: Math.max(...values),
      count: values.length,
    }));
}

/** Means may differ in the last digits, because each engine adds in its own order. */
export function expectSeries(actual: readonly SeriesPoint[], expected: readonly SeriesPoint[]): void {
  const exact = ({ at, min, max, count }: SeriesPoint) => ({ at, min, max, count });
  expect(actual.map(exact)).toEqual(expected.map(exact));
  for (const [index, point] of actual.entries()) {
    const { mean } = expected[index]!;
    expect(Math.abs(point.mean - mean)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(mean)));
  }
}

/** Everything that is due; nothing is forgotten unless a horizon says so. */
export async function ageAll(store: ReadingsStore, horizons: Partial<Horizons>): Promise<void> {
  while (await store.age({ closedBefore: 0, rawBefore: 0, rollupsBefore: 0, ...horizons }));
}

const day = (appliance: Id, signal: string, bucketMs = 5 * MINUTE): SeriesQuery => ({
  appliance,
  signal,
  from: MIDNIGHT,
  to: MIDNIGHT + DAY,
  bucketMs,
});

const ODD_NAMES = [
  'door open',
  'a,b',
  'a=b',
  'say "door"',
  'back\\slash',
  'ends with a backslash\\',
  'backslash before a comma\\,x',
  'backslash before a space\\ x',
  'backslash before an equals sign\\=',
  '\\',
  '100%',
  '%5C',
  '冷藏室 温度，上层',
  '🧊',
  '#comment',
  '_field',
  '_measurement',
  'time',
  'appliance',
  '__number',
  'door__number',
  'door',
  "it's; drop table point --",
  '\u0024{dollar}',
  '"',
  'x'.repeat(200),
];

export function readingsStoreContract(
  start: () => Promise<EngineUnderTest>,
  { NOT_SUPPORTED }: { NOT_SUPPORTED: Partial<Record<Limitation, string>> },
): void {
  describe('keeps the promises of the port', () => {
    let engine: EngineUnderTest;
    let store: ReadingsStore;
    const reopen = async () => {
      await store[Symbol.asyncDispose]();
      store = await engine.open();
    };
    const write = (...moments: Moment[]) => store.write(moments, nextPosition());
    const supported = (limitation: Limitation) => it.skipIf(NOT_SUPPORTED[limitation] !== undefined);

    beforeAll(async () => {
      engine = await start();
      store = await engine.open();
    });
    afterAll(async () => {
      await store?.[Symbol.asyncDispose]();
      await engine?.close();
    });

    const allReadings = async (query: { appliance: Id; from: number; to: number }, limit: number) => {
      const all: StoredReading[] = [];
      for (let from: number | null = query.from; from !== null; ) {
        const page: Awaited<ReturnType<ReadingsStore['readings']>> = await store.readings({ ...query, from, limit });
        for (const signal of new Set(page.readings.map((reading) => reading.signal))) {
          expect(page.readings.filter((reading) => reading.signal === signal).length).toBeLessThanOrEqual(limit);
        }
        all.push(...page.readings);
        from = page.next;
      }
      return all;
    };

    it('begins at checkpoint 0 and knows no series', async () => {
      expect(await store.checkpoint()).toBe(0);
      expect(await store.series(day(newId(), 'power'))).toEqual([]);
    });

    it('gives readings back as they were measured, by stamp and signal, page by page', async () => {
      const appliance = newId();
      const moments = Array.from({ length: 25 }, (_, i) =>
        moment(appliance, MIDNIGHT + i * MINUTE, {
          cabinet_temperature: i / 4,
          ...(i % 3 === 0 ? { door_open: i % 2 === 0 } : {}),
        }),
      );
      const odd = moment(appliance, MIDNIGHT + 5 * MINUTE, { mode: 'eco', level: 3, on: true }, false);
      await write(...moments, odd);
      await write(moment(appliance, MIDNIGHT + 2 * MINUTE, { cabinet_temperature: 99 }));
      const expected = [...moments.flatMap(({ at, readings }) => readings.map((one) => ({ at, ...one })))]
        .concat(odd.readings.map((one) => ({ at: odd.at, ...one })))
        .map(({ at, signal, value }) => ({ at, signal, value: typeof value === 'string' ? value : Number(value) }))
        .map((one) =>
          one.at === MIDNIGHT + 2 * MINUTE && one.signal === 'cabinet_temperature' ? { ...one, value: 99 } : one,
        )
        .filter(({ at }) => at >= MIDNIGHT + MINUTE && at < MIDNIGHT + 24 * MINUTE)
        .sort((a, b) => a.at - b.at || (a.signal < b.signal ? -1 : 1));
      const span = { appliance, from: MIDNIGHT + MINUTE, to: MIDNIGHT + 24 * MINUTE };
      for (const limit of [1, 4, 23, 1_000]) expect(await allReadings(span, limit)).toEqual(expected);
      expect(await allReadings({ ...span, appliance: newId() }, 10)).toEqual([]);
      expect(await allReadings({ ...span, to: span.from }, 10)).toEqual([]);
    });

    it('gives readings back under the name that they came with', async () => {
      const appliance = newId();
      await write(moment(appliance, MIDNIGHT, Object.fromEntries(ODD_NAMES.map((name) => [name, 1])), false));
      const span = { appliance, from: MIDNIGHT, to: MIDNIGHT + DAY };
      expect((await allReadings(span, 10)).map(({ signal }) => signal).sort()).toEqual([...ODD_NAMES].sort());
    });

    it('gives back what was stored, in buckets like those of a plain computation', async () => {
      const [a, b] = [newId(), newId()];
      const moments = Array.from({ length: 1440 }, (_, minute) => [
        moment(a, MIDNIGHT + minute * MINUTE + 17, { power: (minute * 7919) % 1000, cabinet_temperature: minute / 7 }),
        moment(b, MIDNIGHT + minute * MINUTE, { power: 1 - minute }),
      ]).flat();
      await write(...moments);
      for (const query of [day(a, 'power'), day(a, 'cabinet_temperature', 7000), day(b, 'power', DAY)]) {
        expectSeries(await store.series(query), plainSeries(moments, query));
      }
      expect(await store.series(day(b, 'cabinet_temperature'))).toEqual([]);
    });

    it('aligns buckets to epoch, takes from and leaves out to, and leaves empty buckets out', async () => {
      const a = newId();
      const stamps = [0, 1, 59_999, 60_000, 119_999, 240_000, 299_999, 300_000, 301_000];
      const moments = stamps.map((offset, index) => moment(a, MIDNIGHT + offset, { power: index + 0.5 }));
      await write(...moments);
      const ranges = [
        [0, 300_000],
        [1, 300_001],
        [59_999, 240_000],
        [60_000, 60_000],
        [61_000, 119_999],
        [300_000, 60_000],
      ] as const;
      for (const bucketMs of [1, 7000, MINUTE, 5 * MINUTE, 7 * DAY]) {
        for (const [from, to] of ranges) {
          const query = { appliance: a, signal: 'power', from: MIDNIGHT + from, to: MIDNIGHT + to, bucketMs };
          expectSeries(await store.series(query), plainSeries(moments, query));
        }
      }
    });

    it('lets the last write of a reading win within a batch', async () => {
      const a = newId();
      const moments = [1, 2, 3].map((power) => moment(a, MIDNIGHT, { power }));
      await write(...moments);
      expectSeries(await store.series(day(a, 'power')), [{ at: MIDNIGHT, mean: 3, min: 3, max: 3, count: 1 }]);
    });

    it('lets the highest position win in whatever order a batch has it', async () => {
      const a = newId();
      const moments = [1, 2, 3].map((power) => moment(a, MIDNIGHT, { power }));
      await write(moments[1]!, moments[2]!, moments[0]!);
      expectSeries(await store.series(day(a, 'power')), [{ at: MIDNIGHT, mean: 3, min: 3, max: 3, count: 1 }]);
    });

    it('lets the later group of one message win when both have the same stamp', async () => {
      const a = newId();
      const earlier = moment(a, MIDNIGHT, { power: 1, set_point: 4 });
      const later = { ...moment(a, MIDNIGHT, { power: 2 }), position: earlier.position };
      await write(earlier, later);
      expectSeries(await store.series(day(a, 'power')), [{ at: MIDNIGHT, mean: 2, min: 2, max: 2, count: 1 }]);
      expectSeries(await store.series(day(a, 'set_point')), [{ at: MIDNIGHT, mean: 4, min: 4, max: 4, count: 1 }]);
    });

    it('lets the last write of a reading win across batches, signal by signal', async () => {
      const a = newId();
      await write(moment(a, MIDNIGHT, { power: 1, set_point: 4 }));
      await write(moment(a, MIDNIGHT, { power: 2 }));
      expectSeries(await store.series(day(a, 'power')), [{ at: MIDNIGHT, mean: 2, min: 2, max: 2, count: 1 }]);
      expectSeries(await store.series(day(a, 'set_point')), [{ at: MIDNIGHT, mean: 4, min: 4, max: 4, count: 1 }]);
    });

    it('keeps the newer reading when an older position arrives after it', async () => {
      const a = newId();
      const older = moment(a, MIDNIGHT, { power: 1 });
      await write(moment(a, MIDNIGHT, { power: 2 }));
      await write(older);
      expectSeries(await store.series(day(a, 'power')), [{ at: MIDNIGHT, mean: 2, min: 2, max: 2, count: 1 }]);
    });

    it('counts booleans as 0 and 1', async () => {
      const a = newId();
      const moments = [true, false, false, true, false].map((door_open, index) =>
        moment(a, MIDNIGHT + index * 1000, { door_open, power: 80 }),
      );
      await write(...moments);
      expectSeries(await store.series(day(a, 'door_open')), [{ at: MIDNIGHT, mean: 0.4, min: 0, max: 1, count: 5 }]);
    });

    it('keeps numbers exactly', async () => {
      const a = newId();
      const numbers = [0.1, -0, 1e300, -1e-300, 5e-324, 2 ** 53 - 1, -273.15, 1e21, 123456789.123456];
      await write(...numbers.map((power, index) => moment(a, MIDNIGHT + index * MINUTE, { power })));
      const stored = await store.series(day(a, 'power', MINUTE));
      expect(stored.map((point) => point.max + 0)).toEqual(numbers.map((number) => number + 0));
    });

    it('keeps unknown signals apart, whatever their names', async () => {
      const a = newId();
      await write(moment(a, MIDNIGHT, Object.fromEntries(ODD_NAMES.map((name, index) => [name, index])), false));
      for (const [index, name] of ODD_NAMES.entries()) {
        const expected = [{ at: MIDNIGHT, mean: index, min: index, max: index, count: 1 }];
        expectSeries(await store.series(day(a, name)), expected);
      }
    });

    it('keeps any printable name', async () => {
      const name = fc
        .string({ unit: 'binary', minLength: 1, maxLength: 80 })
        .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
      const names = fc.uniqueArray(name, { minLength: 20, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(names, async (some) => {
          const a = newId();
          await write(...some.map((each, index) => moment(a, MIDNIGHT, { [each]: index }, false)));
          for (const [index, each] of some.entries()) {
            expect((await store.series(day(a, each))).map((point) => point.mean)).toEqual([index]);
          }
        }),
        { numRuns: 5 },
      );
    });

    it('takes an unknown signal that changes its type, and charts its numbers and booleans', async () => {
      const a = newId();
      const values: SignalValue[] = [1, 'open', true, 3, false, 'closed', ''];
      const moments = values.map((door, index) => moment(a, MIDNIGHT + index * MINUTE, { door }, false));
      await write(...moments);
      const query = day(a, 'door', MINUTE);
      expectSeries(await store.series(query), plainSeries(moments, query));
    });

    supported('type-change-at-one-stamp')('lets the last write win when its type differs', async () => {
      const a = newId();
      await write(moment(a, MIDNIGHT, { door: 1 }, false), moment(a, MIDNIGHT + MINUTE, { door: 'open' }, false));
      await write(moment(a, MIDNIGHT, { door: 'open' }, false), moment(a, MIDNIGHT + MINUTE, { door: 2 }, false));
      const expected = [{ at: MIDNIGHT + MINUTE, mean: 2, min: 2, max: 2, count: 1 }];
      expectSeries(await store.series(day(a, 'door', MINUTE)), expected);
    });

    it('goes on with a signal that the catalogue has learnt', async () => {
      const a = newId();
      const before = moment(a, MIDNIGHT, { power: 1 }, false);
      await write(before);
      const after = moment(a, MIDNIGHT + MINUTE, { power: 2 });
      await write(after);
      expectSeries(await store.series(day(a, 'power')), plainSeries([before, after], day(a, 'power')));
    });

    it('takes texts of any content beside numbers', async () => {
      const a = newId();
      const texts = [
        '',
        '"',
        '\\',
        'a\\"b',
        'line\nbreak\r\n',
        'tab\t',
        '冰箱',
        ' ',
        'a,b=c d',
        '\u0000',
        'x'.repeat(256),
      ];
      const moments = texts.map((program, index) => {
        const known = moment(a, MIDNIGHT + index * MINUTE, { power: index });
        known.readings.push({ signal: 'program', value: program, mapped: false });
        return known;
      });
      await write(...moments);
      const query = day(a, 'power', MINUTE);
      expectSeries(await store.series(query), plainSeries(moments, query));
      expect(await store.series(day(a, 'program'))).toEqual([]);
    });

    it('stores 20,000 moments in one write', async () => {
      const a = newId();
      const moments = Array.from({ length: 20_000 }, (_, index) =>
        moment(a, MIDNIGHT + index * 4000, { power: index % 997, set_point: 4, door_open: index % 3 === 0 }),
      );
      await write(...moments);
      for (const signal of ['power', 'door_open']) {
        const query = day(a, signal, 60 * MINUTE);
        expectSeries(await store.series(query), plainSeries(moments, query));
      }
    });

    it('has the checkpoint of the last write after it was closed and opened again, and the readings', async () => {
      const a = newId();
      const next = nextPosition() + 1000;
      await store.write([moment(a, MIDNIGHT, { power: 7 })], next);
      await reopen();
      expect(await store.checkpoint()).toBe(next);
      expectSeries(await store.series(day(a, 'power')), [{ at: MIDNIGHT, mean: 7, min: 7, max: 7, count: 1 }]);
      position = next;
    });

    it('moves its checkpoint over a stretch of the log without readings', async () => {
      const next = nextPosition();
      await store.write([], next);
      expect(await store.checkpoint()).toBe(next);
    });

    it('changes nothing when the same batch is written again', async () => {
      const a = newId();
      const moments = [1, 2].map((power) => moment(a, MIDNIGHT + power, { power, program: 'eco' }, false));
      const next = nextPosition();
      await store.write(moments, next);
      const before = await store.series(day(a, 'power'));
      await store.write(moments, next);
      await reopen();
      await store.write(moments, next);
      expect(await store.series(day(a, 'power'))).toEqual(before);
      expect(await store.checkpoint()).toBe(next);
    });

    it('keeps order when writes are asked for at once', async () => {
      const a = newId();
      const writes = [1, 2, 3, 4].map((power) => write(moment(a, MIDNIGHT, { power })));
      await Promise.all(writes);
      expectSeries(await store.series(day(a, 'power')), [{ at: MIDNIGHT, mean: 4, min: 4, max: 4, count: 1 }]);
    });

    it('counts distinct readings, of one appliance or of all', async () => {
      const [a, b] = [newId(), newId()];
      const far = MIDNIGHT + 300 * DAY;
      await write(moment(a, far, { power: 1, set_point: 4 }), moment(b, far, { power: 1, mode: 'eco' }, false));
      await write(
        moment(a, far, { power: 2 }),
        moment(a, far + MINUTE, { power: 2 }),
        moment(a, far + DAY, { power: 3 }),
      );
      expect(await store.count({ from: far, to: far + DAY })).toBe(5);
      expect(await store.count({ appliance: a, from: far, to: far + DAY })).toBe(3);
      expect(await store.count({ appliance: a, from: far, to: far + DAY + 1 })).toBe(4);
      expect(await store.count({ appliance: a, from: far + 1, to: far + MINUTE })).toBe(0);
      expect(await store.count({ appliance: newId(), from: 0, to: far + DAY })).toBe(0);
      expect(await store.count({ from: far, to: far })).toBe(0);
    });

    describe('as readings grow old', () => {
      const span = { from: MIDNIGHT, to: MIDNIGHT + 3 * DAY };

      /** Three days in disorder, some of it said twice. */
      const history = (appliance: Id): Moment[] =>
        Array.from({ length: 900 }, (_, index) =>
          moment(appliance, MIDNIGHT + ((index * 7_919) % 860) * 5 * MINUTE + (index % 3) * 61_000, {
            cabinet_temperature: (index * 31) % 97,
            door_open: index % 7 === 0,
          }),
        );

      it('rolls up what is over: count, mean, least, most and last of each five minutes', async () => {
        const a = newId();
        const moments = history(a);
        const words = moment(a, MIDNIGHT, { mode: 'eco', '冷藏室 \\ 1': 5 }, false);
        await write(...moments, words);
        await ageAll(store, { closedBefore: MIDNIGHT + 4 * DAY });
        for (const signal of ['cabinet_temperature', 'door_open']) {
          const query = { appliance: a, signal, ...span, bucketMs: ROLLUP_MS };
          expectSeries(await store.rolledUp(query), plainSeries(moments, query));
          const rollups = (await store.rollups({ appliance: a, ...span })).filter((each) => each.signal === signal);
          expectSeries(rollups, plainSeries(moments, query));
          const lasts = plainSeries(moments, { ...query, bucketMs: 1 });
          for (const { at, last } of rollups) {
            expect(last).toBe(lasts.findLast((point) => point.at < at + ROLLUP_MS)!.mean);
          }
        }
        const wide = { appliance: a, signal: 'cabinet_temperature', ...span, bucketMs: 36 * 60 * MINUTE };
        expectSeries(await store.rolledUp(wide), plainSeries(moments, wide));
        const odd = (await store.rollups({ appliance: a, ...span })).filter(({ at }) => at === MIDNIGHT);
        expect(odd.map(({ signal }) => signal)).toContain('冷藏室 \\ 1');
        expect(odd.map(({ signal }) => signal)).not.toContain('mode');
        expect(await store.notRolledUp({ appliance: a, ...span })).toEqual([]);
      });

      it('leaves alone what may still grow', async () => {
        const a = newId();
        await write(moment(a, MIDNIGHT + 10 * DAY, { power: 1 }));
        await ageAll(store, { closedBefore: MIDNIGHT + 10 * DAY });
        const about = { appliance: a, from: MIDNIGHT, to: MIDNIGHT + 11 * DAY };
        expect(await store.rollups(about)).toEqual([]);
        const [lacking] = await store.notRolledUp(about);
        expect(lacking!.from).toBeLessThanOrEqual(MIDNIGHT + 10 * DAY);
        expect(lacking!.to).toBeGreaterThan(MIDNIGHT + 10 * DAY);
      });

      it('rolls up again what comes late, and says meanwhile where it is lacking', async () => {
        const a = newId();
        const first = history(a);
        await write(...first);
        await ageAll(store, { closedBefore: MIDNIGHT + 4 * DAY });
        const late = [
          moment(a, MIDNIGHT + DAY + 17, { cabinet_temperature: 1_000 }),
          moment(a, first[5]!.at, { cabinet_temperature: -5 }),
        ];
        await write(...late);
        const lacking = await store.notRolledUp({ appliance: a, ...span });
        for (const { at } of late) expect(lacking.some(({ from, to }) => from <= at && at < to)).toBe(true);
        await ageAll(store, { closedBefore: MIDNIGHT + 4 * DAY });
        expect(await store.notRolledUp({ appliance: a, ...span })).toEqual([]);
        const query = { appliance: a, signal: 'cabinet_temperature', ...span, bucketMs: ROLLUP_MS };
        expectSeries(await store.rolledUp(query), plainSeries([...first, ...late], query));
      });

      it('draws the same chart from raw readings, from roll-ups and from both', async () => {
        const a = newId();
        const moments = Array.from({ length: 20 }, (_, day) =>
          history(a).map((one) => ({ ...one, at: one.at + day * DAY })),
        )
          .flat()
          .filter(({ position: at }) => at % 3 !== 0);
        await write(...moments);
        await ageAll(store, { closedBefore: MIDNIGHT + 8 * DAY });
        const clock = manualClock(MIDNIGHT + 12 * DAY).clock;
        for (const rawDays of [4, 90]) {
          const rules = { rawDays, rollupDays: 730 };
          for (const bucketMs of [5 * MINUTE, 60 * MINUTE, 36 * 60 * MINUTE]) {
            const whole = { from: MIDNIGHT - DAY, to: MIDNIGHT + 13 * DAY };
            const odd = { from: MIDNIGHT + 90 * MINUTE + 1, to: MIDNIGHT + 11 * DAY + 7 * MINUTE };
            for (const asked of [whole, { ...odd, from: odd.from + 30 * MINUTE - 1 }]) {
              const query = { appliance: a, signal: 'cabinet_temperature', ...asked, bucketMs };
              expectSeries(await seriesOf({ store, rules, clock }, query), plainSeries(moments, query));
            }
          }
        }
      });
    });

    it('refuses work after it was closed, with a reason', async () => {
      const closed = store;
      await reopen();
      await expect(closed.write([moment(newId(), MIDNIGHT, { power: 1 })], nextPosition())).rejects.toMatchObject({
        kind: 'retry',
        code: 'readings-closed',
      });
    });
  });
}
