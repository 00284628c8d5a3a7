import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Id, type Notice, noticesTopic, upTopic } from '#contracts';
import { latestOf, listQuarantine } from '#ingest';
import { type Platform, type Settings, startPlatform } from '#main';
import { createAppliance, openBytes } from '#registry';
import { manualClock } from '#runtime';
import { lockFolder } from '../../main/lock.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { freePort } from '../servers/process.ts';
import { freeSettings } from './data-folder.ts';

const NOW = Date.UTC(2026, 2, 2, 9);

let folder: Disposable & { path: string };
let settings: Settings;
let clock: ReturnType<typeof manualClock>;
beforeEach(async () => {
  folder = await databaseDir();
  settings = await freeSettings();
  clock = manualClock(NOW);
});
afterEach(() => folder[Symbol.dispose]());

const start = (more: Partial<Settings> = {}): Promise<Platform> =>
  startPlatform({
    settings: { ...settings, ...more },
    folder: folder.path,
    clock: clock.spec,
    terminalToo: false,
    onFatal: (why) => {
      throw new Error(why);
    },
  });

const fridgeOf = ({ sql, pepper }: Platform) =>
  createAppliance(sql, { model: 'stethos-reference-fridge', name: 'Fridge', now: NOW, pepper });

async function publish(
  platform: Platform,
  { id, secret }: { id: Id; secret: string },
  ...payloads: string[]
): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${platform.mqtt.port}`, {
    clientId: id,
    username: id,
    password: secret,
  });
  for (const payload of payloads) await client.publishAsync(upTopic(id, 'telemetry'), payload, { qos: 1 });
  await client.endAsync();
}

const latest = async ({ sql }: Platform, id: Id): Promise<unknown> =>
  (await latestOf(sql, [id])).get(id)?.values.find(({ signal }) => signal === 'cabinet_temperature')?.value;

/** Nobody listens there. */
async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  const free = new Promise<boolean>((resolve) =>
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)),
  );
  const answer = await free;
  if (answer) await new Promise((resolve) => server.close(resolve));
  return answer;
}
const portsOf = ({ HTTP_PORT, MQTT_PORT, MQTT_WS_PORT }: Settings): number[] => [HTTP_PORT, MQTT_PORT, MQTT_WS_PORT];

async function nothingIsLeft(): Promise<void> {
  for (const port of portsOf(settings)) expect(await isFree(port), `port ${port} is taken`).toBe(true);
  lockFolder(folder.path)[Symbol.dispose]();
}

describe('a platform', () => {
  it('takes what an appliance says, tells it what it did not take, and answers on the web', async () => {
    await using platform = await start();
    const fridge = await fridgeOf(platform);
    await publish(platform, fridge, `{"readings":[{"at":${NOW},"values":{"cabinet_temperature":4.5}}]}`, 'not json');
    await platform.settle();
    expect(await latest(platform, fridge.id)).toBe(4.5);
    const [kept] = await listQuarantine(platform.sql, { limit: 10 });
    const payload = await openBytes(platform.sql, kept!.subject!, kept!.payload);
    expect(Buffer.from(payload!).toString()).toBe('not json');

    const client = await connectAsync(`mqtt://127.0.0.1:${platform.mqtt.port}`, {
      clientId: fridge.id,
      username: fridge.id,
      password: fridge.secret,
    });
    const heard = new Promise<string>((resolve) => client.once('message', (_, payload) => resolve(payload.toString())));
    await client.subscribeAsync(noticesTopic(fridge.id));
    expect((JSON.parse(await heard) as Notice).code).toBe('rejected-message');
    await client.endAsync();

    expect((await fetch(`${platform.url}/api/v1/session`)).status).toBeLessThan(500);
    expect(platform.setUpToken).toEqual(expect.any(String));
  });

  it('that stops leaves no port, no thread and no lock, and starts again where it was', async () => {
    const first = await start();
    const fridge = await fridgeOf(first);
    await publish(first, fridge, `{"readings":[{"at":${NOW},"values":{"cabinet_temperature":4.5}}]}`);
    // It stops with messages that no consumer has taken yet.
    await first[Symbol.asyncDispose]();
    await nothingIsLeft();

    clock.set(NOW + 60_000);
    await using second = await start();
    await second.settle();
    expect(await latest(second, fridge.id)).toBe(4.5);
    expect((await latestOf(second.sql, [fridge.id])).get(fridge.id)?.connected).toBe(false);
    await publish(second, fridge, `{"readings":[{"at":${NOW + 60_000},"values":{"cabinet_temperature":5.5}}]}`);
    await second.settle();
    expect(await latest(second, fridge.id)).toBe(5.5);
    expect(second.pepper).toBe(first.pepper);
  });

  it('is refused on a folder that another one runs on, which goes on', async () => {
    await using platform = await start();
    const other = await freeSettings();
    await expect(start(other)).rejects.toMatchObject({ code: 'folder-in-use', kind: 'fatal' });
    const fridge = await fridgeOf(platform);
    await publish(platform, fridge, '{"values":{"cabinet_temperature":4.5}}');
    await platform.settle();
    expect(await latest(platform, fridge.id)).toBe(4.5);
  });

  it('whose ports are taken says which one, leaves nothing behind, and starts when they are free', async () => {
    const taken = net.createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    const refusal = { code: 'cannot-listen', kind: 'fatal', message: expect.stringContaining(String(port)) as string };
    for (const name of ['HTTP_PORT', 'MQTT_WS_PORT'] as const) {
      await expect(start({ [name]: port })).rejects.toMatchObject(refusal);
      await nothingIsLeft();
    }
    await new Promise((resolve) => taken.close(resolve));
    await (await start({ HTTP_PORT: port }))[Symbol.asyncDispose]();
  });

  it('whose log was emptied while its data stayed is refused, and leaves nothing behind', async () => {
    const first = await start();
    const fridge = await fridgeOf(first);
    await publish(first, fridge, '{"values":{"cabinet_temperature":4.5}}');
    await first.settle();
    await first[Symbol.asyncDispose]();
    fs.rmSync(path.join(folder.path, 'log'), { recursive: true });
    await expect(start()).rejects.toMatchObject({
      code: expect.stringMatching(/^log-behind-/) as string,
      kind: 'fatal',
    });
    await nothingIsLeft();
  });
});
