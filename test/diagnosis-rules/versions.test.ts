import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LogRecord, newId, RulesBody, RuleVersionState } from '#contracts';
import {
  changesBetween,
  checkRule,
  currentRules,
  deliverRules,
  diagnosisTables,
  editDraft,
  judgedRules,
  linesBetween,
  listRuleVersions,
  moveVersion,
  RuleMistakes,
  ruleFiles,
  ruleMoves,
  ruleVersion,
  shipRules,
  VERSION_LIFE,
  type VersionEvent,
  writeDraft,
} from '#diagnosis-rules';
import { type Logger, type LogWriter, migrate, next, PlatformError, type Sql } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { ruleText } from './rule-text.ts';

const NOW = Date.UTC(2026, 2, 2, 9);

describe('the life of a version', () => {
  const table: Record<VersionEvent, Partial<Record<RuleVersionState, RuleVersionState>>> = {
    try: { draft: 'trial', retired: 'trial' },
    publish: { draft: 'live', trial: 'live' },
    retire: { draft: 'retired', trial: 'retired', live: 'retired' },
    'give-way': { trial: 'retired', live: 'retired' },
    'roll-back': { retired: 'live' },
  };
  const rows = Object.entries(table).flatMap(([event, to]) =>
    RuleVersionState.options.map((state) => [state, event as VersionEvent, to[state] ?? null] as const),
  );
  it.each(rows)('%s, %s -> %s', (state, event, to) => {
    expect(next(VERSION_LIFE, state, event)).toBe(to);
  });
});

describe('versions on PGlite', () => versions(pgliteDatabase));
describeEngine('PostgreSQL', 'versions', () => versions(postgresDatabase));

