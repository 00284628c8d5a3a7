import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#contracts';
import { type Account, coolingFails, openPlatform, type Platform } from './platform.ts';

let platform: Platform;
let dispatcher: Account;
let owner: Account;
let home: Id;
let [warm, loud]: Id[] = [];

beforeAll(async () => {
  platform = await openPlatform();
  home = (await platform.household('Home')).id;
  const elsewhere = (await platform.household('Elsewhere')).id;
  dispatcher = await platform.account('dispatcher');
  owner = await platform.account('owner', home);
  warm = await platform.appliance(home, 'Warm');
  loud = await platform.appliance(elsewhere, 'Loud');
  await platform.find(coolingFails(warm));
  await platform.find(coolingFails(warm, { problem: 'door-open', severity: 'warning' }));
  await platform.find(coolingFails(loud, { severity: 'notice' }));
});
afterAll(() => platform?.[Symbol.asyncDispose]());

type Item = { id: Id; appliance: Id; severity: string; role: string };
const list = async (who: Account, path: string) => {
  const answer = await platform.app.inject({ url: `/api/v1${path}`, headers: { cookie: who.cookie } });
  expect([path, answer.statusCode]).toEqual([path, 200]);
  return answer.json<{ items: Item[]; next: string | null }>();
};
const ids = async (who: Account, path: string) => (await list(who, path)).items.map(({ id }) => id);

describe('a list is narrowed', () => {
  it('to the alerts of one appliance, or of one severity', async () => {
    const of = async (query: string) => (await list(dispatcher, `/alerts?${query}`)).items;
    expect((await of('')).length).toBe(3);
    expect((await of(`appliance=${warm}`)).map(({ appliance }) => appliance)).toEqual([warm, warm]);
    expect((await of('severity=notice')).map(({ appliance }) => appliance)).toEqual([loud]);
    expect(await of(`severity=notice&appliance=${warm}`)).toEqual([]);
    expect(await of(`appliance=${warm}&state=closed`)).toEqual([]);
  });

  it('and its cursor goes on within it', async () => {
    const first = await list(dispatcher, `/alerts?appliance=${warm}&limit=1`);
    const second = await list(dispatcher, `/alerts?appliance=${warm}&limit=1&cursor=${first.next}`);
    expect([...first.items, ...second.items].map(({ severity }) => severity).sort()).toEqual(['critical', 'warning']);
    expect(second.next).toBeNull();
  });

  it('to the appliances of one model or household', async () => {
    expect(await ids(dispatcher, '/appliances?model=stethos-reference-fridge')).toEqual([warm, loud]);
    expect(await ids(dispatcher, '/appliances?model=another')).toEqual([]);
    expect(await ids(dispatcher, `/appliances?household=${home}`)).toEqual([warm]);
  });

  it('to the cases of one appliance', async () => {
    expect((await list(dispatcher, `/cases?appliance=${warm}`)).items).toEqual([]);
  });

  it('to people in one role', async () => {
    const administrator = await platform.account('administrator');
    const { items } = await list(administrator, '/people?role=dispatcher');
    expect(items.map(({ id }) => id)).toEqual([dispatcher.person.id]);
  });

  it('never to what is not yours', async () => {
    expect((await list(owner, `/alerts?appliance=${loud}`)).items).toEqual([]);
    expect(await ids(owner, `/appliances?household=${(await platform.household('Third')).id}`)).toEqual([]);
  });
});

describe('a long list', () => {
  it('is read to its end, page by page, each thing once', async () => {
    const made: Id[] = [];
    for (let i = 0; i < 130; i++) made.push(await platform.appliance(home, `Fridge ${i}`));
    const seen: Id[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Item[]; next: string | null } = await list(
        owner,
        `/appliances?limit=50${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual([warm, ...made]);
  });
});
