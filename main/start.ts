// `npm start`: the whole platform in one process.
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, openClock, PlatformError } from '#runtime';
import { addAppliances } from './add-appliances.ts';
import { openAdminDoor } from './admin-door.ts';
import { clockSpecOf } from './clock.ts';
import { readSettings } from './config.ts';
import { DEMO_ACCOUNTS, startDemo } from './demo.ts';
import { DEMO_FOLDER } from './folders.ts';
import { startPlatform } from './platform.ts';
import { builtWeb } from './web-build.ts';
import { banner, demoBanner, helpText } from './words.ts';

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
  const demo = given.data === undefined;
  const settings = readSettings({ file: given.config, demo });
  const folder = path.resolve(given.data ?? DEMO_FOLDER);
  const webRoot = await builtWeb(() => console.log('Building the web pages; only when they changed ...'));
  const clock = clockSpecOf(folder, settings.CLOCK_RATE);
  const now = (): number => openClock(clock).now();
  const stack = new AsyncDisposableStack();
  const platform = stack.use(
    await startPlatform({
      settings,
      folder,
      clock,
      webRoot,
      demo: demo ? { accounts: DEMO_ACCOUNTS } : null,
      onFatal: endProcess,
    }),
  );
  stopOnSignal(() => stack.disposeAsync());
  stack.use(await openAdminDoor(folder, addAppliances({ ...platform, now })));
  if (demo) stack.use(await startDemo({ platform, folder, clock, now: now(), onFatal: endProcess }));
  const webUrl = settings.PUBLIC_URL ?? platform.url;
  console.log(demo ? demoBanner(platform, webUrl, clock, DEMO_ACCOUNTS) : banner(platform, webUrl, clock, folder));
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  if (error instanceof PlatformError && error.hint) console.error(error.hint);
  process.exit(1);
});
