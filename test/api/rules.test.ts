import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Finding,
  type Id,
  newId,
  type Problem,
  type RuleCheck,
  type RuleDiff,
  type RuleReportCard,
  type RuleSummary,
  type RuleVersionText,
  type RuleWithVersions,
} from '#contracts';
import { deliverRules } from '#diagnosis-rules';
import { HOUR } from '#runtime';
import { ruleText } from '../diagnosis-rules/rule-text.ts';
import { type Ask, asking } from './asking.ts';
import { type Account, coolingFails, NOW, openPlatform, type Platform } from './platform.ts';

let platform: Platform;
let ask: Ask;
let engineer: Account;
let administrator: Account;
let agent: Account;

beforeAll(async () => {
  platform = await openPlatform();
  ask = asking(platform);
  engineer = await platform.account('diagnosis-engineer');
  administrator = await platform.account('administrator');
  agent = await platform.account('call-agent');
});
afterAll(() => platform[Symbol.asyncDispose]());

const write = (text: string, more: object = {}) => ask(engineer, 'POST', '/rules', { text, ...more });
const move = (version: number, wish: object, who = engineer) =>
  ask(who, 'POST', `/rules/test-warm/versions/${version}/moves`, wish);
const rule = async (): Promise<RuleWithVersions> => (await ask(agent, 'GET', '/rules/test-warm')).json();

describe('rules', () => {
  it('are written, tried and published by an engineer, and read by service', async () => {
    const draft = await write(ruleText(), { note: 'first' });
    expect(draft.statusCode).toBe(201);
    expect(draft.json<RuleVersionText>()).toMatchObject({
      rule: 'test-warm',
      version: 1,
      state: 'draft',
      source: 'written',
      note: 'first',
      author: { id: engineer.person.id, name: engineer.person.name },
      reviewedBy: null,
      problems: [],
    });
    expect((await move(1, { move: 'publish', note: 'go' })).json()).toMatchObject({ state: 'live' });
    expect((await move(1, { move: 'publish' })).json<Problem>()).toMatchObject({ status: 409, code: 'wrong-state' });
    await write(ruleText({ version: 2, above: 9 }), { imported: true });
    expect((await move(2, { move: 'try' }, administrator)).json()).toMatchObject({
      state: 'trial',
      source: 'imported',
    });

    const { items } = (await ask(agent, 'GET', '/rules')).json<{ items: RuleSummary[] }>();
    expect(items).toMatchObject([
      { rule: 'test-warm', live: { version: 1 }, trial: { version: 2 }, drafts: 0, updateAvailable: null },
    ]);
    expect((await rule()).versions.map(({ version, state }) => [version, state])).toEqual([
      [2, 'trial'],
      [1, 'live'],
    ]);
    expect((await rule()).moves).toMatchObject([
      { version: 1, move: 'publish', by: { name: engineer.person.name }, note: 'go' },
      { version: 2, move: 'try', by: { name: administrator.person.name } },
    ]);
    expect((await ask(agent, 'POST', '/rules', { text: ruleText({ version: 3 }) })).statusCode).toBe(403);
    expect((await move(2, { move: 'publish' }, agent)).statusCode).toBe(403);
  });

  it('that were published stand in every log, and in the audit log who did it', async () => {
    await deliverRules(platform.deps, platform.now());
    const { records } = await platform.log.read(0, 1024 * 1024);
    const heard = records.filter(({ kind }) => kind === 'rules');
    expect(heard.map(({ appliance }) => appliance)).toEqual(['']);
    expect(JSON.parse(Buffer.from(heard[0]!.body).toString())).toMatchObject({
      rule: 'test-warm',
      live: { version: 1 },
      trial: { version: 2 },
    });
    const audit = (await ask(administrator, 'GET', '/audit?kind=rule')).json<{ items: object[] }>();
    expect(audit.items).toMatchObject([
      { action: 'rule.tried', object: 'test-warm/2', actor: `person:${administrator.person.id}` },
      { action: 'rule.imported', object: 'test-warm/2' },
      { action: 'rule.published', object: 'test-warm/1', actor: `person:${engineer.person.id}` },
      { action: 'rule.written', object: 'test-warm/1' },
    ]);
  });

  it('are told apart by place and by line, and had as files', async () => {
    const diff = (await ask(agent, 'GET', '/rules/test-warm/diff?from=1&to=2')).json<RuleDiff>();
    expect(diff.changes).toMatchObject([
      { path: 'version' },
      { path: 'symptoms.warm.when.above', what: 'changed', before: '8', after: '9' },
    ]);
    expect(diff.lines.filter(({ before }) => before === null)).toHaveLength(2);
    const file = await ask(agent, 'GET', '/rules/test-warm/versions/2/file');
    expect(file.headers).toMatchObject({ 'content-type': expect.stringContaining('application/yaml') });
    expect(file.body).toBe(ruleText({ version: 2, above: 9 }));
    expect((await ask(agent, 'GET', '/rules/test-warm/versions/9/file')).statusCode).toBe(404);
    expect((await ask(agent, 'GET', '/rules/no-such-rule')).statusCode).toBe(404);
  });

  it('with mistakes are not taken; each is named with its line', async () => {
    const text = ruleText({ version: 3 }).replace('prior: 0.6', 'prior: often').replace('warm: warning', 'warm: awful');
    for (const path of ['/rules', '/rules/check']) {
      const answer = await ask(engineer, 'POST', path, { text });
      expect(answer.headers['content-type']).toContain('application/problem+json');
      const told = answer.json<Problem>();
      expect(told).toMatchObject({ status: 422, code: 'bad-rule' });
      expect(told.problems!.map(({ where }) => where)).toEqual([
        expect.stringMatching(/^line \d+, opens\.warm$/),
        expect.stringMatching(/^line \d+, causes\.door-left-open\.prior$/),
      ]);
    }
    const check = (await ask(engineer, 'POST', '/rules/check', { text: ruleText({ version: 3 }) })).json<RuleCheck>();
    expect(check).toEqual({ rule: 'test-warm', version: 3, doubts: [] });
  });

  it('in draft are rewritten, and never once they were tried', async () => {
    await write(ruleText({ version: 3 }));
    const rewrite = (version: number, text: string) =>
      ask(engineer, 'PUT', `/rules/test-warm/versions/${version}`, { text, note: 'colder' });
    const text = ruleText({ version: 3, above: 7 });
    expect((await rewrite(3, text)).json()).toMatchObject({ state: 'draft', text, note: 'colder' });
    expect((await rewrite(3, ruleText({ version: 4 }))).statusCode).toBe(422);
    expect((await rewrite(2, ruleText({ version: 2 }))).json()).toMatchObject({ code: 'wrong-state' });
  });
});

