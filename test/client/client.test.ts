import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '#api';
import { changes, everyItem, stethosClient } from '#client';
import type { Id } from '#contracts';
import { openPlatform, type Platform } from '../api/platform.ts';

let platform: Platform;
let api: Awaited<ReturnType<typeof startApi>>;
let home: Id;
let apiKey: string;

beforeAll(async () => {
  platform = await openPlatform();
  api = await startApi(platform.deps);
  home = (await platform.household('Home')).id;
  const owner = await platform.account('owner', home);
  const made = await platform.app.inject({
    method: 'POST',
    url: '/api/v1/api-keys',
    headers: { cookie: owner.cookie },
    payload: { name: 'Client test', scopes: ['appliances:read', 'alerts:read'] },
  });
  expect([made.statusCode, made.body]).toEqual([201, expect.any(String)]);
  apiKey = made.json<{ token: string }>().token;
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await platform?.[Symbol.asyncDispose]();
});

describe('the typed client', () => {
  it('reads a list to its end', async () => {
    const made: Id[] = [];
    for (let i = 0; i < 5; i++) made.push(await platform.appliance(home, `Fridge ${i}`));
    const client = stethosClient({ baseUrl: api.url, apiKey });
    const seen: Id[] = [];
    for await (const { id } of everyItem((place) =>
      client.GET('/api/v1/appliances', { params: { query: { limit: 2, household: home, ...place } } }),
    )) {
      seen.push(id);
    }
    expect(seen).toEqual(made);
  });

  it('gives problems as they are', async () => {
    const client = stethosClient({ baseUrl: api.url, apiKey });
    const { data, error } = await client.GET('/api/v1/appliances/{id}', { params: { path: { id: home } } });
    expect(data).toBeUndefined();
    expect(error).toMatchObject({ code: 'not-found', hint: expect.any(String) });
    await expect(
      everyItem((place) =>
        stethosClient({ baseUrl: api.url }).GET('/api/v1/alerts', { params: { query: place } }),
      ).next(),
    ).rejects.toMatchObject({ code: 'not-logged-in' });
  });

  it('hears what changes', async () => {
    const stop = new AbortController();
    const heard = changes({ baseUrl: api.url, apiKey, signal: stop.signal });
    const first = heard.next();
    let done = false;
    const made: Id[] = [];
    const making = (async () => {
      // The stream opens while we speak.
      while (!done) made.push(await platform.appliance(home, `Changing ${made.length}`));
    })();
    const { value } = await first;
    done = true;
    await making;
    expect(value).toMatchObject({ what: 'appliance', id: expect.any(String) });
    expect(made).toContain(value?.id);
    stop.abort();
    await heard.return();
  });
});
