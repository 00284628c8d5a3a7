import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#contracts';
import {
  heardCount,
  latestOf,
  latestSince,
  listQuarantine,
  makeDecode,
  type QuarantinedMessage,
  quarantinedSince,
  type ReadingsStore,
} from '#ingest';
import { loadModels, openBytes } from '#registry';
import { MINUTE, PlatformError, SECOND, type Sql } from '#runtime';
import type { TestDatabase } from '../engines/databases.ts';
import { type Line, NOW, openDatabase, openLine } from './line.ts';

let database: TestDatabase;
let line: Line;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  line = await openLine(database.sql);
});
afterEach(() => line[Symbol.asyncDispose]());

const temperature = (value: number, at: number) => ({ at, values: { cabinet_temperature: value } });

/** What was sealed. */
const opened = async (from: Line, { subject, payload }: QuarantinedMessage): Promise<Buffer> =>
  Buffer.from((await openBytes(from.sql, subject!, payload))!);

/** The newest values of an appliance, as "signal=value". */
async function latest(appliance = line.appliance): Promise<string[]> {
  const found = (await latestOf(line.sql, [appliance])).get(appliance);
  return (found?.values ?? []).map(({ signal, value }) => `${signal}=${value}`).sort();
}

describe('a message in the log', () => {
  it('is in the store, with its readings at their stamps', async () => {
    await using worker = await line.work();
    await line.hear(line.appliance, {
      seq: 1,
      readings: [temperature(4.1, NOW - MINUTE), { at: NOW, values: { cabinet_temperature: 4.2, door_open: true } }],
    });
    await worker.done();
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([
      [-MINUTE, 4.1, 1],
      [0, 4.2, 1],
    ]);
    expect(await line.stored(line.appliance, 'door_open')).toEqual([[0, 1, 1]]);
    expect(await listQuarantine(line.sql, { limit: 10 })).toEqual([]);
    expect(line.notices).toEqual([]);
  });

  it('that cannot be read is in quarantine, byte for byte, and the appliance hears why', async () => {
    await using worker = await line.work();
    const bytes = Buffer.from([0x7b, 0x00, 0xff, 0x22]);
    line.setClock(NOW + 5);
    await line.hear(line.appliance, bytes);
    await worker.done();
    const [row, ...more] = await listQuarantine(line.sql, { appliance: line.appliance, limit: 10 });
    expect(more).toEqual([]);
    expect(row).toMatchObject({ appliance: line.appliance, receivedAt: NOW + 5, channel: 'telemetry' });
    expect(Buffer.from(row!.payload).includes(bytes)).toBe(false);
    expect((await opened(line, row!)).equals(bytes)).toBe(true);
    expect(row!.reason).toContain('UTF-8');
    expect(line.notices).toEqual([
      { appliance: line.appliance, notice: { code: 'rejected-message', at: NOW + 5, reason: row!.reason } },
    ]);
    expect(await quarantinedSince(line.sql, [line.appliance], NOW + 5)).toBe(1);
    expect(await quarantinedSince(line.sql, [line.appliance], NOW + 6)).toBe(0);
  });

  it('that is good in part is stored in part, and kept whole beside it', async () => {
    await using worker = await line.work();
    const payload = { seq: 8, readings: [{ at: NOW, values: { cabinet_temperature: 99, power: 60 } }] };
    await line.hear(line.appliance, payload);
    await worker.done();
    expect(await line.stored(line.appliance, 'power')).toEqual([[0, 60, 1]]);
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([]);
    const [row] = await listQuarantine(line.sql, { limit: 10 });
    expect(JSON.parse((await opened(line, row!)).toString())).toEqual(payload);
    expect(line.notices).toEqual([
      {
        appliance: line.appliance,
        notice: {
          code: 'rejected-readings',
          at: NOW,
          seq: 8,
          reason: expect.stringContaining('plausible range') as string,
        },
      },
    ]);
  });

  it('with many mistakes has the first five named, and the rest counted', async () => {
    await using worker = await line.work();
    await line.hear(line.appliance, { readings: Array.from({ length: 9 }, (_, i) => temperature(99, NOW - i)) });
    await worker.done();
    const [row] = await listQuarantine(line.sql, { limit: 10 });
    expect(row!.reason.split('; ')).toHaveLength(5);
    expect(row!.reason).toContain('(and 4 more)');
  });

  it.each([
    ['JSON that quotes U+0000', Buffer.from('{"a":\u0000}')],
    ['a signal named with U+0000', Buffer.from('{"values":{"a\\u0000b":1}}')],
    ['a signal named with half a character', Buffer.from('{"values":{"a\\ud800":1}}')],
    ['a text with U+0000', Buffer.from('{"values":{"programme":"a\\u0000"}}')],
    ['a text with half a character', Buffer.from('{"values":{"programme":"\\udc00"}}')],
    ['a name of 60,000 characters', Buffer.from(`{"values":{"${'x'.repeat(60_000)}":1}}`)],
    ['a stamp of 60,000 digits', Buffer.from(`{"at":${'9'.repeat(60_000)},"values":{"power":1}}`)],
  ])('with %s goes to quarantine and stops nobody', async (_, body) => {
    await using worker = await line.work();
    await line.hear(line.appliance, body);
    await line.hear(line.appliance, { readings: [temperature(4, NOW)] });
    await worker.done();
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([[0, 4, 1]]);
    const [row] = await listQuarantine(line.sql, { limit: 10 });
    expect((await opened(line, row!)).equals(body)).toBe(true);
    expect(line.said).toEqual([]);
  });

  it('with signals of any name keeps them, the odd ones too', async () => {
    await using worker = await line.work();
    await line.hear(
      line.appliance,
      '{"values":{"__proto__":1,"constructor":2,"室温":3,"say \\"hi\\"":"\\ud83d\\ude00"}}',
    );
    await worker.done();
    for (const [signal, value] of [
      ['__proto__', 1],
      ['constructor', 2],
      ['室温', 3],
    ] as const)
      expect(await line.stored(line.appliance, signal)).toEqual([[0, value, 1]]);
    expect(await latest()).toEqual(['__proto__=1', 'constructor=2', 'say "hi"=😀', '室温=3']);
  });

  it('that breaks the decoder is kept, and stops nobody', async () => {
    const decode = makeDecode(loadModels());
    await using worker = await line.work({
      decode: (record, position) => {
        if (position === 0) throw new Error('a fault of ours');
        return decode(record, position);
      },
    });
    await line.hear(line.appliance, '{"values":{"power":1}}');
    await line.hear(line.appliance, { readings: [temperature(4, NOW)] });
    await worker.done();
    const [row] = await listQuarantine(line.sql, { limit: 10 });
    expect(row).toMatchObject({ id: '0', reason: expect.stringContaining('fault of the platform') as string });
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([[0, 4, 1]]);
  });
});