describe('the report card', () => {
  const WORDS = { en: '', zh: '' };
  let appliance: Id;

  /** As diagnosis keeps it. */
  async function found(version: number, more: Partial<Finding>): Promise<Finding> {
    const [first, second] = coolingFails(appliance).causes;
    const finding = coolingFails(appliance, {
      id: newId(),
      problem: 'test-warm',
      rule: { id: 'test-warm', version },
      causes: [
        { ...first!, cause: 'compressor-worn' },
        { ...second!, cause: 'door-left-open' },
      ],
      ...more,
    });
    await platform.sql.query(
      `insert into app.finding (id, appliance, problem, state, opened_at, closed_at, body) values ($1, $2, $3, $4, $5, $6, $7)`,
      [finding.id, appliance, 'test-warm', finding.state, finding.openedAt, finding.closedAt, JSON.stringify(finding)],
    );
    return finding;
  }

  async function visited(version: number, result: object): Promise<void> {
    appliance = await platform.appliance((await platform.household('Home')).id);
    const finding = await found(version, {});
    await platform.find(finding);
    const [row] = await platform.sql.query<{ id: Id }>('select id from app.alert where finding_id = $1', [finding.id]);
    await ask(administrator, 'POST', `/alerts/${row!.id}/service-request`);
    await platform.sweepFieldService();
    await platform.sql.query(
      `update app.visit set state = 'done', finished_at = $2, result = $3
        where case_id = (select id from app.service_case where alert = $1)`,
      [row!.id, NOW, JSON.stringify(result)],
    );
  }

  const cards = async (): Promise<RuleReportCard[]> =>
    (await ask(agent, 'GET', '/rules/test-warm/report-cards')).json<{ items: RuleReportCard[] }>().items;
  const card = async (version: number) => (await cards()).find((one) => one.version === version)!;

  it('of a version that found nothing is empty, and says no share', async () => {
    expect((await cards()).map(({ version, state }) => [version, state])).toEqual([
      [3, 'draft'],
      [2, 'trial'],
      [1, 'live'],
    ]);
    expect(await card(2)).toMatchObject({ opened: 0, medianOpenHours: null, firstRight: null, confusion: [] });
  });

  it('counts findings, how long they were open, and what people answered', async () => {
    appliance = await platform.appliance((await platform.household('Home')).id);
    const hours = (open: number): Partial<Finding> => ({ state: 'closed', openedAt: NOW, closedAt: NOW + open * HOUR });
    const answers = [{ question: 'door-closed', answer: 'it-is', at: NOW }];
    await found(1, hours(1));
    await found(1, { ...hours(2), answers });
    await found(1, { ...hours(6), answers });
    await found(1, { state: 'withdrawn' });
    await found(1, { title: WORDS });
    expect(await card(1)).toMatchObject({
      appliances: 1,
      opened: 5,
      closed: 3,
      closedByThemselves: 3,
      withdrawn: 1,
      stillOpen: 1,
      medianOpenHours: 2,
      answers: [{ question: 'door-closed', answer: 'it-is', count: 2 }],
      firstRight: null,
      words: {
        'compressor-worn': { en: 'The compressor is worn' },
        'door-closed': { en: 'Is the door closed?' },
        'door-closed.it-is': { zh: '关好了' },
      },
    });
    expect(await card(2)).toMatchObject({ opened: 0 });
  });

  it('holds what technicians found against what was said', async () => {
    await visited(2, { outcome: 'repaired', cause: 'compressor-worn' });
    await visited(2, { outcome: 'repaired', cause: 'compressor-worn' });
    await visited(2, { outcome: 'repaired', cause: 'door-left-open' });
    await visited(2, { outcome: 'nothing-found' });
    await visited(2, { outcome: 'repaired' });
    expect(await card(2)).toMatchObject({
      opened: 5,
      visits: { done: 5, confirmed: 2, otherCause: 1, nothingWrong: 1, notSaid: 1, avoidable: 2 },
      firstRight: null,
      confusion: [
        { said: 'compressor-worn', found: 'compressor-worn', count: 2 },
        { said: 'compressor-worn', found: 'door-left-open', count: 1 },
        { said: 'compressor-worn', found: 'nothing-wrong', count: 1 },
      ],
    });
    await visited(2, { outcome: 'repaired', cause: 'compressor-worn' });
    expect((await card(2)).firstRight).toBe(3 / 5);
    expect((await card(1)).visits.done).toBe(0);
  });
});
