// What whoever watches a running platform is told: figures, and which part is away.
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { upTopic } from '#contracts';
import { type Platform, startPlatform } from '#main';
import { createAppliance } from '#registry';
import { manualClock } from '#runtime';
import { databaseDir } from '../servers/database-dir.ts';
import type { Server } from '../servers/process.ts';
import { describeEngine, present, startInfluxd, startPostgres, startRedis } from '../servers/servers.ts';
import { freeSettings } from './data-folder.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
const WELL = { broker: 'ok', database: 'ok', jobs: 'ok', ledger: 'ok', log: 'ok', readings: 'ok' };
type Checks = Record<keyof typeof WELL, string>;

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

async function start(settings: Record<string, string> = {}): Promise<Platform> {
  const folder = await databaseDir();
  stack.defer(() => folder[Symbol.dispose]());
  return stack.use(
    await startPlatform({
      settings: await freeSettings(settings),
      folder: folder.path,
      clock: manualClock(NOW).spec,
      terminalToo: false,
      onFatal: (why) => {
        throw new Error(why);
      },
    }),
  );
}

async function publish({ sql, pepper, mqtt }: Platform, ...payloads: string[]): Promise<void> {
  const unit = await createAppliance(sql, { model: 'stethos-reference-fridge', name: 'Fridge', now: NOW, pepper });
  const client = await connectAsync(`mqtt://127.0.0.1:${mqtt.port}`, {
    clientId: unit.id,
    username: unit.id,
    password: unit.secret,
  });
  stack.defer(() => client.endAsync(true));
  for (const payload of payloads) await client.publishAsync(upTopic(unit.id, 'telemetry'), payload, { qos: 1 });
}

async function readyz({ url }: Platform): Promise<{ status: number; ok: boolean; checks: Checks }> {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, ...((await answer.json()) as { ok: boolean; checks: Checks }) };
}

async function figures({ url }: Platform): Promise<Record<string, number>> {
  const answer = await fetch(`${url}/metrics`);
  expect(answer.status).toBe(200);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** Asks until the part is said to be away; the others must be well all the while. */
async function isSaidToBeAway(platform: Platform, part: keyof Checks): Promise<void> {
  await expect.poll(async () => (await readyz(platform)).status, { timeout: 60_000 }).toBe(503);
  const { ok, checks } = await readyz(platform);
  expect({ ok, checks: { ...checks, [part]: 'ok' } }).toEqual({ ok: false, checks: WELL });
  expect(checks[part]).not.toBe('ok');
}
const isReadyAgain = (platform: Platform): Promise<void> =>
  expect.poll(() => readyz(platform), { timeout: 60_000 }).toEqual({ status: 200, ok: true, checks: WELL });

/** Part of the test's stack before the platform is, so that it goes after it. */
const use = <Running extends Server>(server: Running | null): Running => stack.use(present(server));

describe('a platform that runs', () => {
  it('is ready in every part, and says what passed through it', async () => {
    const platform = await start();
    await publish(
      platform,
      '{"values":{"cabinet_temperature":4.5}}',
      '{"values":{"cabinet_temperature":4.6}}',
      'no json',
    );
    await platform.settle();
    expect(await readyz(platform)).toEqual({ status: 200, ok: true, checks: WELL });
    const said = await figures(platform);
    expect(said).toMatchObject({
      stethos_messages_accepted_total: 3,
      stethos_messages_quarantined_total: 1,
      stethos_connections: 1,
      'stethos_log_lag_seconds{consumer="readings"}': 0,
      'stethos_log_lag_seconds{consumer="diagnosis"}': 0,
      'stethos_http_request_duration_seconds_count{method="GET",route="/readyz",status="200"}': 1,
    });
    expect(said['stethos_sweeps_total{sweep="alerts"}']).toBeGreaterThan(0);
  });
});

describeEngine('PostgreSQL', 'a database that is away', () => {
  describeEngine('Redis', 'with its jobs', () => {
    it('is named, the figures are told all the same, and it is ready again when it is back', async () => {
      const server = use(await startPostgres());
      const redis = use(await startRedis());
      const platform = await start({ DATABASE_URL: server.url, REDIS_URL: redis.url });
      await isReadyAgain(platform);
      await server.stop();
      await isSaidToBeAway(platform, 'database');
      expect((await figures(platform)).stethos_connections).toBe(0);
      await server.start();
      await isReadyAgain(platform);
    });
  });
});

describeEngine('Redis', 'a job queue that is away', () => {
  it('is named, and is ready again when it is back', async () => {
    const server = use(await startRedis());
    const platform = await start({ REDIS_URL: server.url });
    await isReadyAgain(platform);
    await server.stop();
    await isSaidToBeAway(platform, 'jobs');
    await server.start();
    await isReadyAgain(platform);
  });
});

describeEngine('InfluxDB', 'a readings store that is away', () => {
  it('is named once readings wait for it, and is ready again when they are stored', async () => {
    const server = use(await startInfluxd());
    const { url, token, org, bucket } = server;
    const platform = await start({ INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket });
    await isReadyAgain(platform);
    await server.stop();
    await publish(platform, '{"values":{"cabinet_temperature":4.5}}');
    await isSaidToBeAway(platform, 'readings');
    await server.start();
    await isReadyAgain(platform);
  });
});
