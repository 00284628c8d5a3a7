// What people say of an appliance in their own words, and when it rests: by the API, with the log and the database behind it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alert, Id, LogRecord, MadeReport, Passport, Report, ReportReading } from '#contracts';
import { forgetReportWords, keepReport, presenceHeard, reportsHeard, transferAppliance } from '#registry';
import { DAY } from '#runtime';
import { type Ask, asking } from './asking.ts';
import { type Account, coolingFails, MINUTE, NOW, openPlatform, PASSWORD, type Platform } from './platform.ts';

let platform: Platform;
let ask: Ask;
let owner: Account;
let member: Account;
let agent: Account;
let dispatcher: Account;
let auditor: Account;
let home: Id;
let fridge: Id;
let before: number;

beforeAll(async () => {
  platform = await openPlatform();
  ask = asking(platform);
  home = (await platform.household('Home')).id;
  owner = await platform.account('owner', home);
  member = await platform.account('owner', home);
  agent = await platform.account('call-agent');
  dispatcher = await platform.account('dispatcher');
  auditor = await platform.account('auditor');
}, 60_000);
afterAll(() => platform[Symbol.asyncDispose]());
beforeEach(async () => {
  fridge = await platform.appliance(home);
  before = await platform.log.end();
});

const say = (who: Account, payload: object) => ask(who, 'POST', `/appliances/${fridge}/reports`, payload);
async function said(who: Account, payload: object): Promise<MadeReport> {
  const answer = await say(who, payload);
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json<MadeReport>();
}
const reports = async (who: Account): Promise<Report[]> =>
  (await ask(who, 'GET', `/appliances/${fridge}/reports`)).json<{ items: Report[] }>().items;
const codesIn = ({ said: choices }: Pick<MadeReport, 'said'>) => choices.map(({ code }) => code);
const heard = async (): Promise<{ kind: LogRecord['kind']; appliance: string; body: unknown }[]> =>
  (await platform.log.read(before, 64 * 1024)).records.map(({ kind, appliance, body }) => ({
    kind,
    appliance,
    body: JSON.parse(Buffer.from(body).toString()),
  }));
const bytesOfDatabase = async (): Promise<string> =>
  JSON.stringify(await platform.sql.query('select * from app.appliance_report'));

