// Backtests on real engines: what they find is worked out by hand; whatever interrupts them changes nothing.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BacktestState, type Comparison, type Finding, type FindingChange, type Id, type Moment } from '#contracts';
import {
  askBacktest,
  BACKTEST_LIFE,
  type BacktestEvent,
  backtestById,
  backtestLines,
  backtestResult,
  diagnosisTables,
  forgetBacktests,
  foundPairs,
  type Heard,
  type History,
  interruptBacktest,
  openBacktests,
  resumeBacktest,
  ruleFiles,
} from '#diagnosis-rules';
import { type DuckdbReadings, openDuckdbReadings } from '#engines/duckdb';
import { ingestTables, momentsOf } from '#ingest';
import { registryTables } from '#registry';
import { DAY, factRecord, HOUR, type Logger, MINUTE, manualClock, migrate, next, type Sql } from '#runtime';
import { Episodes } from '../../diagnosis-rules/backtest/episodes.ts';
import { heardBeside } from '../../diagnosis-rules/backtest/history.ts';
import { paired } from '../../diagnosis-rules/backtest/match.ts';
import { coolingFails } from '../api/platform.ts';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { judge, KNOWN_FOR, lifeOf, NOON, toReadings } from './life.ts';
import { ruleText } from './rule-text.ts';

const FROM = Date.UTC(2026, 2, 2);
const TO = FROM + 2 * DAY;
const [ONE, TWO, THREE] = [1, 2, 3].map((n) => `01890a5d-ac96-774b-bcce-00000000000${n}`) as [Id, Id, Id];
const HOME = '01890a5d-ac96-774b-bcce-0000000000aa';
const quiet: Logger = { info() {}, warn() {}, error() {} };
const nothingHeard: Heard = async () => [];
const model = 'stethos-reference-fridge';

describe('what may become of a backtest', () => {
  const EVENTS: readonly BacktestEvent[] = ['begin', 'finish', 'fail', 'interrupt', 'resume'];
  const EXPECTED: Record<BacktestState, readonly (BacktestState | null)[]> = {
    waiting: ['running', null, null, 'interrupted', null],
    running: ['running', 'done', 'failed', 'interrupted', null],
    done: [null, null, null, null, null],
    interrupted: [null, null, null, null, 'waiting'],
    failed: [null, null, null, null, 'waiting'],
  };
  for (const state of BacktestState.options) {
    it(`that is ${state}`, () => {
      expect(EVENTS.map((event) => next(BACKTEST_LIFE, state, event))).toEqual(EXPECTED[state]);
    });
  }
});

describe('findings of two versions', () => {
  const span = (openedAt: number, closedAt: number | null) => ({ openedAt, closedAt });

  it('are the same where they overlap, each at most once', () => {
    const [a, late, alone] = [span(0, 10), span(20, null), span(12, 15)];
    const [b, again, open] = [span(5, 7), span(8, 9), span(30, null)];
    expect(paired([a, alone, late], [b, again, open])).toEqual([
      { a, b },
      { a: null, b: again },
      { a: alone, b: null },
      { a: late, b: open },
    ]);
  });

  it('that only touch are two', () => {
    expect(paired([span(0, 10)], [span(10, 20)])).toHaveLength(2);
  });
});

