// A platform that has run for months: its charts are the same when the readings they were drawn from are gone.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Id } from '#contracts';
import { upTopic } from '#contracts';
import { openDuckdbReadings } from '#engines/duckdb';
import { type Platform, startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson } from '#registry';
import { DAY, HOUR, MINUTE, manualClock } from '#runtime';
import { RawClient } from '../broker/raw-client.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { freeSettings } from './data-folder.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
const PERSON = { email: 'owner@example.org', password: 'a long enough password' };
const AGED_WITHIN_MS = 120_000;

let lifetime = new AsyncDisposableStack();
afterEach(async () => {
  await lifetime.disposeAsync();
  lifetime = new AsyncDisposableStack();
});

async function fridgeOfAFamily({ sql, pepper }: Platform): Promise<{ id: Id; secret: string }> {
  const household = await createHousehold(sql, { name: 'A family', region: 'east', now: NOW });
  await createPerson(sql, { ...PERSON, role: 'owner', name: 'Owner', household: household.id, now: NOW });
  const fields = { model: 'stethos-reference-fridge', name: 'Fridge', household: household.id, now: NOW, pepper };
  return createAppliance(sql, fields);
}

/** Five hours, a minute apart. */
async function live(platform: Platform, { id, secret }: { id: Id; secret: string }): Promise<void> {
  await using client = await RawClient.connected(platform.mqtt.port, id, secret);
  const readings = Array.from({ length: 300 }, (_, minute) => ({
    at: NOW - 5 * HOUR + minute * MINUTE,
    values: { cabinet_temperature: 3 + (minute % 40) / 10, power: minute % 3 === 0 ? 84 : 1 },
  }));
  client.publish(upTopic(id, 'telemetry'), JSON.stringify({ seq: 0, readings }));
  await client.next('puback');
  await platform.settle();
}

async function chart({ url }: Platform, appliance: Id): Promise<{ points: object[] }> {
  const headers = { 'content-type': 'application/json' };
  const session = await fetch(`${url}/api/v1/sessions`, { method: 'POST', headers, body: JSON.stringify(PERSON) });
  const cookie = session.headers.getSetCookie()[0]!.split(';')[0]!;
  const span = { from: new Date(NOW - 6 * HOUR).toISOString(), to: new Date(NOW).toISOString() };
  const query = new URLSearchParams({ signal: 'cabinet_temperature', ...span, points: '60' });
  const answer = await fetch(`${url}/api/v1/appliances/${appliance}/readings?${query}`, { headers: { cookie } });
  const said = (await answer.json()) as { points: object[] };
  expect(answer.status, JSON.stringify(said)).toBe(200);
  return said;
}

it('draws the same chart when the raw readings are gone', async () => {
  const folder = lifetime.use(await databaseDir()).path;
  const settings = await freeSettings({ RAW_READINGS_DAYS: '30' });
  const clock = manualClock(NOW);
  const start = (): Promise<Platform> => startPlatform({ settings, folder, clock: clock.spec, terminalToo: false });
  let fridge: { id: Id; secret: string };
  let before: { points: object[] };
  {
    await using platform = await start();
    fridge = await fridgeOfAFamily(platform);
    await live(platform, fridge);
    before = await chart(platform, fridge.id);
    expect(before.points.length).toBeGreaterThan(9);
  }
  clock.set(NOW + 100 * DAY);
  {
    await using platform = await start();
    const log = (): string => fs.readFileSync(path.join(folder, 'stethos.log'), 'utf8');
    await vi.waitFor(() => expect(log()).toContain('old readings were rolled up or forgotten'), AGED_WITHIN_MS);
    expect(await chart(platform, fridge.id)).toEqual(before);
  }
  await using store = await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') });
  const span = { appliance: fridge.id, from: NOW - DAY, to: NOW + DAY };
  expect(await store.count(span)).toBe(0);
  expect(await store.rollups(span)).toHaveLength(2 * 60);
});
