// `npm run appliance -- add`: makes appliances, through the running platform or, when it is stopped, in its database.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { openPgliteSql, openPostgres, startPgliteThread } from '#engines/postgres';
import { loadModels } from '#registry';
import { messageOf, migrate, PlatformError, type Sql } from '#runtime';
import { type AddedAppliance, addAppliances, type NewAppliances } from './add-appliances.ts';
import { type RunFile, runFileOf } from './admin-door.ts';
import { readSettings, type Settings } from './config.ts';
import { DEMO_FOLDER } from './folders.ts';
import { lockFolder } from './lock.ts';
import { readPepper } from './secrets.ts';
import { allTables } from './tables.ts';

const HELP = `Usage
  npm run appliance -- add [options]      make an appliance; prints its id, its secret and a line to try it
  npm run appliance -- models             the models this platform knows

Options
  --model ID         default: stethos-reference-fridge
  --name NAME        default: New fridge
  --household ID     whose it is; default: the only household, when there is one
  --count N          make N of them
  --out FILE         write id,secret as CSV, for a simulated fleet, instead of printing
  --data DIR         data folder of the platform; default: the demo's
  --config FILE      the settings the platform runs with`;

async function throughDoor(run: RunFile, wish: NewAppliances): Promise<AddedAppliance[]> {
  const response = await fetch(run.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${run.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  });
  const body = (await response.json()) as AddedAppliance[] & { message?: string; hint?: string };
  if (response.ok) return body;
  throw new PlatformError(
    'not-added',
    'reject',
    body.message ?? `status ${response.status}`,
    body.hint ? { hint: body.hint } : {},
  );
}

async function openSql(folder: string, settings: Settings, stack: AsyncDisposableStack): Promise<Sql> {
  if (settings.DATABASE_URL) return stack.use(await openPostgres({ url: settings.DATABASE_URL })).sql;
  const database = stack.use(await startPgliteThread({ dir: folder }));
  return stack.use(openPgliteSql(database.port()));
}

async function inDatabase(folder: string, settings: Settings, wish: NewAppliances): Promise<AddedAppliance[]> {
  using _lock = lockFolder(folder);
  await using stack = new AsyncDisposableStack();
  const sql = await openSql(folder, settings, stack);
  await migrate(sql, allTables);
  const mqtt = { host: settings.PUBLIC_MQTT_HOST ?? settings.HOST, port: settings.MQTT_PORT };
  return await addAppliances({ sql, pepper: readPepper(folder, settings.SECRET_PEPPER), mqtt, now: Date.now })(wish);
}

/** A file that a killed platform left behind names a door that is closed: then the database is free. */
async function add(folder: string, settings: Settings, wish: NewAppliances): Promise<AddedAppliance[]> {
  const file = runFileOf(folder);
  if (!fs.existsSync(file)) return inDatabase(folder, settings, wish);
  const run = JSON.parse(fs.readFileSync(file, 'utf8')) as RunFile;
  try {
    return await throughDoor(run, wish);
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    return inDatabase(folder, settings, wish);
  }
}

function print(added: readonly AddedAppliance[], out: string | undefined): void {
  if (out) {
    fs.writeFileSync(out, `id,secret\n${added.map(({ id, secret }) => `${id},${secret}`).join('\n')}\n`, {
      mode: 0o600,
    });
    console.log(`${added.length} appliance(s) written to ${path.resolve(out)}; keep it safe: it holds their secrets.`);
    return;
  }
  for (const { id, secret, tryIt } of added) {
    console.log(`Appliance  ${id}\nSecret     ${secret}   (shown only now)\n\nTry it:\n${tryIt}\n`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string', default: 'stethos-reference-fridge' },
      name: { type: 'string', default: 'New fridge' },
      household: { type: 'string' },
      count: { type: 'string', default: '1' },
      out: { type: 'string' },
      data: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [command] = positionals;
  if (command === 'models') {
    for (const model of loadModels().values()) console.log(`${model.id.padEnd(32)} ${model.brand} ${model.name.en}`);
    return;
  }
  if (values.help || command !== 'add') {
    console.log(HELP);
    process.exitCode = values.help || command === undefined ? 0 : 2;
    return;
  }
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1 || count > 100_000) {
    throw new PlatformError('bad-count', 'reject', `--count is "${values.count}".`, {
      hint: 'Give a whole number from 1 to 100000.',
    });
  }
  const settings = readSettings({ file: values.config, demo: values.data === undefined });
  const folder = path.resolve(values.data ?? DEMO_FOLDER);
  const wish = {
    model: values.model,
    name: values.name,
    count,
    ...(values.household ? { household: values.household } : {}),
  };
  print(await add(folder, settings, wish), values.out);
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  if (error instanceof PlatformError && error.hint) console.error(error.hint);
  process.exitCode = 1;
});
