// What is so when nobody has set anything: nothing open that need not be, no password that somebody else knows, and no
// secret in a log.
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upTopic } from '#contracts';
import { type Platform, startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson } from '#registry';
import { manualClock } from '#runtime';
import { exposureWarnings, plainMqttHost } from '../../main/exposure.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { search } from './bytes-on-disk.ts';
import { freeSettings } from './data-folder.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
const PASSWORD = 'the right password of the owner';
const WRONG = 'a wrong password that was tried';

let folder: Disposable & { path: string };
let platform: Platform;
beforeAll(async () => {
  folder = await databaseDir();
  platform = await startPlatform({
    settings: await freeSettings({ HOST: '0.0.0.0', SECURITY_CONTACT: 'mailto:security@example.org' }),
    folder: folder.path,
    clock: manualClock(NOW).spec,
    terminalToo: false,
    onFatal: (why) => {
      throw new Error(why);
    },
  });
}, 60_000);
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const here = (): string => platform.url.replace('0.0.0.0', '127.0.0.1');
const ask = (method: string, where: string, body?: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${here()}${where}`, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

const reaches = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

describe('a platform that listens everywhere', () => {
  it('keeps MQTT without TLS on this machine', async () => {
    const { port, webSocketPort } = platform.mqtt;
    expect([await reaches('127.0.0.1', port), await reaches('127.0.0.1', webSocketPort)]).toEqual([true, true]);
    expect([await reaches('127.0.0.2', port), await reaches('127.0.0.2', webSocketPort)]).toEqual([false, false]);
    expect(await reaches('127.0.0.2', Number(new URL(platform.url).port))).toBe(true);
  });

  it('says in its log what is amiss', () => {
    const lines = fs.readFileSync(path.join(folder.path, 'stethos.log'), 'utf8');
    expect(lines).toContain('PUBLIC_URL is not set');
    expect(lines).toContain('MQTT listens on this machine only');
  });

  it('has nobody who could log in, and shows no account of a demo', async () => {
    expect(await platform.sql.query('select 1 from app.person')).toEqual([]);
    expect((await ask('GET', '/api/v1/demo')).status).toBe(404);
  });

  it('keeps the pepper out of the database, in a file that only its user may read', () => {
    const file = path.join(folder.path, 'pepper');
    expect(fs.statSync(file).mode & 0o077).toBe(0);
    expect(search([path.join(folder.path, 'pg')], { pepper: fs.readFileSync(file, 'utf8') }).hits).toEqual([]);
  });

  it('sends the headers that keep a browser from helping an attacker', async () => {
    const { headers } = await ask('GET', '/api/v1/me');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('says where to report a weakness', async () => {
    const text = await (await ask('GET', '/.well-known/security.txt')).text();
    expect(text).toMatch(/^Contact: mailto:security@example\.org$/m);
    expect(text).toMatch(/^Expires: 2026-08-2\dT\d\d:\d\d:00\.000Z$/m);
  });
});

describe('the log', () => {
  it('holds no secret, whatever people, programs and appliances try', async () => {
    const { sql, pepper, mqtt } = platform;
    const household = (await createHousehold(sql, { name: 'Home', region: 'north', now: NOW })).id;
    const email = 'owner@example.org';
    await createPerson(sql, { name: 'Owner', email, password: PASSWORD, role: 'owner', household, now: NOW });
    const fridge = await createAppliance(sql, {
      model: 'stethos-reference-fridge',
      name: 'Fridge',
      serial: 'SN-1',
      household,
      now: NOW,
      pepper,
    });
    await ask('POST', '/api/v1/sessions', { email, password: WRONG });
    const session = await ask('POST', '/api/v1/sessions', { email, password: PASSWORD });
    const cookie = session.headers.getSetCookie()[0]!.split(';')[0]!;
    const made = await ask('POST', '/api/v1/api-keys', { name: 'A key', scopes: ['alerts:read'] }, { cookie });
    const { token } = (await made.json()) as { token: string };
    await ask('GET', '/api/v1/alerts', undefined, { authorization: `Bearer ${token}` });
    await ask('GET', '/api/v1/alerts', undefined, { authorization: 'Bearer sk_stethos_guessed-key-of-somebody' });
    await ask('POST', '/api/v1/setup', { token: platform.setUpToken!, name: 'A', email: 'no', password: PASSWORD });
    await ask('GET', `/setup?token=${platform.setUpToken!}`);
    await ask('POST', '/api/v1/password-resets', { email });
    const claim = { model: 'stethos-reference-fridge', serial: 'SN-1', code: 'GUESS-EDCLA-IMCOD-EFORU' };
    await ask('POST', '/api/v1/claims', claim, { cookie });
    const issued = await ask('POST', `/api/v1/appliances/${fridge.id}/credentials`, {}, { cookie });
    const rotated = ((await issued.json()) as { secret?: string }).secret ?? 'none was issued, look';
    const knock = (password: string) =>
      connectAsync(`mqtt://127.0.0.1:${mqtt.port}`, {
        clientId: fridge.id,
        username: fridge.id,
        password,
        reconnectPeriod: 0,
      });
    await knock('a-wrong-secret-of-a-fridge').catch(() => undefined);
    const client = await knock(fridge.secret);
    await client.publishAsync(upTopic(fridge.id, 'telemetry'), 'rubbish', { qos: 1 });
    await client.endAsync();
    await platform.settle();
    expect(issued.status, rotated).toBe(201);
    const log = search([folder.path], {
      password: PASSWORD,
      'wrong password': WRONG,
      session: cookie.split('=')[1]!,
      'API key': token,
      'guessed API key': 'sk_stethos_guessed-key-of-somebody',
      'set-up token': platform.setUpToken!,
      'claim code': claim.code,
      'secret of an appliance': fridge.secret,
      'rotated secret': rotated,
      'wrong secret': 'a-wrong-secret-of-a-fridge',
      'mail address': email,
    });
    console.log(`secrets in the data folder: ${log.bytes} bytes searched, ${log.hits.length} hits`);
    expect(log.hits).toEqual([]);
    expect(fs.readFileSync(path.join(folder.path, 'stethos.log'), 'utf8')).not.toContain(pepper);
  }, 60_000);
});

