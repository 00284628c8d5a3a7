// Clocks that are wrong, on the appliance's side and on ours: nothing acknowledged is lost, what cannot be right is set
// aside with the reason, and what was to happen once happens once.
import * as path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { upTopic } from '#contracts';
import { openDuckdbReadings } from '#engines/duckdb';
import { listQuarantine } from '#ingest';
import { type Platform, readSettings, startPlatform } from '#main';
import { DAY, HOUR, MINUTE, manualClock } from '#runtime';
import { RawClient } from '../broker/raw-client.ts';
import { accountOf, bySeries } from '../failures/account.ts';
import { type Registered, registerAppliances, registerTechnicians, sickAppliance } from '../failures/appliances.ts';
import { type Mailbox, startMailbox } from '../failures/mailbox.ts';
import { outcomesOf } from '../failures/outcome.ts';
import { freeEnvironment } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';

const LIMIT_MS = 180_000;
/** So often an appliance looks whether it has something to say; its minutes come by hand. */
const LOOKS_PER_MINUTE = 6_000;
const SETTLE_EVERY_MIN = 5;

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

type World = {
  platform: Platform;
  mailbox: Mailbox;
  registered: Registered[];
  folder: string;
  /** Of the server, and of the appliances. */
  server: ReturnType<typeof manualClock>;
  device: ReturnType<typeof manualClock>;
  stop(): Promise<void>;
};

async function worldAt(start: number, appliances: number): Promise<World> {
  const folder = stack.use(await databaseDir()).path;
  const mailbox = stack.use(await startMailbox());
  const server = manualClock(start);
  const settings = readSettings({ environment: await freeEnvironment({ SMTP_URL: mailbox.url }), demo: false });
  const running = stack.use(new AsyncDisposableStack());
  const platform = running.use(await startPlatform({ settings, folder, clock: server.spec, terminalToo: false }));
  const { sql, pepper } = platform;
  await registerTechnicians(sql, start);
  const registered = await registerAppliances(sql, { count: appliances, pepper, now: start, name: 'clocks' });
  const device = manualClock(start);
  return { platform, mailbox, registered, folder, server, device, stop: () => running.disposeAsync() };
}

/** An appliance falls ill, and minutes pass: `serverAt` says what our clock shows in each of them. */
async function illFor(world: World, minutes: number, serverAt: (minute: number, truth: number) => number) {
  const { platform, server, device, registered } = world;
  const start = device.clock.now();
  const options = { ports: [platform.mqtt.port], clock: device.clock, rate: LOOKS_PER_MINUTE };
  const appliance = sickAppliance(registered[0]!, options);
  stack.defer(() => appliance.publisher.stop());
  appliance.publisher.start();
  for (let minute = 0; minute <= minutes; minute++) {
    device.set(start + minute * MINUTE);
    server.set(serverAt(minute, device.clock.now()));
    await expect
      .poll(() => appliance.publisher.acknowledged, { timeout: LIMIT_MS, interval: 5 })
      .toBeGreaterThanOrEqual(minute + 1);
    await platform.tick();
    if (minute % SETTLE_EVERY_MIN === 0 || minute === minutes) await platform.settle();
  }
  await appliance.publisher.stop();
  await platform.settle();
  return appliance;
}

const MOMENTS = [
  ['the last second that 32 bits can count', Date.UTC(2038, 0, 19, 3, 14, 7) - 10 * MINUTE],
  ['the hour that is left out in spring', Date.UTC(2027, 2, 28, 1, 0) - 10 * MINUTE],
  ['the hour that comes twice in autumn', Date.UTC(2027, 9, 31, 1, 0) - 10 * MINUTE],
] as const;

