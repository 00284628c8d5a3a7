// Units and orders by the file: every wrong line is named, and nothing is half done.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Id, type ImportResult, newId, type Order } from '#contracts';
import { verifyAudit } from '#registry';
import { type Account, openPlatform, type Platform } from './platform.ts';

const MODEL = 'stethos-reference-fridge';

let platform: Platform;
let admin: Account;
beforeAll(async () => {
  platform = await openPlatform();
  admin = await platform.account('administrator');
});
afterAll(() => platform?.[Symbol.asyncDispose]());

async function send(what: 'units' | 'orders', file: string | Buffer | object[], query = '', who = admin) {
  const csv = typeof file === 'string' || Buffer.isBuffer(file);
  const answer = await platform.app.inject({
    method: 'POST',
    url: `/api/v1/${what}/import${query}`,
    headers: { cookie: who.cookie, 'content-type': csv ? 'text/csv; charset=utf-8' : 'application/json' },
    payload: csv ? file : JSON.stringify(file),
  });
  return { status: answer.statusCode, body: answer.json() as ImportResult & { code: string } };
}

const wrong = ({ errors }: ImportResult) => errors.map(({ line, column, code }) => [line, column, code]);
const unitCount = async (): Promise<number> => (await platform.sql.query('select id from app.appliance')).length;
const get = async (path: string, who = admin) =>
  (await platform.app.inject({ url: `/api/v1${path}`, headers: { cookie: who.cookie } })).json();

