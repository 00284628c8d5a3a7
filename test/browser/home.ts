// A platform with one household: a healthy fridge, and one that is warm since hours because its door, which it cannot tell of, stands open.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { Role } from '#contracts';
import { demoHousehold, startDevice } from '#device-sim';
import { type Platform, readSettings, startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson } from '#registry';
import { HOUR } from '#runtime';

const WEB = join(import.meta.dirname, '../../web');
const REGION = 'north';
const DOOR_OPEN = { what: 'door-left-open', fromMs: -3 * HOUR, untilMs: 24 * HOUR } as const;
export const PASSWORD = 'a password of the tests';
const PEOPLE: readonly { role: Role; name: string }[] = [
  { role: 'owner', name: 'Olga Owner' },
  { role: 'technician', name: 'Theo Technician' },
  { role: 'dispatcher', name: 'Dana Dispatcher' },
  { role: 'administrator', name: 'Ada Administrator' },
];
const accounts = PEOPLE.map((person) => ({ ...person, email: `${person.role}@example.org`, password: PASSWORD }));

export type Home = AsyncDisposable & { url: string; sql: Platform['sql'] };

/** With appliances it resolves when both have handed over their past day; alerts follow by themselves. */
export async function openHome({ appliances }: { appliances: boolean }): Promise<Home> {
  const stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'stethos-browser-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const webRoot = join(folder, 'web');
  await build({ root: WEB, logLevel: 'error', build: { outDir: webRoot } });
  const settings = readSettings({
    environment: { HTTP_PORT: '0', MQTT_PORT: '0', MQTT_WS_PORT: '0' },
    demo: true,
  });
  const platform = stack.use(
    await startPlatform({
      settings,
      folder: join(folder, 'data'),
      webRoot,
      demo: { accounts },
      terminalToo: false,
    }),
  );
  const household = await moveIn(platform);
  if (appliances) await plugIn(platform, household, stack);
  return { url: platform.url, sql: platform.sql, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Returns the household's id. */
async function moveIn({ sql }: Platform): Promise<string> {
  const now = Date.now();
  const household = await createHousehold(sql, { name: 'Owner family', address: '1 Test Road', region: REGION, now });
  for (const account of accounts) {
    const belongs = account.role === 'owner' ? { household: household.id } : {};
    const works = account.role === 'technician' ? { region: REGION, skills: ['refrigeration', 'general'] } : {};
    const reads = { language: 'en' as const, timeZone: 'UTC' };
    await createPerson(sql, { ...account, ...belongs, ...works, ...reads, now });
  }
  return household.id;
}

async function plugIn(platform: Platform, household: string, stack: AsyncDisposableStack): Promise<void> {
  const { sql, pepper, mqtt } = platform;
  const now = Date.now();
  const wanted = demoHousehold().filter(({ key }) => key === 'kitchen' || key === 'garage');
  const devices = [];
  for (const { key: _key, name, model, serial, ...life } of wanted) {
    const made = await createAppliance(sql, { model, name: name.en, serial, household, now, pepper });
    const mqttUrl = `mqtt://${mqtt.host}:${mqtt.port}`;
    const ill = life.episodes.length > 0 ? { episodes: [DOOR_OPEN] } : {};
    const device = startDevice({ ...life, ...ill, ...made, mqttUrl, pastHours: 24, storyStart: now, live: false });
    devices.push(stack.use(device));
  }
  await Promise.all(devices.map((device) => device.catchUp()));
}
