// Who is killed in a platform of many processes, and where.
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from '#runtime';
import type { Server } from '../servers/process.ts';
import { hopOf, killAt, STEPS } from './steps.ts';

/** A process of the platform, and the hops that pass through it. */
export type Member = { stage: string; hops: readonly string[] };

export const MEMBERS: readonly Member[] = [
  { stage: 'broker', hops: ['accept'] },
  { stage: 'broker', hops: ['accept'] },
  { stage: 'ingest', hops: ['drain'] },
  { stage: 'diagnosis', hops: ['transaction'] },
  { stage: 'alerts', hops: ['hand-over', 'notification'] },
  { stage: 'field-service', hops: ['hand-over'] },
];

export const SERVER_KINDS = [
  'PostgreSQL',
  'Redis of jobs',
  'Redis of the log',
  'InfluxDB',
  'PostgreSQL backend',
] as const;
export type Servers = Record<Exclude<(typeof SERVER_KINDS)[number], 'PostgreSQL backend'>, Server>;

/** A step that is not reached in this time is given up. */
const STEP_PATIENCE_MS = 20_000;
const LONGEST_LIFE_MS = 8_000;
const AT_RANDOM_ONE_IN = 4;
const MOST_PASSES: Record<string, number> = {
  accept: 3_000,
  drain: 15,
  transaction: 2,
  'hand-over': 2,
  notification: 2,
};
const AWAY_MS = 500;
const TRIES = 20;

/** Where a process that is started now will die. */
export function aimFor(
  { hops }: Member,
  wordFile: string,
): { environment: Record<string, string>; patienceMs: number } {
  const steps = STEPS.filter((step) => hops.includes(hopOf(step)));
  if (steps.length === 0 || randomInt(AT_RANDOM_ONE_IN) === 0)
    return { environment: {}, patienceMs: randomInt(LONGEST_LIFE_MS) };
  const step = steps[randomInt(steps.length)]!;
  const nth = randomInt(1, MOST_PASSES[hopOf(step)]! + 1);
  return { environment: killAt(step, nth, wordFile), patienceMs: STEP_PATIENCE_MS };
}

/** `killed` is called at the moment of the kill; resolves when the server can be used again. */
export async function killServer(
  kind: (typeof SERVER_KINDS)[number],
  servers: Servers,
  sql: Sql,
  killed: () => void,
): Promise<void> {
  if (kind === 'PostgreSQL backend') {
    await killBackend(sql);
    killed();
    return until(() => sql.query('select 1'));
  }
  await servers[kind].kill();
  killed();
  await pause(AWAY_MS);
  // PostgreSQL's other processes may outlive it for a moment, and keep a new one from starting.
  await until(() => servers[kind].start());
}

/** One of the platform's connections; the server takes all others down with it. */
async function killBackend(sql: Sql): Promise<void> {
  const pids = await sql.query<{ pid: number }>(
    "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
  );
  if (pids.length > 0) process.kill(pids[randomInt(pids.length)]!.pid, 'SIGKILL');
}

async function until(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
      await pause(AWAY_MS);
    }
  }
}
