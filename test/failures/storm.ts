// `npm run test:storm`: one bad firmware makes thousands of appliances too warm within a minute, and later all of them are
// well again. Every one is listed, and whoever looks at the pages meanwhile is answered. Prints what was seen.
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { upTopic } from '#contracts';
import { type Platform, readSettings, startPlatform } from '#main';
import { createPerson } from '#registry';
import { type ClockSpec, HOUR, MINUTE, openClock } from '#runtime';
import { RawClient } from '../broker/raw-client.ts';
import { freeEnvironment } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { type Registered, registerAppliances } from './appliances.ts';

const { values } = parseArgs({ options: { appliances: { type: 'string', default: '10000' } } });
const APPLIANCES = Number(values.appliances);
const AT_ONCE = 100;
const STEP_MS = 10 * MINUTE;
/** Food warms and cools slowly: long enough to be sure of it. */
const HOURS = 5;
const WORST_P95_MS = 500;
const PATIENCE_MS = 1_800_000;
const STAFF = { email: 'dispatcher@example.org', password: 'correct horse battery' };
const LOOKS = ['/alerts?state=open&limit=50', '/cases?state=open'] as const;
/** Runs at the speed of the wall, `ms` ahead of it: so far back that a hair's breadth of rate makes the difference. */
const ahead = (ms: number): ClockSpec => ({ kind: 'scaled', rate: 1 + ms / 1e12, from: Date.now() - 1e12 });

await using stack = new AsyncDisposableStack();
const { path: folder } = stack.use(await databaseDir());
const environment = await freeEnvironment();
const settings = readSettings({ environment, demo: false });
const open = (clock: ClockSpec): Promise<Platform> =>
  startPlatform({ settings, folder: path.resolve(folder), clock, terminalToo: false });

/** Every appliance comes up, empties five hours of its buffer, and goes. */
async function sendAll(
  platform: Platform,
  appliances: readonly Registered[],
  now: number,
  warm: boolean,
): Promise<void> {
  const waiting = [...appliances];
  const one = async ({ id, secret }: Registered): Promise<void> => {
    await using client = await RawClient.connected(platform.mqtt.port, id, secret);
    const readings = Array.from({ length: (HOURS * HOUR) / STEP_MS }, (_, index) => ({
      at: Math.round(now - HOURS * HOUR + (index + 1) * STEP_MS),
      values: { cabinet_temperature: warm ? 14 : 3, evaporator_temperature: warm ? 13 : -12, compressor_on: warm },
    }));
    client.publish(upTopic(id, 'telemetry'), JSON.stringify({ seq: warm ? 0 : 1, readings }));
    await client.next('puback');
  };
  const lane = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await one(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function logIn(url: string): Promise<(where: string) => Promise<unknown>> {
  const session = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(STAFF),
  });
  const cookie = session.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return async (where) => {
    const answer = await fetch(`${url}/api/v1${where}`, { headers: { cookie } });
    if (!answer.ok) throw new Error(`${where}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
}

/** Somebody looks at the pages until `over`; how long each answer took, in order of length. */
async function lookMeanwhile(url: string, over: AbortSignal): Promise<number[]> {
  const get = await logIn(url);
  const took: number[] = [];
  while (!over.aborted) {
    for (const where of LOOKS) {
      const began = performance.now();
      await get(where);
      took.push(performance.now() - began);
    }
    await pause(100);
  }
  return took.sort((a, b) => a - b);
}

type Storm = { sentMs: number; judgedMs: number; count: number; p95Ms: number; answers: number };

async function storm(
  platform: Platform,
  appliances: readonly Registered[],
  now: number,
  warm: boolean,
): Promise<Storm> {
  const over = new AbortController();
  const looking = lookMeanwhile(platform.url, over.signal);
  const began = performance.now();
  await sendAll(platform, appliances, now, warm);
  const sentMs = performance.now() - began;
  const text = `select count(*)::int as n from app.alert where state ${warm ? "in ('open', 'acknowledged')" : "= 'resolved'"}`;
  let count = 0;
  while (count < appliances.length && performance.now() - began < PATIENCE_MS) {
    await pause(250);
    count = (await platform.sql.query<{ n: number }>(text))[0]!.n;
  }
  const judgedMs = performance.now() - began;
  over.abort();
  const took = await looking;
  return { sentMs, judgedMs, count, p95Ms: took[Math.floor(took.length * 0.95)] ?? Number.NaN, answers: took.length };
}

async function listed(platform: Platform): Promise<number> {
  const get = await logIn(platform.url);
  type Page = { items: unknown[]; next: string | null };
  let sum = 0;
  for (let next: string | null = ''; next !== null; ) {
    const page: Page = (await get(
      `/alerts?state=open&limit=100${next && `&cursor=${encodeURIComponent(next)}`}`,
    )) as Page;
    sum += page.items.length;
    next = page.next;
  }
  return sum;
}

const line = (what: string, { sentMs, judgedMs, count, p95Ms, answers }: Storm): string =>
  `${what}: ${count} of ${APPLIANCES}; taken in ${(sentMs / 1000).toFixed(1)} s, all judged after ${(judgedMs / 1000).toFixed(1)} s; API p95 ${Math.round(p95Ms)} ms of ${answers} answers`;

let appliances: Registered[];
let failing: Storm;
let seen: number;
let told: { kind: string; n: number }[];
{
  await using platform = await open({ kind: 'system' });
  const now = Date.now();
  await createPerson(platform.sql, {
    ...STAFF,
    role: 'dispatcher',
    name: 'Dispatcher',
    language: 'en',
    timeZone: 'UTC',
    now,
  });
  appliances = await registerAppliances(platform.sql, {
    count: APPLIANCES,
    pepper: platform.pepper,
    now,
    name: 'storm',
  });
  failing = await storm(platform, appliances, Date.now(), true);
  seen = await listed(platform);
  console.log(line('failing ', failing));
}
let recovering: Storm;
{
  const clock = ahead(HOURS * HOUR);
  await using platform = await open(clock);
  recovering = await storm(platform, appliances, openClock(clock).now(), false);
  told = await platform.sql.query('select kind, count(*)::int as n from app.notification group by kind order by kind');
  console.log(line('well again', recovering));
}
console.log(`listed by the API: ${seen} of ${APPLIANCES}
messages to people: ${told.map(({ kind, n }) => `${n} ${kind}`).join(', ')}`);
const passed =
  seen === APPLIANCES &&
  failing.count === APPLIANCES &&
  recovering.count === APPLIANCES &&
  failing.p95Ms < WORST_P95_MS &&
  recovering.p95Ms < WORST_P95_MS;
console.log(passed ? 'PASSED' : 'FAILED');
if (!passed) process.exitCode = 1;