describe('quarantine', () => {
  it('is listed newest first, for one appliance or for all, page by page', async () => {
    await using worker = await line.work();
    const other = newId();
    for (let i = 0; i < 4; i++) await line.hear(i === 2 ? other : line.appliance, `bad ${i}`, NOW + i);
    await worker.done();
    const texts = async (query: Parameters<typeof listQuarantine>[1]) =>
      Promise.all((await listQuarantine(line.sql, query)).map(async (row) => (await opened(line, row)).toString()));
    expect(await texts({ limit: 10 })).toEqual(['bad 3', 'bad 2', 'bad 1', 'bad 0']);
    expect(await texts({ appliance: line.appliance, limit: 2 })).toEqual(['bad 3', 'bad 1']);
    expect(await texts({ appliance: line.appliance, limit: 2, before: NOW + 1 })).toEqual(['bad 0']);
  });
});

describe('the latest values', () => {
  it('are the newest by the time they were measured: buffered ones that come late replace nothing', async () => {
    await using worker = await line.work();
    await line.hear(line.appliance, { readings: [{ at: NOW, values: { cabinet_temperature: 5, power: 60 } }] });
    await line.hear(line.appliance, {
      readings: [temperature(9, NOW - MINUTE), { at: NOW - MINUTE, values: { door_open: true } }],
    });
    await worker.done();
    expect(await latest()).toEqual(['cabinet_temperature=5', 'door_open=true', 'power=60']);
  });

  it('of one stamp are those that came last', async () => {
    await using worker = await line.work();
    await line.hear(line.appliance, { readings: [temperature(5, NOW)] });
    await line.hear(line.appliance, { readings: [temperature(6, NOW)] });
    await worker.done();
    expect(await latest()).toEqual(['cabinet_temperature=6']);
  });

  it('are known to a worker that starts anew', async () => {
    {
      await using first = await line.work();
      await line.hear(line.appliance, { readings: [temperature(5, NOW)] });
      await first.done();
    }
    await using second = await line.work();
    await line.hear(line.appliance, {
      readings: [temperature(9, NOW - MINUTE), { at: NOW - MINUTE, values: { power: 1 } }],
    });
    await second.done();
    expect(await latest()).toEqual(['cabinet_temperature=5', 'power=1']);
  });

  it('that were not written before a crash are heard again from the log, and nobody is told twice', async () => {
    let crashed = false;
    const sql: Sql = {
      query: (text, params) => line.sql.query(text, params),
      listen: (channel, heard) => line.sql.listen(channel, heard),
      async transaction(work) {
        if (crashed) throw new Error('the process is gone');
        return line.sql.transaction(work);
      },
    };
    {
      await using first = await line.work({ sql });
      await line.hear(line.appliance, { readings: [temperature(5, NOW)] });
      await first.done();
      // What follows is stored, but its latest values wait for their turn to be written, and the end comes before it.
      await line.hear(line.appliance, { readings: [temperature(6, NOW + 1)] });
      await line.hear(line.appliance, 'bad');
      while (first.position() < line.end()) await new Promise((resolve) => setImmediate(resolve));
      crashed = true;
    }
    expect(await latest()).toEqual(['cabinet_temperature=5']);
    await using second = await line.work();
    await second.done();
    expect(await latest()).toEqual(['cabinet_temperature=6']);
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([
      [0, 5, 1],
      [1, 6, 1],
    ]);
    expect(line.notices).toHaveLength(1);
    expect(await listQuarantine(line.sql, { limit: 10 })).toHaveLength(1);
  });

  it('say when the appliance was heard last, also by a message without values', async () => {
    await using worker = await line.work();
    line.setClock(NOW + MINUTE);
    await line.hear(line.appliance, { readings: [temperature(5, NOW - MINUTE)] });
    line.setClock(NOW + 2 * MINUTE);
    await line.hear(line.appliance, '{"readings":[{"values":{}}]}');
    await worker.done();
    expect((await latestOf(line.sql, [line.appliance])).get(line.appliance)?.heardAt).toBe(NOW + 2 * MINUTE);
    expect(await heardCount(line.sql, [line.appliance])).toBe(1);
  });

  it('say whether it is connected, until the platform itself starts anew', async () => {
    await using worker = await line.work();
    const connected = async () => (await latestOf(line.sql, [line.appliance])).get(line.appliance)?.connected;
    await line.tell('connected', line.appliance);
    await worker.done();
    expect(await connected()).toBe(true);
    expect(await heardCount(line.sql, [line.appliance])).toBe(0);
    await line.tell('disconnected', line.appliance);
    await line.tell('connected', line.appliance);
    await worker.done();
    expect(await connected()).toBe(true);
    await line.tell('started');
    await worker.done();
    expect(await connected()).toBe(false);
  });

  it('are written at once when an appliance is new, and then every ten seconds at most', async () => {
    await using worker = await line.work();
    const written = () => latestSince(line.sql, 0, 10);
    const settled = async () => {
      // Taken by the worker, without the flush that a stop would do.
      while (worker.position() < line.end()) await new Promise((resolve) => setImmediate(resolve));
    };
    await line.hear(line.appliance, { readings: [temperature(5, NOW)] });
    await settled();
    expect(await written()).toEqual([{ appliance: line.appliance, writtenAt: NOW }]);
    line.setClock(NOW + 10 * SECOND - 1);
    await line.hear(line.appliance, { readings: [temperature(6, NOW + 1)] });
    await settled();
    expect(await latest()).toEqual(['cabinet_temperature=5']);
    line.setClock(NOW + 10 * SECOND);
    await line.hear(line.appliance, { readings: [temperature(7, NOW + 2)] });
    await settled();
    expect(await latest()).toEqual(['cabinet_temperature=7']);
    expect(await latestSince(line.sql, NOW, 10)).toEqual([{ appliance: line.appliance, writtenAt: NOW + 10 * SECOND }]);
  });
});