describe('what is wrong, in own words', () => {
  it('is heard by diagnosis as codes, and read by the service as words', async () => {
    const made = await said(owner, { text: 'It is not cold and there is water on the floor.' });
    expect(codesIn(made)).toEqual(['not-cold', 'water']);
    expect(made.safety).toEqual([]);
    expect(await heard()).toEqual([
      { kind: 'report', appliance: fridge, body: { codes: ['not-cold', 'water'], by: owner.person.id } },
    ]);
    expect(await reports(dispatcher)).toEqual([
      {
        id: made.id,
        at: new Date(NOW).toISOString(),
        by: { id: owner.person.id, name: owner.person.name },
        text: 'It is not cold and there is water on the floor.',
        said: made.said,
      },
    ]);
    expect(await reportsHeard(platform.sql, { appliance: fridge, from: NOW, to: NOW + 1 })).toEqual([
      { at: NOW, by: owner.person.id, codes: ['not-cold', 'water'] },
    ]);
  });

  it('stands in no table and in no record as it was written', async () => {
    await said(owner, { text: 'not cold, says my aunt Quillfeather' });
    expect(await bytesOfDatabase()).not.toContain('Quillfeather');
    expect(JSON.stringify(await heard())).not.toContain('Quillfeather');
    const audit = await platform.sql.query('select * from app.audit where object = $1', [fridge]);
    expect(JSON.stringify(audit)).toContain('appliance.reported');
    expect(JSON.stringify(audit)).not.toContain('Quillfeather');
  });

  it('is understood in Chinese, and for who writes in the household’s name', async () => {
    expect(codesIn(await said(agent, { text: '冰箱不制冷，声音很大' }))).toEqual(['not-cold', 'noise']);
    expect((await heard())[0]).toMatchObject({ kind: 'report', body: { by: agent.person.id } });
    expect(await reports(owner)).toMatchObject([{ text: '冰箱不制冷，声音很大', by: { name: agent.person.name } }]);
  });

  it('that nobody understood is kept for the service, tells diagnosis nothing, and comes back with choices', async () => {
    const made = await said(owner, { text: 'Please call me about the lower compartment' });
    expect(made.said).toEqual([]);
    expect(made.choices).toHaveLength(11);
    expect(await heard()).toEqual([]);
    expect(await reports(agent)).toMatchObject([{ text: 'Please call me about the lower compartment', said: [] }]);
  });

  it('can be put right before it is sent: then what is chosen counts, not what was understood', async () => {
    const url = `/appliances/${fridge}/reports/understanding`;
    const reading = await ask(owner, 'POST', url, { text: 'it is noisy' });
    expect(reading.json<ReportReading>()).toMatchObject({ understood: ['noise'], safety: [] });
    expect(await heard()).toEqual([]);
    expect(await reports(owner)).toEqual([]);
    expect(codesIn(await said(owner, { text: 'it is noisy', codes: ['runs-all-the-time'] }))).toEqual([
      'runs-all-the-time',
    ]);
    expect((await heard())[0]!.body).toMatchObject({ codes: ['runs-all-the-time'] });
  });

  it('can be a choice without any words', async () => {
    await said(member, { codes: ['frost', 'frost'] });
    expect((await heard())[0]!.body).toMatchObject({ codes: ['frost'] });
    expect(await reports(owner)).toMatchObject([{ text: null, said: [{ code: 'frost' }] }]);
  });

  it('that smells burnt is answered at once with what must be done, in both languages', async () => {
    const [first] = (await said(owner, { text: 'It smells burnt' })).safety;
    expect(first!.en).toMatch(/plug/);
    expect(first!.zh).toMatch(/拔/);
    const reading = await ask(owner, 'POST', `/appliances/${fridge}/reports/understanding`, { text: '有焦味' });
    expect(reading.json<ReportReading>().safety[0]).toEqual(first);
  });

  it.each([
    ['nothing', {}],
    ['blanks', { text: '   ' }],
    ['an unknown code', { codes: ['haunted'] }],
    ['a novel', { text: 'x'.repeat(2_001) }],
  ])('of %s is refused', async (_, payload) => {
    expect((await say(owner, payload)).statusCode).toBe(400);
    expect(await heard()).toEqual([]);
  });

  it('sent twice with one key is said once', async () => {
    const headers = { 'idempotency-key': `report-${fridge}` };
    const path = `/appliances/${fridge}/reports`;
    const first = await ask(owner, 'POST', path, { text: 'it leaks' }, headers);
    const second = await ask(owner, 'POST', path, { text: 'it leaks' }, headers);
    expect(second.json()).toEqual(first.json());
    expect(await heard()).toHaveLength(1);
    expect(await reports(owner)).toHaveLength(1);
  });

  it('stands in the history of the appliance as what was meant', async () => {
    await said(owner, { text: 'it is not cold, said my aunt' });
    const passport = (await ask(dispatcher, 'GET', `/appliances/${fridge}/passport`)).json<Passport>();
    const entry = passport.history.find(({ what }) => what === 'report');
    expect(entry!.text.en).toBe('Reported: It does not get cold');
    expect(JSON.stringify(passport)).not.toContain('aunt');
  });

  it('is not for an auditor to read, nor for a neighbour', async () => {
    const neighbour = await platform.account('owner', (await platform.household('Elsewhere')).id);
    expect((await ask(auditor, 'GET', `/appliances/${fridge}/reports`)).statusCode).toBe(403);
    expect((await ask(neighbour, 'GET', `/appliances/${fridge}/reports`)).statusCode).toBe(404);
    expect((await say(neighbour, { text: 'it is not cold' })).statusCode).toBe(404);
    expect(await heard()).toEqual([]);
  });
});

describe('words that were written', () => {
  it('are read by nobody once the appliance stands elsewhere; what was meant stays for the service', async () => {
    await said(owner, { text: 'it is not cold, and the children are ill' });
    await transferAppliance(platform.sql, { appliance: fridge, by: 'platform', now: NOW + MINUTE });
    const [seen] = await reports(dispatcher);
    expect(seen).toMatchObject({ text: null, said: [{ code: 'not-cold' }] });
  });

  it('go with who wrote them', async () => {
    const leaving = await platform.account('owner', home);
    await said(leaving, { text: 'it leaks, writes Zephyrine' });
    const cookie = await platform.logIn(leaving.person.email);
    await ask({ cookie }, 'POST', '/sessions/current/authentication', { password: PASSWORD });
    expect((await ask({ cookie }, 'POST', '/me/erasure', {})).statusCode).toBe(200);
    expect(await reports(dispatcher)).toMatchObject([{ by: null, text: null, said: [{ code: 'water' }] }]);
    const rows = await platform.sql.query('select words_sealed from app.appliance_report where appliance = $1', [
      fridge,
    ]);
    expect(rows).toEqual([{ words_sealed: null }]);
  });

  it('of somebody who is erased meanwhile are not sealed with a new key', async () => {
    const gone = await platform.account('owner', home);
    await platform.sql.query('delete from keys.subject_key where subject = $1', [gone.person.id]);
    const report = { appliance: fridge, person: gone.person.id, atHome: true, words: 'lost', codes: [] };
    await keepReport(platform.sql, { ...report, by: `person:${gone.person.id}`, now: NOW });
    expect(await reports(dispatcher)).toMatchObject([{ text: null }]);
  });

  it('are forgotten after their time, and what was meant is not', async () => {
    await said(owner, { text: 'it is noisy' });
    expect(await forgetReportWords(platform.sql, NOW)).toBe(0);
    expect(await forgetReportWords(platform.sql, NOW + 1)).toBeGreaterThan(0);
    expect(await reports(owner)).toMatchObject([{ text: null, said: [{ code: 'noise' }] }]);
  });
});

