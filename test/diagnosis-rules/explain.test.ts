// Why, why not, and what would have to change: from the history of an appliance, by the evaluator that judges live.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LogRecord, type Reader, say } from '#contracts';
import {
  diagnosisTables,
  type Explainer,
  FEATURE_WORDS,
  featureNames,
  moveVersion,
  openExplainer,
  shipRules,
} from '#diagnosis-rules';
import { type DuckdbReadings, openDuckdbReadings } from '#engines/duckdb';
import { makeDecode, momentsOf } from '#ingest';
import { loadModels, neutralCode } from '#registry';
import { DAY, factRecord, HOUR, MINUTE, migrate } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { FRIDGE, lifeOf, NOON, telemetry } from './life.ts';

const MODEL = 'stethos-reference-fridge';
const ENGLISH: Reader = { language: 'en', timeZone: 'UTC', temperatureUnit: 'C' };
const CHINESE: Reader = { ...ENGLISH, language: 'zh' };
const OTHER = '01890a5d-ac96-774b-bcce-b302099a8058';

/** Warm: above 8, back below 7, for ten minutes; not while the door is open, or somebody hears a noise. */
const rule = (version: number, above = 8) => `id: test-warm
version: ${version}
kind: refrigerator
source: A rule of the tests.
reviewedBy: null
title: { en: Too warm, zh: 温度过高 }
summary:
  warning: { en: It is too warm inside., zh: 冰箱内温度过高。 }
wouldClear: { en: It closes when it is cold again., zh: 恢复低温后自动解除。 }
symptoms:
  warm:
    when: { feature: cabinet_temperature, above: ${above}, hysteresis: 1 }
    unless:
      - { feature: door_open_minutes, above: 5 }
      - { feature: reported_noise, is: true }
    forMinutes: 10
    clearMinutes: 30
    shows: cabinet_temperature
    base: 0.2
    text:
      present: { en: It is warm, zh: 温度偏高 }
      absent: { en: It is cold, zh: 温度正常 }
      unknown: { en: Not known, zh: 未知 }
opens:
  warm: warning
causes:
  unknown:
    name: { en: Not known, zh: 未知 }
    prior: 1
    explanation: { en: Not known., zh: 未知。 }
    remedy:
      by: owner
      steps:
        - { en: Wait., zh: 请等待。 }
`;

describe('what an explainer says, on PGlite', () => said(pgliteDatabase));
describeEngine('PostgreSQL', 'what an explainer says', () => said(postgresDatabase));

