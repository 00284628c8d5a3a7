// How an appliance comes to a household, what its passport says, and what stays behind when it is given away.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Alert, type Appliance, type Id, newId, type Passport } from '#contracts';
import { HOUR } from '#runtime';
import { type Account, coolingFails, MINUTE, NOW, openPlatform, type Platform } from './platform.ts';

const MODEL = 'stethos-reference-fridge';
const CODE = '7K3QX-0WM5T-A9D2R-HJ4VB';

let platform: Platform;
let admin: Account;
let dispatcher: Account;
beforeAll(async () => {
  platform = await openPlatform();
  admin = await platform.account('administrator');
  dispatcher = await platform.account('dispatcher');
});
afterAll(() => platform?.[Symbol.asyncDispose]());
beforeEach(() => {
  platform.setClock(NOW);
  return platform.sql.query('delete from app.claim_attempts');
});

async function ask(
  who: Account,
  method: 'GET' | 'POST' | 'PATCH' | 'PUT',
  path: string,
  payload?: object,
  ip?: string,
) {
  const answer = await platform.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { cookie: who.cookie },
    ...(payload === undefined ? {} : { payload }),
    ...(ip === undefined ? {} : { remoteAddress: ip }),
  });
  const isJson = String(answer.headers['content-type']).includes('json');
  return { status: answer.statusCode, body: isJson ? answer.json() : answer.body, headers: answer.headers };
}

let units = 0;
async function unit(more: Record<string, string> = {}): Promise<{ id: Id; serial: string }> {
  const serial = `SN-${++units}`;
  const made = await ask(admin, 'POST', '/units/import', [{ model: MODEL, serial, claim_secret: CODE, ...more }]);
  expect(made.status).toBe(201);
  return { id: made.body.made[0].id, serial };
}

async function owner(): Promise<Account & { home: Id }> {
  const home = await platform.household('Mill Lane');
  return { ...(await platform.account('owner', home.id)), home: home.id };
}

const claim = (who: Account, serial: string, more: object = {}, ip?: string) =>
  ask(who, 'POST', '/claims', { model: MODEL, serial, code: CODE, ...more }, ip);

const appliancesOf = async (who: Account): Promise<Appliance[]> => (await ask(who, 'GET', '/appliances')).body.items;
const passport = async (who: Account, id: Id): Promise<Passport> =>
  (await ask(who, 'GET', `/appliances/${id}/passport`)).body;