describe('an import of units', () => {
  it('makes every line of a CSV, with byte order mark, semicolons, quotes and empty lines', async () => {
    const id = newId();
    const csv = [
      '\ufeffid;Model;serial;batch;firmware',
      `${id};${MODEL};A-1;"B ""7""; late";1.0`,
      '',
      `;${MODEL};A-2;;`,
      '',
    ].join('\r\n');
    const { status, body } = await send('units', csv);
    expect(status).toBe(201);
    expect(body).toMatchObject({ written: true, lines: 2, errors: [], made: [{ line: 2, id }, { line: 4 }] });
    expect(await get(`/appliances/${id}/passport`)).toMatchObject({
      serial: 'A-1',
      batch: 'B "7"; late',
      firmware: '1.0',
    });
  });

  it('makes units from JSON, each with what it proves itself with', async () => {
    const { status, body } = await send('units', [
      { model: MODEL, serial: 'J-1', secret: 'ab'.repeat(16) },
      { model: MODEL, serial: 'J-2', fingerprint: Array.from({ length: 32 }, () => 'AB').join(':') },
    ]);
    expect(status).toBe(201);
    const rows = await platform.sql.query<{ kind: string }>(
      'select kind from app.credential where holder = any($1::uuid[])',
      [body.made.map(({ id }: { id: Id }) => id)],
    );
    expect(rows.map(({ kind }) => kind).sort()).toEqual(['certificate', 'secret']);
  });

  it('names every wrong line with column and what to do, in both languages, and writes nothing', async () => {
    await send('units', [{ model: MODEL, serial: 'TAKEN' }]);
    const before = await unitCount();
    const { status, body } = await send('units', [
      { model: MODEL, serial: 'OK-1' },
      { model: 'toaster', serial: 'X-1' },
      { model: MODEL },
      { model: MODEL, serial: 'has blank' },
      { model: MODEL, serial: 'TAKEN' },
      { model: MODEL, serial: 'OK-1' },
      { model: MODEL, serial: 'X-2', secret: 'short' },
      { model: MODEL, serial: 'X-3', secret: 'ab'.repeat(16), fingerprint: 'cd'.repeat(32) },
      { model: MODEL, serial: 'X-4', fingerprint: 'no' },
      { model: MODEL, serial: 'X-5', claim_secret: '1234' },
      { model: MODEL, serial: 'X-6', id: 'seven' },
      { model: MODEL, serial: 'X-7', colour: 'white' },
      'nonsense' as unknown as object,
      { model: MODEL, serial: { nested: true } },
    ]);
    expect(status).toBe(422);
    expect(body.written).toBe(false);
    expect(wrong(body)).toEqual([
      [2, 'model', 'unknown-model'],
      [3, 'serial', 'missing-value'],
      [4, 'serial', 'bad-serial'],
      [5, 'serial', 'serial-taken'],
      [6, 'serial', 'serial-twice'],
      [7, 'secret', 'bad-secret'],
      [8, 'fingerprint', 'secret-and-fingerprint'],
      [9, 'fingerprint', 'bad-fingerprint'],
      [10, 'claim_secret', 'weak-claim-secret'],
      [11, 'id', 'bad-id'],
      [12, 'colour', 'unknown-column'],
      [13, null, 'not-an-object'],
      [14, null, 'not-an-object'],
    ]);
    expect(body.errors[0]!.what).toMatchObject({
      en: 'There is no model "toaster". GET /api/v1/models lists them.',
      zh: '没有型号“toaster”。可通过 GET /api/v1/models 查询。',
    });
    expect(await unitCount()).toBe(before);
  });

  it('with a broken line in the middle says which, and knows all lines behind it', async () => {
    const before = await unitCount();
    const good = (serial: string) => `${MODEL},${serial},`;
    const file = Buffer.concat([
      Buffer.from(`model,serial,batch\n${good('M-1')}\n${MODEL},"M-2,\n${good('M-3')}\n${MODEL},M-4\n`),
      Buffer.from([0x4d, 0xff, 0xfe, 0x0a]),
      Buffer.from(`${MODEL},M-6,${'x'.repeat(9_000)}\n${MODEL},M"7,\n${good('M-8')}`),
    ]);
    const { status, body } = await send('units', file);
    expect(status).toBe(422);
    expect(wrong(body)).toEqual([
      [3, null, 'broken-quotes'],
      [5, null, 'wrong-column-count'],
      [6, null, 'bad-encoding'],
      [7, null, 'line-too-long'],
      [8, null, 'broken-quotes'],
    ]);
    expect(await unitCount()).toBe(before);
    const skipped = await send('units', file, '?skip=errors');
    expect(skipped.status).toBe(201);
    expect(skipped.body.made.map(({ line }: { line: number }) => line)).toEqual([2, 4, 9]);
    expect(wrong(skipped.body)).toHaveLength(5);
    expect(await unitCount()).toBe(before + 3);
  });

  it('only checks when asked to', async () => {
    const before = await unitCount();
    const { status, body } = await send('units', `model,serial\n${MODEL},C-1\ntoaster,C-2`, '?check=true&skip=errors');
    expect([status, body.written, body.lines, wrong(body)]).toEqual([200, false, 2, [[3, 'model', 'unknown-model']]]);
    expect(await unitCount()).toBe(before);
  });

  it.each([
    ['nothing', '', 'empty-file'],
    ['a header alone', 'model,serial', 'empty-file'],
    ['an unknown column', 'model,serial,colour\nx,y,z', 'unknown-column'],
    ['a column twice', 'model,serial,serial\nx,y,z', 'column-twice'],
    ['a column missing', 'model,batch\nx,y', 'missing-column'],
    ['a broken header', 'model,"serial\nx,y', 'broken-quotes'],
  ])('of %s cannot be read, and says why', async (_what, csv, code) => {
    const { status, body } = await send('units', csv);
    expect([status, body.errors.map((error) => error.code)]).toEqual([422, [code]]);
  });

  it('of what is no list, too long, too large or of another type is refused', async () => {
    const post = (payload: string, type = 'application/json') =>
      platform.app.inject({
        method: 'POST',
        url: '/api/v1/units/import',
        headers: { cookie: admin.cookie, 'content-type': type },
        payload,
      });
    expect((await post('{')).json().errors[0].code).toBe('not-json');
    expect((await post('{}')).json().errors[0].code).toBe('not-a-list');
    expect((await post(`[${'1,'.repeat(10_000)}1]`)).statusCode).toBe(422);
    expect((await post(' '.repeat(5 * 1024 * 1024 + 1), 'text/csv')).statusCode).toBe(413);
    expect((await post('x', 'text/plain')).statusCode).toBe(415);
  });

  it('is done once with an Idempotency-Key, and says so when the key comes with another file', async () => {
    const post = (serial: string) =>
      platform.app.inject({
        method: 'POST',
        url: '/api/v1/units/import',
        headers: { cookie: admin.cookie, 'content-type': 'text/csv', 'idempotency-key': 'file-1' },
        payload: `model,serial\n${MODEL},${serial}`,
      });
    const [first, again, other] = [await post('IDEM-1'), await post('IDEM-1'), await post('IDEM-2')];
    expect([first.statusCode, again.statusCode, again.body]).toEqual([201, 201, first.body]);
    expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('takes 10,000 lines, and not one more', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `${MODEL},BIG-${index}`);
    const full = await send('units', ['model,serial', ...lines].join('\n'));
    expect([full.status, full.body.made.length]).toEqual([201, 10_000]);
    const more = await send('units', ['model,serial', ...lines, `${MODEL},BIG-X`].join('\n'));
    expect(wrong(more.body)).toEqual([[1, null, 'too-many-lines']]);
    expect((await verifyAudit(platform.sql)).brokenAt).toBeNull();
  });

  it('is for administrators, of makes that their organisation looks after', async () => {
    for (const role of ['dispatcher', 'owner', 'technician', 'auditor'] as const) {
      const { status } = await send('units', [{ model: MODEL, serial: 'R-1' }], '', await platform.account(role));
      expect(status).toBe(403);
    }
  });
});

