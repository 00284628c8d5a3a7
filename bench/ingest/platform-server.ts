// The platform as it is shipped, on a folder of its own: embedded engines, every stage running.
import * as path from 'node:path';
import { type Platform, readSettings, startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson } from '#registry';
import { DAY, onChange } from '#runtime';
import { givenEngines } from '../engines.ts';
import { offer } from './child.ts';
import { monotonicMs } from './monotonic.ts';
import type { Credential, ServerOffers } from './offers.ts';
import { usage } from './usage.ts';

let platform: Platform;
const alertSeenAt = new Map<string, number>();

/** A home with an owner, so that an alert has somebody to tell. */
async function home(): Promise<string> {
  const now = Date.now();
  const household = await createHousehold(platform.sql, { name: 'Bench', region: 'bench', now });
  await createPerson(platform.sql, {
    role: 'owner',
    name: 'Bench',
    email: 'bench@example.org',
    password: crypto.randomUUID(),
    household: household.id,
    now,
  });
  return household.id;
}

async function appliances(count: number, household: string): Promise<Credential[]> {
  const made: Credential[] = [];
  for (let index = 0; index < count; index++) {
    const fields = { model: 'stethos-reference-fridge', name: 'Bench', household, now: Date.now() };
    made.push(await createAppliance(platform.sql, { ...fields, pepper: platform.pepper }));
  }
  return made;
}

const server: ServerOffers = {
  async start({ folder, publishers, samples, idle }) {
    // A handful of connections speak for thousands of appliances.
    const unlimited = { MQTT_MESSAGES_PER_SECOND: '0', MQTT_BYTES_PER_SECOND: '0' };
    const environment = { HTTP_PORT: '0', MQTT_PORT: '0', MQTT_WS_PORT: '0', ...unlimited, ...givenEngines() };
    const settings = readSettings({ environment, demo: false });
    platform = await startPlatform({ settings, folder: path.join(folder, 'data') });
    await onChange(platform.sql, ({ what, id }) => {
      if (what === 'alert' && !alertSeenAt.has(id)) alertSeenAt.set(id, monotonicMs());
    });
    const household = await home();
    return {
      port: platform.mqtt.port,
      publishers: await appliances(publishers, household),
      samples: await appliances(samples, household),
      idle: await appliances(idle, household),
    };
  },
  usage,
  async caughtUp() {
    await platform.settle();
    return monotonicMs();
  },
  async alertRows() {
    const rows = await platform.sql.query<{ id: string; appliance: string }>('select id, appliance from app.alert');
    return rows.map(({ id, appliance }) => ({ appliance, at: alertSeenAt.get(id) ?? Number.NaN }));
  },
  count: (appliance) => platform.countReadings({ appliance, from: 0, to: Date.now() + DAY }),
  stop: async () => platform[Symbol.asyncDispose](),
};

offer(server);
