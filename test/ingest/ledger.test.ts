import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Id, newId } from '#contracts';
import {
  checkCounts,
  checkDay,
  checkReadings,
  checkStore,
  forgetLedger,
  forgetQuarantine,
  ingestTables,
  listLedgerAlarms,
  listLedgerDays,
  settleLedgerAlarm,
  standingDifferences,
} from '#ingest';
import { registryTables, sealForAppliances } from '#registry';
import { DAY, HOUR, MINUTE, migrate, type Sql } from '#runtime';
import { quarantine } from '../../ingest/quarantine.ts';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { LedgerLife, START, steps } from './ledger-life.ts';

describe('the ledger on PGlite', () => suite(pgliteDatabase));
describeEngine('PostgreSQL', 'the ledger', () => suite(postgresDatabase));

function suite(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  let life: LedgerLife;
  beforeAll(async () => {
    database = await open();
    sql = database.sql;
    await migrate(sql, [...registryTables, ...ingestTables]);
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    life = await LedgerLife.open(sql);
  });

  const good = { signals: ['power'], bad: false, unsure: false };
  const hourOf = (hour: number) => START + hour * HOUR;

  describe('messages', () => {
    it('balance whatever is sent again, killed, or heard again, in any order', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (list) => {
          const each = await LedgerLife.open(sql);
          for (const { run } of list) {
            await run(each);
            expect(await each.differences()).toEqual([]);
          }
          await each.settle();
          expect(await each.differences()).toEqual([]);
          const counted = 'select coalesce(sum(decoded + quarantined), 0)::int as counted from app.ledger_hour';
          expect(await sql.query(counted)).toEqual([{ counted: each.log.length }]);
        }),
        { numRuns: 25, seed: 20_260_302 },
      );
    }, 120_000);

    it('hold readings within what the counts allow, and exactly so while nothing comes late', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (list) => {
          const each = await LedgerLife.open(sql);
          for (const { run } of list) await run(each);
          await each.settle();
          const rows = await sql.query<{ appliance: Id; day: number; fresh: number; late: number }>(
            'select appliance, day, fresh, late from app.ledger_day',
          );
          for (const { appliance, day, fresh, late } of rows) {
            const distinct = each.distinct(appliance, day, day + DAY);
            expect(distinct).toBeGreaterThanOrEqual(fresh);
            expect(distinct).toBeLessThanOrEqual(fresh + late);
          }
        }),
        { numRuns: 25, seed: 20_260_303 },
      );
    }, 120_000);

    async function anHourOfMessages(): Promise<Id> {
      for (let minute = 0; minute < 60; minute += 5) {
        life.receive(0, { ...good, at: life.now });
        life.pass(5 * MINUTE);
      }
      await life.settle();
      expect(await life.differences()).toEqual([]);
      return life.appliances[0]!;
    }

    it.each([
      ['one that was decoded is counted no more', 'update app.ledger_hour set decoded = decoded - 1', 12, 11],
      ['a row of the consumer is gone', 'delete from app.ledger_hour', 12, 0],
      ['a row of the door is gone', 'delete from app.ledger_door', 0, 12],
      ['one was counted twice', 'update app.ledger_hour set decoded = decoded + 1', 12, 13],
    ])('that do not balance raise an alarm: %s', async (_, harm, expected, found) => {
      const appliance = await anHourOfMessages();
      await sql.query(harm);
      await checkCounts({ sql, now: () => life.now });
      const span = { from: hourOf(0), to: hourOf(1) };
      const difference = {
        balance: 'messages',
        appliance,
        ...span,
        expectedLow: expected,
        expectedHigh: expected,
        found,
      };
      expect(await listLedgerAlarms(sql, { standing: true, limit: 10 })).toMatchObject([difference]);
      expect(await standingDifferences(sql)).toEqual([
        { balance: 'messages', alarms: 1, difference: Math.abs(expected - found) },
      ]);
    });

    it('are one alarm however often they are looked at, and over when they balance again', async () => {
      await anHourOfMessages();
      await sql.query('update app.ledger_hour set decoded = decoded - 1');
      await checkCounts({ sql, now: () => life.now });
      life.pass(MINUTE);
      await checkCounts({ sql, now: () => life.now });
      const [alarm, ...more] = await listLedgerAlarms(sql, { standing: true, limit: 10 });
      expect(more).toEqual([]);
      expect(alarm).toMatchObject({ raisedAt: life.now - MINUTE, seenAt: life.now, overAt: null });
      await sql.query('update app.ledger_hour set decoded = decoded + 1');
      await checkCounts({ sql, now: () => life.now });
      expect(await standingDifferences(sql)).toEqual([]);
    });

    it('that somebody knows of are quiet until the difference changes', async () => {
      await anHourOfMessages();
      await sql.query('update app.ledger_hour set decoded = decoded - 1');
      await checkCounts({ sql, now: () => life.now });
      const [alarm] = await listLedgerAlarms(sql, { standing: true, limit: 10 });
      expect(await settleLedgerAlarm(sql, alarm!.id, life.now)).toBe(true);
      expect(await settleLedgerAlarm(sql, alarm!.id, life.now)).toBe(false);
      await checkCounts({ sql, now: () => life.now });
      expect(await standingDifferences(sql)).toEqual([]);
      await sql.query('update app.ledger_hour set decoded = decoded - 1');
      await checkCounts({ sql, now: () => life.now });
      expect(await standingDifferences(sql)).toEqual([{ balance: 'messages', alarms: 1, difference: 2 }]);
    });

    it('are lost where a killed door could not count any more: what it counted is the least', async () => {
      life.receive(0, { ...good, at: life.now });
      await life.writeDoor();
      life.receive(0, { ...good, at: life.now });
      await life.restartDoor();
      await life.settle();
      expect(await life.differences()).toEqual([]);
      await sql.query('update app.ledger_hour set decoded = 0');
      expect(await life.differences()).toMatchObject([{ expectedLow: 1, found: 0 }]);
    });

    it('that balance are added up by day after three days; a difference stays', async () => {
      await anHourOfMessages();
      life.receive(1, { ...good, at: life.now });
      await life.settle();
      const before = await listLedgerDays(sql, { from: 0 });
      expect(before).toMatchObject([{ day: START - (START % DAY), received: 13, decoded: 13, readings: 13 }]);
      await sql.query('update app.ledger_hour set decoded = decoded + 1 where appliance = $1', [life.appliances[1]!]);
      await forgetLedger(sql, life.now + 4 * DAY, { rawDays: 90 });
      expect(await sql.query('select appliance from app.ledger_hour')).toEqual([{ appliance: life.appliances[1] }]);
      expect(await listLedgerDays(sql, { from: 0 })).toMatchObject([{ received: 13, decoded: 14, readings: 13 }]);
    });
  });

  describe('rows in quarantine', () => {
    const refused = (appliance: Id, position: number) => ({
      position,
      appliance,
      receivedAt: START + position,
      channel: 'telemetry',
      model: 'model',
      reason: 'not JSON',
      payload: Buffer.from('{'),
    });
    const check = () => checkCounts({ sql, now: () => life.now });

    it('are known one by one: kept twice they count once, and forgetting them by rule is no difference', async () => {
      const appliance = newId();
      for (let round = 0; round < 2; round++)
        await quarantine(sql, [refused(appliance, 1), refused(appliance, 2)], sealForAppliances);
      await check();
      expect(await standingDifferences(sql)).toEqual([]);
      expect(await forgetQuarantine(sql, START + 2)).toBe(1);
      await check();
      expect(await standingDifferences(sql)).toEqual([]);
    });

    it('raise an alarm when one was deleted by hand', async () => {
      const appliance = newId();
      await quarantine(sql, [refused(appliance, 1), refused(appliance, 2)], sealForAppliances);
      await sql.query('delete from app.quarantine where position = 1');
      await check();
      expect(await listLedgerAlarms(sql, { standing: true, limit: 10 })).toMatchObject([
        { balance: 'quarantine', appliance, expectedLow: 2, expectedHigh: 2, found: 1 },
      ]);
    });
  });

  describe('readings', () => {
    const day = START - (START % DAY);
    /** A store that keeps each reading once, and lost some. */
    const store = (lost = 0) => ({
      sql,
      now: () => life.now,
      count: async ({ appliance, from, to }: { appliance?: Id; from: number; to: number }) =>
        life.distinct(appliance!, from, to) - lost,
    });

    async function aDay(): Promise<void> {
      for (let hour = 0; hour < 10; hour++) {
        life.receive(0, { signals: ['power', 'door_open'], bad: false, unsure: false, at: life.now });
        if (hour % 3 === 0) life.sendAgain(0);
        life.pass(HOUR);
      }
      life.pass(DAY);
      await life.settle();
    }

    it('that the store holds are those that were decoded; what was sent again counts as repeated', async () => {
      await aDay();
      expect(await checkStore(store())).toMatchObject({ checked: 1, differences: [] });
      expect(await sql.query('select fresh, late from app.ledger_day')).toEqual([{ fresh: 20, late: 0 }]);
      expect(await listLedgerDays(sql, { from: day })).toMatchObject([
        { received: 14, readings: 28, repeated: 8, late: 0 },
      ]);
      // Nothing changed since: the store is not asked again.
      expect(await checkStore(store(1))).toMatchObject({ checked: 0, differences: [] });
    });

    it('that the store lost raise an alarm, and it is over when they are back', async () => {
      await aDay();
      await checkStore(store(1));
      expect(await listLedgerAlarms(sql, { standing: true, limit: 10 })).toMatchObject([
        { balance: 'readings', from: day, to: day + DAY, expectedLow: 20, expectedHigh: 20, found: 19 },
      ]);
      await checkStore(store());
      expect(await standingDifferences(sql)).toEqual([]);
      await checkDay(store(2), day);
      expect(await standingDifferences(sql)).toEqual([{ balance: 'readings', alarms: 1, difference: 2 }]);
    });

    it('of a day that is not over, or from before the ledger began, are not judged', async () => {
      await aDay();
      const today = life.now - (life.now % DAY);
      expect(await checkReadings(sql, store(), { day: today, again: true })).toMatchObject({ checked: 0 });
      await sql.query('update app.ledger_partition set unknown_to = $1', [START]);
      expect(await checkReadings(sql, store(), { day, again: true })).toMatchObject({ checked: 0 });
    });

    it('that the store said it would never take are not missed', async () => {
      await aDay();
      await sql.query("insert into app.ledger_refused (position, signal, at, appliance) values (1, 'power', $1, $2)", [
        START,
        life.appliances[0]!,
      ]);
      await checkStore(store(1));
      expect(await standingDifferences(sql)).toEqual([]);
    });
  });
}