function versions(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  const said: { level: string; message: string }[] = [];
  const note = (level: string) => (_: object, message: string) => void said.push({ level, message });
  const logger: Logger = { info: note('info'), warn: note('warn'), error: note('error') };

  beforeAll(async () => {
    database = await open();
    sql = database.sql;
    await migrate(sql, diagnosisTables);
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    said.length = 0;
    for (const table of ['rule_version', 'rule_move', 'rule_publication']) await sql.query(`delete from app.${table}`);
  });

  const write = (text: string) =>
    sql.transaction((tx) => writeDraft(tx, { text, note: '', source: 'written', author: null, now: NOW }));
  const move = (version: number, event: Exclude<VersionEvent, 'give-way'>, by: string | null = null) =>
    sql.transaction((tx) => moveVersion(tx, { rule: 'test-warm', version, move: event, note: 'why', by, now: NOW }));
  const ship = (...texts: string[]) =>
    shipRules({ sql, logger, files: texts.map((text, index) => ({ file: `${index}.yaml`, text })) }, NOW);
  const states = async () =>
    Object.fromEntries((await listRuleVersions(sql, 'test-warm')).map(({ version, state }) => [version, state]));

  /** What the log takes; with `broken` it takes nothing. */
  const heardBy = (heard: LogRecord[], broken = false): LogWriter => ({
    append(record, done) {
      if (broken) return done(new Error('no room'));
      heard.push(record);
      done(null);
    },
  });
  const bodies = (heard: readonly LogRecord[]) =>
    heard.map(({ body }) => RulesBody.parse(JSON.parse(Buffer.from(body).toString())));

  it('are published one at a time: what was there gives way, and who did it is kept', async () => {
    const person = newId();
    await write(ruleText());
    await move(1, 'publish', person);
    await write(ruleText({ version: 2, above: 9 }));
    await move(2, 'try');
    expect(await states()).toEqual({ 1: 'live', 2: 'trial' });
    expect(await currentRules(sql)).toEqual([
      {
        rule: 'test-warm',
        live: { version: 1, text: ruleText() },
        trial: { version: 2, text: ruleText({ version: 2, above: 9 }) },
      },
    ]);
    await move(2, 'publish');
    expect(await states()).toEqual({ 1: 'retired', 2: 'live' });
    await move(1, 'roll-back');
    expect(await states()).toEqual({ 1: 'live', 2: 'retired' });
    expect((await ruleMoves(sql, 'test-warm')).map((made) => [made.version, made.move, made.by])).toEqual([
      [1, 'publish', person],
      [2, 'try', null],
      [1, 'give-way', null],
      [2, 'publish', null],
      [2, 'give-way', null],
      [1, 'roll-back', null],
    ]);
    await move(1, 'retire');
    expect(await currentRules(sql)).toEqual([]);
  });

  it('keep their text once they left draft', async () => {
    await write(ruleText());
    const edit = (above: number) =>
      sql.transaction((tx) =>
        editDraft(tx, { rule: 'test-warm', version: 1, text: ruleText({ above }), note: '', author: null, now: NOW }),
      );
    await edit(9);
    expect((await ruleVersion(sql, 'test-warm', 1))!.text).toBe(ruleText({ above: 9 }));
    await move(1, 'try');
    await expect(edit(10)).rejects.toMatchObject({ code: 'wrong-state' });
    await move(1, 'retire');
    await expect(edit(10)).rejects.toMatchObject({ code: 'wrong-state' });
  });

  it('have higher numbers than those before', async () => {
    await write(ruleText({ version: 3 }));
    await expect(write(ruleText({ version: 3 }))).rejects.toThrow(/line 2, version: .* Write "version: 4"/);
    await expect(write(ruleText({ version: 2 }))).rejects.toBeInstanceOf(RuleMistakes);
  });

  it('two at once never make two live ones', async () => {
    await write(ruleText());
    await write(ruleText({ version: 2 }));
    await Promise.all([move(1, 'publish'), move(2, 'publish')]);
    expect(Object.values(await states()).sort()).toEqual(['live', 'retired']);
  });

  it('cannot be moved where they are not', async () => {
    await expect(move(1, 'publish')).rejects.toMatchObject({ code: 'unknown-rule-version' });
    await write(ruleText());
    await expect(move(1, 'roll-back')).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await states()).toEqual({ 1: 'draft' });
  });

  describe('that ship', () => {
    it('go live by themselves, and so does an update of one that was shipped', async () => {
      await ship(ruleText());
      expect(await states()).toEqual({ 1: 'live' });
      await ship(ruleText({ version: 2, above: 9 }));
      expect(await states()).toEqual({ 1: 'retired', 2: 'live' });
    });

    it('wait as a draft where somebody here published another, or retired it', async () => {
      await write(ruleText());
      await move(1, 'publish');
      await ship(ruleText({ version: 2 }));
      expect(await states()).toEqual({ 1: 'live', 2: 'draft' });
      await move(1, 'retire');
      await ship(ruleText({ version: 3 }));
      expect(await states()).toEqual({ 1: 'retired', 2: 'draft', 3: 'draft' });
    });

    it('are taken once, and a text that changed under its version is an error, not a change', async () => {
      await ship(ruleText());
      await ship(ruleText());
      await ship(ruleText().replaceAll('\n', '\r\n'));
      expect(said).toEqual([]);
      await ship(ruleText({ above: 9 }));
      expect(said).toMatchObject([{ level: 'error' }]);
      expect((await ruleVersion(sql, 'test-warm', 1))!.text).toBe(ruleText());
    });

    it('with this platform are all live at the first start, and without a mistake', async () => {
      await shipRules({ sql, logger }, NOW);
      const rows = await listRuleVersions(sql);
      expect(rows.map(({ state, source }) => ({ state, source }))).toEqual(
        ruleFiles().map(() => ({ state: 'live', source: 'shipped' })),
      );
      expect(said).toEqual([]);
    });
  });

  it('are read for whoever begins without a memory; one that cannot be judged by is said and left out', async () => {
    await ship(ruleText());
    await write(ruleText({ version: 2 }));
    await move(2, 'try');
    const { catalogue, trials } = await judgedRules(sql, logger);
    expect([catalogue, trials].map((rules) => rules.map(({ version }) => version))).toEqual([[1], [2]]);
    await sql.query("update app.rule_version set text = 'kind: dragon' where version = 1");
    expect(await judgedRules(sql, logger)).toMatchObject({ catalogue: [], trials: [{ version: 2 }] });
    expect(said).toMatchObject([{ level: 'error' }]);
  });

  describe('in the log', () => {
    it('are heard as they are now, whole, and only when they changed', async () => {
      const heard: LogRecord[] = [];
      await ship(ruleText());
      expect(await deliverRules({ sql, log: heardBy(heard) }, NOW)).toBe(1);
      expect(heard).toMatchObject([{ kind: 'rules', appliance: '', at: NOW }]);
      expect(bodies(heard)).toEqual(await currentRules(sql));
      expect(await deliverRules({ sql, log: heardBy(heard) }, NOW)).toBe(0);
      await move(1, 'retire');
      await deliverRules({ sql, log: heardBy(heard) }, NOW);
      expect(bodies(heard).at(-1)).toEqual({ rule: 'test-warm', live: null, trial: null });
    });

    it('are heard later when the log took nothing', async () => {
      await ship(ruleText());
      await expect(deliverRules({ sql, log: heardBy([], true) }, NOW)).rejects.toThrow('no room');
      const heard: LogRecord[] = [];
      expect(await deliverRules({ sql, log: heardBy(heard) }, NOW)).toBe(1);
      expect(heard).toHaveLength(1);
    });

    it('that change while the log is written are heard once more', async () => {
      await ship(ruleText());
      await write(ruleText({ version: 2 }));
      const heard: LogRecord[] = [];
      const slow: LogWriter = {
        append(record, done) {
          heard.push(record);
          void move(2, 'publish').then(() => done(null));
        },
      };
      await deliverRules({ sql, log: slow }, NOW);
      await deliverRules({ sql, log: heardBy(heard) }, NOW);
      expect(bodies(heard).map(({ live }) => live?.version)).toEqual([1, 2]);
    });
  });
}

