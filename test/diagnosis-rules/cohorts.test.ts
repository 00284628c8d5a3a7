// What is usual for healthy appliances of one model, from what each has learned of itself.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CohortBody, type FindingChange, type Id, type LogRecord, newId } from '#contracts';
import { type Episode, simulateMessages } from '#device-sim';
import {
  deliverCohorts,
  diagnosisTables,
  keepLevels,
  knownCohorts,
  listCohorts,
  listOutliers,
  loadCatalogue,
  startLife,
} from '#diagnosis-rules';
import { makeDecode } from '#ingest';
import { loadModels, neutralCode } from '#registry';
import { DAY, HOUR, type LogWriter, MINUTE, migrate, type Sql } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { NOON, telemetry } from './life.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
const MODEL = 'stethos-reference-fridge';

describe('cohorts on PGlite', () => cohorts(pgliteDatabase));
describeEngine('PostgreSQL', 'cohorts', () => cohorts(postgresDatabase));

describe('a young appliance', () => {
  it('with a fault from the start is found thanks to its cohort, a healthy one is left in peace', {
    timeout: 120_000,
  }, async () => {
    await using database = await pgliteDatabase();
    const { sql } = database;
    await migrate(sql, diagnosisTables);
    const decode = makeDecode(loadModels());
    const rules = loadCatalogue();

    function live(seed: number, days: number, heard: readonly LogRecord[], episodes: Episode[] = []) {
      const life = startLife({ rules, neutralCode });
      for (const record of heard) life.take(record);
      const changes: FindingChange[] = [];
      const messages = simulateMessages({ seed, from: NOON, until: NOON + days * DAY, episodes });
      for (const { sentAt, payload } of messages) {
        const decoded = decode(telemetry(sentAt, payload), 0);
        if (decoded.ok) changes.push(...life.hear(decoded.message));
      }
      return { evaluator: life.evaluator, changes };
    }

    const siblings = [11, 12, 13, 14, 15].map((seed) => live(seed, 16, []));
    const learned = siblings.flatMap(({ evaluator }) =>
      evaluator.levels().map((own) => ({ ...own, appliance: newId() })),
    );
    expect(learned.map(({ model }) => model)).toEqual(Array.from({ length: 5 }, () => MODEL));
    await keepLevels(sql, learned, NOW);
    const heard: LogRecord[] = [];
    const log: LogWriter = {
      append(record, done) {
        heard.push(record);
        done(null);
      },
    };
    expect(await deliverCohorts({ sql, log }, NOW)).toBe(1);

    const leaks: Episode[] = [{ what: 'refrigerant-leak', fromMs: -60 * DAY }];
    const found = (changes: readonly FindingChange[]) => changes.filter(({ change }) => change === 'opened').length;
    expect(found(live(20, 9, [], leaks).changes)).toBe(0);
    expect(found(live(20, 9, heard, leaks).changes)).toBeGreaterThan(0);
    expect(found(live(20, 9, heard).changes)).toBe(0);
  });
});

