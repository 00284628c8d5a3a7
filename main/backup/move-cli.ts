// `npm run move`: from the engines of a data folder to those that several processes share, with everything compared.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { openClock, PlatformError } from '#runtime';
import { isShared, readSettings, type Settings } from '../config.ts';
import { needed, runCommand, terminalLogger } from './command-line.ts';
import { makeBackup } from './make-backup.ts';
import { markMoved } from './moved.ts';
import { restoreBackup } from './restore.ts';
import { openStopped } from './stopped-platform.ts';
import { comparedText, isWhole } from './words.ts';

const HELP = `Usage
  npm run move -- --data DIR [options]    moves a stopped platform to DATABASE_URL, LOG_REDIS_URL and INFLUX_*

All of them must be empty, and SECRET_PEPPER must be the text in DIR/pepper. DIR stays as it is, but no platform starts on
it any more. Interrupted, the same command goes on.

Options
  --to DIR        data folder of the process that runs the stage "api"; default: DIR.moved
  --config FILE   settings (or the environment)`;

const WITHOUT = { DATABASE_URL: undefined, LOG_REDIS_URL: undefined, INFLUX_URL: undefined, REDIS_URL: undefined };

/** The folder as it is now, as a backup beside it; one that was made before the move was interrupted is used again. */
async function copied(data: string, settings: Settings, where: { to: string; keysTo: string }): Promise<void> {
  if (fs.existsSync(where.to)) return;
  await using stack = new AsyncDisposableStack();
  const sources = await openStopped(data, { ...settings, ...WITHOUT }, { logger: terminalLogger, stack });
  // Nobody starts it again between the copy and its restore.
  markMoved(data);
  const clock = openClock({ kind: 'system' });
  await makeBackup(sources, { ...where, now: () => clock.now(), said: (line) => console.log(line) });
}

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      to: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(HELP);
  const data = path.resolve(needed(values.data, '--data'));
  const settings = readSettings({ file: values.config, demo: false });
  if (!isShared(settings)) {
    throw new PlatformError('bad-configuration', 'reject', 'Where to is not said.', {
      hint: 'Set DATABASE_URL, LOG_REDIS_URL, INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG and INFLUX_BUCKET.',
    });
  }
  const where = { to: `${data}.moving`, keysTo: `${data}.moving.keys` };
  await copied(data, settings, where);
  const target = path.resolve(values.to ?? `${data}.moved`);
  const restored = await restoreBackup({
    from: where.to,
    keysFrom: where.keysTo,
    data: target,
    settings,
    logger: terminalLogger,
    said: (line) => console.log(line),
  });
  console.log(`\n${comparedText(restored)}\n`);
  if (!isWhole(restored)) throw new Error('Something is missing: do not run the platform on this.');
  for (const folder of [where.to, where.keysTo]) fs.rmSync(folder, { recursive: true, force: true });
  console.log(`Everything is there. The process with the stage "api" keeps its exports in ${target}.`);
});