describe('an import of orders', () => {
  const order = (more: object = {}) => ({
    number: `O-${newId()}`,
    model: MODEL,
    email: 'Lin@Example.org',
    name: 'Lin Wei',
    address: 'Lake Street 8',
    region: 'lake',
    ...more,
  });
  const sign = async (): Promise<Account> => {
    const account = await platform.account('owner');
    return account;
  };

  it('pre-registers the unit with how it will stand and when it is wished for', async () => {
    const [number, serial] = ['O-1', 'ORD-1'];
    const { status, body } = await send('orders', [
      order({
        number,
        serial,
        wish_date: '2026-04-01',
        ambient_class: 'ST',
        placement: 'built-in',
        water_connection: true,
        floor: 3,
        lift: 'no',
      }),
    ]);
    expect(status).toBe(201);
    const environment = { ambientClass: 'ST', placement: 'built-in', waterConnection: true, floor: 3, lift: false };
    const [found, ...more]: Order[] = (await get(`/orders?number=${number}`)).items;
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      id: body.made[0]!.id,
      number,
      serial,
      wishDate: '2026-04-01',
      region: 'lake',
      environment,
      customer: { name: 'Lin Wei', email: 'Lin@Example.org', address: 'Lake Street 8' },
      claimedAt: null,
    });
    expect((await get(`/appliances/${found!.appliance}/passport`)).environment).toEqual(environment);
  });

  it('keeps no name, address or mail address readable', async () => {
    await send('orders', [order({ email: 'secret@example.org', name: 'Top Secret', address: 'Hidden 1' })]);
    const rows = JSON.stringify([
      await platform.sql.query('select * from app.unit_order'),
      await platform.sql.query('select * from app.audit'),
    ]);
    for (const word of ['Top Secret', 'Hidden 1', 'secret@example.org']) expect(rows).not.toContain(word);
  });

  it('flows into the file when its customer claims the unit, and leaves the order', async () => {
    const lin = await sign();
    const serial = 'ORD-LIN';
    const code = '7K3QX-0WM5T-A9D2R-HJ4VB';
    await send('units', [{ model: MODEL, serial, claim_secret: code }]);
    await send('orders', [order({ number: 'O-LIN', serial, email: lin.person.email.toUpperCase(), floor: 5 })]);
    const claimed = await platform.app.inject({
      method: 'POST',
      url: '/api/v1/claims',
      headers: { cookie: lin.cookie },
      payload: { model: MODEL, serial, code },
    });
    expect(claimed.statusCode).toBe(201);
    expect(claimed.json()).toMatchObject({
      environment: { floor: 5 },
      site: { address: 'Lake Street 8', region: 'lake' },
    });
    const [after]: Order[] = (await get('/orders?state=claimed&number=O-LIN')).items;
    expect(after).toMatchObject({ customer: null, serial });
    expect(after!.claimedAt).not.toBeNull();
    expect(await platform.sql.query('select 1 from keys.subject_key where subject = $1', [after!.id])).toEqual([]);
  });

  it('says nothing to a claimer who is not its customer', async () => {
    const other = await sign();
    const serial = 'ORD-GIFT';
    const code = '7K3QX-0WM5T-A9D2R-HJ4VB';
    await send('units', [{ model: MODEL, serial, claim_secret: code }]);
    await send('orders', [order({ serial, floor: 9 })]);
    const claimed = await platform.app.inject({
      method: 'POST',
      url: '/api/v1/claims',
      headers: { cookie: other.cookie },
      payload: { model: MODEL, serial, code, newHousehold: { name: 'Home', region: 'north' } },
    });
    expect(claimed.json()).toMatchObject({ environment: {}, site: { address: '' } });
  });

  it('names wrong lines, and refuses a unit that stands in a household', async () => {
    const home = await platform.household('Taken home');
    const account = await platform.account('owner', home.id);
    const code = '7K3QX-0WM5T-A9D2R-HJ4VB';
    await send('units', [{ model: MODEL, serial: 'ORD-HOME', claim_secret: code }]);
    await platform.app.inject({
      method: 'POST',
      url: '/api/v1/claims',
      headers: { cookie: account.cookie },
      payload: { model: MODEL, serial: 'ORD-HOME', code },
    });
    const twice = order({ number: 'O-TWICE' });
    await send('orders', [order({ number: 'O-DONE' })]);
    const { status, body } = await send('orders', [
      order({ number: 'O-DONE' }),
      twice,
      twice,
      order({ email: 'nobody' }),
      order({ wish_date: '2026-02-30' }),
      order({ ambient_class: 'hot' }),
      order({ floor: 'third' }),
      order({ serial: 'ORD-HOME' }),
      order({ region: undefined }),
    ]);
    expect(status).toBe(422);
    expect(wrong(body)).toEqual([
      [1, 'number', 'order-taken'],
      [3, 'number', 'order-twice'],
      [4, 'email', 'bad-mail'],
      [5, 'wish_date', 'bad-date'],
      [6, 'ambient_class', 'bad-choice'],
      [7, 'floor', 'bad-number'],
      [8, 'serial', 'unit-in-a-household'],
      [9, 'region', 'missing-value'],
    ]);
  });

  it('is for those who arrange deliveries, and its list too', async () => {
    const dispatcher = await platform.account('dispatcher');
    expect((await send('orders', [order()], '', dispatcher)).status).toBe(201);
    const stranger = await platform.account('owner');
    expect((await send('orders', [order()], '', stranger)).status).toBe(403);
    const answer = await platform.app.inject({ url: '/api/v1/orders', headers: { cookie: stranger.cookie } });
    expect(answer.statusCode).toBe(403);
  });
});