describe('an alert that lives through', () => {
  it.each(MOMENTS)(
    '%s is told once, and handed over 20 minutes later, once',
    { timeout: LIMIT_MS },
    async (_, start) => {
      const world = await worldAt(start, 1);
      const appliance = await illFor(world, 25, (_minute, truth) => truth);
      const outcome = (await outcomesOf(world.platform.sql)).get(appliance.publisher.id);
      expect(outcome).toEqual({ findings: 1, alerts: 1, cases: 1, visits: 1, firstMessages: 1 });
      const [alert] = await world.platform.sql.query<{ after: number }>(
        'select handed_over_at - taken_at as after from app.alert',
      );
      expect(alert!.after).toBeGreaterThanOrEqual(20 * MINUTE);
      expect(alert!.after).toBeLessThanOrEqual((20 + SETTLE_EVERY_MIN) * MINUTE);
      await world.stop();
      await using store = await openDuckdbReadings({ file: path.join(world.folder, 'readings.duckdb') });
      expect(await accountOf(bySeries(store), [appliance])).toMatchObject({ lost: 0, doubled: 0, wrong: 0 });
    },
  );
});

const JUMPS: readonly [string, (minute: number, truth: number) => number][] = [
  [
    'stands still for ten minutes',
    (minute, truth) => (minute > 5 && minute <= 15 ? truth - (minute - 5) * MINUTE : truth),
  ],
  ['is an hour ahead for ten minutes', (minute, truth) => truth + (minute > 5 && minute <= 15 ? HOUR : 0)],
  ['is an hour behind for ten minutes', (minute, truth) => truth - (minute > 5 && minute <= 15 ? HOUR : 0)],
];

describe("the server's clock", () => {
  it.each(JUMPS)('%s: one alert, one case, nothing lost', { timeout: LIMIT_MS }, async (_, serverAt) => {
    const world = await worldAt(Date.UTC(2027, 5, 1, 12), 1);
    const appliance = await illFor(world, 30, serverAt);
    const { sql } = world.platform;
    const outcome = (await outcomesOf(sql)).get(appliance.publisher.id);
    expect(outcome).toEqual({ findings: 1, alerts: 1, cases: 1, visits: 1, firstMessages: 1 });
    const aside = await listQuarantine(sql, { limit: 100 });
    expect(aside.filter(({ reason }) => !reason.includes('in the future'))).toEqual([]);
    for (const lives of world.mailbox.taken.values()) expect(lives).toHaveLength(1);
    await world.stop();
    await using store = await openDuckdbReadings({ file: path.join(world.folder, 'readings.duckdb') });
    const account = await accountOf(bySeries(store), [appliance]);
    // Each message has one reading.
    expect(account).toMatchObject({ lost: aside.length, doubled: 0, wrong: 0 });
  });
});

const DEVICE_CLOCKS = [
  ['ten years slow', -3_650 * DAY, 'older than'],
  ['ten years fast', 3_650 * DAY, 'in the future'],
  ['never set', Number.NEGATIVE_INFINITY, 'unset clock'],
] as const;

describe("an appliance's clock", () => {
  it.each(DEVICE_CLOCKS)('%s: what it sends is acknowledged, and set aside with the reason', async (_, off, why) => {
    const start = Date.UTC(2027, 5, 1, 12);
    const { platform, registered } = await worldAt(start, 1);
    const [{ id, secret }] = registered as [Registered];
    await using client = await RawClient.connected(platform.mqtt.port, id, secret);
    const at = off === Number.NEGATIVE_INFINITY ? 12_345_000 : start + off;
    const wrong = { seq: 0, readings: [{ at, values: { cabinet_temperature: 5 } }] };
    // Without a stamp the time of receipt stands.
    const unstamped = { seq: 1, readings: [{ values: { cabinet_temperature: 6 } }] };
    for (const [index, message] of [wrong, unstamped].entries()) {
      client.publish(upTopic(id, 'telemetry'), JSON.stringify(message), 1, index + 1);
      expect((await client.next('puback')).messageId).toBe(index + 1);
    }
    await platform.settle();
    const aside = await listQuarantine(platform.sql, { limit: 10 });
    expect(aside.map(({ reason }) => reason)).toEqual([expect.stringContaining(why)]);
  });
});
