// `npm run restore`: a backup into an empty place, with what is there compared to what was copied.
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { readSettings } from '../config.ts';
import { needed, runCommand, terminalLogger } from './command-line.ts';
import { restoreBackup } from './restore.ts';
import { comparedText, isWhole } from './words.ts';

const HELP = `Usage
  npm run restore -- --from FOLDER --data DIR [options]    makes a platform out of a backup, in a folder that is new

With DATABASE_URL, LOG_REDIS_URL and INFLUX_* set, each of them is filled instead of its file in the folder; they must be
empty. Interrupted, the same command begins again.

Options
  --keys DIR      the newest keys; default: FOLDER.keys
  --config FILE   settings (or the environment)`;

runCommand(async () => {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      data: { type: 'string' },
      keys: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(HELP);
  const from = path.resolve(needed(values.from, '--from'));
  const data = path.resolve(needed(values.data, '--data'));
  const restored = await restoreBackup({
    from,
    keysFrom: path.resolve(values.keys ?? `${from}.keys`),
    data,
    settings: readSettings({ file: values.config, demo: false }),
    logger: terminalLogger,
    said: (line) => console.log(line),
  });
  console.log(`\n${comparedText(restored)}\n`);
  if (!isWhole(restored)) throw new Error('Something is missing: do not run the platform on this.');
  console.log(`Everything is there. Start it with: npm start -- --data ${data}`);
});
