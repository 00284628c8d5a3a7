// The backup's thread: started for one backup, so that its work delays nobody else's.
import { workerData } from 'node:worker_threads';
import { openClock } from '#runtime';
import { makeBackup } from '../backup/make-backup.ts';
import type { Manifest } from '../backup/manifest.ts';
import { sourcesOf } from '../backup/sources.ts';
import { openLogSource } from '../log-engine.ts';
import { openLogger } from '../logger.ts';
import { openRegistry } from './engines.ts';
import type { BackupData, BackupOffers } from './offers.ts';
import { connect } from './wire.ts';

/** What the thread asks of the process. */
export type BackupAsks = { said(line: string): void; copyReadings(file: string): Promise<void> };

const data = workerData as BackupData;
const logger = openLogger({ folder: data.folder, thread: 'backup', terminalToo: data.terminalToo });
const clock = openClock(data.clock);

const main = connect<BackupAsks, BackupOffers>(data.main, {
  async make({ to, keysTo }): Promise<Manifest> {
    await using stack = new AsyncDisposableStack();
    const { sql } = await openRegistry(data, stack);
    const log = stack.use(await openLogSource(data.log, logger));
    const copyEmbedded = (file: string): Promise<void> => main.copyReadings(file);
    const sources = sourcesOf(data.settings, { sql, log, folder: data.folder, copyEmbedded, logger });
    const said = (line: string): void => void main.said.asEvent(line);
    return await makeBackup(sources, { to, keysTo, now: () => clock.now(), said });
  },
  async stop() {},
});
