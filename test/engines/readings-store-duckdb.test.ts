// Readings in DuckDB: the contract, and what only an embedded engine can promise.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#contracts';
import { type DuckdbReadings, openDuckdbReadings } from '#engines/duckdb';
import {
  ageAll,
  DAY,
  expectSeries,
  MIDNIGHT,
  MINUTE,
  moment,
  nextPosition,
  readingsStoreContract,
} from './readings-store-contract.ts';
import { KILLED_APPLIANCE, STEP } from './readings-store-killed-writer.ts';

let folder: string;
const makeFolder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-readings-'));

describe('DuckDB', () => {
  readingsStoreContract(
    async () => {
      const own = makeFolder();
      return {
        open: () => openDuckdbReadings({ file: path.join(own, 'a', 'b', 'readings.duckdb') }),
        close: async () => fs.rmSync(own, { recursive: true }),
      };
    },
    { NOT_SUPPORTED: {} },
  );

  describe('as the embedded engine', () => {
    let file: string;
    beforeEach(() => {
      folder = makeFolder();
      file = path.join(folder, 'readings.duckdb');
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    const count = async (sql: string): Promise<number> => {
      const instance = await DuckDBInstance.create(file);
      const connection = await instance.connect();
      const rows = (await connection.runAndReadAll(sql)).getRows();
      connection.closeSync();
      instance.closeSync();
      return Number(rows[0]![0]);
    };

    /** Runs the writer until it has acknowledged `writes` batches, kills it, and says which position it acknowledged last. */
    async function killAfter(writes: number): Promise<number> {
      const writer = path.join(import.meta.dirname, 'readings-store-killed-writer.ts');
      const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      const gone = once(child, 'close');
      let acknowledged = 0;
      let seen = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged = Number(line);
        if (++seen === writes) child.kill('SIGKILL');
      }
      await gone;
      return acknowledged;
    }

    it('loses nothing acknowledged and doubles nothing over kill -9', async () => {
      for (const writes of [1, 3, 17, 40, 90]) {
        const acknowledged = await killAfter(writes);
        await using store = await openDuckdbReadings({ file });
        const checkpoint = await store.checkpoint();
        expect(acknowledged).toBeGreaterThan(0);
        expect(checkpoint).toBeGreaterThanOrEqual(acknowledged);
        const messages = checkpoint / STEP;
        const query = {
          appliance: KILLED_APPLIANCE,
          signal: 'power',
          from: 0,
          to: Number.MAX_SAFE_INTEGER,
          bucketMs: DAY,
        };
        const stored = await store.series(query);
        expect(stored.reduce((sum, point) => sum + point.count, 0)).toBe(messages);
      }
      const messages = (await count('select next from progress')) / STEP;
      expect(await count('select count(*) from point')).toBe(3 * messages);
      expect(await count('select count(*) from text')).toBe(messages);
      expect(await count('select count(*) from signal')).toBe(3);
    });

    it('knows of each partition of the log where it goes on', async () => {
      const [a, b] = [newId(), newId()];
      const query = { from: MIDNIGHT, to: MIDNIGHT + DAY, bucketMs: 1, signal: 'power' };
      {
        await using store = await openDuckdbReadings({ file });
        await store.write([{ ...moment(a, MIDNIGHT, { power: 1 }), position: 5000 }], 6000, 0);
        // Far behind the other one: what is stored of one partition says nothing of another.
        await store.write([{ ...moment(b, MIDNIGHT, { power: 2 }), position: 1 }], 2, 3);
        await store.write([{ ...moment(b, MIDNIGHT + 1, { power: 3 }), position: 2 }], 4, 3);
        await store.write([{ ...moment(b, MIDNIGHT + 1, { power: 4 }), position: 2 }], 4, 3);
      }
      await using store = await openDuckdbReadings({ file });
      expect(await Promise.all([0, 1, 3].map((partition) => store.checkpoint(partition)))).toEqual([6000, 0, 4]);
      expect((await store.series({ ...query, appliance: a })).map(({ mean }) => mean)).toEqual([1]);
      expect((await store.series({ ...query, appliance: b })).map(({ mean }) => mean)).toEqual([2, 3]);
    });

    it('says that another process has the file open', async () => {
      const writer = path.join(import.meta.dirname, 'readings-store-killed-writer.ts');
      const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      const gone = once(child, 'close');
      await once(child.stdout, 'data');
      await expect(openDuckdbReadings({ file })).rejects.toMatchObject({ kind: 'fatal', code: 'readings-in-use' });
      child.kill('SIGKILL');
      await gone;
    });

    it('says that a file is not its own', async () => {
      fs.writeFileSync(file, 'a shopping list '.repeat(1000));
      await expect(openDuckdbReadings({ file })).rejects.toMatchObject({ kind: 'fatal', code: 'readings-unreadable' });
    });

    it('stores nothing of a batch that fails, and goes on with the next', async () => {
      await using store = await openDuckdbReadings({ file });
      const a = newId();
      const next = nextPosition();
      await store.write([moment(a, MIDNIGHT, { power: 1 })], next);
      const batch = [moment(a, MIDNIGHT + 1, { power: 2, unheard: 'x' }), moment(newId(), Number.NaN, { power: 3 })];
      await expect(store.write(batch, nextPosition())).rejects.toMatchObject({ kind: 'retry' });
      expect(await store.checkpoint()).toBe(next);
      await store.write(
        [moment(newId(), MIDNIGHT, { other: 4 }), moment(a, MIDNIGHT + 2, { power: 5 })],
        nextPosition(),
      );
      const query = { appliance: a, signal: 'power', from: MIDNIGHT, to: MIDNIGHT + DAY, bucketMs: 1 };
      expect((await store.series(query)).map((point) => point.mean)).toEqual([1, 5]);
      await store[Symbol.asyncDispose]();
      expect(await count('select count(*) from point')).toBe(3);
      expect(await count('select count(distinct name) from signal')).toBe(2);
      expect(await count('select count(distinct id) from appliance')).toBe(2);
    });

    it('writes what was said twice once when it grows old, and every series stays as it was', async () => {
      await using store: DuckdbReadings = await openDuckdbReadings({ file });
      const [a, b] = [newId(), newId()];
      for (const round of [1, 2, 3]) {
        const moments = Array.from({ length: 500 }, (_, index) => [
          moment(a, MIDNIGHT + index * MINUTE, { power: round * index, door: index === 7 ? 'open' : round }, false),
          moment(b, MIDNIGHT + index * MINUTE, { power: -index * round, program: `eco ${round}` }, false),
        ]).flat();
        await store.write(moments, nextPosition());
      }
      const series = async () => {
        const query = { from: MIDNIGHT, to: MIDNIGHT + DAY, bucketMs: 7 * MINUTE };
        const asked = [a, b].flatMap((appliance) =>
          ['power', 'door'].map((signal) => ({ ...query, appliance, signal })),
        );
        return Promise.all(asked.map((each) => store.series(each)));
      };
      const before = await series();
      const checkpoint = await store.checkpoint();
      const [during] = await Promise.all([series(), ageAll(store, { closedBefore: MIDNIGHT + DAY })]);
      for (const seen of [during, await series()]) {
        for (const [index, points] of seen.entries()) expectSeries(points, before[index]!);
      }
      expect(await store.checkpoint()).toBe(checkpoint);
      await store.write([moment(a, MIDNIGHT, { power: 1000 }, false)], nextPosition());
      const query = { appliance: a, signal: 'power', from: MIDNIGHT, to: MIDNIGHT + MINUTE, bucketMs: MINUTE };
      expect((await store.series(query)).map((point) => point.mean)).toEqual([1000]);
      await store[Symbol.asyncDispose]();
      expect(await count('select count(*) from point')).toBe(2001);
      expect(await count('select count(*) from text')).toBe(501);
      expect(await count('select count(*) from text semi join point using (appliance, signal, stamp, position)')).toBe(
        501,
      );
      expect(await count('select count(*) from due')).toBe(1);
    });

    it('forgets raw readings and then roll-ups, and uses their space again', async () => {
      await using store: DuckdbReadings = await openDuckdbReadings({ file });
      const a = newId();
      const fill = async (day: number) => {
        const moments = Array.from({ length: 15_000 }, (_, index) =>
          moment(a, MIDNIGHT + day * DAY + index * 200, { power: Math.sin(index), mode: 'eco' }, false),
        );
        await store.write(moments, nextPosition());
        await ageAll(store, {
          closedBefore: MIDNIGHT + (day + 1) * DAY,
          rawBefore: MIDNIGHT + (day - 1) * DAY,
          rollupsBefore: MIDNIGHT + (day - 20) * DAY,
        });
      };
      const size = () => fs.statSync(file).size;
      for (let day = 0; day < 10; day++) await fill(day);
      const [counted, early] = [await store.count({ from: 0, to: MIDNIGHT + 10 * DAY }), size()];
      expect(counted).toBe(2 * 2 * 15_000);
      expect(await store.rollups({ appliance: a, from: MIDNIGHT, to: MIDNIGHT + 10 * DAY })).toHaveLength(10 * 10);
      for (let day = 10; day < 40; day++) await fill(day);
      expect(await store.count({ from: 0, to: MIDNIGHT + 40 * DAY })).toBe(counted);
      expect(await store.rollups({ appliance: a, from: MIDNIGHT, to: MIDNIGHT + 40 * DAY })).toHaveLength(21 * 10);
      expect(size()).toBeLessThan(3 * early);
    });

    it('rolls up what is old before it forgets it, and leaves a roll-up alone whose readings are gone', async () => {
      await using store: DuckdbReadings = await openDuckdbReadings({ file });
      const a = newId();
      const about = { appliance: a, from: MIDNIGHT, to: MIDNIGHT + DAY };
      await store.write(
        [1, 2, 3].map((power) => moment(a, MIDNIGHT + power, { power })),
        nextPosition(),
      );
      const horizons = { closedBefore: MIDNIGHT + 100 * DAY, rawBefore: MIDNIGHT + 10 * DAY };
      await ageAll(store, horizons);
      expect(await store.count(about)).toBe(0);
      const rolled = [{ signal: 'power', at: MIDNIGHT, mean: 2, min: 1, max: 3, count: 3, last: 3 }];
      expect(await store.rollups(about)).toEqual(rolled);
      await store.write([moment(a, MIDNIGHT + 4, { power: 100 })], nextPosition());
      await ageAll(store, horizons);
      expect(await store.rollups(about)).toEqual(rolled);
      expect(await store.count(about)).toBe(0);
      expect(await store.notRolledUp(about)).toEqual([]);
    });

    it('rolls up a file that was written before there were roll-ups', async () => {
      const a = newId();
      {
        await using store = await openDuckdbReadings({ file });
        await store.write(
          [1, 2, 3].map((power) => moment(a, MIDNIGHT + power, { power })),
          nextPosition(),
        );
      }
      await count('select 1; drop table due; drop table rollup; select 1');
      await using store = await openDuckdbReadings({ file });
      await ageAll(store, { closedBefore: MIDNIGHT + DAY });
      expect(await store.rollups({ appliance: a, from: MIDNIGHT, to: MIDNIGHT + DAY })).toEqual([
        { signal: 'power', at: MIDNIGHT, mean: 2, min: 1, max: 3, count: 3, last: 3 },
      ]);
    });
  });
});
