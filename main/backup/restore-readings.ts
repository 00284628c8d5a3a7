// The copied readings into the store that the settings name: a DuckDB file as it is, InfluxDB appliance by appliance.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ApplianceKind, type Id, type Moment, SIGNALS } from '#contracts';
import { openReadingsCopy, type ReadingsCopy, setProgress } from '#engines/duckdb';
import { appliancesIn, openRollupLoad } from '#engines/influxdb';
import { dueDays } from '#ingest';
import { loadModels } from '#registry';
import { DAY, type Logger, PlatformError, SECOND, type Sql, syncFolder } from '#runtime';
import type { Settings } from '../config.ts';
import { openInflux } from '../threads/engines.ts';
import { tableRows } from './load-tables.ts';
import type { Manifest } from './manifest.ts';

export type RestoredReadings = {
  /** Different (appliance, signal, stamp), counted in the store. */
  readings: number;
  /** What the store will never take, and why for the first. */
  refused: { readings: number; reason: string | null };
};

type From = { folder: string; manifest: Manifest };

const PAGE_STAMPS = 2_000;
const BATCH_READINGS = 20_000;
const ATTEMPTS = 8;
const FOR_EVER = Date.UTC(2200, 0);

/** `progress`: the position behind what is stored, by partition of the restored log. */
export async function restoreToDuckdb(
  data: string,
  { folder, manifest }: From,
  progress: readonly number[],
): Promise<RestoredReadings> {
  const file = path.join(data, 'readings.duckdb');
  await fs.promises.copyFile(path.join(folder, manifest.readings.file), file, fs.constants.COPYFILE_EXCL);
  await setProgress(file, progress);
  const handle = fs.openSync(file, 'r+');
  fs.fsyncSync(handle);
  fs.closeSync(handle);
  syncFolder(data);
  await using copy = await openReadingsCopy(file);
  const { readings } = await copy.counts();
  return { readings, refused: { readings: 0, reason: null } };
}

const placeOf = ({ INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG, INFLUX_BUCKET }: Settings) => ({
  url: INFLUX_URL!,
  token: INFLUX_TOKEN!,
  org: INFLUX_ORG!,
  bucket: INFLUX_BUCKET!,
});

/** `again`: what an interrupted restore of this backup wrote may be there; writing it again changes nothing. */
export async function refuseFilledInflux(settings: Settings, again: boolean): Promise<void> {
  if (again || (await appliancesIn(placeOf(settings))).length === 0) return;
  throw new PlatformError(
    'target-not-empty',
    'reject',
    `There are readings in the bucket "${settings.INFLUX_BUCKET}" already.`,
    {
      hint: 'Restore to an empty bucket: a restore never mixes two platforms.',
    },
  );
}

/** A reading has no kind in DuckDB: that of its appliance's model. Who is not in the registry any more counts as the first. */
async function kindsOf({ folder, manifest }: From): Promise<(appliance: Id) => Moment['kind']> {
  const models = loadModels();
  const kinds = new Map<Id, Moment['kind']>();
  const table = manifest.tables.find(({ name }) => name === 'app.appliance')!;
  const [id, model] = [table.columns.indexOf('id'), table.columns.indexOf('model')];
  for await (const row of tableRows(folder, table)) {
    const kind = models.get(row[model]!)?.kind;
    if (kind) kinds.set(row[id]!, kind);
  }
  return (appliance) => kinds.get(appliance) ?? ApplianceKind.options[0]!;
}

export async function restoreToInflux(settings: Settings, from: From, logger: Logger): Promise<RestoredReadings> {
  const kindOf = await kindsOf(from);
  const refused: RestoredReadings['refused'] = { readings: 0, reason: null };
  await using store = await openInflux(settings, logger, {
    checkpoint: { load: async () => 0, save: async () => {} },
    mayWriteFor: () => true,
    refused: async (moment, reason) => {
      refused.readings += moment.readings.length;
      refused.reason ??= reason;
    },
  });
  await using copy = await openReadingsCopy(path.join(from.folder, from.manifest.readings.file));
  let moments: Moment[] = [];
  let gathered = 0;
  let batches = 0;
  const write = async (): Promise<void> => {
    batches++;
    // The store only asks that positions grow: those of the log are set when everything is there.
    const batch = moments.map((moment) => ({ ...moment, position: batches }));
    await insist(() => store.write(batch, batches + 1));
    moments = [];
    gathered = 0;
  };
  for (const appliance of await copy.appliances()) {
    const kind = kindOf(appliance);
    for await (const page of copy.pages(appliance, PAGE_STAMPS)) {
      for (const [at, readings] of Map.groupBy(page, (reading) => reading.at)) {
        moments.push({ appliance, kind, at, position: 0, readings: readings.map(asSignal) });
      }
      gathered += page.length;
      if (gathered >= BATCH_READINGS) await write();
    }
  }
  if (moments.length > 0) await write();
  await restoreRollups(settings, copy);
  return { readings: await store.count({ from: 0, to: FOR_EVER }), refused };
}

async function restoreRollups(settings: Settings, copy: ReadingsCopy): Promise<void> {
  const load = await openRollupLoad(placeOf(settings), settings.ROLLUP_DAYS * DAY);
  for (const appliance of await copy.appliances()) {
    const rollups = await copy.rollups(appliance);
    await insist(() => load.put(appliance, rollups));
  }
}

/** For InfluxDB: what has readings is to be rolled up. */
export async function markDays(tx: Sql, { folder, manifest }: From): Promise<void> {
  await using copy = await openReadingsCopy(path.join(folder, manifest.readings.file));
  for (const appliance of await copy.appliances()) {
    await dueDays(tx).mark((await copy.days(appliance)).map((day) => ({ day, appliance })));
  }
}

/** An engine that is busy for a moment does not end a restore. */
async function insist<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind !== 'retry' || attempt === ATTEMPTS) throw error;
      await pause(attempt * SECOND);
    }
  }
}

const asSignal = ({ signal, value }: { signal: string; value: number | string }): Moment['readings'][number] => ({
  signal,
  value,
  mapped: SIGNALS.has(signal),
});
