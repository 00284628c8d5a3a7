// A platform that outgrew its folder goes on, on engines that processes share.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Settings } from '#main';
import { restoreBackup } from '../../main/backup/restore.ts';
import { freeSettings } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { describeEngine, present, startInfluxd, startPostgres, startRedis } from '../servers/servers.ts';
import { Life, quiet, readingsIn } from './lived.ts';

let stack: AsyncDisposableStack;
let folder: string;
beforeEach(() => {
  stack = new AsyncDisposableStack();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-move-'));
  stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

const inFolder = (name: string): string => path.join(folder, name);
const silent = (): void => {};

async function sharedSettings(pepper: string): Promise<Settings> {
  const postgres = stack.use(present(await startPostgres()));
  const redis = stack.use(present(await startRedis({ appendOnly: true })));
  const jobs = stack.use(present(await startRedis()));
  const influx = stack.use(present(await startInfluxd()));
  return freeSettings({
    DATABASE_URL: postgres.url,
    REDIS_URL: jobs.url,
    LOG_REDIS_URL: redis.url,
    LOG_PARTITIONS: '4',
    INFLUX_URL: influx.url,
    INFLUX_TOKEN: influx.token,
    INFLUX_ORG: influx.org,
    INFLUX_BUCKET: influx.bucket,
    SECRET_PEPPER: pepper,
    // The clock of these tests is not InfluxDB's.
    RAW_READINGS_DAYS: '3650',
    ROLLUP_DAYS: '3650',
  });
}

describeEngine('PostgreSQL', 'and', () => {
  describeEngine('Redis', 'and', () => {
    describeEngine('InfluxDB', 'a move', () => {
      it('from one folder to the engines of several processes, and from these back-ups to others, goes on as if nothing had happened', async () => {
        const first = await new Life(stack.use(await databaseDir()).path, await freeSettings()).start();
        await first.move();
        await first.live(0, 20);
        await first.platform.settle();
        await first.live(20, 22);
        const backup = { from: inFolder('backup'), keysFrom: inFolder('keys') };
        await first.platform.backup({ to: backup.from, keysTo: backup.keysFrom, said: silent });
        await first.live(22, 45);
        await first.platform.settle();
        const [findings, alerts, setAside] = [await first.findings(), await first.alerts(), await first.setAside()];
        const { pepper } = first.platform;
        await first[Symbol.asyncDispose]();
        const readings = await readingsIn(first.folder, first.unit.id);

        const settings = await sharedSettings(pepper);
        const moved = await restoreBackup({
          ...backup,
          data: inFolder('moved'),
          settings,
          logger: quiet,
          said: silent,
        });
        expect(moved.compared.filter((row) => row.backup !== row.restored)).toEqual([]);
        expect(moved.refused.readings).toBe(0);
        const second = await new Life(inFolder('moved'), settings).goingOn(first.unit, 21).start();
        await second.live(22, 45);
        await second.platform.settle();
        expect(await second.findings()).toEqual(findings);
        expect(await second.alerts()).toEqual(alerts);
        expect(await second.setAside()).toBe(setAside);

        const again = { from: inFolder('backup-2'), keysFrom: inFolder('keys-2') };
        await second.platform.backup({ to: again.from, keysTo: again.keysFrom, said: silent });
        await second[Symbol.asyncDispose]();
        expect(await readingsIn(again.from, first.unit.id)).toEqual(readings);

        const elsewhere = await sharedSettings(pepper);
        const restored = await restoreBackup({
          ...again,
          data: inFolder('restored'),
          settings: elsewhere,
          logger: quiet,
          said: silent,
        });
        expect(restored.compared.filter((row) => row.backup !== row.restored)).toEqual([]);
        const third = await new Life(inFolder('restored'), elsewhere).goingOn(first.unit, 44).start();
        await third.live(45, 46);
        await third.platform.settle();
        expect(await third.setAside()).toBe(setAside + 1);
        expect((await third.findings()).length).toBe(findings.length);
        await third[Symbol.asyncDispose]();
      });
    });
  });
});