describe('a visit', () => {
  const { causes } = coolingFails(ONE);
  const [technicians, owners] = [causes[0]!, causes[1]!];

  /** [minutes, leading cause, improving] of each change; closed at the last minute. */
  function visits(changes: readonly [number, Finding['causes'][number], boolean?][], closedMinutes: number): boolean {
    const episodes = new Episodes();
    const finding = coolingFails(ONE, { openedAt: FROM });
    const said = (minutes: number, more: Partial<Finding>): Finding => ({
      ...finding,
      changedAt: FROM + minutes * MINUTE,
      ...more,
    });
    for (const [minutes, cause, improving = false] of changes) {
      const change: FindingChange['change'] = minutes === 0 ? 'opened' : 'changed';
      episodes.add({ id: finding.id, change, finding: said(minutes, { causes: [cause], improving }) });
    }
    const closedAt = FROM + closedMinutes * MINUTE;
    episodes.add({ id: finding.id, change: 'closed', finding: said(closedMinutes, { state: 'closed', closedAt }) });
    return episodes.end(TO)[0]!.visit;
  }

  it('is sent when a technician is needed for an hour', () => {
    expect(visits([[0, technicians]], 60)).toBe(true);
    expect(visits([[0, technicians]], 59)).toBe(false);
  });

  it('is not sent for what the owner mends, nor for what is getting better', () => {
    expect(visits([[0, owners]], 600)).toBe(false);
    expect(visits([[0, technicians, true]], 600)).toBe(false);
  });

  it('is sent when the owner had his time and it is still there', () => {
    expect(
      visits(
        [
          [0, owners],
          [120, technicians],
        ],
        180,
      ),
    ).toBe(true);
  });

  it('is not taken back by what is said later, and the hour is without a break', () => {
    expect(
      visits(
        [
          [0, technicians],
          [60, owners],
        ],
        70,
      ),
    ).toBe(true);
    expect(
      visits(
        [
          [0, technicians],
          [40, owners],
          [50, technicians],
        ],
        100,
      ),
    ).toBe(false);
  });
});

describe('a backtest on PGlite', () => backtests(pgliteDatabase));
describeEngine('PostgreSQL', 'a backtest', () => backtests(postgresDatabase));

