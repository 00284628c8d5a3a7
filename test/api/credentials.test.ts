import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Id, newId, type Role } from '#contracts';
import { listAudit, verifyAudit } from '#registry';
import { type Account, NOW, openPlatform, type Platform } from './platform.ts';

const DAY = 86_400_000;
const MODEL = 'stethos-reference-fridge';

let platform: Platform;
let home: Id;
let elsewhere: Id;
const accounts: Record<string, Account> = {};
beforeAll(async () => {
  platform = await openPlatform();
  [home, elsewhere] = [(await platform.household('Home')).id, (await platform.household('Elsewhere')).id];
  accounts.owner = await platform.account('owner', home);
  accounts.neighbour = await platform.account('owner', elsewhere);
  for (const role of ['technician', 'dispatcher', 'administrator', 'auditor'] as const satisfies Role[]) {
    accounts[role] = await platform.account(role);
  }
});
afterAll(() => platform?.[Symbol.asyncDispose]());

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
const ask = (who: string, method: Method, path: string, payload?: object) =>
  platform.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { cookie: accounts[who]!.cookie },
    ...(payload ? { payload } : {}),
  });
const codeOf = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).statusCode;
type Listed = { items: { id: Id; kind: string; usedAt: string | null; endsAt: string | null }[] };

describe('credentials of an appliance', () => {
  it('are replaced by its owner, who sees the secret once', async () => {
    const id = await platform.appliance(home);
    const made = await ask('owner', 'POST', `/appliances/${id}/credentials`, {});
    expect(made.statusCode).toBe(201);
    const { secret, overlapEndsAt } = made.json<{ secret: string; overlapEndsAt: string }>();
    expect(overlapEndsAt).toBe(new Date(NOW + DAY).toISOString());
    const listed = await ask('owner', 'GET', `/appliances/${id}/credentials`);
    expect(listed.body).not.toContain(secret);
    expect(listed.json<Listed>().items.map(({ kind, endsAt }) => [kind, endsAt])).toEqual([
      ['secret', overlapEndsAt],
      ['secret', null],
    ]);
    expect(JSON.stringify(platform.logged)).not.toContain(secret);
  });

  it('are revoked one by one and all at once; what is not there cannot be revoked', async () => {
    const id = await platform.appliance(home);
    await ask('owner', 'POST', `/appliances/${id}/credentials`, {});
    const [first] = (await ask('owner', 'GET', `/appliances/${id}/credentials`)).json<Listed>().items;
    expect(await codeOf('owner', 'DELETE', `/appliances/${id}/credentials/${first!.id}`)).toBe(204);
    expect(await codeOf('owner', 'DELETE', `/appliances/${id}/credentials/${first!.id}`)).toBe(404);
    expect(await codeOf('owner', 'POST', `/appliances/${id}/revocation`)).toBe(204);
    expect((await ask('owner', 'GET', `/appliances/${id}/credentials`)).json<Listed>().items).toEqual([]);
  });

  it('may be certificates, named by a fingerprint that is one', async () => {
    const id = await platform.appliance(home);
    const fingerprint = 'ab:'.repeat(31).concat('cd');
    const made = await ask('owner', 'POST', `/appliances/${id}/credentials`, { fingerprint });
    expect(made.json()).toMatchObject({ secret: null });
    expect(await codeOf('owner', 'POST', `/appliances/${id}/credentials`, { fingerprint: 'ab' })).toBe(400);
    const other = await platform.appliance(home);
    expect(await codeOf('owner', 'POST', `/appliances/${other}/credentials`, { fingerprint })).toBe(422);
  });

  it.each<[string, number, number, number]>([
    // who, reads, issues and revokes, lets in again
    ['owner', 200, 201, 403],
    ['neighbour', 404, 404, 404],
    ['technician', 404, 404, 404],
    ['dispatcher', 403, 403, 403],
    ['auditor', 200, 403, 403],
    ['administrator', 200, 201, 204],
  ])('answer a request of the %s', async (who, reads, issues, letsIn) => {
    const id = await platform.appliance(home);
    expect(await codeOf(who, 'GET', `/appliances/${id}/credentials`)).toBe(reads);
    expect(await codeOf(who, 'POST', `/appliances/${id}/credentials`, {})).toBe(issues);
    expect(await codeOf(who, 'DELETE', `/appliances/${id}/credentials/${newId()}`)).toBe(issues === 201 ? 404 : issues);
    expect(await codeOf(who, 'POST', `/appliances/${id}/first-contact`)).toBe(letsIn);
    expect(await codeOf(who, 'POST', `/appliances/${id}/revocation`)).toBe(issues === 201 ? 204 : issues);
  });
});

