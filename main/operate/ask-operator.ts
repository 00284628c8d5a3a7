// Reaches the platform that a command is about: the running one through its private door, a stopped one in its folder,
// and engines that processes share directly.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openDuckdbReadings } from '#engines/duckdb';
import { migrate, openClock, PlatformError, type Sql } from '#runtime';
import { type RunFile, runFileOf } from '../admin-door.ts';
import { terminalLogger } from '../backup/command-line.ts';
import { openSql } from '../backup/open-sql.ts';
import { isShared, readSettings, type Settings } from '../config.ts';
import { DEMO_FOLDER } from '../folders.ts';
import { lockFolder } from '../lock.ts';
import { allTables } from '../tables.ts';
import { openInflux } from '../threads/engines.ts';
import { type OperatorAnswer, type OperatorDeps, type OperatorWish, operator } from './operate.ts';

export type Where = { data: string | undefined; config: string | undefined };

/** `onlyRunning`: for what only a running platform does. Throws `not-running` then. */
export async function askOperator(
  { data, config }: Where,
  wish: OperatorWish,
  { onlyRunning = false }: { onlyRunning?: boolean } = {},
): Promise<OperatorAnswer> {
  const settings = readSettings({ file: config, demo: data === undefined });
  const folder = path.resolve(data ?? DEMO_FOLDER);
  const file = runFileOf(folder);
  const running = !isShared(settings) && fs.existsSync(file);
  const answer = running ? await throughDoor(JSON.parse(fs.readFileSync(file, 'utf8')) as RunFile, wish) : null;
  if (answer) return answer;
  if (onlyRunning && !isShared(settings)) throw notRunning(folder);
  return here(folder, settings, wish);
}

const notRunning = (folder: string): PlatformError =>
  new PlatformError('not-running', 'reject', `No platform runs on ${folder}.`, {
    hint: 'Start it: npm start, or npm start -- --data DIR.',
  });

/** Null when nobody opens: a platform that was killed left its file behind. */
async function throughDoor(run: RunFile, wish: OperatorWish): Promise<OperatorAnswer | null> {
  const headers = { authorization: `Bearer ${run.token}`, 'content-type': 'application/json' };
  const response = await fetch(`${run.url}/operate`, { method: 'POST', headers, body: JSON.stringify(wish) }).catch(
    () => null,
  );
  if (response === null) return null;
  const body = (await response.json()) as OperatorAnswer & { message?: string; hint?: string };
  if (response.ok) return body;
  const hint = body.hint === undefined ? {} : { hint: body.hint };
  throw new PlatformError('refused', 'reject', String(body.message), hint);
}

async function here(folder: string, settings: Settings, wish: OperatorWish): Promise<OperatorAnswer> {
  await using stack = new AsyncDisposableStack();
  if (!isShared(settings)) stack.use(lockFolder(folder));
  const sql: Sql = await openSql(folder, settings, stack);
  if (!isShared(settings)) await migrate(sql, allTables);
  const clock = openClock({ kind: 'system' });
  const count: OperatorDeps['count'] = async (query) => (await openStore(folder, settings, stack)).count(query);
  return await operator({ sql, count, now: () => clock.now() })(wish);
}

let store: Promise<Pick<OperatorDeps, 'count'>> | undefined;

/** Only a check that asks it opens the store. */
function openStore(
  folder: string,
  settings: Settings,
  stack: AsyncDisposableStack,
): Promise<Pick<OperatorDeps, 'count'>> {
  store ??= (async () =>
    stack.use(
      settings.INFLUX_URL
        ? await openInflux(settings, terminalLogger)
        : await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') }),
    ))();
  return store;
}