function cohorts(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  let heard: LogRecord[];

  beforeAll(async () => {
    database = await open();
    sql = database.sql;
    await migrate(sql, diagnosisTables);
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    heard = [];
    for (const table of ['appliance_usual', 'cohort']) await sql.query(`delete from app.${table}`);
    await sql.query('update app.cohort_round set next_at = 0');
  });

  const log: LogWriter = {
    append(record, done) {
      heard.push(record);
      done(null);
    },
  };
  const deliver = (now: number) => deliverCohorts({ sql, log }, now);
  const bodies = () => heard.map(({ body }) => CohortBody.parse(JSON.parse(Buffer.from(body).toString())));
  const learned = (levels: readonly Record<string, number>[], at = NOW, model = MODEL) =>
    keepLevels(
      sql,
      levels.map((own) => ({ appliance: newId(), model, levels: own })),
      at,
    );
  const work = (...all: number[]) => all.map((each) => ({ work: each }));

  it('are the middle and 1.4826 times the median distance from it, whatever one odd appliance says', async () => {
    await learned(work(0.3, 0.32, 0.34, 0.36, 2));
    await deliver(NOW);
    // Distances from 0.34: 0.04, 0.02, 0, 0.02 and 1.66; the middle one is 0.02.
    expect(bodies()).toEqual([
      { model: MODEL, appliances: 5, usual: { work: { median: 0.34, spread: expect.closeTo(1.4826 * 0.02, 9) } } },
    ]);
    expect(heard).toMatchObject([{ kind: 'cohort', appliance: '', at: NOW }]);
  });

  it('are of five appliances at least, measure by measure and model by model', async () => {
    await learned([...work(0.3, 0.3, 0.3, 0.3), { work: 0.3, power: 80 }]);
    await learned(work(0.5, 0.5, 0.5, 0.5), NOW, 'another-model');
    await deliver(NOW);
    expect(bodies()).toEqual([{ model: MODEL, appliances: 5, usual: { work: { median: 0.3, spread: 0 } } }]);
  });

  it('leave out what was known long ago', async () => {
    await learned(work(0.3, 0.3, 0.3, 0.3));
    await learned(work(0.3), NOW - 91 * DAY);
    expect(await deliver(NOW)).toBe(0);
  });

  it('are said once a day, and only when they moved by more than two in a hundred', async () => {
    const appliances = Array.from({ length: 5 }, () => newId());
    const all = (level: number, at: number) =>
      keepLevels(
        sql,
        appliances.map((appliance) => ({ appliance, model: MODEL, levels: { work: level } })),
        at,
      );
    await all(0.3, NOW);
    expect(await deliver(NOW)).toBe(1);
    await all(0.4, NOW + DAY);
    expect(await deliver(NOW + DAY - MINUTE)).toBe(0);
    expect(await deliver(NOW + DAY)).toBe(1);
    await all(0.407, NOW + 2 * DAY);
    expect(await deliver(NOW + 2 * DAY)).toBe(0);
    await all(0.409, NOW + 3 * DAY);
    expect(await deliver(NOW + 3 * DAY)).toBe(1);
    expect(bodies().map(({ usual }) => usual.work!.median)).toEqual([0.3, 0.4, 0.409]);
  });

  it('are known as they were at any time', async () => {
    await learned(work(0.3, 0.3, 0.3, 0.3, 0.3));
    await deliver(NOW);
    await learned(work(0.5, 0.5, 0.5, 0.5, 0.5, 0.5), NOW + DAY);
    await deliver(NOW + DAY);
    expect(await knownCohorts(sql, NOW - 1)).toEqual(new Map());
    expect((await knownCohorts(sql, NOW + HOUR)).get(MODEL)?.work?.median).toBe(0.3);
    expect((await listCohorts(sql)).map(({ at, appliances }) => [at, appliances])).toEqual([[NOW + DAY, 11]]);
  });

  it('wait for a log that takes nothing now', async () => {
    await learned(work(0.3, 0.3, 0.3, 0.3, 0.3));
    const full: LogWriter = { append: (_, done) => done(new Error('no room')) };
    await expect(deliverCohorts({ sql, log: full }, NOW)).rejects.toThrow('no room');
    expect(await listCohorts(sql)).toEqual([]);
    expect(await deliver(NOW + HOUR)).toBe(1);
  });

  it('show the appliances that lie far from their model', async () => {
    const odd: Id = newId();
    await learned(work(0.3, 0.31, 0.32, 0.33, 0.34));
    await keepLevels(sql, [{ appliance: odd, model: MODEL, levels: { work: 0.6 } }], NOW);
    await deliver(NOW);
    expect(await listOutliers(sql)).toEqual([{ appliance: odd, model: MODEL, measure: 'work', level: 0.6 }]);
  });

  it('are made of the newest that an appliance learned, at most daily', async () => {
    const appliance = newId();
    const keep = (level: number, at: number) =>
      keepLevels(sql, [{ appliance, model: MODEL, levels: { work: level } }], at);
    const level = async () =>
      (await sql.query<{ levels: object }>('select levels from app.appliance_usual')).map(({ levels }) => levels);
    await keep(0.3, NOW);
    await keep(0.4, NOW + HOUR);
    expect(await level()).toEqual([{ work: 0.3 }]);
    await keep(0.5, NOW + DAY);
    expect(await level()).toEqual([{ work: 0.5 }]);
  });
}