describe('gateways', () => {
  it('are added by an owner for his household, and serve its appliances alone', async () => {
    const [mine, theirs] = [await platform.appliance(home), await platform.appliance(elsewhere)];
    const made = await ask('owner', 'POST', '/gateways', { household: home, serial: 'hub-1' });
    expect(made.statusCode).toBe(201);
    const { id } = made.json<{ id: Id; secret: string }>();
    expect(await codeOf('owner', 'PUT', `/gateways/${id}/appliances/${mine}`)).toBe(204);
    expect(await codeOf('owner', 'PUT', `/gateways/${id}/appliances/${mine}`)).toBe(204);
    expect(await codeOf('owner', 'PUT', `/gateways/${id}/appliances/${theirs}`)).toBe(404);
    expect(await codeOf('administrator', 'PUT', `/gateways/${id}/appliances/${theirs}`)).toBe(422);
    expect((await ask('owner', 'GET', `/gateways/${id}`)).json()).toMatchObject({
      appliances: [mine],
      serial: 'hub-1',
    });
    expect((await ask('neighbour', 'GET', '/gateways')).json()).toEqual({ items: [], next: null });
    expect(await codeOf('neighbour', 'GET', `/gateways/${id}`)).toBe(404);
    expect(await codeOf('neighbour', 'DELETE', `/gateways/${id}/appliances/${mine}`)).toBe(404);
    expect(await codeOf('owner', 'DELETE', `/gateways/${id}/appliances/${mine}`)).toBe(204);
    expect(await codeOf('owner', 'DELETE', `/gateways/${id}/appliances/${mine}`)).toBe(404);
  });

  it('are not added for another household, nor by who may not', async () => {
    expect(await codeOf('owner', 'POST', '/gateways', { household: elsewhere })).toBe(403);
    expect(await codeOf('owner', 'POST', '/gateways', {})).toBe(403);
    expect(await codeOf('technician', 'POST', '/gateways', {})).toBe(403);
    expect(await codeOf('dispatcher', 'POST', '/gateways', {})).toBe(403);
    expect(await codeOf('administrator', 'POST', '/gateways', {})).toBe(201);
  });

  it('have credentials that are replaced and revoked like those of appliances', async () => {
    const { id } = (await ask('administrator', 'POST', '/gateways', {})).json<{ id: Id }>();
    expect(await codeOf('administrator', 'POST', `/gateways/${id}/credentials`, {})).toBe(201);
    const { items } = (await ask('administrator', 'GET', `/gateways/${id}/credentials`)).json<Listed>();
    expect(items).toHaveLength(2);
    expect(await codeOf('administrator', 'DELETE', `/gateways/${id}/credentials/${items[0]!.id}`)).toBe(204);
    expect(await codeOf('administrator', 'POST', `/gateways/${id}/revocation`)).toBe(204);
    expect(await codeOf('auditor', 'POST', `/gateways/${id}/revocation`)).toBe(403);
    expect(await codeOf('owner', 'POST', `/gateways/${id}/revocation`)).toBe(404);
  });
});

describe('provisioning keys', () => {
  const wish = { model: MODEL, most: 10, endsAt: new Date(NOW + DAY).toISOString() };

  it('are made and revoked by administrators, and listed without their secret', async () => {
    const made = await ask('administrator', 'POST', '/provisioning-keys', { ...wish, serials: ['a', 'b'] });
    expect(made.statusCode).toBe(201);
    const { id, secret, userName } = made.json<{ id: Id; secret: string; userName: string }>();
    expect(userName).toBe(`provisioning:${id}`);
    const listed = await ask('auditor', 'GET', '/provisioning-keys');
    expect(listed.body).not.toContain(secret);
    expect(listed.json()).toMatchObject({
      items: [{ id, model: MODEL, serials: 2, most: 10, made: 0, perMinute: 60 }],
    });
    expect(await codeOf('auditor', 'DELETE', `/provisioning-keys/${id}`)).toBe(404);
    expect(await codeOf('administrator', 'DELETE', `/provisioning-keys/${id}`)).toBe(204);
    const [over] = (await ask('auditor', 'GET', '/provisioning-keys')).json<{ items: { endsAt: string }[] }>().items;
    expect(over!.endsAt).toBe(new Date(NOW).toISOString());
  });

  it.each([
    ['of a model that nobody knows', { ...wish, model: 'toaster' }, 422],
    ['that would be over', { ...wish, endsAt: new Date(NOW).toISOString() }, 422],
    ['for nothing', { ...wish, most: 0 }, 400],
  ])('%s are refused', async (_, body, code) => {
    expect(await codeOf('administrator', 'POST', '/provisioning-keys', body)).toBe(code);
  });

  it.each(['owner', 'technician', 'dispatcher', 'auditor'])('are not made by the %s', async (who) => {
    expect(await codeOf(who, 'POST', '/provisioning-keys', wish)).toBe(403);
  });
});

it('every change stands in the audit log, without secrets', async () => {
  const id = await platform.appliance(home);
  const { secret } = (await ask('owner', 'POST', `/appliances/${id}/credentials`, {})).json<{ secret: string }>();
  await ask('owner', 'POST', `/appliances/${id}/revocation`);
  const { items } = await listAudit(platform.sql, { all: true }, { before: null, limit: 9, object: id });
  expect(items.map(({ action }) => action)).toEqual(['appliance.revoked', 'credential.issued', 'appliance.created']);
  expect(items[0]!.actor).toBe(`person:${accounts.owner!.person.id}`);
  expect(JSON.stringify(items)).not.toContain(secret);
  expect((await verifyAudit(platform.sql)).brokenAt).toBeNull();
});
