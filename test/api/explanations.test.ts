import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cohort, type Explanation, type Id, newId, type Problem } from '#contracts';
import { deliverCohorts, keepLevels, shipRules } from '#diagnosis-rules';
import { createOrganisation, homeOrganisation } from '#registry';
import { HOUR } from '#runtime';
import { ruleText } from '../diagnosis-rules/rule-text.ts';
import { type Ask, asking } from './asking.ts';
import { type Account, MINUTE, NOW, openPlatform, type Platform } from './platform.ts';

let platform: Platform;
let ask: Ask;
let owner: Account;
let agent: Account;
let engineer: Account;
let fridge: Id;
const MODEL = 'stethos-reference-fridge';

beforeAll(async () => {
  platform = await openPlatform();
  ask = asking(platform);
  const home = (await platform.household('Home')).id;
  owner = await platform.account('owner', home);
  agent = await platform.account('call-agent');
  engineer = await platform.account('diagnosis-engineer');
  fridge = await platform.appliance(home);
  const { sql, logger } = platform.deps;
  await shipRules({ sql, logger, files: [{ file: 'test-warm.yaml', text: ruleText() }] }, NOW - HOUR);
  for (const [minute, temperature] of [4, 5, 9].entries())
    await platform.hear(
      fridge,
      JSON.stringify({ readings: [{ at: NOW - (3 - minute) * MINUTE, values: { cabinet_temperature: temperature } }] }),
    );
});
afterAll(() => platform[Symbol.asyncDispose]());

const explain = async (who: Account, at?: number): Promise<Explanation> =>
  (
    await ask(
      who,
      'GET',
      `/appliances/${fridge}/diagnosis${at === undefined ? '' : `?at=${new Date(at).toISOString()}`}`,
    )
  ).json();

it('service sees why, with every number and threshold', async () => {
  const told = await explain(agent);
  expect(told).toMatchObject({ appliance: fridge, at: new Date(NOW).toISOString(), readings: 'fresh' });
  expect(told.rules).toMatchObject([
    {
      rule: 'test-warm',
      version: 1,
      liveThen: true,
      state: 'open',
      severity: 'warning',
      symptoms: [
        {
          symptom: 'warm',
          state: 'present',
          opens: 'warning',
          measured: { value: 9, unit: 'Cel' },
          when: [{ join: 'feature', truth: 'yes', feature: 'cabinet_temperature', threshold: { value: 8 } }],
        },
      ],
    },
  ]);
  expect(told.rules[0]!.causes.map(({ cause }) => cause)).toEqual(['door-left-open', 'compressor-worn']);
});

it('and why not at a time before', async () => {
  const told = await explain(agent, NOW - 2 * MINUTE);
  expect(told.rules[0]).toMatchObject({ state: 'quiet', causes: [], symptoms: [{ state: 'absent' }] });
  expect(told.rules[0]!.symptoms[0]!.wouldAppear).toMatchObject({ zh: expect.stringContaining('冷藏室温度高于') });
  expect(await explain(agent, NOW - HOUR)).toMatchObject({ readings: 'none', newestAt: null, rules: [] });
  // Nothing is known of what is still to come.
  expect(await explain(agent, NOW + HOUR)).toMatchObject({ at: new Date(NOW).toISOString() });
});

it('an owner gets it in plain words', async () => {
  const told = await explain(owner);
  expect(told.rules[0]).toMatchObject({
    state: 'open',
    wouldClear: { en: expect.stringContaining('below') },
    symptoms: [{ state: 'present', when: [], unless: [] }],
  });
});

it('a time that is none is refused', async () => {
  const answer = await ask(agent, 'GET', `/appliances/${fridge}/diagnosis?at=yesterday`);
  expect(answer.json<Problem>()).toMatchObject({ status: 400, code: 'invalid-request' });
});

it('engineers see what is usual for a model, and which of their own appliances lie far from it', async () => {
  const { sql, log } = platform.deps;
  const brand = (await homeOrganisation(sql)).id;
  const other = await createOrganisation(sql, {
    kind: 'brand',
    name: 'Other',
    creator: brand,
    now: NOW,
    by: 'platform',
  });
  const foreign = await platform.appliance(undefined);
  await sql.query('update app.appliance set organisation = $1 where id = $2', [other.id, foreign]);
  const levels = (appliance: Id, work: number) => ({ appliance, model: MODEL, levels: { work } });
  const alike = Array.from({ length: 6 }, () => levels(newId(), 0.3));
  await keepLevels(sql, [...alike, levels(fridge, 0.6), levels(foreign, 0.7)], NOW);
  await deliverCohorts({ sql, log }, NOW);
  const { items } = (await ask(engineer, 'GET', '/cohorts')).json<{ items: Cohort[] }>();
  expect(items).toMatchObject([
    {
      model: MODEL,
      appliances: 8,
      since: new Date(NOW).toISOString(),
      usual: [{ measure: 'work', median: { value: 30, unit: '%' }, spread: { value: 0, unit: '%' } }],
      outliers: [{ appliance: fridge, name: 'Fridge', measure: 'work', level: { value: 60, unit: '%' } }],
    },
  ]);
  expect(items[0]!.outliers).toHaveLength(1);
});
