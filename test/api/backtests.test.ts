import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Backtest,
  type BacktestResult,
  type ComparedFinding,
  type Finding,
  type Id,
  newId,
  type Problem,
  type RuleTrial,
} from '#contracts';
import { openBacktests } from '#diagnosis-rules';
import { DAY, HOUR, MINUTE } from '#runtime';
import { ruleText } from '../diagnosis-rules/rule-text.ts';
import { type Ask, asking } from './asking.ts';
import { type Account, coolingFails, NOW, openPlatform, type Platform } from './platform.ts';

let platform: Platform;
let ask: Ask;
let engineer: Account;
let administrator: Account;
let [one, two, homeless]: Id[] = [];
const iso = (at: number): string => new Date(at).toISOString();
const FROM = NOW - DAY;

beforeAll(async () => {
  platform = await openPlatform();
  ask = asking(platform);
  engineer = await platform.account('diagnosis-engineer');
  administrator = await platform.account('administrator');
  one = await platform.appliance((await platform.household('One')).id);
  two = await platform.appliance((await platform.household('Two')).id);
  homeless = await platform.appliance(undefined, 'Store', 'metered-fridge');
  for (const version of [1, 2])
    await ask(engineer, 'POST', '/rules', { text: ruleText({ version, above: 6 + version }) });
});
afterAll(() => platform[Symbol.asyncDispose]());

/** 12 °C from `hours` on for two hours, every 10 minutes, in whatever hour of the day that is. */
async function run(): Promise<void> {
  await using backtests = openBacktests({
    ...platform.deps,
    owner: 'test',
    history: async ({ appliance, kind, from, to }) => {
      if (appliance !== one) return [];
      const moments = [];
      for (let at = Math.ceil(from / (10 * MINUTE)) * 10 * MINUTE; at < to; at += 10 * MINUTE) {
        const warm = at >= FROM + 3 * HOUR && at < FROM + 5 * HOUR;
        const readings = [{ signal: 'cabinet_temperature', value: warm ? 12 : 4, mapped: true }];
        moments.push({ appliance, kind, at, position: 0, readings });
      }
      return moments;
    },
    heard: async () => [],
    kindOf: () => 'refrigerator',
  });
  await backtests.sweep();
}

const wish = (more: object = {}) => ({
  ...{ rule: 'test-warm', version: 1, against: 2, from: iso(FROM), to: iso(NOW), warmUpDays: 1 },
  ...more,
});
const post = (more: object = {}) => ask(engineer, 'POST', '/rules/backtests', wish(more));
const get = async <T>(path: string): Promise<T> => (await ask(engineer, 'GET', path)).json<T>();

describe('a backtest', () => {
  it('is asked for the whole fleet, runs, and says what differs', async () => {
    const asked = await post();
    expect(asked.statusCode).toBe(201);
    const backtest = asked.json<Backtest>();
    expect(backtest).toMatchObject({
      ...{ rule: 'test-warm', version: 1, against: { rule: 'test-warm', version: 2 }, state: 'waiting' },
      ...{ from: iso(FROM), to: iso(NOW), scope: { ids: null, model: null } },
      ...{ askedBy: { id: engineer.person.id }, progress: { appliances: 3, done: 0 } },
    });
    await run();
    const done = await get<BacktestResult>(`/rules/backtests/${backtest.id}`);
    expect(done).toMatchObject({
      ...{ state: 'done', finishedAt: iso(NOW), progress: { appliances: 3, done: 3, applianceDays: 1, silent: 2 } },
      found: {
        a: { findings: 1, homes: 1 },
        b: { findings: 1, homes: 1 },
        difference: { both: 1, onlyA: 0, onlyB: 0 },
      },
    });
    const { items } = await get<{ items: ComparedFinding[] }>(`/rules/backtests/${backtest.id}/findings?which=both`);
    const said = { openedAt: iso(FROM + 3 * HOUR), closedAt: iso(FROM + 5 * HOUR), visit: false };
    expect(items).toMatchObject([{ appliance: one, a: said, b: said }]);
    const none = await get<{ items: object[] }>(`/rules/backtests/${backtest.id}/findings?which=only-b`);
    expect(none.items).toEqual([]);
    const listed = await get<{ items: Backtest[] }>('/rules/backtests?rule=test-warm');
    expect(listed.items.map(({ id }) => id)).toEqual([backtest.id]);

    const file = await ask(engineer, 'GET', `/rules/backtests/${backtest.id}/file?format=csv`);
    expect(file.headers['content-type']).toContain('text/csv');
    expect(file.body.trimEnd().split('\r\n')).toHaveLength(2);
    const lines = (await ask(engineer, 'GET', `/rules/backtests/${backtest.id}/file`)).body.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ appliance: one, a: said, b: said }]);
    const audit = (await ask(administrator, 'GET', '/audit?kind=backtest')).json<{ items: object[] }>();
    expect(audit.items).toMatchObject([{ action: 'backtest.asked', object: backtest.id }]);
  });

  it('is of one appliance or of one model, and is interrupted and resumed', async () => {
    const { id } = (await post({ appliances: { ids: [two] }, against: null })).json<Backtest>();
    expect((await ask(engineer, 'POST', `/rules/backtests/${id}/interruption`)).json()).toMatchObject({
      ...{ state: 'interrupted', scope: { ids: 1, model: null }, against: null },
    });
    await run();
    expect(await get(`/rules/backtests/${id}`)).toMatchObject({ state: 'interrupted', progress: { done: 0 } });
    expect((await ask(engineer, 'POST', `/rules/backtests/${id}/resumption`)).json()).toMatchObject({
      state: 'waiting',
    });
    const ofModel = (await post({ appliances: { model: 'metered-fridge' } })).json<Backtest>();
    expect(ofModel.progress.appliances).toBe(1);
    await run();
    expect(await get(`/rules/backtests/${id}`)).toMatchObject({ state: 'done', found: { b: null, difference: null } });
    expect((await ask(engineer, 'POST', `/rules/backtests/${id}/resumption`)).statusCode).toBe(409);
    expect(homeless).toBeDefined();
  });

  it('is refused for what does not fit, each with its reason', async () => {
    const told = async (more: object): Promise<[number, string]> => {
      const answer = await post(more);
      return [answer.statusCode, answer.json<Problem>().code];
    };
    expect(await told({ version: 9 })).toEqual([404, 'unknown-rule-version']);
    expect(await told({ appliances: { ids: [newId()] } })).toEqual([422, 'unknown-appliance']);
    expect(await told({ appliances: { model: 'no-such-model' } })).toEqual([422, 'no-appliances']);
    expect(await told({ to: iso(NOW + DAY) })).toEqual([422, 'not-yet']);
    expect(await told({ to: iso(FROM) })).toEqual([400, 'invalid-request']);
  });
});

