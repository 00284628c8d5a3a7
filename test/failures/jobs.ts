// `npm run test:failures:jobs`: the Redis of jobs is killed, restarted and filled up while alerts come in. The queue only
// wakes: every alert is told once all the same, and no clock fires late.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { type Platform, readSettings, startPlatform } from '#main';
import { type ClockSpec, MINUTE, openClock, SECOND } from '#runtime';
import { freeEnvironment } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { present, startRedis } from '../servers/servers.ts';
import { registerAppliances, registerTechnicians, type SickAppliance, sickAppliance } from './appliances.ts';
import { startMailbox } from './mailbox.ts';
import { outcomesOf, tally } from './outcome.ts';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '30' } } });
const KILLS = Number(values.kills);
/** Slow enough that what a sweep takes does not look like lateness. */
const RATE = 10;
const HAND_OVER_AFTER_MS = 20 * MINUTE;
/** The platform's own periodic sweep comes every 15 s. */
const LATEST_MS = 35 * SECOND;
const AWAY_MS = [0, 500, 3_000] as const;
const BETWEEN_MS = 2_000;
const PATIENCE_MS = 600_000;

await using stack = new AsyncDisposableStack();
const redis = stack.use(present(await startRedis()));
const mailbox = stack.use(await startMailbox());
const { path: folder } = stack.use(await databaseDir());
const clock: ClockSpec = { kind: 'scaled', rate: RATE, from: Date.now() };
const environment = await freeEnvironment({ REDIS_URL: redis.url, SMTP_URL: mailbox.url });
const settings = readSettings({ environment, demo: false });
const platform = stack.use(await startPlatform({ settings, folder, clock, terminalToo: false }));

async function killOnce(round: number): Promise<string> {
  const awayMs = AWAY_MS[round % AWAY_MS.length]!;
  if (round % 3 === 2) {
    // Full: it answers, and takes nothing.
    await using admin = new AsyncDisposableStack();
    const client = admin.adopt(new Redis(redis.url), (one) => one.disconnect());
    await client.config('SET', 'maxmemory', '1');
    await pause(awayMs);
    await client.config('SET', 'maxmemory', '0');
    return `full for ${awayMs} ms`;
  }
  await (round % 3 === 0 ? redis.kill() : redis.stop());
  await pause(awayMs);
  await redis.start();
  return `${round % 3 === 0 ? 'killed' : 'stopped'}, away for ${awayMs} ms`;
}

async function until(enough: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline && !(await enough())) await pause(500);
}

/** How late each hand-over came, in the platform's time. */
async function lateness({ sql }: Platform): Promise<number[]> {
  const rows = await sql.query<{ late: number }>(
    'select handed_over_at - pace_since - $1::bigint as late from app.alert where handed_over_at is not null order by 1',
    [HAND_OVER_AFTER_MS],
  );
  return rows.map(({ late }) => late);
}

const now = openClock(clock).now();
await registerTechnicians(platform.sql, now);
const fields = { count: KILLS, pepper: platform.pepper, now, name: 'jobs' };
const registered = await registerAppliances(platform.sql, fields);
const ill: SickAppliance[] = [];
for (const [index, one] of registered.entries()) {
  const options = { ports: [platform.mqtt.port], clock: openClock(clock), rate: RATE };
  ill.push(sickAppliance(one, options));
  ill.at(-1)!.publisher.start();
  console.log(`kill ${String(index + 1).padStart(3)}  ${await killOnce(index)}`);
  await pause(BETWEEN_MS);
}
await until(async () => (await lateness(platform)).length >= KILLS);
await Promise.all(ill.map(({ publisher }) => publisher.stop()));
const outcomes = await outcomesOf(platform.sql);
const late = await lateness(platform);
const repeats = [...mailbox.taken.values()].filter((lives) => lives.length > 1).length;
const once = [...outcomes.values()].filter(({ alerts, firstMessages }) => alerts === 1 && firstMessages === 1).length;
console.log(`
kills                  ${KILLS} of the Redis of jobs
alerts told once       ${once} of ${KILLS}
mails                  ${mailbox.taken.size}, given twice to the server: ${repeats}
clocks fired           ${late.length} of ${KILLS}, at most ${Math.round((late.at(-1) ?? 0) / SECOND)} s late
${[...tally(outcomes.values())].map(([what, n]) => `  ${n}  ${what}`).join('\n')}
`);
const passed = once === KILLS && repeats === 0 && late.length === KILLS && late.at(-1)! <= LATEST_MS;
console.log(passed ? 'PASSED' : 'FAILED');
if (!passed) process.exitCode = 1;