describe('what is said about a platform that others reach', () => {
  it.each([
    ['127.0.0.1', 'loopback', '127.0.0.1'],
    ['::1', 'loopback', '::1'],
    ['0.0.0.0', 'loopback', '127.0.0.1'],
    ['192.168.1.5', 'loopback', '127.0.0.1'],
    ['192.168.1.5', 'allow', '192.168.1.5'],
  ] as const)('on %s with MQTT_PLAIN=%s plain MQTT listens on %s', (HOST, MQTT_PLAIN, expected) => {
    expect(plainMqttHost({ HOST, MQTT_PLAIN, PUBLIC_URL: undefined, TLS_CERT_FILE: undefined })).toBe(expected);
  });

  it.each([
    ['nothing on loopback', { HOST: '127.0.0.1', MQTT_PLAIN: 'allow' }, []],
    [
      'nothing behind TLS',
      { HOST: '::', MQTT_PLAIN: 'loopback', PUBLIC_URL: 'https://a.example', TLS_CERT_FILE: 'c' },
      [],
    ],
    [
      'that log-ins are in plain',
      { HOST: '::', MQTT_PLAIN: 'loopback', PUBLIC_URL: 'http://a.example', TLS_CERT_FILE: 'c' },
      [/^PUBLIC_URL is http/],
    ],
    ['both', { HOST: '0.0.0.0', MQTT_PLAIN: 'allow' }, [/^PUBLIC_URL is not set/, /^MQTT_PLAIN=allow/]],
  ] as const)('%s', (_, settings, expected) => {
    const said = exposureWarnings({ PUBLIC_URL: undefined, TLS_CERT_FILE: undefined, ...settings });
    expect(said).toEqual(expected.map((words) => expect.stringMatching(words) as string));
  });
});