describe('a version on silent trial', () => {
  const findings = async (table: 'finding' | 'trial_finding', appliance: Id, more: Partial<Finding>) => {
    const version = table === 'finding' ? 1 : 2;
    const finding = coolingFails(appliance, {
      ...{ id: newId(), problem: 'test-warm', rule: { id: 'test-warm', version }, ...more },
    });
    const { id, state, openedAt, closedAt } = finding;
    const [columns, values] =
      table === 'finding' ? ['problem', "'test-warm'"] : ['rule, version', `'test-warm', ${version}`];
    await platform.sql.query(
      `insert into app.${table} (id, appliance, state, opened_at, closed_at, body, ${columns})
       values ($1, $2, $3, $4, $5, $6, ${values})`,
      [id, appliance, state, openedAt, closedAt, JSON.stringify(finding)],
    );
  };

  it('is told apart from live: what both say, and what only one says', async () => {
    expect((await ask(engineer, 'GET', '/rules/test-warm/trial')).json()).toMatchObject({ code: 'no-trial' });
    await ask(engineer, 'POST', '/rules/test-warm/versions/1/moves', { move: 'publish' });
    await ask(engineer, 'POST', '/rules/test-warm/versions/2/moves', { move: 'try' });
    const span = (from: number, to: number): Partial<Finding> => ({
      ...{ state: 'closed', openedAt: NOW + from * HOUR, closedAt: NOW + to * HOUR },
    });
    await findings('finding', one!, span(1, 3));
    await findings('trial_finding', one!, span(2, 3));
    await findings('finding', two!, span(4, 4.5));
    await findings('trial_finding', two!, span(6, 9));
    await findings('trial_finding', two!, { ...span(10, 11), state: 'withdrawn' });
    await findings('finding', homeless!, span(-30, -29));
    platform.setClock(NOW + DAY);
    const trial = await get<RuleTrial>('/rules/test-warm/trial');
    expect(trial).toMatchObject({ version: 2, live: { version: 1 }, since: iso(NOW) });
    expect(trial.found).toMatchObject({
      a: { findings: 2, homes: 2, visits: 1 },
      b: { findings: 2, homes: 2, visits: 2 },
      difference: { both: 1, onlyA: 1, onlyB: 1, later: 1, earlier: 0, medianLaterMinutes: 60, visitsOnlyB: 1 },
    });
    expect(trial.findings.map(({ appliance, a, b }) => [appliance, a?.visit ?? null, b?.visit ?? null])).toEqual([
      [two, null, true],
      [two, false, null],
      [one, true, true],
    ]);
    expect((await ask(administrator, 'GET', '/rules/test-warm/trial')).statusCode).toBe(200);
  });
});
