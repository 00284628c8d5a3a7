// The platform as it is shipped, in a process of its own, so that its memory is its own.
import { listQuarantine } from '#ingest';
import { type Platform, readSettings, startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson } from '#registry';
import { onChange } from '#runtime';
import { offer } from '../../bench/ingest/child.ts';
import { monotonicMs } from '../../bench/ingest/monotonic.ts';
import type { Credential } from '../../bench/ingest/offers.ts';

export type PlatformOffers = {
  start(options: { folder: string; environment: Record<string, string> }): Promise<{ port: number }>;
  /** Fridges of one home whose owner is told of alerts. */
  makeAppliances(count: number): Promise<Credential[]>;
  rssBytes(): number;
  /** Age of the oldest message that is not stored, as the platform's figures say; 0 when there is none. */
  lagSeconds(): Promise<number>;
  /** Resolves when everything that was accepted is stored and judged. */
  caughtUp(): Promise<void>;
  /** When the row of an alert of each was heard to be committed, monotonic ms. */
  alertSeen(): Promise<[appliance: string, at: number][]>;
  /** Why the newest of them were not taken. */
  quarantined(): Promise<string[]>;
  stop(): Promise<void>;
};

let platform: Platform;
const alertSeenAt = new Map<string, number>();

async function home(): Promise<string> {
  const now = Date.now();
  const household = await createHousehold(platform.sql, { name: 'A family', region: 'east', now });
  await createPerson(platform.sql, {
    role: 'owner',
    name: 'Owner',
    email: 'owner@example.org',
    password: crypto.randomUUID(),
    household: household.id,
    now,
  });
  return household.id;
}

const offers: PlatformOffers = {
  async start({ folder, environment }) {
    platform = await startPlatform({
      settings: readSettings({ environment, demo: false }),
      folder,
      terminalToo: false,
    });
    await onChange(platform.sql, ({ what, id }) => {
      if (what === 'alert' && !alertSeenAt.has(id)) alertSeenAt.set(id, monotonicMs());
    });
    return { port: platform.mqtt.port };
  },
  async makeAppliances(count) {
    const household = await home();
    const fields = { model: 'stethos-reference-fridge', name: 'Fridge', household, pepper: platform.pepper };
    const made: Credential[] = [];
    for (let i = 0; i < count; i++) made.push(await createAppliance(platform.sql, { ...fields, now: Date.now() }));
    return made;
  },
  rssBytes: () => process.memoryUsage.rss(),
  async lagSeconds() {
    const answer = await fetch(`${platform.url}/metrics`);
    const figure = /^stethos_log_lag_seconds{consumer="readings"} (\S+)$/m.exec(await answer.text());
    if (!figure) throw new Error('the platform has no figure of what waits in the log');
    return Number(figure[1]);
  },
  caughtUp: () => platform.settle(),
  async alertSeen() {
    const rows = await platform.sql.query<{ id: string; appliance: string }>('select id, appliance from app.alert');
    return rows.flatMap(({ id, appliance }) => {
      const at = alertSeenAt.get(id);
      return at === undefined ? [] : [[appliance, at] as [string, number]];
    });
  },
  quarantined: async () => (await listQuarantine(platform.sql, { limit: 5 })).map(({ reason }) => reason),
  stop: async () => platform[Symbol.asyncDispose](),
};

offer(offers);
