// Days that wait to be rolled up, on both databases: nobody gets what another works on, and nothing is forgotten that came
// meanwhile.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#contracts';
import { type DueDays, dueDays, ingestTables } from '#ingest';
import { registryTables } from '#registry';
import { DAY, migrate } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';

const TODAY = Date.UTC(2026, 2, 2);

function suite(start: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let one: DueDays;
  let other: DueDays;

  beforeAll(async () => {
    database = await start();
    await migrate(database.sql, [...registryTables, ...ingestTables]);
    one = dueDays(database.sql);
    other = dueDays(database.other);
  });
  afterAll(() => database?.[Symbol.asyncDispose]());
  beforeEach(() => database.sql.query('truncate app.rollup_due'));

  const mark = (day: number, count: number): Promise<void> =>
    one.mark(Array.from({ length: count }, () => ({ day, appliance: newId() })));

  it('gives the oldest day first, so many appliances at a time, each to one', async () => {
    await mark(TODAY, 3);
    await mark(TODAY - DAY, 5);
    const [some, others] = await Promise.all([one.claim(TODAY, 3), other.claim(TODAY, 3)]);
    const all = [...some, ...others];
    expect(new Set(all.map(({ appliance }) => appliance)).size).toBe(all.length);
    expect(new Set(all.map(({ day }) => day))).toEqual(new Set([TODAY - DAY]));
    const rest = await one.claim(TODAY, 9);
    expect(all.length + rest.length).toBe(5);
    expect(await one.claim(TODAY, 9)).toEqual([]);
  });

  it('has done with what it was given', async () => {
    await mark(TODAY, 2);
    const given = await one.claim(TODAY + 1, 9);
    const about = { appliance: given[0]!.appliance, from: TODAY, to: TODAY + DAY };
    expect(await one.of(about)).toEqual([TODAY]);
    expect(await one.anyBefore(TODAY + 1)).toBe(true);
    expect(await one.anyBefore(TODAY)).toBe(false);
    await one.done(given);
    expect(await one.of(about)).toEqual([]);
    expect(await one.anyBefore(TODAY + 1)).toBe(false);
  });

  it('keeps a day due that was marked again while it was worked on, and gives it again at once', async () => {
    const day = { day: TODAY, appliance: newId() };
    await one.mark([day]);
    const given = await one.claim(TODAY + 1, 1);
    await other.mark([day]);
    await one.done(given);
    expect(await one.of({ appliance: day.appliance, from: TODAY, to: TODAY + DAY })).toEqual([TODAY]);
    const again = await other.claim(TODAY + 1, 1);
    expect(again).toHaveLength(1);
    await other.done(again);
    expect(await one.anyBefore(TODAY + 1)).toBe(false);
  });

  it('takes many marks of several writers at once', async () => {
    const days = Array.from({ length: 40 }, () => ({ day: TODAY, appliance: newId() }));
    await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? one : other).mark([...days].reverse())));
    expect(await one.claim(TODAY + 1, 100)).toHaveLength(40);
  });
}

describe('days that wait to be rolled up on PGlite', () => suite(pgliteDatabase));
describeEngine('PostgreSQL', 'days that wait to be rolled up', () => suite(postgresDatabase));
