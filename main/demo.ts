// The demo: a household, the people who look after it, and a few simulated appliances. Nothing of it exists outside the demo's folder.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { DemoAccount } from '#api';
import type { Id } from '#contracts';
import { demoHousehold } from '#device-sim';
import { latestOf } from '#ingest';
import { createAppliance, createHousehold, createPerson, editPassport } from '#registry';
import { type ClockSpec, DAY, type Sql } from '#runtime';
import type { Platform } from './platform.ts';
import { writePrivate } from './secrets.ts';
import { startThread } from './thread.ts';
import type { DemoAppliance, DemoData, DemoOffers } from './threads/demo-thread.ts';

const PASSWORD = 'stethos-demo';
const REGION = 'east';
/** How long ago the demo's fridges were bought: their warranty still runs. */
const AGE_DAYS = 300;

export const DEMO_ACCOUNTS: DemoAccount[] = [
  { role: 'owner', name: 'Wei Chen', email: 'owner@demo.stethos', password: PASSWORD },
  { role: 'dispatcher', name: 'Maria Rossi', email: 'service@demo.stethos', password: PASSWORD },
  { role: 'technician', name: 'Li Na', email: 'technician@demo.stethos', password: PASSWORD },
  { role: 'administrator', name: 'Ada Stein', email: 'admin@demo.stethos', password: PASSWORD },
];
const SECOND_TECHNICIAN: DemoAccount = {
  role: 'technician',
  name: 'Tom Berger',
  email: 'technician2@demo.stethos',
  password: PASSWORD,
};

type Kept = { storyStart: number; appliances: { key: string; id: Id; secret: string }[] };

function personFields(account: DemoAccount, household: Id) {
  const { role, email, password } = account;
  return {
    role,
    email,
    password,
    name: account.name ?? role,
    language: 'en' as const,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...(role === 'owner' ? { household } : {}),
    ...(role === 'technician' ? { region: REGION, skills: ['refrigeration', 'general'] } : {}),
  };
}

/** Makes the household at the first start. A start that was killed half-way begins again where it was. */
async function seed(sql: Sql, pepper: string, now: number): Promise<Kept> {
  return sql.transaction(async (tx) => {
    const household = await createHousehold(tx, {
      name: 'Chen family',
      address: '12 Lakeside Road',
      region: REGION,
      now,
    });
    for (const account of [...DEMO_ACCOUNTS, SECOND_TECHNICIAN])
      await createPerson(tx, { ...personFields(account, household.id), now });
    const appliances: Kept['appliances'] = [];
    for (const { key, model, name, serial } of demoHousehold()) {
      const { id, secret } = await createAppliance(tx, {
        model,
        name: name.en,
        serial,
        household: household.id,
        now,
        pepper,
      });
      const purchasedOn = new Date(now - AGE_DAYS * DAY).toISOString().slice(0, 10);
      await editPassport(tx, { appliance: id, edit: { purchasedOn }, by: 'platform', now });
      appliances.push({ key, id, secret });
    }
    return { storyStart: now, appliances };
  });
}

/** Readings up to here were handed over before the last stop. */
async function sentUntil(sql: Sql, id: Id): Promise<number | undefined> {
  const latest = (await latestOf(sql, [id])).get(id);
  return latest && latest.values.length > 0 ? Math.max(...latest.values.map(({ at }) => at)) : undefined;
}

/** Fills the demo's folder when it is new, then lets its appliances live in a thread of their own. */
export async function startDemo(options: {
  platform: Platform;
  folder: string;
  clock: ClockSpec;
  now: number;
  onFatal: (why: string) => void;
}): Promise<AsyncDisposable> {
  const { platform, folder } = options;
  const file = path.join(folder, 'demo.json');
  if (!fs.existsSync(file)) writePrivate(file, JSON.stringify(await seed(platform.sql, platform.pepper, options.now)));
  const kept = JSON.parse(fs.readFileSync(file, 'utf8')) as Kept;
  const appliances: DemoAppliance[] = [];
  for (const { key: _key, name: _name, model: _model, serial: _serial, ...life } of demoHousehold()) {
    const known = kept.appliances.find(({ key }) => key === _key);
    if (!known) continue;
    const until = await sentUntil(platform.sql, known.id);
    appliances.push({
      ...life,
      id: known.id,
      secret: known.secret,
      storyStart: kept.storyStart,
      ...(until === undefined ? {} : { sentUntil: until }),
    });
  }
  const { port1, port2 } = new MessageChannel();
  const data: DemoData = {
    main: port2,
    clock: options.clock,
    mqttUrl: `mqtt://${platform.mqtt.host}:${platform.mqtt.port}`,
    appliances,
  };
  const thread = startThread<DemoOffers>('demo', data, {
    port: port1,
    transfer: [],
    offers: {},
    died: options.onFatal,
  });
  await thread.call.start();
  return { [Symbol.asyncDispose]: () => thread.stop() };
}