function backtests(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  let store: DuckdbReadings;
  let folder: string;
  const { clock } = manualClock(TO + DAY);

  beforeAll(async () => {
    database = await open();
    sql = database.sql;
    await migrate(sql, [...registryTables, ...ingestTables, ...diagnosisTables]);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-backtest-'));
    store = await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') });
    let position = 0;
    const write = async (appliance: Id, from: number, warm: readonly [number, number, number][]) => {
      const moments: Moment[] = [];
      for (let at = from; at < TO; at += MINUTE) {
        const [, , value] = warm.find(([begin, end]) => at >= begin && at < end) ?? [0, 0, 4];
        const readings = [{ signal: 'cabinet_temperature', value, mapped: true }];
        moments.push({ appliance, kind: 'refrigerator', at, position: position++, readings });
      }
      await store.write(moments, position);
    };
    // Above 8 and 9, above 8 only, twice above both; and before the span, which counts for nobody.
    await write(ONE, FROM - DAY, [
      [FROM - 5 * HOUR, FROM - 4 * HOUR, 12],
      [FROM + 2 * HOUR, FROM + 4 * HOUR, 10],
      [FROM + DAY, FROM + DAY + 30 * MINUTE, 8.5],
    ]);
    await write(TWO, FROM - DAY, [
      [FROM + 3 * HOUR, FROM + 3 * HOUR + 10 * MINUTE, 8.5],
      [FROM + 3 * HOUR + 10 * MINUTE, FROM + 5 * HOUR, 9.5],
      [TO - HOUR, TO, 12],
    ]);
  });
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => sql.query('delete from app.backtest'));

  const history: History = (query) => momentsOf(store, query);
  const runner = (more: { history?: History; heard?: Heard; owner?: string } = {}) =>
    openBacktests({
      ...{ sql, clock, logger: quiet, owner: 'alone', history, heard: nothingHeard },
      kindOf: () => 'refrigerator',
      ...more,
    });
  const tried = (version: number, above: number) => ({
    ...{ rule: 'test-warm', version },
    text: ruleText({ version, above }),
  });
  const ask = (more: Partial<Parameters<typeof askBacktest>[1]> = {}): Promise<Id> =>
    askBacktest(sql, {
      rule: tried(1, 8),
      against: tried(2, 9),
      ...{ from: FROM, to: TO, warmUpDays: 1, scope: { ids: null, model: null }, by: null, now: TO },
      appliances: [
        { id: ONE, model, household: HOME },
        { id: TWO, model, household: HOME },
        { id: THREE, model, household: null },
      ],
      ...more,
    });
  const rows = (backtest: Id) =>
    sql.query(
      `select side, id, appliance, household, opened_at, closed_at, severity, cause, probability, visit, other
         from app.backtest_finding where backtest = $1 order by appliance, opened_at, side`,
      [backtest],
    );
  const result = async (id: Id): Promise<Comparison> => backtestResult(sql, (await backtestById(sql, id))!);

  /** From the start of the span. */
  const hour = (hours: number): number => FROM + hours * HOUR;

  it('says what fires, when, in how many homes, and what differs between the versions', async () => {
    const id = await ask();
    await using running = runner();
    expect(await running.sweep()).toBe(1);
    expect(await backtestById(sql, id)).toMatchObject({
      ...{ state: 'done', appliances: 3, done: 3, applianceDays: 4, silent: 1, finishedAt: clock.now(), error: null },
    });
    const { items } = await foundPairs(sql, { backtest: id, which: 'all', cursor: null, limit: 50 });
    const spans = items.map(({ appliance, a, b }) => [
      appliance,
      a && [a.openedAt, a.closedAt],
      b && [b.openedAt, b.closedAt],
    ]);
    expect(spans).toEqual([
      [TWO, [TO - HOUR, null], [TO - HOUR, null]],
      [ONE, [hour(24), hour(24.5)], null],
      [TWO, [hour(3), hour(5)], [hour(3) + 10 * MINUTE, hour(5)]],
      [ONE, [hour(2), hour(4)], [hour(2), hour(4)]],
    ]);
    const { a, b, difference } = await result(id);
    // The door is as likely as the compressor is worn where nobody looked: the first leads, and its remedy is the owner's.
    expect(a).toMatchObject({ findings: 4, stillOpen: 1, appliances: 2, homes: 1, visits: 0 });
    expect(a.bySeverity).toEqual([
      { severity: 'critical', findings: 0 },
      { severity: 'warning', findings: 4 },
      { severity: 'notice', findings: 0 },
    ]);
    expect(a.byCause).toMatchObject([{ cause: 'door-left-open', name: { zh: '门没有关好' }, findings: 4, visits: 0 }]);
    expect(b).toMatchObject({ findings: 3, appliances: 2 });
    expect(difference).toEqual({
      ...{ both: 3, onlyA: 1, onlyB: 0, earlier: 0, later: 1, medianLaterMinutes: 0 },
      ...{ visitsOnlyA: 0, visitsOnlyB: 0 },
    });
  });

  it('hears what people answered and what else is kept, where it was said', async () => {
    const finding = coolingFails(ONE, {
      problem: 'test-warm',
      state: 'closed',
      answers: [{ question: 'door-closed', answer: 'it-is', at: hour(2.5) }],
    });
    await sql.query(
      `insert into app.finding (id, appliance, problem, state, opened_at, closed_at, body) values ($1, $2, $3, $4, $5, $6, $7)`,
      [finding.id, ONE, 'test-warm', 'closed', hour(2), hour(4), JSON.stringify(finding)],
    );
    const asked: [Id, number, number][] = [];
    const heard: Heard = async ({ appliance, from, to }) => {
      asked.push([appliance, from, to]);
      const rest = factRecord('presence', hour(1), appliance, { restsUntil: null, by: appliance });
      return from <= rest.at && rest.at < to ? [rest] : [];
    };
    const id = await ask({ against: null });
    await using running = runner({ heard });
    await running.sweep();
    await sql.query('delete from app.finding');
    const { a, b, difference } = await result(id);
    // The door was shut: a technician is needed from then on, for the hour and a half that it lasted.
    expect([a.findings, a.visits, b, difference]).toEqual([4, 1, null, null]);
    expect(a.byCause).toMatchObject([
      { cause: 'door-left-open', findings: 3, visits: 0 },
      { cause: 'compressor-worn', findings: 1, visits: 1 },
    ]);
    expect(asked).toEqual([ONE, TWO, THREE].map((one) => [one, FROM - DAY, TO]));
  });

  it('judges by what was usual for the model at that time', async () => {
    const known = async (at: number): Promise<void> => {
      await sql.query('insert into app.cohort (model, at, appliances, usual) values ($1, $2, 5, $3)', [model, at, {}]);
    };
    for (const at of [FROM - 3 * DAY, FROM - 2 * DAY, hour(5), TO]) await known(at);
    const beside = await heardBeside(
      { sql, history, heard: nothingHeard },
      { appliance: ONE, kind: 'refrigerator', model, from: FROM - DAY, to: TO },
    );
    await sql.query('delete from app.cohort');
    expect(beside.map(({ kind, at }) => [kind, at])).toEqual([
      ['cohort', FROM - DAY],
      ['cohort', hour(5)],
    ]);
  });

  it('that dies in the middle is taken over, ends the same, and the dead can write no more', async () => {
    const uninterrupted = await ask();
    await using first = runner();
    await first.sweep();

    const id = await ask();
    const stuck = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const stops: History = async (query) => {
      if (query.appliance === TWO && query.from > FROM) {
        reached.resolve();
        await stuck.promise;
      }
      return history(query);
    };
    const dead = runner({ history: stops, owner: 'dead' });
    const died = dead.sweep();
    await reached.promise;
    expect(await backtestById(sql, id)).toMatchObject({ state: 'running', done: 1 });

    // Nobody else runs it while it may be alive.
    await using heir = runner({ owner: 'heir' });
    expect(await heir.sweep()).toBe(0);
    await sql.query('update app.backtest set claimed_until = 0 where id = $1', [id]);
    expect(await heir.sweep()).toBe(1);
    const found = await rows(id);
    stuck.resolve();
    expect(await died).toBe(0);
    await dead[Symbol.asyncDispose]();
    expect(found).toEqual(await rows(uninterrupted));
    expect(await rows(id)).toEqual(found);
    expect(await backtestById(sql, id)).toMatchObject({ state: 'done', done: 3, applianceDays: 4, silent: 1 });
  });

  it('is interrupted, goes on where it was, and ends the same', async () => {
    const uninterrupted = await ask();
    await using running = runner();
    await running.sweep();
    const id = await ask();
    const seen: Id[] = [];
    let interrupt = true;
    await using other = runner({
      history: async (query) => {
        if (query.appliance === TWO && interrupt) await sql.transaction((tx) => interruptBacktest(tx, id));
        interrupt &&= query.appliance !== TWO;
        seen.push(query.appliance);
        return history(query);
      },
    });
    expect(await other.sweep()).toBe(0);
    expect(await backtestById(sql, id)).toMatchObject({ state: 'interrupted', done: 1 });
    await expect(sql.transaction((tx) => interruptBacktest(tx, id))).rejects.toMatchObject({ code: 'wrong-state' });
    seen.length = 0;
    await sql.transaction((tx) => resumeBacktest(tx, id));
    expect(await other.sweep()).toBe(1);
    expect(new Set(seen)).toEqual(new Set([TWO, THREE]));
    expect(await rows(id)).toEqual(await rows(uninterrupted));
  });

  it('waits while the store is away, and says so', async () => {
    const id = await ask({ appliances: [{ id: ONE, model, household: null }] });
    let away = 2;
    const waited: boolean[] = [];
    await using running = runner({
      history: async (query) => {
        waited.push((await backtestById(sql, id))!.waitsForReadings);
        if (away-- > 0) throw new Error('the store is away');
        return history(query);
      },
    });
    expect(await running.sweep()).toBe(1);
    expect(waited.slice(0, 3)).toEqual([false, true, true]);
    expect(await backtestById(sql, id)).toMatchObject({ state: 'done', waitsForReadings: false });
  });

  it('leaves the rest to the next start when the platform stops', async () => {
    const id = await ask();
    const reached = Promise.withResolvers<void>();
    const stopping = runner({
      history: async (query) => {
        if (query.appliance === TWO) reached.resolve();
        return history(query);
      },
    });
    const sweeping = stopping.sweep();
    await reached.promise;
    await stopping[Symbol.asyncDispose]();
    expect(await sweeping).toBe(0);
    await using again = runner({ owner: 'another' });
    expect(await again.sweep()).toBe(1);
    expect((await result(id)).difference).toMatchObject({ both: 3, onlyA: 1 });
  });

  it('that takes the process with it again and again is given up', async () => {
    const id = await ask();
    await sql.query("update app.backtest set state = 'running', attempts = 5 where id = $1", [id]);
    await using running = runner();
    await running.sweep();
    expect(await backtestById(sql, id)).toMatchObject({ state: 'failed' });
    await sql.transaction((tx) => resumeBacktest(tx, id));
    expect(await running.sweep()).toBe(1);
  });

  it('says what live said of the same readings', async () => {
    const [from, until] = [NOON - KNOWN_FOR, NOON + 8 * HOUR];
    const door = { what: 'door-left-open', fromMs: 2 * HOUR, untilMs: 2.75 * HOUR } as const;
    const life = lifeOf({ seed: 5, until, episodes: [door] });
    const said = judge(life);
    const decoded = life.flatMap((record, position) => toReadings(record, position)?.moments ?? []);
    const another: Id = '01890a5d-ac96-774b-bcce-0000000000bb';
    const mine = decoded.map((moment) => ({ ...moment, appliance: another }));
    await store.write(mine, mine.length, 7);
    const { text } = ruleFiles().find(({ file }) => file === 'refrigerator-cooling.yaml')!;
    const id = await ask({
      ...{ rule: { rule: 'refrigerator-cooling', version: 1, text }, against: null, from, to: until, warmUpDays: 0 },
      appliances: [{ id: another, model, household: null }],
    });
    await using running = runner();
    await running.sweep();
    const { items } = await foundPairs(sql, { backtest: id, which: 'all', cursor: null, limit: 50 });
    const told = (change: FindingChange['change']) =>
      said.filter((one) => one.change === change && one.finding.problem === 'refrigerator-cooling');
    const found = items.map(({ a }) => a!).reverse();
    expect(found.map(({ openedAt }) => openedAt)).toEqual(told('opened').map(({ finding }) => finding.openedAt));
    expect(found.map(({ closedAt }) => closedAt)).toEqual(told('closed').map(({ finding }) => finding.closedAt));
    expect(found).toHaveLength(1);
  });

  it('is forgotten when it is old and over', async () => {
    const [over, waiting] = [await ask(), await ask({ now: TO + 1 })];
    await sql.transaction((tx) => interruptBacktest(tx, over));
    await forgetBacktests(sql, TO);
    expect(await backtestById(sql, over)).not.toBeNull();
    await forgetBacktests(sql, TO + DAY);
    expect([await backtestById(sql, over), (await backtestById(sql, waiting))?.id]).toEqual([null, waiting]);
  });

  it('is a file, as lines of JSON or as a table', async () => {
    const id = await ask();
    await using running = runner();
    await running.sweep();
    const lines = async (format: 'ndjson' | 'csv') => {
      const all: string[] = [];
      for await (const line of backtestLines(sql, id, format)) if (line !== '') all.push(line);
      return all;
    };
    const json = (await lines('ndjson')).map((line) => JSON.parse(line) as { a: object; b: object | null });
    expect(json).toHaveLength(4);
    expect(json[1]).toEqual({
      appliance: ONE,
      household: HOME,
      a: {
        ...{ openedAt: new Date(hour(24)).toISOString(), closedAt: new Date(hour(24.5)).toISOString() },
        ...{ severity: 'warning', cause: 'door-left-open', probability: expect.any(Number), visit: false },
      },
      b: null,
    });
    const csv = await lines('csv');
    expect(csv).toHaveLength(5);
    expect(csv[0]!.split(',')).toHaveLength(14);
    expect(csv[2]!.trimEnd().split(',').slice(8)).toEqual(['', '', '', '', '', '']);
  });
}
