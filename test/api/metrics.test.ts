import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processFigures as processFiguresOf } from '../../main/ops/process-figures.ts';
import { openPlatform, type Platform } from './platform.ts';

const TOKEN = 'a token of the test';
let open: Platform;
let guarded: Platform;

beforeAll(async () => {
  const processFigures = processFiguresOf(async () => ({
    broker: {
      messagesAccepted: 41,
      connections: 3,
      blocked: null,
      turnedAway: { slowedForGarbage: 0, cutForGarbage: 5, cutForSpeed: 0, connectsRefused: 0, brokenProtocol: 0 },
    },
    readings: { partitions: 2, lagMs: 1_500, waiting: 'the store is away', quarantined: 2 },
    diagnosis: null,
    people: { queueAway: false, sweeps: { alerts: 7 } },
  }));
  open = await openPlatform({ processFigures });
  guarded = await openPlatform({ metricsToken: TOKEN });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await guarded?.[Symbol.asyncDispose]();
});

const read = (platform: Platform, headers = {}, remoteAddress = '127.0.0.1') =>
  platform.app.inject({ url: '/metrics', headers, remoteAddress });

describe('the figures', () => {
  it('say what the platform counts, and how long answers took', async () => {
    await open.app.inject('/api/v1/me');
    const answer = await read(open);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, expect.stringContaining('text/plain')]);
    for (const line of [
      'stethos_messages_accepted_total 41',
      'stethos_messages_quarantined_total 2',
      'stethos_connections 3',
      'stethos_log_lag_seconds{consumer="readings"} 1.5',
      'stethos_partitions{consumer="readings"} 2',
      'stethos_readings_waiting 1',
      'stethos_log_blocked 0',
      'stethos_turned_away_total{why="cutForGarbage"} 5',
      'stethos_sweeps_total{sweep="alerts"} 7',
      'stethos_live_streams 0',
      'stethos_commands_open{state="queued"} 0',
      'stethos_http_request_duration_seconds_count{method="GET",route="/api/v1/me",status="401"} 1',
      'process_cpu_seconds_total',
    ]) {
      expect(answer.body).toContain(line);
    }
    expect((await read(open)).body).toContain('stethos_messages_accepted_total 41\n');
  });

  it('are for this machine alone, and for nobody behind a proxy on it', async () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect([address, (await read(open, {}, address)).statusCode]).toEqual([address, 200]);
    }
    expect((await read(open, {}, '192.0.2.7')).statusCode).toBe(404);
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host']) {
      expect([name, (await read(open, { [name]: '127.0.0.1' })).statusCode]).toEqual([name, 404]);
    }
  });

  it('are for whoever has the token, when there is one', async () => {
    expect((await read(guarded, { authorization: `Bearer ${TOKEN}` }, '192.0.2.7')).statusCode).toBe(200);
    for (const authorization of [undefined, 'Bearer ', `Bearer ${TOKEN}x`, TOKEN]) {
      const headers = authorization === undefined ? {} : { authorization };
      expect([authorization, (await read(guarded, headers)).statusCode]).toEqual([authorization, 404]);
    }
  });
});

describe('one account', () => {
  it('may ask so often in a minute, from however many addresses', async () => {
    const account = await open.account('dispatcher');
    let asked = 0;
    const ask = () =>
      open.app.inject({
        url: '/api/v1/me',
        headers: { cookie: account.cookie },
        remoteAddress: `10.0.${++asked % 200}.1`,
      });
    let answer = await ask();
    while (answer.statusCode === 200 && asked < 5_000) answer = await ask();
    expect([answer.statusCode, answer.json()]).toEqual([
      429,
      expect.objectContaining({ code: 'too-many-requests', hint: expect.any(String) }),
    ]);
    expect(asked).toBeGreaterThan(1_000);
    expect(Number(answer.headers['retry-after'])).toBe(60);
    open.setClock(open.now() + 60_000);
    expect((await ask()).statusCode).toBe(200);
  });
});

describe('a reverse proxy', () => {
  it('is believed when it is a known one, and nobody else is', async () => {
    await using behind = await openPlatform({ trustProxy: ['10.0.0.0/8'] });
    const logIn = (from: string, proxy: string) =>
      behind.app.inject({
        method: 'POST',
        url: '/api/v1/sessions',
        payload: {},
        remoteAddress: proxy,
        headers: { 'x-forwarded-for': from },
      });
    const left = async (from: string, proxy: string) =>
      Number((await logIn(from, proxy)).headers['x-ratelimit-remaining']);
    const first = await left('192.0.2.1', '10.1.1.1');
    expect(await left('192.0.2.1', '10.1.1.1')).toBe(first - 1);
    expect(await left('192.0.2.2', '10.1.1.1')).toBe(first);
    expect(await left('192.0.2.3', '203.0.113.9')).toBe(first);
    expect(await left('192.0.2.4', '203.0.113.9')).toBe(first - 1);
  });
});
