// A backup while appliances speak as fast as they are answered: what was acknowledged before it began is in it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { upTopic } from '#contracts';
import { createAppliance } from '#registry';
import { HOUR } from '#runtime';
import { restoreBackup } from '../../main/backup/restore.ts';
import { freeSettings } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { Life, NOW, quiet, readingsIn } from './lived.ts';

const APPLIANCES = 4;
const IN_FLIGHT = 10;
const BEFORE = 800;
/** An hour before the clock of the platform. */
const FIRST_STAMP = NOW - HOUR;

let stack: AsyncDisposableStack;
let folder: string;
beforeEach(() => {
  stack = new AsyncDisposableStack();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-load-'));
  stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

/** Publishes readings with stamps of their own until it is stopped; `acknowledged` is how many of them were, in order. */
async function speaker({ platform }: Life, index: number) {
  const { sql, pepper, mqtt } = platform;
  const unit = await createAppliance(sql, {
    model: 'stethos-reference-fridge',
    name: `Fridge ${index}`,
    now: NOW,
    pepper,
  });
  const client = await connectAsync(`mqtt://127.0.0.1:${mqtt.port}`, {
    clientId: unit.id,
    username: unit.id,
    password: unit.secret,
  });
  const state = { acknowledged: 0, stopped: false };
  let next = 0;
  const speak = async (): Promise<void> => {
    while (!state.stopped) {
      const at = FIRST_STAMP + next++;
      const body = JSON.stringify({ readings: [{ at, values: { cabinet_temperature: 5 } }] });
      await client.publishAsync(upTopic(unit.id, 'telemetry'), body, { qos: 1 });
      state.acknowledged++;
    }
  };
  const speaking = Promise.all(Array.from({ length: IN_FLIGHT }, speak));
  return {
    unit,
    state,
    async stop() {
      state.stopped = true;
      await speaking;
      await client.endAsync();
    },
  };
}

it('holds every reading that was acknowledged before the backup began', async () => {
  const settings = await freeSettings({ MQTT_MESSAGES_PER_SECOND: '0' });
  const first = await new Life(stack.use(await databaseDir()).path, settings).start();
  const speakers = await Promise.all(Array.from({ length: APPLIANCES }, (_, index) => speaker(first, index)));
  const spoken = (): number => speakers.reduce((sum, { state }) => sum + state.acknowledged, 0);
  while (spoken() < BEFORE) await pause(20);

  // In flight at most so many: those with lower numbers are all acknowledged.
  const before = speakers.map(({ state }) => Math.max(0, state.acknowledged - IN_FLIGHT));
  const backup = { from: path.join(folder, 'backup'), keysFrom: path.join(folder, 'keys') };
  await first.platform.backup({ to: backup.from, keysTo: backup.keysFrom, said: () => {} });
  const meanwhile = spoken();
  expect(meanwhile).toBeGreaterThan(BEFORE);
  for (const { stop } of speakers) await stop();
  await first[Symbol.asyncDispose]();

  const data = path.join(folder, 'restored');
  await restoreBackup({ ...backup, data, settings, logger: quiet, said: () => {} });
  const second = await new Life(data, settings).start();
  await second.platform.settle();
  await second[Symbol.asyncDispose]();
  let found = 0;
  for (const [index, { unit }] of speakers.entries()) {
    const readings = await readingsIn(data, unit.id);
    found += readings.length;
    expect(new Set(readings).size).toBe(readings.length);
    const stamps = new Set(readings.map((reading) => Number(reading.split(' ')[0])));
    const said = Array.from({ length: before[index]! }, (_, number) => FIRST_STAMP + number);
    const missing = said.filter((at) => !stamps.has(at));
    expect(missing).toEqual([]);
  }
  console.log(
    `acknowledged before ${before.reduce((a, b) => a + b)}, when it was made ${meanwhile}, restored ${found}`,
  );
}, 480_000);
