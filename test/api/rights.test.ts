// People's rights over HTTP: exports, erasure, consents, and how long things are kept.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Consents, Export, ExportFormat, Id, Retention } from '#contracts';
import { transferAppliance } from '#registry';
import { DAY } from '#runtime';
import { type Account, coolingFails, MINUTE, NOW, openPlatform, PASSWORD, type Platform } from './platform.ts';

let platform: Platform;
let house: Id;
let owner: Account;
let neighbour: Account;
let fridge: Id;

beforeAll(async () => {
  platform = await openPlatform();
  house = (await platform.household('Bluebell Cottage')).id;
  owner = await platform.account('owner', house);
  neighbour = await platform.account('owner', (await platform.household('Next door')).id);
  fridge = await platform.appliance(house, 'Grandma’s fridge');
  for (let i = 0; i < 5; i++) {
    const values = {
      cabinet_temperature: 4 + i / 10,
      door_open: i === 2,
      ...(i === 3 ? { mode: 'eco, "quiet"' } : {}),
    };
    await platform.hear(fridge, JSON.stringify({ readings: [{ at: NOW + i * MINUTE, values }] }));
  }
  await platform.hear(fridge, 'not JSON at all');
  platform.setClock(NOW + 9 * MINUTE);
  await platform.find(coolingFails(fridge));
}, 60_000);
afterAll(() => platform[Symbol.asyncDispose]());

const ask = (who: Account | null, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: object) =>
  platform.app.inject({
    method,
    url: path.startsWith('/api') ? path : `/api/v1${path}`,
    headers: who ? { cookie: who.cookie } : {},
    ...(payload ? { payload } : {}),
  });

/** Asked for, made and looked at again. */
async function exported(who: Account, path: string, format: ExportFormat): Promise<Export> {
  const asked = await ask(who, 'POST', path, { format });
  expect(asked.statusCode, asked.body).toBe(202);
  expect(asked.json<Export>()).toMatchObject({ state: 'waiting', files: [] });
  await platform.rights.sweep();
  return (await ask(who, 'GET', `/exports/${asked.json<Export>().id}`)).json<Export>();
}

async function file(who: Account, made: Export, name: string): Promise<Buffer> {
  const found = made.files.find((one) => one.name === name);
  const answer = await ask(who, 'GET', found!.path);
  expect(answer.statusCode).toBe(200);
  expect(answer.rawPayload.length).toBe(found!.bytes);
  return answer.rawPayload;
}

const rows = async (who: Account, made: Export, name: string): Promise<Record<string, unknown>[]> =>
  JSON.parse((await file(who, made, name)).toString());

describe('an export of everything about me', () => {
  it('holds account, households, messages, alerts and what I did, in words', async () => {
    const made = await exported(owner, '/me/exports', 'json');
    expect(made.state).toBe('ready');
    expect(await rows(owner, made, 'account.json')).toMatchObject([{ id: owner.person.id, email: owner.person.email }]);
    expect(await rows(owner, made, 'households.json')).toMatchObject([{ name: 'Bluebell Cottage', standing: 'owner' }]);
    expect(await rows(owner, made, 'appliances.json')).toMatchObject([{ id: fridge, name: 'Grandma’s fridge' }]);
    expect(await rows(owner, made, 'messages.json')).toMatchObject([
      { kind: 'opened', subject: 'The fridge is too warm' },
    ]);
    expect(await rows(owner, made, 'alerts.json')).toMatchObject([
      { appliance: fridge, problem: 'refrigerator-cooling' },
    ]);
    expect(await rows(owner, made, 'sessions.json')).toHaveLength(1);
    expect(await rows(owner, made, 'audit.json')).toContainEqual(expect.objectContaining({ action: 'export.asked' }));
  });

  it('holds what I asked of appliances, and so does the export of the appliance', async () => {
    const body = { kind: 'set-point', parameters: { set_point: 4 } };
    const { id } = (await ask(owner, 'POST', `/appliances/${fridge}/commands`, body)).json<{ id: Id }>();
    const row = { id, appliance: fridge, kind: 'set-point', parameters: '{"set_point":4}', state: 'queued' };
    for (const path of ['/me/exports', `/appliances/${fridge}/exports`]) {
      const made = await exported(owner, path, 'json');
      expect(await rows(owner, made, 'commands.json')).toMatchObject([row]);
    }
  });

  it('is for nobody else', async () => {
    const made = await exported(owner, '/me/exports', 'csv');
    expect((await ask(neighbour, 'GET', `/exports/${made.id}`)).statusCode).toBe(404);
    expect((await ask(neighbour, 'GET', made.files[0]!.path)).statusCode).toBe(404);
    expect((await ask(null, 'GET', made.files[0]!.path)).statusCode).toBe(401);
    expect((await ask(neighbour, 'GET', '/exports')).json()).toEqual({ items: [], next: null });
  });

  it('stands on the disk as cipher text alone, and a file that was cut is not handed out', async () => {
    const made = await exported(owner, '/me/exports', 'json');
    const folder = join(platform.deps.exportFolder, made.id);
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      for (const plain of ['Bluebell', owner.person.email, owner.person.id, 'refrigerator']) {
        expect(bytes.includes(plain), `${name} holds ${plain}`).toBe(false);
      }
    }
    const account = join(folder, 'account.json');
    truncateSync(account, statSync(account).size - 1);
    const cut = ask(owner, 'GET', made.files.find(({ name }) => name === 'account.json')!.path);
    await expect(cut.then(({ statusCode }) => statusCode)).resolves.not.toBe(200);
  });

  it('asks for the password again when it was last asked for a while ago', async () => {
    const late = await platform.account('owner', house);
    const before = platform.now();
    platform.setClock(before + 11 * MINUTE);
    const answer = await ask(late, 'POST', '/me/exports', { format: 'json' });
    platform.setClock(before);
    expect(answer.json()).toMatchObject({ status: 403, code: 'authenticate-again' });
  });
});

