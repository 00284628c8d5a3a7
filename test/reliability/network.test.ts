// A bad network on both sides of the platform: nothing that was acknowledged is lost, nothing is said twice.
import * as path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openDuckdbReadings } from '#engines/duckdb';
import { readSettings, startPlatform } from '#main';
import { type ClockSpec, HOUR, openClock } from '#runtime';
import { accountOf, bySeries } from '../failures/account.ts';
import { type Appliance, healthyAppliance, registerAppliances, sickAppliance } from '../failures/appliances.ts';
import { startMailbox } from '../failures/mailbox.ts';
import { outcomesOf } from '../failures/outcome.ts';
import { freeEnvironment } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { describeEngine, present, startPostgres } from '../servers/servers.ts';
import { badNetwork, TROUBLES } from './bad-network.ts';

const LIMIT_MS = 180_000;
const APPLIANCES = 10;
const HARMS = 20;
const BETWEEN = 300;
const RATE = 60;

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

/** Runs the platform while its appliances live through each trouble in turn; it has stopped when this returns. */
async function throughTroubles(folder: string): Promise<Appliance[]> {
  const settings = readSettings({ environment: await freeEnvironment(), demo: false });
  await using platform = await startPlatform({ settings, folder, terminalToo: false });
  await using network = await badNetwork(platform.mqtt.port);
  const { sql, pepper } = platform;
  const now = Date.now();
  const registered = await registerAppliances(sql, { count: APPLIANCES, pepper, now, name: 'far-away' });
  let heard = (): void => {};
  const options = { ports: [network.port], firstAt: now - HOUR, told: () => heard(), answersWithinMs: 500 };
  const appliances = registered.map((one) => healthyAppliance(one, options));
  const acknowledged = (count: number): Promise<void> =>
    new Promise((resolve) => {
      let left = count;
      heard = () => {
        if (--left <= 0) resolve();
      };
    });
  for (const { publisher } of appliances) publisher.start();
  for (const trouble of TROUBLES) {
    await acknowledged(BETWEEN);
    const harmed = network.harmed(HARMS);
    network.be(trouble);
    await harmed;
    network.be(null);
  }
  await acknowledged(BETWEEN);
  await Promise.all(appliances.map(({ publisher }) => publisher.stop()));
  await platform.settle();
  return appliances;
}

it('between appliances and the broker: every acknowledged reading stands once', { timeout: LIMIT_MS }, async () => {
  const folder = stack.use(await databaseDir()).path;
  const appliances = await throughTroubles(folder);
  await using store = await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') });
  const account = await accountOf(bySeries(store), appliances);
  expect(account).toMatchObject({ lost: 0, doubled: 0, wrong: 0 });
  expect(account.acknowledged).toBeGreaterThan(TROUBLES.length * BETWEEN);
});

describeEngine('PostgreSQL', 'a bad network between the platform and its database', () => {
  it('every appliance that fell ill has one finding, one alert, one first message', { timeout: LIMIT_MS }, async () => {
    const postgres = stack.use(present(await startPostgres()));
    const network = stack.use(await badNetwork(Number(new URL(postgres.url).port)));
    const url = new URL(postgres.url);
    url.port = String(network.port);
    const mailbox = stack.use(await startMailbox());
    const folder = stack.use(await databaseDir()).path;
    const clock: ClockSpec = { kind: 'scaled', rate: RATE, from: Date.now() };
    const environment = await freeEnvironment({ DATABASE_URL: url.href, SMTP_URL: mailbox.url });
    const settings = readSettings({ environment, demo: false });
    const platform = stack.use(await startPlatform({ settings, folder, clock, terminalToo: false }));
    const { sql, pepper, mqtt } = platform;
    const now = openClock(clock).now();
    const registered = await registerAppliances(sql, { count: TROUBLES.length, pepper, now, name: 'ill' });
    const ill = TROUBLES.map((_, index) => {
      const options = { ports: [mqtt.port], clock: openClock(clock), rate: RATE };
      return () => sickAppliance(registered[index]!, options);
    });
    const appliances = [];
    for (const [index, trouble] of TROUBLES.entries()) {
      const harmed = network.harmed(HARMS);
      network.be(trouble);
      const appliance = ill[index]!();
      appliances.push(appliance);
      appliance.publisher.start();
      await harmed;
      network.be(null);
    }
    const told = 'select count(distinct alert)::int as n from app.notification where state = $1';
    await expect
      .poll(async () => (await sql.query<{ n: number }>(told, ['sent']))[0]!.n, { timeout: LIMIT_MS, interval: 500 })
      .toBe(TROUBLES.length);
    await Promise.all(appliances.map(({ publisher }) => publisher.stop()));
    const outcomes = await outcomesOf(sql);
    for (const { publisher } of appliances)
      expect(outcomes.get(publisher.id)).toMatchObject({ findings: 1, alerts: 1, firstMessages: 1 });
  });
});