describe('an appliance that is switched off', () => {
  const rest = (who: Account, restsUntil: string | null) =>
    ask(who, 'PUT', `/appliances/${fridge}/presence`, { restsUntil });
  const until = async (who: Account) => (await ask(who, 'GET', `/appliances/${fridge}/presence`)).json().restsUntil;
  const inDays = (days: number) => new Date(NOW + days * DAY).toISOString();

  it('rests until its owner said, and diagnosis hears it', async () => {
    expect(await until(owner)).toBeNull();
    expect((await rest(owner, inDays(90))).json()).toEqual({ restsUntil: inDays(90) });
    expect(await until(dispatcher)).toBe(inDays(90));
    expect((await rest(owner, null)).statusCode).toBe(200);
    expect(await until(owner)).toBeNull();
    expect(await heard()).toEqual([
      { kind: 'presence', appliance: fridge, body: { restsUntil: NOW + 90 * DAY, by: owner.person.id } },
      { kind: 'presence', appliance: fridge, body: { restsUntil: null, by: owner.person.id } },
    ]);
    expect(await presenceHeard(platform.sql, { appliance: fridge, from: 0, to: NOW + 1 })).toMatchObject([
      { restsUntil: NOW + 90 * DAY },
      { restsUntil: null },
    ]);
  });

  it('is expected again once that is over', async () => {
    await rest(owner, inDays(1));
    platform.setClock(NOW + DAY);
    expect(await until(dispatcher)).toBeNull();
    platform.setClock(NOW);
  });

  it.each([
    ['the past', -1],
    ['now', 0],
    ['years from now', 401],
  ])('cannot rest until %s', async (_, days) => {
    const answer = await rest(owner, inDays(days));
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'wrong-rest']);
    expect(await heard()).toEqual([]);
  });

  it('is its owner’s to say, nobody else’s', async () => {
    for (const who of [agent, dispatcher, auditor]) expect((await rest(who, null)).statusCode).toBe(403);
  });

  it('is expected again by the household that claims it', async () => {
    await rest(owner, inDays(90));
    const given = await transferAppliance(platform.sql, { appliance: fridge, by: 'platform', now: NOW });
    const buyer = await platform.account('owner', (await platform.household('Buyers')).id);
    const claim = { model: given.model, serial: given.serial, code: given.code };
    expect((await ask(buyer, 'POST', '/claims', claim)).statusCode).toBe(201);
    expect((await heard()).at(-1)).toMatchObject({ kind: 'presence', body: { restsUntil: null } });
    expect(await until(buyer)).toBeNull();
  });
});

describe('a test that would tell the causes apart', () => {
  const test = { command: 'self-test', text: { en: 'Let it test its parts.', zh: '让它自检。' } };
  const alertOf = async (finding: ReturnType<typeof coolingFails>) => {
    await platform.find(finding);
    const { items } = (await ask(owner, 'GET', `/alerts?state=all&appliance=${fridge}`)).json<{
      items: { id: Id }[];
    }>();
    return (await ask(owner, 'GET', `/alerts/${items[0]!.id}`)).json<Alert>();
  };

  it('is offered while the alert is open, and sent as any other command', async () => {
    const alert = await alertOf(coolingFails(fridge, { test }));
    expect(alert.test).toEqual(test);
    const sent = await ask(owner, 'POST', `/appliances/${fridge}/commands`, { kind: alert.test!.command });
    expect([sent.statusCode, sent.json().state]).toEqual([201, 'queued']);
    expect((await ask(member, 'GET', `/alerts/${alert.id}`)).json<Alert>().test).toEqual(test);
  });

  it('is not offered where none would tell more, nor when it is over', async () => {
    expect((await alertOf(coolingFails(fridge))).test).toBeNull();
    fridge = await platform.appliance(home);
    const over = await alertOf(coolingFails(fridge, { test, state: 'closed', closedAt: NOW }));
    expect([over.state, over.test]).toEqual(['resolved', null]);
  });
});