function said(open: () => Promise<TestDatabase>): void {
  const stack = new AsyncDisposableStack();
  let database: TestDatabase;
  let store: DuckdbReadings;
  let heard: LogRecord[] = [];
  let explain: Explainer;
  let position = 0;
  const decode = makeDecode(loadModels());

  beforeAll(async () => {
    database = stack.use(await open());
    const { sql } = database;
    await migrate(sql, diagnosisTables);
    const logger = { info() {}, warn() {}, error() {} };
    await shipRules({ sql, logger, files: [{ file: 'test-warm.yaml', text: rule(1) }] }, NOON - 40 * DAY);
    const folder = mkdtempSync(join(tmpdir(), 'stethos-explain-'));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    store = stack.use(await openDuckdbReadings({ file: join(folder, 'readings.duckdb') }));
    explain = openExplainer({
      sql,
      history: (query) => momentsOf(store, query),
      heard: async ({ from, to }) => heard.filter(({ at }) => at >= from && at < to),
      neutralCode,
    });
  });
  afterAll(() => stack.disposeAsync());

  async function stored(records: readonly LogRecord[]): Promise<void> {
    const moments = records.flatMap((record) => {
      const decoded = decode(record, ++position);
      return decoded.ok ? decoded.message.moments : [];
    });
    await store.write(moments, ++position);
  }
  const reading = (at: number, values: Record<string, number | boolean>, appliance = FRIDGE) =>
    telemetry(at, { readings: [{ at, values }] }, { appliance });
  /** Every minute of [from, to): so warm, with the door so. */
  const minutes = (from: number, to: number, temperature: number, door: boolean, appliance = FRIDGE): LogRecord[] =>
    Array.from({ length: (to - from) / MINUTE }, (_, index) =>
      reading(from + index * MINUTE, { cabinet_temperature: temperature, door_open: door }, appliance),
    );
  const ask = (at: number, { appliance = FRIDGE, since = 0 } = {}) =>
    explain({ appliance, kind: 'refrigerator', model: MODEL, at, since });
  const warmAt = async (at: number) => {
    const told = await ask(at);
    return { ...told.rules[0]!, warm: told.rules[0]!.symptoms[0]! };
  };

  it('is why it did not fire, what it would have needed, and what would have ended it', async () => {
    await stored([
      ...minutes(NOON, NOON + HOUR, 5, false),
      ...minutes(NOON + HOUR, NOON + HOUR + 8 * MINUTE, 9, false),
      ...minutes(NOON + HOUR + 8 * MINUTE, NOON + 2 * HOUR, 5, false),
      ...minutes(NOON + 2 * HOUR, NOON + 3 * HOUR, 10, true),
      ...minutes(NOON + 3 * HOUR, NOON + 4 * HOUR, 10, false),
      ...minutes(NOON + 4 * HOUR, NOON + 4 * HOUR + 20 * MINUTE, 4, false),
    ]);

    const cold = await warmAt(NOON + 30 * MINUTE);
    expect(cold).toMatchObject({ state: 'quiet', openedAt: null, liveThen: true, wouldClear: null });
    expect(cold.warm).toMatchObject({ state: 'absent', measured: { value: 5, unit: 'Cel' }, wouldClear: null });
    expect(say(cold.warm.wouldAppear!, ENGLISH)).toBe('fridge temperature above 8 °C, for 10 min');
    expect(say(cold.warm.wouldAppear!, CHINESE)).toBe('冷藏室温度高于 8 °C，并持续 10 分钟');
    expect(say(cold.warm.wouldAppear!, { ...ENGLISH, temperatureUnit: 'F' })).toBe(
      'fridge temperature above 46 °F, for 10 min',
    );

    const coming = await warmAt(NOON + HOUR + 7 * MINUTE);
    expect(coming.state).toBe('coming');
    expect(coming.warm).toMatchObject({ state: 'pending', since: NOON + HOUR });
    expect(say(coming.warm.wouldAppear!, ENGLISH)).toBe('it stays so for another 3 min');

    // It was warm enough and long enough; the door explained it.
    const excused = await warmAt(NOON + 2 * HOUR + 50 * MINUTE);
    expect(excused.state).toBe('quiet');
    expect(excused.warm.when).toMatchObject([
      { join: 'feature', truth: 'yes', value: { value: 10 }, threshold: { value: 8 } },
    ]);
    expect(excused.warm.unless).toMatchObject([
      [{ truth: 'yes', feature: 'door_open_minutes' }],
      [{ truth: 'unknown' }],
    ]);
    expect(say(excused.warm.wouldAppear!, ENGLISH)).toBe('time the door has stood open: less than 5 min, for 10 min');

    const open = await warmAt(NOON + 3 * HOUR + 30 * MINUTE);
    expect(open).toMatchObject({ state: 'open', severity: 'warning', openedAt: NOON + 3 * HOUR + 10 * MINUTE });
    expect(open.causes).toMatchObject([{ cause: 'unknown', probability: 1 }]);
    expect(open.warm.when[0]).toMatchObject({
      threshold: { value: 8, unit: 'Cel' },
      hysteresis: { value: 1, unit: 'K' },
    });
    expect(say(open.wouldClear!, ENGLISH)).toBe('fridge temperature below 7 °C, for 30 min');

    const ending = await warmAt(NOON + 4 * HOUR + 10 * MINUTE);
    expect(ending.state).toBe('open');
    expect(say(ending.wouldClear!, ENGLISH)).toBe('it stays so for another 20 min');
  });

  it('is the same whatever came after that time', async () => {
    const before = await ask(NOON + 90 * MINUTE);
    await stored(minutes(NOON + 5 * HOUR, NOON + 6 * HOUR, 20, false));
    expect(await ask(NOON + 90 * MINUTE)).toEqual(before);
  });

  it('says that there were no readings, or only old ones', async () => {
    expect(await ask(NOON, { appliance: OTHER })).toMatchObject({ newestAt: null, fresh: false, rules: [], usual: [] });
    expect(await ask(NOON - HOUR)).toMatchObject({ newestAt: null, rules: [] });
    const after = await ask(NOON + 9 * HOUR);
    expect(after).toMatchObject({ newestAt: NOON + 6 * HOUR - MINUTE, fresh: false });
    expect(after.rules[0]!.symptoms[0]!.when).toMatchObject([{ truth: 'unknown', value: null }]);
    expect(await ask(NOON + 10 * MINUTE)).toMatchObject({ fresh: true });
  });

  it('looks at nothing from before it may', async () => {
    expect(await ask(NOON + HOUR, { since: NOON + HOUR })).toMatchObject({ from: NOON + HOUR, newestAt: NOON + HOUR });
  });

  it('hears what was heard beside readings', async () => {
    heard = [factRecord('report', NOON + 2 * HOUR, FRIDGE, { codes: ['noise'], by: OTHER })];
    const told = await warmAt(NOON + 3 * HOUR + 30 * MINUTE);
    heard = [];
    expect(told.state).toBe('quiet');
    expect(say(told.warm.wouldAppear!, ENGLISH)).toBe('nobody reports any more: a noise, for 10 min');
  });

  it('asks the version that was live then', async () => {
    const { sql } = database;
    const logger = { info() {}, warn() {}, error() {} };
    await shipRules({ sql, logger, files: [{ file: 'test-warm.yaml', text: rule(2, 4) }] }, NOON + 2 * HOUR);
    expect(await warmAt(NOON + 30 * MINUTE)).toMatchObject({ version: 1, state: 'quiet', liveThen: true });
    expect(await warmAt(NOON + 2 * HOUR + MINUTE)).toMatchObject({ version: 2, liveThen: true });
    expect(await warmAt(NOON + 30 * MINUTE)).toMatchObject({ version: 1 });
    // Before there was any rule, the one of now is asked.
    const long = NOON - 45 * DAY;
    await stored([reading(long, { cabinet_temperature: 5 }, OTHER)]);
    const [asked] = (await ask(long, { appliance: OTHER })).rules;
    expect(asked).toMatchObject({ version: 2, liveThen: false, state: 'coming' });
    await sql.transaction((tx) =>
      moveVersion(tx, { rule: 'test-warm', version: 2, move: 'retire', note: '', by: null, now: NOON + 3 * HOUR }),
    );
    expect((await ask(NOON + 4 * HOUR)).rules).toEqual([]);
  });

  it('says beside it what was found and kept at that time', async () => {
    const [id, openedAt] = [OTHER, NOON + 20 * MINUTE];
    await database.sql.query(
      `insert into app.finding (id, appliance, problem, state, opened_at, closed_at, body)
       values ($1, $2, 'test-warm', 'closed', $3, $4, $5)`,
      [id, FRIDGE, openedAt, NOON + 40 * MINUTE, JSON.stringify({ severity: 'critical', answers: [] })],
    );
    const found = async (at: number) => (await ask(at)).rules[0]!.finding;
    expect(await found(NOON + 19 * MINUTE)).toBeNull();
    expect(await found(NOON + 30 * MINUTE)).toEqual({ id, openedAt, severity: 'critical' });
    expect(await found(NOON + 41 * MINUTE)).toBeNull();
  });

  it('lets only so many wait', async () => {
    const all = await Promise.allSettled(Array.from({ length: 9 }, () => ask(NOON)));
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({ reason: { code: 'too-many-asking' } });
  });
}

