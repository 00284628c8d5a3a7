// `npm start`: the whole platform in one process, or the stages that it is told to run.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, openClock, PlatformError } from '#runtime';
import { addAppliances } from './add-appliances.ts';
import { openAdminDoor } from './admin-door.ts';
import { clockSpecOf } from './clock.ts';
import { readSettings, type Settings } from './config.ts';
import { DEMO_ACCOUNTS, startDemo } from './demo.ts';
import { DEMO_FOLDER } from './folders.ts';
import { operator } from './operate/operate.ts';
import { type Platform, startPlatform } from './platform.ts';
import { startProcess } from './process.ts';
import { STAGES } from './stages.ts';
import { builtWeb } from './web-build.ts';
import { banner, demoBanner, helpText, stagesBanner } from './words.ts';

function readArguments(): { data: string | undefined; config: string | undefined; help: boolean } {
  try {
    const { values } = parseArgs({
      options: { data: { type: 'string' }, config: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    return { data: values.data, config: values.config, help: values.help ?? false };
  } catch (error) {
    throw new PlatformError('bad-arguments', 'fatal', messageOf(error), {
      hint: '`npm start -- --help` says what there is.',
    });
  }
}

function endProcess(why: string): never {
  process.stderr.write(`Stethos must end: ${why}\n`);
  process.exit(70);
}

/** The first Ctrl-C stops cleanly, a second one at once. */
function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    process.stdout.write('\nStopping ...\n');
    stop().then(
      () => process.exit(0),
      (error: unknown) => endProcess(`it could not stop cleanly: ${messageOf(error)}`),
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

async function main(): Promise<void> {
  const given = readArguments();
  if (given.help) return console.log(helpText());
  const settings = readSettings({ file: given.config, demo: given.data === undefined });
  await using stack = new AsyncDisposableStack();
  if (settings.STAGES.length < STAGES.length) await runStages(settings, given.data, stack);
  else await runPlatform(settings, given.data, stack);
  // From here on it runs until it is told to stop.
  const running = stack.move();
  stopOnSignal(() => running.disposeAsync());
}

async function runPlatform(settings: Settings, data: string | undefined, stack: AsyncDisposableStack): Promise<void> {
  const demo = data === undefined;
  const folder = path.resolve(data ?? DEMO_FOLDER);
  const webRoot = await builtWeb(() => console.log('Building the web pages; only when they changed ...'));
  const clock = clockSpecOf(folder, settings.CLOCK_RATE);
  const now = (): number => openClock(clock).now();
  const accounts = demo ? { accounts: DEMO_ACCOUNTS } : null;
  const platform: Platform = stack.use(
    await startPlatform({ settings, folder, clock, webRoot, demo: accounts, onFatal: endProcess }),
  );
  stack.use(
    await openAdminDoor(folder, {
      add: addAppliances({ ...platform, now }),
      backup: platform.backup,
      operate: operator({ ...platform, count: platform.countReadings, now }),
    }),
  );
  if (demo) stack.use(await startDemo({ platform, folder, clock, now: now(), onFatal: endProcess }));
  const webUrl = settings.PUBLIC_URL ?? platform.url;
  console.log(demo ? demoBanner(platform, webUrl, clock, DEMO_ACCOUNTS) : banner(platform, webUrl, clock, folder));
}

async function runStages(settings: Settings, data: string | undefined, stack: AsyncDisposableStack): Promise<void> {
  const { STAGES: stages } = settings;
  if (stages.includes('api') && data === undefined) {
    throw new PlatformError('bad-arguments', 'fatal', 'The stage "api" keeps exports in a data folder.', {
      hint: 'Give it one that stays: npm start -- --data DIR.',
    });
  }
  // The others keep nothing of their own but their log lines.
  const folder = data ? path.resolve(data) : fs.mkdtempSync(path.join(os.tmpdir(), `stethos-${stages.join('-')}-`));
  const webRoot = stages.includes('api') ? await builtWeb(() => console.log('Building the web pages ...')) : null;
  const clock = clockSpecOf(folder, settings.CLOCK_RATE);
  const running = stack.use(await startProcess({ settings, folder, clock, webRoot, onFatal: endProcess }));
  console.log(stagesBanner(running, stages, settings.PUBLIC_URL ?? running.url, folder));
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  if (error instanceof PlatformError && error.hint) console.error(error.hint);
  process.exit(1);
});
