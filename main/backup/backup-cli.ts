// `npm run backup`: through the running platform, from the folder of one that is stopped, or from shared engines.
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openClock, PlatformError } from '#runtime';
import { type RunFile, runFileOf } from '../admin-door.ts';
import { isShared, readSettings, type Settings } from '../config.ts';
import { DEMO_FOLDER } from '../folders.ts';
import { needed, runCommand, terminalLogger } from './command-line.ts';
import { makeBackup } from './make-backup.ts';
import type { Manifest } from './manifest.ts';
import { openSharedEngines, openStopped } from './stopped-platform.ts';
import { madeText } from './words.ts';

const HELP = `Usage
  npm run backup -- --to FOLDER [options]    copies the whole platform into a new folder; it may run meanwhile

Options
  --data DIR      data folder of the platform; default: the demo's. With engines that processes share: where its exports are
  --keys DIR      where the keys of personal data go; default: FOLDER.keys. What stands there is replaced
  --config FILE   the settings the platform runs with (or the environment)`;

type Where = { to: string; keysTo: string };
type Line = { said?: string; manifest?: Manifest; error?: { message: string; hint?: string } };

/** Null when nobody opens. */
async function throughDoor(run: RunFile, where: Where): Promise<Manifest | null> {
  const answer = await new Promise<http.IncomingMessage | null>((resolve) => {
    const headers = { authorization: `Bearer ${run.token}`, 'content-type': 'application/json' };
    const request = http.request(`${run.url}/backup`, { method: 'POST', headers }, resolve);
    request.once('error', () => resolve(null));
    request.end(JSON.stringify(where));
  });
  if (answer === null) return null;
  for await (const text of createInterface({ input: answer })) {
    const line = JSON.parse(text) as Line;
    if (line.said) console.log(line.said);
    if (line.manifest) return line.manifest;
    if (line.error) throw failed(line.error.message, line.error.hint);
  }
  throw failed('The platform ended before the backup did.');
}

const failed = (message: string, hint?: string): PlatformError =>
  new PlatformError('backup-failed', 'reject', message, hint === undefined ? {} : { hint });

async function makeHere(data: string | undefined, settings: Settings, where: Where): Promise<Manifest> {
  await using stack = new AsyncDisposableStack();
  const deps = { logger: terminalLogger, stack };
  const sources = isShared(settings)
    ? await openSharedEngines(data ?? null, settings, deps)
    : await openStopped(data ?? DEMO_FOLDER, settings, deps);
  const clock = openClock({ kind: 'system' });
  return await makeBackup(sources, { ...where, now: () => clock.now(), said: (line) => console.log(line) });
}

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      to: { type: 'string' },
      data: { type: 'string' },
      keys: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(HELP);
  const to = path.resolve(needed(values.to, '--to'));
  const where = { to, keysTo: path.resolve(values.keys ?? `${to}.keys`) };
  const settings = readSettings({ file: values.config, demo: values.data === undefined });
  const data = values.data === undefined ? undefined : path.resolve(values.data);
  const file = runFileOf(data ?? DEMO_FOLDER);
  const door =
    !isShared(settings) && fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as RunFile) : null;
  // A platform that was killed left its file behind: then nobody opens.
  const manifest = (door && (await throughDoor(door, where))) ?? (await makeHere(data, settings, where));
  console.log(madeText(manifest, where));
});