describe('a check', () => {
  const problems = (text: string) => checkRule(text).problems;
  const broken = (from: string | RegExp, to: string): string => {
    const text = ruleText();
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return changed;
  };
  const lineOf = (text: string, words: string) => text.split('\n').findIndex((line) => line.includes(words)) + 1;

  it('finds nothing in a good rule', () => {
    expect(problems(ruleText())).toEqual([]);
  });

  it.each([
    ['a feature that does not exist', 'feature: cabinet_temperature', 'feature: cabin_temperature'],
    ['a severity that does not exist', 'warm: warning', 'warm: awful'],
    ['a key that does not exist', 'kind: refrigerator', 'sort: refrigerator'],
    [
      'words in one language',
      'name: { en: The door was left open, zh: 门没有关好 }',
      'name: { en: The door was left open }',
    ],
    ['a likelihood of a symptom that does not exist', 'likelihood: { warm: 0.9 }', 'likelihood: { hot: 0.9 }'],
    ['a likelihood of 1', 'likelihood: { warm: 0.9 }', 'likelihood: { warm: 1 }'],
    ['a number in words', 'prior: 0.6', 'prior: often'],
  ])('names the line and the fix of %s', (_, from, to) => {
    const text = broken(from, to);
    const found = problems(text);
    expect(found.map(({ weight }) => weight)).toContain('mistake');
    const near = found.find(({ line }) => line !== null && Math.abs(line - lineOf(text, to)) <= 1);
    expect(near, JSON.stringify(found)).toBeDefined();
    expect(near!.fix).not.toBe('');
  });

  it('names the line of what is not YAML', () => {
    const text = broken('summary:', 'summary: [');
    expect(problems(text)[0]).toMatchObject({ weight: 'mistake' });
    expect(problems(text)[0]!.line).not.toBeNull();
  });

  it.each([
    ['a character that no row can hold', ruleText().replace('en: Too warm', 'en: "Too \\0 warm"')],
    ['half a character', ruleText().replace('en: Too warm', 'en: "Too \\ud800 warm"')],
    ['a name that no path can hold', ruleText({ id: 'a'.repeat(81) })],
    ['a number that no row can hold', ruleText({ version: 3_000_000_000 })],
    ['what is nested beyond reading', `${ruleText()}x: ${'['.repeat(50_000)}`],
    ['what is nested beyond sense', `${ruleText()}x: ${'['.repeat(40)}${']'.repeat(40)}`],
    ['nothing at all', ''],
    ['something else', '- one\n- two\n'],
  ])('takes %s for a mistake', (_, text) => {
    const { rule, problems: found } = checkRule(text);
    expect(rule).toBeNull();
    expect(found[0]).toMatchObject({ weight: 'mistake' });
  });

  it('takes aliases that blow up for a mistake', () => {
    const levels = Array.from({ length: 20 }, (_, level) => `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
    const text = ['a-1: &a-1 [x]', ...levels].join('\n').replaceAll('a-1', 'b');
    expect(checkRule(text).rule).toBeNull();
  });

  it('names all mistakes at once', () => {
    const found = problems(broken('prior: 0.6', 'prior: often').replace('warm: warning', 'warm: awful'));
    expect(found.filter(({ weight }) => weight === 'mistake').length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['what opens without a cause', 'base: 0.2', 'base: 0.95', 'opens.warm'],
    ['a symptom that is evidence for nothing', /likelihood: \{ warm: 0\.[89] \}\n/g, '\n', null],
    [
      'a question that tells no causes apart',
      /door-left-open: 0\.[19], compressor-worn: 0\.[19]/g,
      'door-left-open: 0.5',
      'questions.door-closed',
    ],
    [
      'a likelihood that is as good as certain',
      'warm: 0.9 }',
      'warm: 0.999 }',
      'causes.door-left-open.likelihood.warm',
    ],
    ['words that are empty', 'en: Close the door.', 'en: ""', 'causes.door-left-open.remedy.steps.0'],
    ['Chinese that is English', 'zh: 热空气进入。', 'zh: Warm air comes in.', 'causes.door-left-open.explanation.zh'],
    ['values that one language lacks', 'en: It is warm', 'en: "It is {measured}"', 'symptoms.warm.text.present'],
  ])('doubts %s', (_, from, to, path) => {
    const text = broken(from, to).replace(path === null ? 'opens:\n  warm: warning' : '\0', 'opens: {}');
    const { rule, problems: found } = checkRule(text);
    expect(rule, JSON.stringify(found)).not.toBeNull();
    expect(found.map((problem) => problem.path)).toContain(path ?? 'symptoms.warm');
    for (const { weight, line, fix } of found) {
      expect(weight).toBe('doubt');
      expect(line).not.toBeNull();
      expect(fix).not.toBe('');
    }
  });

  it('finds no mistake in what ships', () => {
    for (const { text, file } of ruleFiles())
      expect(
        problems(text).filter(({ weight }) => weight === 'mistake'),
        file,
      ).toEqual([]);
  });
});

describe('the difference of two versions', () => {
  const before = ruleText();
  const after = ruleText({ version: 2, above: 9, title: 'Much too warm' });

  it('is told by place', () => {
    expect(changesBetween(before, after)).toEqual([
      { what: 'changed', area: 'version', path: 'version', words: false, before: '1', after: '2' },
      { what: 'changed', area: 'title', path: 'title.en', words: true, before: 'Too warm', after: 'Much too warm' },
      {
        what: 'changed',
        area: 'symptoms',
        path: 'symptoms.warm.when.above',
        words: false,
        before: '8',
        after: '9',
      },
    ]);
    expect(changesBetween(before, before)).toEqual([]);
  });

  it('takes a whole cause that came or went as one', () => {
    const without = before.replace(/ {2}door-left-open:\n(?: {4}.*\n)+/, '');
    expect(changesBetween(before, without)).toMatchObject([
      { what: 'removed', path: 'causes.door-left-open', after: null },
    ]);
    expect(changesBetween(without, before)).toMatchObject([
      { what: 'added', path: 'causes.door-left-open', before: null },
    ]);
  });

  it('is told by line, with a few around', () => {
    const lines = linesBetween(before, after, 1);
    const went = lines.filter((line) => line.after === null).map(({ text }) => text);
    const came = lines.filter((line) => line.before === null).map(({ text }) => text);
    expect(went).toEqual([
      'version: 1',
      'title: { en: Too warm, zh: 温度过高 }',
      '    when: { feature: cabinet_temperature, above: 8 }',
    ]);
    expect(came).toEqual([
      'version: 2',
      'title: { en: Much too warm, zh: 温度过高 }',
      '    when: { feature: cabinet_temperature, above: 9 }',
    ]);
    expect(lines.length).toBeLessThan(before.split('\n').length);
    expect(linesBetween(before, before)).toEqual([]);
  });

  it('lets each text be had from the other', () => {
    const cases = [
      ['a\nb\nc', 'a\nc\nd'],
      ['', 'x\ny'],
      ['x\nx\ny', 'y\nx\nx'],
      [before, after],
    ] as const;
    for (const [one, other] of cases) {
      const lines = linesBetween(one, other, 10_000);
      expect(
        lines
          .filter((line) => line.before !== null)
          .map(({ text }) => text)
          .join('\n'),
      ).toBe(one);
      expect(
        lines
          .filter((line) => line.after !== null)
          .map(({ text }) => text)
          .join('\n'),
      ).toBe(other);
    }
  });
});

it('an error of a rule is one that callers may know', () => {
  expect(new RuleMistakes([])).toBeInstanceOf(PlatformError);
  expect(new RuleMistakes([]).kind).toBe('reject');
});