describe('an export of an appliance', () => {
  it('holds every reading, as CSV that a spreadsheet takes for no formula', async () => {
    await platform.hear(fridge, JSON.stringify({ readings: [{ at: NOW + 6 * MINUTE, values: { mode: '=1+1' } }] }));
    const made = await exported(owner, `/appliances/${fridge}/exports`, 'csv');
    const lines = (await file(owner, made, 'readings.csv')).toString().split('\r\n');
    expect(lines[0]).toBe('at,signal,unit,value,text');
    expect(lines).toContain('2026-03-02T09:01:00.000Z,cabinet_temperature,Cel,4.1,');
    expect(lines).toContain('2026-03-02T09:03:00.000Z,mode,,,"eco, ""quiet"""');
    expect(lines).toContain("2026-03-02T09:06:00.000Z,mode,,,'=1+1");
    expect(lines.filter((line) => line.includes('door_open'))).toHaveLength(5);
    expect((await file(owner, made, 'quarantine.csv')).toString()).toContain('not JSON at all');
  });

  it('holds what is left of readings that are gone', async () => {
    await platform.growOld();
    const made = await exported(owner, `/appliances/${fridge}/exports`, 'csv');
    const lines = (await file(owner, made, 'five-minutes.csv')).toString().split('\r\n');
    expect(lines[0]).toBe('at,signal,unit,count,mean,least,most,last');
    expect(lines).toContain('2026-03-02T09:00:00.000Z,door_open,boolean,5,0.2,0,1,0');
  });

  it('is Parquet that another program reads', async () => {
    const made = await exported(owner, `/appliances/${fridge}/exports`, 'parquet');
    const folder = mkdtempSync(join(tmpdir(), 'stethos-parquet-'));
    try {
      for (const { name } of made.files) writeFileSync(join(folder, name), await file(owner, made, name));
      const database = await DuckDBInstance.create(':memory:');
      const connection = await database.connect();
      const read = async (query: string) => (await connection.runAndReadAll(query)).getRowObjectsJson();
      expect(
        await read(`select signal, unit, value, text, epoch_ms("at")::bigint as at
                      from '${folder}/readings.parquet' where "at" = '2026-03-02 09:03:00' order by signal`),
      ).toEqual([
        { signal: 'cabinet_temperature', unit: 'Cel', value: 4.3, text: null, at: String(NOW + 3 * MINUTE) },
        { signal: 'door_open', unit: 'boolean', value: 0, text: null, at: String(NOW + 3 * MINUTE) },
        { signal: 'mode', unit: null, value: null, text: 'eco, "quiet"', at: String(NOW + 3 * MINUTE) },
      ]);
      for (const { name } of made.files) await read(`select count(*) from '${folder}/${name}'`);
      connection.closeSync();
      database.closeSync();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('begins with the household that has it, and ends with it', async () => {
    const cooler = await platform.appliance(house, 'Cooler');
    const made = await exported(owner, `/appliances/${cooler}/exports`, 'json');
    expect(made.state).toBe('ready');
    expect((await ask(neighbour, 'POST', `/appliances/${cooler}/exports`, { format: 'json' })).statusCode).toBe(404);
    const by = `person:${owner.person.id}` as const;
    await platform.sql.transaction((tx) => transferAppliance(tx, { appliance: cooler, by, now: platform.now() }));
    expect((await ask(owner, 'GET', `/exports/${made.id}`)).statusCode).toBe(404);
    expect((await ask(owner, 'GET', made.files[0]!.path)).statusCode).toBe(404);
  });

  it('is limited to three at a time', async () => {
    const busy = await platform.account('owner', house);
    const asked: number[] = [];
    for (let i = 0; i < 4; i++) asked.push((await ask(busy, 'POST', '/me/exports', { format: 'json' })).statusCode);
    expect(asked).toEqual([202, 202, 202, 429]);
    expect(await platform.rights.sweep()).toBe(3);
  });
});

describe('consents', () => {
  const consents = async (who: Account) =>
    Object.fromEntries(
      (await ask(who, 'GET', '/me/consents'))
        .json<z.infer<typeof Consents>>()
        .items.map(({ purpose, given }) => [purpose, given]),
    );

  it('are not given until somebody gives them, but for mails about his own appliances', async () => {
    expect(await consents(owner)).toEqual({
      'service-messages': true,
      'diagnosis-improvement': false,
      'remote-support': false,
      marketing: false,
    });
  });

  it('are given and withdrawn with their time, and nothing said before is lost', async () => {
    await ask(owner, 'PUT', '/me/consents', { marketing: true });
    await ask(owner, 'PUT', '/me/consents', { marketing: true });
    await ask(owner, 'PUT', '/me/consents', { marketing: false });
    const { items } = (await ask(owner, 'GET', '/me/consents')).json<z.infer<typeof Consents>>();
    const marketing = items.find(({ purpose }) => purpose === 'marketing')!;
    expect(marketing).toMatchObject({ given: false, version: 1 });
    expect(marketing.said.map(({ given }) => given)).toEqual([false, true]);
  });

  it('refuse a purpose that does not exist', async () => {
    expect((await ask(owner, 'PUT', '/me/consents', { everything: true })).statusCode).toBe(400);
  });
});

describe('retention', () => {
  it('is changed by who runs the platform, within limits', async () => {
    const administrator = await platform.account('administrator');
    const changed = await ask(administrator, 'PUT', '/retention', { quarantine: 3 });
    expect(changed.json<z.infer<typeof Retention>>().items).toContainEqual({
      what: 'quarantine',
      days: 3,
      least: 1,
      most: 365,
    });
    expect((await ask(administrator, 'PUT', '/retention', { exports: 1_000 })).json()).toMatchObject({
      code: 'wrong-retention',
    });
    expect((await ask(owner, 'GET', '/retention')).statusCode).toBe(403);
  });

  it('deletes what is older', async () => {
    const before = platform.now();
    const kept = await exported(owner, '/me/exports', 'json');
    platform.setClock(before + 8 * DAY);
    await platform.rights.forget();
    const left = async (table: string) =>
      (await platform.sql.query<{ count: number }>(`select count(*)::int as count from app.${table}`))[0]!.count;
    expect(await left('quarantine')).toBe(0);
    expect(await left('export')).toBe(0);
    expect(readdirSync(platform.deps.exportFolder)).not.toContain(kept.id);
    platform.setClock(before);
  });
});

describe('erasure', () => {
  it('ends the account, and a household with its last owner', async () => {
    const home = (await platform.household('Short Stay')).id;
    const person = await platform.account('owner', home);
    const unit = await platform.appliance(home, 'Short Fridge');
    await platform.hear(unit, 'rubbish');
    expect((await ask(person, 'POST', '/me/erasure')).json()).toEqual({ households: [home], appliances: [unit] });
    expect((await ask(person, 'GET', '/me')).statusCode).toBe(401);
    const again = await ask(null, 'POST', '/sessions', { email: person.person.email, password: PASSWORD });
    expect(again.json()).toMatchObject({ code: 'wrong-log-in' });
    const [row] = await platform.sql.query('select household, name_sealed from app.appliance where id = $1', [unit]);
    expect(row).toEqual({ household: null, name_sealed: null });
    expect(await platform.sql.query('select 1 from app.quarantine where appliance = $1', [unit])).toEqual([]);
    expect(await platform.rights.sweep()).toBe(1);
    expect(await platform.rights.sweep()).toBe(0);
  });

  it('leaves the household to another owner', async () => {
    const home = (await platform.household('Shared')).id;
    const [first, second] = [await platform.account('owner', home), await platform.account('owner', home)];
    expect((await ask(first, 'POST', '/me/erasure')).json()).toEqual({ households: [], appliances: [] });
    expect((await ask(second, 'GET', `/households/${home}`)).json()).toMatchObject({ name: 'Shared' });
  });

  it('is done by an administrator for his people, never for an owner, and not for the last administrator', async () => {
    const administrator = await platform.account('administrator');
    const dispatcher = await platform.account('dispatcher');
    expect((await ask(administrator, 'DELETE', `/people/${owner.person.id}`)).statusCode).toBe(404);
    expect((await ask(dispatcher, 'DELETE', `/people/${dispatcher.person.id}`)).statusCode).toBe(404);
    expect((await ask(administrator, 'DELETE', `/people/${dispatcher.person.id}`)).statusCode).toBe(200);
    const others = await platform.sql.query<{ id: Id }>(
      "select id from app.person where role = 'administrator' and id <> $1 and erased_at is null",
      [administrator.person.id],
    );
    for (const { id } of others) await ask(administrator, 'DELETE', `/people/${id}`);
    expect((await ask(administrator, 'POST', '/me/erasure')).json()).toMatchObject({ code: 'last-administrator' });
  });
});
