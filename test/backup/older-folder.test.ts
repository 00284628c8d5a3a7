// A data folder of an older version opens with this one, with everything in it.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Id, upTopic } from '#contracts';
import { listHouseholds } from '#registry';
import { loadTables, type TablesToLoad } from '../../main/backup/load-tables.ts';
import { openSql } from '../../main/backup/open-sql.ts';
import { allTables } from '../../main/tables.ts';
import { ROOT } from '../architecture/sources.ts';
import { freeSettings } from '../main/data-folder.ts';
import { Life, readingsIn } from './lived.ts';

type Said = { unit: { id: Id; secret: string }; household: Id; readings: number; setAside: number };

/** Than the older version ended. */
const A_DAY_LATER = Date.UTC(2026, 10, 3, 9);

let stack: AsyncDisposableStack;
let folder: string;
beforeEach(() => {
  stack = new AsyncDisposableStack();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-older-'));
  stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

const read = <Content>(name: string): Content =>
  JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as Content;

/** As the older version left it: its tables and nothing newer. */
async function unpack(archive: string): Promise<Said> {
  execFileSync('tar', ['-xzf', path.join(ROOT, 'test/fixtures/older-folder', archive), '-C', folder]);
  const { tables, ...rest } = read<TablesToLoad>('registry.json');
  await using opened = new AsyncDisposableStack();
  const sql = await openSql(folder, await freeSettings(), opened);
  const load = { ...rest, tables: tables.map((table) => ({ ...table, folder })) };
  await sql.transaction((tx) => loadTables(tx, load, allTables));
  const columns = await sql.query("select 1 from information_schema.columns where table_name = 'consumer'");
  expect(columns.length).toBe(2);
  return read<Said>('said.json');
}

const archives = fs.readdirSync(path.join(ROOT, 'test/fixtures/older-folder')).filter((name) => name.endsWith('.gz'));

it.each(archives)(
  'opens %s: households, findings, readings, what was set aside, and who may come in',
  async (archive) => {
    const { unit, readings, setAside } = await unpack(archive);
    const life = new Life(folder, await freeSettings());
    life.clock.set(A_DAY_LATER);
    await life.start();
    const { sql, mqtt } = life.platform;
    expect((await listHouseholds(sql, { all: true }, { cursor: null, limit: 2 })).items[0]!.name).toBe('Grün');
    const findings = await life.findings();
    expect(findings.length).toBeGreaterThan(0);
    expect(await life.setAside()).toBe(setAside);

    const client = await connectAsync(`mqtt://127.0.0.1:${mqtt.port}`, {
      clientId: unit.id,
      username: unit.id,
      password: unit.secret,
    });
    const at = life.clock.clock.now();
    const body = JSON.stringify({ readings: [{ at, values: { cabinet_temperature: 4 } }] });
    await client.publishAsync(upTopic(unit.id, 'telemetry'), body, { qos: 1 });
    await client.endAsync();
    await life.platform.settle();
    expect((await life.findings()).length).toBeGreaterThanOrEqual(findings.length);
    await life[Symbol.asyncDispose]();
    const stored = await readingsIn(folder, unit.id);
    expect(stored.length).toBe(readings + 1);
    expect(stored.at(-1)).toBe(`${at} cabinet_temperature 4`);
  },
  480_000,
);