/** Fails a few times before it works. */
function unreliable(failures: number): { through: (store: ReadingsStore) => ReadingsStore; writes: number[] } {
  const writes: number[] = [];
  return {
    writes,
    through: (store) => ({
      checkpoint: () => store.checkpoint(),
      series: (query) => store.series(query),
      readings: (query) => store.readings(query),
      count: (query) => store.count(query),
      rolledUp: (query) => store.rolledUp(query),
      notRolledUp: (query) => store.notRolledUp(query),
      rollups: (query) => store.rollups(query),
      age: (horizons) => store.age(horizons),
      async write(moments, next) {
        writes.push(next);
        if (writes.length <= failures) throw new PlatformError('away', 'retry', 'The store is away.');
        await store.write(moments, next);
      },
      [Symbol.asyncDispose]: async () => {},
    }),
  };
}

describe('a store that is away', () => {
  it('costs time and no reading, and the order is kept', async () => {
    const { through, writes } = unreliable(2);
    await using worker = await line.work({ through });
    for (let i = 0; i < 50; i++) await line.hear(line.appliance, { readings: [temperature(i % 40, NOW + i)] });
    await line.hear(line.appliance, 'bad');
    await worker.done();
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual(
      Array.from({ length: 50 }, (_, i) => [i, i % 40, 1]),
    );
    expect(writes[1]).toBe(writes[0]);
    expect(writes).toEqual(writes.toSorted((a, b) => a - b));
    expect(await listQuarantine(line.sql, { limit: 10 })).toHaveLength(1);
    expect(line.notices).toHaveLength(1);
    expect(line.said).toContain('readings are waiting in the log; trying again');
  });

  it('does not hold up a stop, and nothing is lost by it', async () => {
    const { through, writes } = unreliable(Number.POSITIVE_INFINITY);
    {
      await using worker = await line.work({ through });
      await line.hear(line.appliance, { readings: [temperature(5, NOW)] });
      while (writes.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(worker.position()).toBe(0);
    }
    await using later = await line.work();
    await later.done();
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([[0, 5, 1]]);
  });
});

describe('a database that is away', () => {
  it('costs neither a reading nor a latest value', async () => {
    let failures = 0;
    const sql: Sql = {
      query: (text, params) => line.sql.query(text, params),
      listen: (channel, heard) => line.sql.listen(channel, heard),
      async transaction(work) {
        if (failures-- > 0) throw new Error('the database is away');
        return line.sql.transaction(work);
      },
    };
    await using worker = await line.work({ sql });
    failures = 3;
    await line.hear(line.appliance, { readings: [temperature(5, NOW)] });
    await worker.done();
    expect(await latest()).toEqual(['cabinet_temperature=5']);
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([[0, 5, 1]]);
  });
});

describe('a worker that starts again', () => {
  it('goes on at the checkpoint: nothing is lost and nothing doubled', async () => {
    for (let round = 0; round < 3; round++) {
      await using worker = await line.work();
      for (let i = 0; i < 20; i++)
        await line.hear(line.appliance, { readings: [temperature(round, NOW + round * 100 + i)] });
      await line.hear(line.appliance, `bad ${round}`);
      // Half of the rounds end before everything is taken.
      if (round !== 1) await worker.done();
    }
    await using last = await line.work();
    await last.done();
    const expected = [0, 1, 2].flatMap((round) => Array.from({ length: 20 }, (_, i) => [round * 100 + i, round, 1]));
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual(expected);
    expect(await listQuarantine(line.sql, { limit: 10 })).toHaveLength(3);
    expect(line.notices).toHaveLength(3);
  });

  it('takes a message that was sent twice once', async () => {
    await using worker = await line.work();
    for (let i = 0; i < 2; i++) await line.hear(line.appliance, { seq: 1, readings: [temperature(5, NOW)] });
    await worker.done();
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([[0, 5, 1]]);
  });

  it('is refused when the log ends before the place it had reached', async () => {
    await line.hear(line.appliance, { readings: [temperature(5, NOW)] });
    await line.store.write([], 1_000_000);
    await expect(line.work()).rejects.toMatchObject({
      code: 'log-behind-store',
      kind: 'fatal',
      hint: expect.stringContaining('log folder was replaced') as string,
    });
  });
});