describe('a claim', () => {
  it('opens the file for the household, with the name it gives, however the code is typed', async () => {
    const { id, serial } = await unit({ batch: 'B7', firmware: '1.2' });
    const anna = await owner();
    const said = await claim(anna, serial, { code: '7k3qx 0wm5t a9d2r hj4vb', name: 'Kitchen' });
    expect(said.status).toBe(201);
    expect(said.body).toMatchObject({ appliance: id, name: 'Kitchen', serial, batch: 'B7', firmware: '1.2' });
    expect(said.body.site).toEqual({ address: 'Mill Lane 1', region: 'north' });
    expect((await appliancesOf(anna)).map((one) => [one.id, one.name])).toEqual([[id, 'Kitchen']]);
  });

  it('is answered alike for an unknown serial, a wrong code, a used code, and the code of another model', async () => {
    const { serial } = await unit();
    const other = await unit();
    const [anna, ben] = [await owner(), await owner()];
    expect((await claim(anna, serial)).status).toBe(201);
    const answers = [
      await claim(ben, 'SN-UNKNOWN'),
      await claim(ben, other.serial, { code: 'AAAAA-AAAAA-AAAAA-AAAAA' }),
      await claim(ben, serial),
      await claim(ben, other.serial, { model: 'metered-fridge' }),
      await claim(ben, other.serial, { model: 'no-such-model' }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(422);
      expect(body).toEqual(answers[0]!.body);
      expect(body.code).toBe('wrong-claim-code');
    }
    expect(await appliancesOf(ben)).toEqual([]);
  });

  it('that is sent twice says so to the household, and to nobody else', async () => {
    const { serial } = await unit();
    const [anna, ben] = [await owner(), await owner()];
    await claim(anna, serial);
    expect(await claim(anna, serial)).toMatchObject({ status: 409, body: { code: 'already-claimed' } });
    expect(await claim(ben, serial)).toMatchObject({ status: 422 });
  });

  it('guessed 100 times by one person gets nowhere', async () => {
    const { id, serial } = await unit();
    const eve = await owner();
    const statuses: number[] = [];
    for (let guess = 0; guess < 100; guess++) {
      const code = `GUESS-GUESS-GUESS-${String(guess).padStart(5, '0')}`;
      statuses.push((await claim(eve, serial, { code }, `10.0.0.${guess}`)).status);
    }
    expect(statuses.filter((status) => status === 422)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(90);
    const late = await claim(eve, serial);
    expect(late).toMatchObject({ status: 429, headers: { 'retry-after': '3600' } });
    expect((await ask(admin, 'GET', `/appliances/${id}`)).body.household).toBeNull();
  });

  it('of a unit that was guessed at by many rests for an hour, the right code too; then it is good', async () => {
    const { serial } = await unit();
    const anna = await owner();
    for (let guess = 0; guess < 10; guess++) {
      await claim(await owner(), serial, { code: 'AAAAA-AAAAA-AAAAA-AAAAA' }, `10.0.1.${guess}`);
    }
    expect((await claim(anna, serial)).body.code).toBe('wrong-claim-code');
    platform.setClock(NOW + HOUR - 1);
    expect((await claim(anna, serial)).status).toBe(422);
    platform.setClock(NOW + HOUR);
    expect((await claim(anna, serial)).status).toBe(201);
  });

  it('needs to know the household when there is not exactly one, and spends no code until it does', async () => {
    const { serial } = await unit();
    const nobody = await platform.account('owner');
    expect((await claim(nobody, serial)).body.code).toBe('household-needed');
    const home = { name: 'New home', region: 'south', address: 'Hill 2' };
    const said = await claim(nobody, serial, { newHousehold: home });
    expect(said.body.site).toEqual({ address: 'Hill 2', region: 'south' });
    const foreign = await owner();
    const second = await unit();
    expect((await claim(nobody, second.serial, { household: foreign.home })).body.code).toBe('unknown-household');
    await ask(nobody, 'POST', '/households', { name: 'Second home', region: 'north' });
    expect((await claim(nobody, second.serial)).body.code).toBe('household-needed');
  });

  it('is for owners alone', async () => {
    const { serial } = await unit();
    for (const who of [admin, dispatcher, await platform.account('technician')]) {
      expect((await claim(who, serial)).status).toBe(403);
    }
  });
});

describe('a label', () => {
  const codeOn = (svg: string): string =>
    [...svg.matchAll(/monospace[^>]*>([^<]+)</g)].map(([, part]) => part!).join('-');

  it('is a sheet with model, serial and a code that claims the unit; the code before it does not any more', async () => {
    const { id, serial } = await unit();
    const { status, body: svg, headers } = await ask(dispatcher, 'POST', `/appliances/${id}/label`, {});
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('image/svg+xml');
    expect(svg).toContain('viewBox="0 0 210 297"');
    expect(svg).toContain(`S/N ${serial}`);
    const anna = await owner();
    expect((await claim(anna, serial)).status).toBe(422);
    expect((await claim(anna, serial, { code: codeOn(svg) })).status).toBe(201);
    expect((await ask(dispatcher, 'POST', `/appliances/${id}/label`, {})).body.code).toBe('in-a-household');
  });

  it('comes many to a sheet, as many as fit', async () => {
    const ids = [(await unit()).id, (await unit()).id, (await unit()).id];
    const { body: svg } = await ask(admin, 'POST', '/labels', { appliances: ids, perRow: 2 });
    expect(svg.match(/S\/N /g)).toHaveLength(3);
    const many = Array.from({ length: 100 }, () => ids[0]!);
    expect((await ask(admin, 'POST', '/labels', { appliances: [...many.slice(1), newId()], perRow: 2 })).status).toBe(
      404,
    );
    expect((await ask(await owner(), 'POST', '/labels', { appliances: ids })).status).toBe(403);
  });

  it('leaves no code in the database and none in the audit log', async () => {
    const { id } = await unit();
    const { body: svg } = await ask(admin, 'POST', `/appliances/${id}/label`, {});
    const code = codeOn(svg);
    const rows = [
      ...(await platform.sql.query('select * from app.claim_code')),
      ...(await platform.sql.query('select * from app.audit')),
    ];
    expect(JSON.stringify(rows)).not.toContain(code);
    expect(JSON.stringify(rows)).not.toContain(code.replaceAll('-', ''));
    expect(rows).toContainEqual(expect.objectContaining({ action: 'label.printed', object: id }));
  });
});

describe('a passport', () => {
  it('counts the warranty from the purchase, else the installation, else the claim', async () => {
    const { id, serial } = await unit();
    const anna = await owner();
    expect((await passport(admin, id)).warranty).toMatchObject({ start: null, inWarranty: false, months: 36 });
    await claim(anna, serial);
    expect((await passport(anna, id)).warranty).toEqual({
      start: '2026-03-02',
      startsWith: 'claim',
      months: 36,
      ends: '2029-03-02',
      daysLeft: 1096,
      inWarranty: true,
    });
    await ask(dispatcher, 'PATCH', `/appliances/${id}/passport`, { installedOn: '2024-02-29' });
    expect((await passport(anna, id)).warranty).toMatchObject({ startsWith: 'installation', ends: '2027-02-28' });
    await ask(dispatcher, 'PATCH', `/appliances/${id}/passport`, { purchasedOn: '2023-03-02' });
    const over = await passport(anna, id);
    expect(over.warranty).toMatchObject({ startsWith: 'purchase', ends: '2026-03-02', daysLeft: 0, inWarranty: false });
    expect(over.supportEndsOn).toBe('2036-12-31');
  });

  it('says what has to be changed by when, and forgets nothing that was', async () => {
    const { id, serial } = await unit();
    const anna = await owner();
    await claim(anna, serial);
    const filter = async () => (await passport(anna, id)).consumables.find((one) => one.id === 'air-filter');
    expect(await filter()).toMatchObject({ lastChanged: null, due: '2026-08-29', daysLeft: 180 });
    await ask(dispatcher, 'PATCH', `/appliances/${id}/passport`, { installedOn: '2025-08-14' });
    expect(await filter()).toMatchObject({ lastChanged: null, due: '2026-02-10', daysLeft: -20 });
    const path = `/appliances/${id}/consumables`;
    const said = await ask(anna, 'PUT', `${path}/air-filter`, {});
    expect(said.body.consumables[0]).toMatchObject({ lastChanged: '2026-03-02', due: '2026-08-29', daysLeft: 180 });
    await ask(anna, 'PUT', `${path}/air-filter`, { changedOn: '2026-01-01' });
    expect(await filter()).toMatchObject({ lastChanged: '2026-03-02' });
    expect((await ask(anna, 'PUT', `${path}/air-filter`, { changedOn: '2030-01-01' })).body.code).toBe('in-the-future');
    expect((await ask(anna, 'PUT', `${path}/water-filter`, {})).body.code).toBe('unknown-consumable');
  });

  it('tells the history of the machine in both languages', async () => {
    const { id, serial } = await unit({ firmware: '1.0' });
    const anna = await owner();
    platform.setClock(NOW + MINUTE);
    await claim(anna, serial);
    await platform.find(coolingFails(id, { openedAt: NOW + 2 * MINUTE, changedAt: NOW + 2 * MINUTE }));
    platform.setClock(NOW + 3 * MINUTE);
    await ask(dispatcher, 'PATCH', `/appliances/${id}/passport`, { firmware: '1.1' });
    const { firmware, history } = await passport(anna, id);
    expect(firmware).toBe('1.1');
    expect(history.map(({ what, text }) => [what, text.en, text.zh])).toEqual([
      ['firmware-changed', 'Firmware 1.1 (before: 1.0)', '固件版本 1.1（此前：1.0）'],
      ['alert', 'The fridge is too warm (most likely: Cooling is failing)', '冰箱温度过高（最可能的原因：制冷失效）'],
      ['claimed', 'Claimed by its household', '已由家庭认领'],
      ['made', 'Registered', '已登记'],
    ]);
  });

  it('is not edited by its owner, and not seen by another one', async () => {
    const { id, serial } = await unit();
    const [anna, ben] = [await owner(), await owner()];
    await claim(anna, serial);
    expect((await ask(anna, 'PATCH', `/appliances/${id}/passport`, { purchasedOn: '2026-01-01' })).status).toBe(403);
    expect((await ask(ben, 'GET', `/appliances/${id}/passport`)).status).toBe(404);
  });
});

describe('a swapped module', () => {
  it('gets a new secret; the old one is worth nothing, and file and history stay', async () => {
    const secret = 'ab'.repeat(24);
    const { id, serial } = await unit({ secret });
    const anna = await owner();
    await claim(anna, serial, { name: 'Kitchen' });
    const said = await ask(dispatcher, 'POST', `/appliances/${id}/module`, { firmware: '2.0' });
    expect(said.status).toBe(201);
    expect(said.body.secret).toMatch(/^[0-9a-f]{48}$/);
    expect(await platform.sql.query('select 1 from app.credential where holder = $1', [id])).toHaveLength(1);
    const after = await passport(anna, id);
    expect(after).toMatchObject({ appliance: id, name: 'Kitchen', firmware: '2.0' });
    expect(after.history.map(({ what }) => what)).toContain('module-swapped');
    expect((await ask(anna, 'POST', `/appliances/${id}/module`, {})).status).toBe(403);
  });
});

describe('an appliance that is given away', () => {
  const said = (value: number, at: number) =>
    JSON.stringify({ readings: [{ at, values: { cabinet_temperature: value } }] });

  async function givenAway() {
    const { id, serial } = await unit();
    const [anna, ben] = [await owner(), await owner()];
    await claim(anna, serial, { name: "Anna's fridge" });
    await platform.hear(id, said(4.5, NOW));
    await platform.hear(id, '{"nonsense":');
    await platform.find(coolingFails(id));
    const alert = (await ask(anna, 'GET', '/alerts')).body.items[0];
    platform.setClock(NOW + HOUR);
    const transfer = await ask(anna, 'POST', `/appliances/${id}/transfer`);
    return { id, serial, anna, ben, alert, transfer };
  }

  it('is out of its household at once, which keeps what happened there', async () => {
    const { id, anna, alert, transfer } = await givenAway();
    expect(transfer.status).toBe(200);
    expect(transfer.body.url).toContain(encodeURIComponent(transfer.body.code));
    expect(await appliancesOf(anna)).toEqual([]);
    for (const path of ['', '/passport', '/quarantine']) {
      expect((await ask(anna, 'GET', `/appliances/${id}${path}`)).status).toBe(404);
    }
    const kept = (await ask(anna, 'GET', '/alerts?state=all')).body.items;
    expect(kept).toMatchObject([{ id: alert.id, state: 'resolved', applianceName: 'Reference fridge-freezer' }]);
    expect((await ask(anna, 'POST', `/appliances/${id}/transfer`)).status).toBe(404);
  });

  it('shows its new household the machine, and nothing of the former one', async () => {
    const { id, serial, anna, ben, transfer, alert } = await givenAway();
    platform.setClock(NOW + 2 * HOUR);
    const claimed = await claim(ben, serial, { code: transfer.body.code, name: "Ben's fridge" });
    expect(claimed.status).toBe(201);
    expect(claimed.body.history.map(({ what }: { what: string }) => what)).toEqual(
      expect.arrayContaining(['made', 'claimed', 'transferred', 'alert']),
    );
    const seen = (await ask(ben, 'GET', `/appliances/${id}`)).body;
    expect(seen).toMatchObject({ heardAt: null, latest: [] });
    expect((await ask(ben, 'GET', `/appliances/${id}/quarantine`)).body.items).toEqual([]);
    const span = `from=${new Date(NOW - HOUR).toISOString()}&to=${new Date(NOW + 3 * HOUR).toISOString()}`;
    const readings = `/appliances/${id}/readings?signal=cabinet_temperature&${span}`;
    expect((await ask(ben, 'GET', readings)).body.points).toEqual([]);
    expect((await ask(admin, 'GET', readings)).body.points).toHaveLength(1);
    expect((await ask(ben, 'GET', `/alerts/${alert.id}`)).status).toBe(404);
    platform.setClock(NOW + 2 * HOUR + MINUTE);
    await platform.hear(id, said(5, NOW + 2 * HOUR + MINUTE));
    expect((await ask(ben, 'GET', readings)).body.points).toMatchObject([{ mean: 5 }]);
    const everything = JSON.stringify([claimed.body, seen, (await ask(ben, 'GET', '/alerts?state=all')).body]);
    expect(everything).not.toContain('Anna');
    expect(everything).not.toContain(anna.home);
    expect(JSON.stringify((await ask(anna, 'GET', '/alerts?state=all')).body)).not.toContain('Ben');
  });

  it('has its open problem told anew to its new household, without the answers of the former one', async () => {
    const { id, serial, ben, transfer } = await givenAway();
    await claim(ben, serial, { code: transfer.body.code });
    const answers = [{ question: 'door-closed', answer: 'it-is-closed', at: NOW }];
    await platform.find(coolingFails(id, { answers, changedAt: NOW + HOUR }));
    const [alert, ...more] = (await ask(ben, 'GET', '/alerts')).body.items;
    expect(more).toEqual([]);
    expect((await ask(ben, 'GET', `/alerts/${alert.id}`)).body).toMatchObject({ state: 'open', answers: [] });
  });

  it('has its case closed for the former household, and the technician has no more work there', async () => {
    const { id, serial } = await unit();
    const [anna, ben] = [await owner(), await owner()];
    const technician = await platform.account('technician');
    await claim(anna, serial);
    await platform.find(coolingFails(id));
    const alert = (await ask(anna, 'GET', '/alerts')).body.items[0];
    await ask(anna, 'POST', `/alerts/${alert.id}/service-request`);
    await platform.sweepFieldService();
    expect((await ask(anna, 'GET', '/cases')).body.items).toHaveLength(1);
    const { body } = await ask(anna, 'POST', `/appliances/${id}/transfer`);
    await platform.sweepFieldService();
    const [closed] = (await ask(anna, 'GET', '/cases?state=all')).body.items;
    expect(closed).toMatchObject({ state: 'closed', visits: [{ state: 'cancelled' }] });
    await claim(ben, serial, { code: body.code });
    expect((await ask(ben, 'GET', '/cases?state=all')).body.items).toEqual([]);
    expect((await ask(technician, 'GET', `/appliances/${id}`)).status).toBe(404);
  });

  it('is out of reach for whom the former household let look; whom the new one lets look sees what it sees', async () => {
    const { id, serial } = await unit();
    const [anna, ben] = [await owner(), await owner()];
    const repairer = await platform.account('repairer');
    const letLook = async (who: Account) =>
      (await ask(who, 'POST', `/appliances/${id}/grants`, { email: repairer.person.email, hours: 48 })).status;
    const sees = async () => (await ask(repairer, 'GET', '/alerts?state=all')).body.items.map((one: Alert) => one.id);
    await claim(anna, serial);
    expect(await letLook(anna)).toBe(201);
    await platform.find(coolingFails(id));
    const [former] = await sees();
    const transfer = await ask(anna, 'POST', `/appliances/${id}/transfer`);
    expect(await sees()).toEqual([]);
    expect((await ask(repairer, 'GET', `/appliances/${id}`)).status).toBe(404);
    await claim(ben, serial, { code: transfer.body.code });
    expect(await letLook(ben)).toBe(201);
    const [now, ...more] = await sees();
    expect(more).toEqual([]);
    expect(now).not.toBe(former);
    expect((await ask(repairer, 'GET', `/alerts/${now}`)).status).toBe(200);
    expect((await ask(repairer, 'GET', `/alerts/${former}`)).status).toBe(404);
    expect((await passport(repairer, id)).site).toBeNull();
  });
});
