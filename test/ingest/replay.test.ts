import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  askReplay,
  checkCounts,
  type Decode,
  forgetAppliances,
  listQuarantine,
  listRejected,
  makeDecode,
  QUARANTINE_LIFE,
  type QuarantineEvent,
  type QuarantineState,
  type ReplayDeps,
  replayById,
  type Selection,
  standingDifferences,
  sweepReplays,
} from '#ingest';
import { deleteKey, loadModels, openBytes } from '#registry';
import { HOUR, MINUTE, next, type Sql } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { type Line, NOW, openDatabase, openLine } from './line.ts';

describe('rejected messages on PGlite', () => suite(pgliteDatabase));
describeEngine('PostgreSQL', 'rejected messages', () => suite(postgresDatabase));

function suite(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let line: Line;
  beforeAll(async () => {
    database = await openDatabase(open);
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    line = await openLine(database.sql);
  });
  afterEach(() => line[Symbol.asyncDispose]());

  const now = makeDecode(loadModels());
  /** As a version of the decoder that cannot read anything yet. */
  const before: Decode = () => ({ ok: false, reason: 'this decoder is too old' });
  const reading = (value: number, at: number) => ({ readings: [{ at, values: { cabinet_temperature: value } }] });

  const deps = (changes: Partial<ReplayDeps> = {}): ReplayDeps => ({
    sql: line.sql,
    log: line.log,
    open: (subject, sealed) => openBytes(line.sql, subject, sealed),
    modelOf: async () => null,
    ...changes,
  });
  const ask = (selection: Selection = {}) =>
    line.sql.transaction((tx) => askReplay(tx, selection, { by: 'person:somebody', now: NOW }));
  const states = async (): Promise<string[]> =>
    (await listRejected(line.sql, {}, { before: null, limit: 100 })).map((row) => row.state);

  async function takeAll(decode = now): Promise<void> {
    await using worker = await line.work({ decode });
    await worker.done();
  }

  /** Two messages that came when the decoder could not read them. */
  async function twoRejected(): Promise<void> {
    await line.hear(line.appliance, reading(4, NOW));
    line.setClock(NOW + 1);
    await line.hear(line.appliance, reading(5, NOW + MINUTE));
    await takeAll(before);
    expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([]);
    line.notices.length = 0;
  }

  describe('a message in quarantine', () => {
    const ALL: QuarantineState[] = ['kept', 'waiting', 'replayed', 'accepted', 'refused', 'unreadable'];
    it.each<[QuarantineEvent, Partial<Record<QuarantineState, QuarantineState>>]>([
      ['ask', { kept: 'waiting', refused: 'waiting' }],
      ['append', { waiting: 'replayed' }],
      ['find-unreadable', { waiting: 'unreadable' }],
      ['accept', { waiting: 'accepted', replayed: 'accepted' }],
      ['refuse', { waiting: 'refused', replayed: 'refused' }],
      ['hear-nothing', { replayed: 'waiting' }],
    ])('at "%s" moves on only from where it may', (event, moves) => {
      for (const from of ALL) expect([from, next(QUARANTINE_LIFE, from, event)]).toEqual([from, moves[from] ?? null]);
    });

    it('is tried again as it came, once it can be read, and its appliance hears nothing of that', async () => {
      await twoRejected();
      const { id, total } = await ask();
      expect(total).toBe(2);
      expect(await replayById(line.sql, id)).toMatchObject({ total: 2, waiting: 2, accepted: 0 });
      line.setClock(NOW + HOUR);
      expect(await sweepReplays(deps(), NOW + HOUR)).toEqual({ done: 2, more: false });
      expect(await replayById(line.sql, id)).toMatchObject({ replayed: 2 });
      await takeAll();
      expect(await replayById(line.sql, id)).toMatchObject({
        accepted: 2,
        waiting: 0,
        replayed: 0,
        refused: 0,
        gone: 0,
      });
      expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([
        [0, 4, 1],
        [MINUTE, 5, 1],
      ]);
      expect(line.notices).toEqual([]);
    });

    it('is judged by its first receipt: what was a good stamp then still is', async () => {
      await twoRejected();
      line.setClock(NOW + 200 * 24 * HOUR);
      await ask();
      await sweepReplays(deps(), NOW + 200 * 24 * HOUR);
      await takeAll();
      expect(await states()).toEqual(['accepted', 'accepted']);
    });

    it('that is refused again has the new reason, and may be asked for once more', async () => {
      await line.hear(line.appliance, { readings: [{ at: NOW, values: { cabinet_temperature: 99, power: 60 } }] });
      await takeAll(before);
      const { id } = await ask();
      await sweepReplays(deps(), NOW);
      await takeAll();
      expect(await replayById(line.sql, id)).toMatchObject({ refused: 1 });
      const [row, ...more] = await listQuarantine(line.sql, { limit: 10 });
      expect(more).toEqual([]);
      expect(row).toMatchObject({ state: 'refused', reason: expect.stringContaining('plausible range') as string });
      expect(await line.stored(line.appliance, 'power')).toEqual([[0, 60, 1]]);
      expect(await ask()).toMatchObject({ total: 1 });
      expect(await states()).toEqual(['waiting']);
    });

    it('that was accepted is not tried again', async () => {
      await twoRejected();
      await ask();
      await sweepReplays(deps(), NOW);
      await takeAll();
      expect(await ask()).toMatchObject({ total: 0 });
    });

    it('is chosen by id, appliance, reason or time of receipt', async () => {
      await twoRejected();
      const [second, first] = await listRejected(line.sql, {}, { before: null, limit: 10 });
      const chosen = async (selection: Selection) =>
        (await listRejected(line.sql, selection, { before: null, limit: 10 })).map(({ id }) => id);
      expect(await chosen({ ids: [first!.id] })).toEqual([first!.id]);
      expect(await chosen({ reason: 'too old' })).toEqual([second!.id, first!.id]);
      expect(await chosen({ reason: 'too young' })).toEqual([]);
      expect(await chosen({ from: NOW + 1 })).toEqual([second!.id]);
      expect(await chosen({ to: NOW + 1 })).toEqual([first!.id]);
      expect(await chosen({ appliance: line.appliance })).toHaveLength(2);
      expect(await ask({ ids: [first!.id] })).toMatchObject({ total: 1 });
      expect(await states()).toEqual(['kept', 'waiting']);
      const page = await listRejected(line.sql, {}, { before: { at: NOW + 1, id: second!.id }, limit: 10 });
      expect(page.map(({ id }) => id)).toEqual([first!.id]);
    });

    it('of somebody who is erased cannot be tried, and says so; one that was deleted is gone', async () => {
      await twoRejected();
      const { id } = await ask();
      await deleteKey(line.sql, line.appliance);
      expect(await sweepReplays(deps(), NOW)).toEqual({ done: 2, more: false });
      expect(await replayById(line.sql, id)).toMatchObject({ unreadable: 2 });
      await line.sql.transaction((tx) => forgetAppliances(tx, [line.appliance]));
      expect(await replayById(line.sql, id)).toMatchObject({ unreadable: 0, gone: 2 });
      expect(await ask()).toMatchObject({ total: 0 });
    });

    it('waits while the log takes nothing', async () => {
      await twoRejected();
      await ask();
      const closed = deps({ log: { append: (_record, done) => done(new Error('the log is full')) } });
      expect(await sweepReplays(closed, NOW)).toEqual({ done: 0, more: true });
      expect(await states()).toEqual(['waiting', 'waiting']);
      expect(await sweepReplays(deps(), NOW)).toEqual({ done: 2, more: false });
    });

    it('that nobody heard of for a day is appended once more', async () => {
      await twoRejected();
      await ask();
      await sweepReplays(deps({ log: { append: (_record, done) => done(null) } }), NOW);
      expect(await states()).toEqual(['replayed', 'replayed']);
      await sweepReplays(deps(), NOW + 25 * HOUR);
      await takeAll();
      expect(await states()).toEqual(['accepted', 'accepted']);
    });
  });

  describe('a replay', () => {
    const EVENTS = ['sweep', 'sweep, killed before it noted what it appended', 'take', 'later', 'ask again'] as const;

    it('that is killed anywhere stores everything once, and both balances hold', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.constantFrom(...EVENTS), { maxLength: 8 }), async (events) => {
          await line[Symbol.asyncDispose]();
          line = await openLine(database.sql);
          await twoRejected();
          await ask();
          let at = NOW;
          for (const event of events) {
            if (event === 'sweep') await sweepReplays(deps(), at);
            if (event === 'sweep, killed before it noted what it appended')
              await sweepReplays(deps({ sql: dyingBefore(line.sql, 'set state = $1, replayed_at') }), at).catch(
                () => {},
              );
            if (event === 'take') await takeAll();
            if (event === 'later') at += 2 * MINUTE;
            if (event === 'ask again') await ask();
          }
          await sweepReplays(deps(), at + 2 * MINUTE);
          await takeAll();
          expect(await states()).toEqual(['accepted', 'accepted']);
          expect(await line.stored(line.appliance, 'cabinet_temperature')).toEqual([
            [0, 4, 1],
            [MINUTE, 5, 1],
          ]);
          await checkCounts({ sql: line.sql, now: () => at });
          expect(await standingDifferences(line.sql)).toEqual([]);
          const day = NOW - (NOW % (24 * HOUR));
          const [counts] = await line.sql.query<{ fresh: number; late: number }>(
            'select fresh, late from app.ledger_day',
          );
          const held = await line.store.count({ appliance: line.appliance, from: day, to: day + 24 * HOUR });
          expect(held).toBe(2);
          expect(counts!.fresh).toBeLessThanOrEqual(held);
          expect(counts!.fresh + counts!.late).toBeGreaterThanOrEqual(held);
        }),
        { numRuns: 12, seed: 20_260_304 },
      );
    }, 120_000);

    it('does a part at a time, and two who sweep at once do each part once', async () => {
      for (let index = 0; index < 450; index++) await line.hear(line.appliance, reading(4, NOW + index), NOW + index);
      await takeAll(before);
      const { id } = await ask();
      const sweeps = await Promise.all([sweepReplays(deps(), NOW), sweepReplays(deps(), NOW)]);
      expect(sweeps.map(({ done }) => done)).toEqual([200, 200]);
      expect(sweeps.map(({ more }) => more)).toEqual([true, true]);
      expect(await replayById(line.sql, id)).toMatchObject({ total: 450, replayed: 400, waiting: 50 });
      expect(await sweepReplays(deps(), NOW)).toEqual({ done: 50, more: false });
      await takeAll();
      expect(await replayById(line.sql, id)).toMatchObject({ accepted: 450 });
      expect(await line.stored(line.appliance, 'cabinet_temperature')).toHaveLength(450);
    });
  });
}

/** The process dies right before this statement. */
const dyingBefore = (sql: Sql, statement: string): Sql => ({
  query: async (text, params) => {
    if (text.includes(statement) && !text.includes('claimed_until = 0')) throw new Error('killed');
    return sql.query(text, params);
  },
  transaction: (work) => sql.transaction(work),
  listen: (channel, heard) => sql.listen(channel, heard),
});
