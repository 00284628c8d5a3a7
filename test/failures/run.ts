// `npm run test:failures`: kills the platform under load, again and again, and counts what it had acknowledged.
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { listQuarantine } from '#ingest';
import { readSettings, startPlatform } from '#main';
import { createAppliance } from '#registry';
import { HOUR } from '#runtime';
import { Child } from '../main/child.ts';
import { freeEnvironment } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { accountOf } from './account.ts';
import { Publisher } from './publisher.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '10' }, appliances: { type: 'string', default: '20' } },
});
const KILLS = Number(values.kills);
const APPLIANCES = Number(values.appliances);
/** Every so often the platform is killed while it still starts. */
const KILL_AT_START_EVERY = 5;
const LONGEST_START_MS = 1_500;
const MOST_ACKNOWLEDGED = 3_000;

await using stack = new AsyncDisposableStack();
const folder = stack.use(await databaseDir()).path;
const environment = await freeEnvironment();
const settings = readSettings({ environment, demo: false });
const publishers = await makeAppliances();
const startedAt = performance.now();

let heard: (() => void) | undefined;
const acknowledged = (): number => publishers.reduce((sum, publisher) => sum + publisher.acknowledged.size, 0);
const inFlight = (): number => publishers.reduce((sum, publisher) => sum + publisher.inFlight, 0);

async function makeAppliances(): Promise<Publisher[]> {
  await using platform = await startPlatform({ settings, folder, terminalToo: true });
  const now = Date.now();
  const made: Publisher[] = [];
  for (let i = 0; i < APPLIANCES; i++) {
    const fields = { model: 'stethos-reference-fridge', name: `Fridge ${i}`, now, pepper: platform.pepper };
    const appliance = await createAppliance(platform.sql, fields);
    made.push(new Publisher({ ...appliance, firstAt: now - HOUR, told: () => heard?.() }));
  }
  return made;
}

/** Resolves after so many more acknowledgements. */
function acknowledgedMore(count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    heard = () => {
      if (--left > 0) return;
      heard = undefined;
      resolve();
    };
  });
}

async function killUnderLoad(child: Child): Promise<void> {
  const enough = acknowledgedMore(randomInt(1, MOST_ACKNOWLEDGED));
  const early = child.ended.then(({ code, err }) => {
    throw new Error(`the platform ended by itself with code ${code}:\n${err}`);
  });
  await Promise.race([enough, early]);
}

const kills: { when: string; inFlight: number }[] = [];

async function killOnce(round: number): Promise<void> {
  const child = stack.use(new Child(['test/failures/killed-platform.ts', folder], environment));
  const whileStarting = round % KILL_AT_START_EVERY === 0;
  const before = acknowledged();
  if (whileStarting) await pause(randomInt(LONGEST_START_MS));
  else await killUnderLoad(child);
  child.process.kill('SIGKILL');
  kills.push({ when: whileStarting ? 'while starting' : 'under load', inFlight: inFlight() });
  const { signal, code, err } = await child.ended;
  if (signal !== 'SIGKILL') throw new Error(`the platform ended by itself with code ${code}:\n${err}`);
  const { when, inFlight: waiting } = kills.at(-1)!;
  console.log(
    `kill ${String(round).padStart(3)}  ${when.padEnd(14)}  ${String(acknowledged() - before).padStart(6)} acknowledged before it, ${String(waiting).padStart(4)} in flight`,
  );
}

for (const publisher of publishers) publisher.start(settings.MQTT_PORT);
for (let round = 1; round <= KILLS; round++) await killOnce(round);
await Promise.all(publishers.map((publisher) => publisher.stop()));

{
  await using platform = await startPlatform({ settings, folder, terminalToo: true });
  await platform.settle();
  const refused = await listQuarantine(platform.sql, { limit: 5 });
  for (const { reason } of refused) console.log(`quarantined: ${reason}`);
  if (refused.length > 0) process.exitCode = 1;
}
const account = await accountOf(folder, publishers);
const underLoad = kills.filter(({ when }) => when === 'under load');
const medianInFlight = underLoad.map((kill) => kill.inFlight).sort((a, b) => a - b)[underLoad.length >> 1] ?? 0;

console.log(`
attempts      ${KILLS}
kills         ${kills.length} (${underLoad.length} under load, ${kills.length - underLoad.length} while starting)
in flight     ${medianInFlight} messages at the median kill under load
acknowledged  ${account.acknowledged}
stored        ${account.stored}
lost          ${account.lost}
doubled       ${account.doubled}
wrong value   ${account.wrong}
`);
const seen = account.acknowledged > 0 && medianInFlight > 0 && kills.length === KILLS;
const kept = account.lost === 0 && account.doubled === 0 && account.wrong === 0 && process.exitCode !== 1;
const seconds = Math.round((performance.now() - startedAt) / 1000);
if (!seen || !kept) process.exitCode = 1;
console.log(
  seen && kept
    ? `PASSED: ${kills.length} kills, ${account.acknowledged} acknowledged, 0 lost, 0 doubled (${seconds} s)`
    : `FAILED: ${seen ? 'what was acknowledged was not kept as it was' : 'nothing was shown: there was no load'} (${seconds} s)`,
);
