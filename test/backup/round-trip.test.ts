// What was backed up while the platform ran lives on elsewhere as if nothing had happened.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Settings } from '#main';
import { restoreBackup } from '../../main/backup/restore.ts';
import { freeSettings } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { Life, quiet, readingsIn } from './lived.ts';

let stack: AsyncDisposableStack;
let folder: string;
let settings: Settings;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-backup-'));
  stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
  settings = await freeSettings();
});
afterEach(() => stack.disposeAsync());

const inFolder = (name: string): string => path.join(folder, name);
const silent = (): void => {};

it('a backup of a running platform, restored on an empty machine, comes to the same findings, alerts and readings', async () => {
  const first = await new Life(stack.use(await databaseDir()).path, settings).start();
  await first.move();
  await first.live(0, 20);
  await first.platform.settle();
  await first.live(20, 22);
  await first.platform.settle();
  // The log is ahead of what was made of it: no snapshot is due at this minute any more.
  await first.platform.tick();
  const backup = { to: inFolder('backup'), keysTo: inFolder('keys') };
  const manifest = await first.platform.backup({ ...backup, said: silent });
  expect(manifest.log.partitions[0]!.records).toBeGreaterThan(0);
  await first.live(22, 45);
  await first.platform.settle();
  const [findings, alerts, setAside] = [await first.findings(), await first.alerts(), await first.setAside()];
  expect(findings.length).toBeGreaterThan(0);
  expect(setAside).toBe(45);
  await first[Symbol.asyncDispose]();

  const data = inFolder('restored');
  const restored = await restoreBackup({
    from: backup.to,
    keysFrom: backup.keysTo,
    data,
    settings,
    logger: quiet,
    said: silent,
  });
  expect(restored.compared.filter((row) => row.backup !== row.restored)).toEqual([]);
  expect(manifest.tables.length).toBeGreaterThan(40);

  const second = await new Life(data, settings).goingOn(first.unit, 21).start();
  await second.live(22, 45);
  await second.platform.settle();
  expect(await second.findings()).toEqual(findings);
  expect(await second.alerts()).toEqual(alerts);
  expect(await second.setAside()).toBe(setAside);
  await second[Symbol.asyncDispose]();
  expect(await readingsIn(data, first.unit.id)).toEqual(await readingsIn(first.folder, first.unit.id));
});