describe('the rules that ship', () => {
  it('explain a whole life without a word missing, in both languages', async () => {
    await using database = await pgliteDatabase();
    const { sql } = database;
    await migrate(sql, diagnosisTables);
    await shipRules({ sql, logger: { info() {}, warn() {}, error() {} } }, NOON);
    const decode = makeDecode(loadModels());
    const life = lifeOf({ seed: 3, until: NOON + 3 * HOUR, episodes: [{ what: 'door-left-open', fromMs: 2 * HOUR }] });
    const moments = life.flatMap((record, at) => {
      const decoded = record.kind === 'message' ? decode(record, at) : null;
      return decoded?.ok ? decoded.message.moments : [];
    });
    const explain = openExplainer({
      sql,
      history: async ({ from, to }) => moments.filter(({ at }) => at >= from && at < to),
      heard: async () => [],
    });
    const told = await explain({
      appliance: FRIDGE,
      kind: 'refrigerator',
      model: MODEL,
      at: NOON + 3 * HOUR,
      since: 0,
    });
    const cooling = told.rules.find(({ rule: id }) => id === 'refrigerator-cooling')!;
    expect(cooling.state).toBe('open');
    expect(cooling.wouldClear).not.toBeNull();
    for (const { symptoms, wouldClear } of told.rules) {
      const phrases = symptoms.flatMap((symptom) => [
        ...[symptom.wouldAppear, symptom.wouldClear],
        ...[...symptom.when, ...symptom.unless.flat()].map(({ text }) => text),
      ]);
      for (const phrase of [...phrases, wouldClear]) {
        if (!phrase) continue;
        // Every number in the words has its value, and no code shows through.
        expect(say(phrase, ENGLISH)).not.toMatch(/[{}_]/);
        expect(say(phrase, CHINESE)).not.toMatch(/[{}_]/);
      }
    }
  });

  it('have words for every feature, and no words for what is none', () => {
    expect([...FEATURE_WORDS.keys()].sort()).toEqual([...featureNames()].sort());
    for (const { name, yes, no } of FEATURE_WORDS.values())
      for (const phrase of [name, ...(yes && no ? [yes, no] : [])]) expect(phrase.zh).toMatch(/\p{Script=Han}/u);
  });
});
