// A backup into an empty place, on the engines that the settings name. First readings and log, then the registry in one
// transaction: until that is committed nothing here is a platform.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { readSnapshot, spreadSnapshot } from '#diagnosis-rules';
import { movePositions, POSITIONS_KEPT } from '#ingest';
import { type ConsumerRow, type Logger, migrate, PlatformError, placeConsumers, type Sql, syncFolder } from '#runtime';
import { isShared, type Settings } from '../config.ts';
import { writePrivate } from '../secrets.ts';
import { allTables } from '../tables.ts';
import { syncTree } from './durable-file.ts';
import { countRows, loadTables, refuseFilledDatabase, tableRows } from './load-tables.ts';
import { type KeysManifest, type Manifest, readKeysManifest, readManifest } from './manifest.ts';
import { openSql } from './open-sql.ts';
import type { Places } from './places.ts';
import { type LogTarget, redisTarget, segmentTarget, sourceOf } from './restore-log.ts';
import {
  markDays,
  type RestoredReadings,
  refuseFilledInflux,
  restoreToDuckdb,
  restoreToInflux,
} from './restore-readings.ts';

export type RestoreOptions = {
  from: string;
  keysFrom: string;
  /** The data folder; it must not exist, or be empty. */
  data: string;
  settings: Settings;
  logger: Logger;
  said: (line: string) => void;
};

/** What was in the backup, and what is there now. */
export type Compared = { what: string; backup: number; restored: number };
export type Restored = { compared: Compared[]; refused: RestoredReadings['refused'] };

const UNDER_WAY = 'restore';

async function readBackup({ from, keysFrom }: RestoreOptions): Promise<{ manifest: Manifest; keys: KeysManifest }> {
  const manifest = await readManifest(from);
  const keys = await readKeysManifest(keysFrom);
  if (keys.beganAt >= manifest.beganAt) return { manifest, keys };
  throw new PlatformError('keys-too-old', 'reject', `The keys in ${keysFrom} are older than the backup in ${from}.`, {
    hint: 'Give the newest keys by --keys DIR: older ones lack those that were made since, and bring back those who were erased.',
  });
}

/** Positions, partitions and what diagnosis remembers must fit. */
function refuseUnfit({ engines }: Manifest, settings: Settings): void {
  const wasShared = engines.registry === 'postgresql' && engines.log === 'redis' && engines.readings === 'influxdb';
  const shared = isShared(settings);
  const redis = settings.LOG_REDIS_URL !== undefined;
  if (engines.log === 'segments' ? shared || !redis : redis && shared === wasShared) return;
  throw new PlatformError(
    'backup-does-not-fit',
    'reject',
    engines.log === 'segments'
      ? 'A log in files goes to Redis only together with the other engines.'
      : 'A log in Redis goes to a log in Redis, and from engines that processes share to such engines.',
    {
      hint: 'Set DATABASE_URL, LOG_REDIS_URL and INFLUX_URL as the platform had them, or all of them for a folder of its own.',
    },
  );
}

/** Without it no appliance gets in again. */
function pepperOf({ settings, keysFrom }: RestoreOptions): string | null {
  const file = path.join(keysFrom, 'files', 'pepper');
  const kept = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
  const { SECRET_PEPPER } = settings;
  if (SECRET_PEPPER === undefined && kept === null) {
    throw new PlatformError(
      'pepper-missing',
      'reject',
      'The backed-up platform had its pepper in SECRET_PEPPER; it is not set.',
      {
        hint: 'Set SECRET_PEPPER to the same text: without it no appliance gets in again.',
      },
    );
  }
  if (SECRET_PEPPER !== undefined && kept !== null && kept !== SECRET_PEPPER) {
    throw new PlatformError(
      'pepper-differs',
      'reject',
      `SECRET_PEPPER is not the one that the secrets of appliances were made with.`,
      {
        hint: `Set SECRET_PEPPER to the text in ${file}, or leave it away where there is a data folder.`,
      },
    );
  }
  return SECRET_PEPPER === undefined ? kept : null;
}

class Restore {
  readonly #options: RestoreOptions;
  readonly #manifest: Manifest;
  readonly #keys: KeysManifest;
  /** Named as the data folder once it is one. */
  readonly #folder: string;

  constructor(options: RestoreOptions, { manifest, keys }: { manifest: Manifest; keys: KeysManifest }) {
    this.#options = options;
    this.#manifest = manifest;
    this.#keys = keys;
    this.#folder = `${path.resolve(options.data)}.restoring`;
  }

  async run(): Promise<Restored> {
    refuseUnfit(this.#manifest, this.#options.settings);
    const pepper = pepperOf(this.#options);
    await using stack = new AsyncDisposableStack();
    const sql = await this.#openDatabase(stack);
    const begun = await this.#begin(sql);
    const restored = typeof begun === 'string' ? await this.#load(sql, begun === 'again', pepper) : begun;
    // In a database of its own the folder gets its name first: until the mark is gone no platform starts on either.
    if (this.#outside) this.#name();
    await sql.query(`drop schema ${UNDER_WAY} cascade`);
    await stack.disposeAsync();
    if (!this.#outside) this.#name();
    return restored;
  }

  /** The database is not in the data folder. */
  get #outside(): boolean {
    return this.#options.settings.DATABASE_URL !== undefined;
  }

  async #openDatabase(stack: AsyncDisposableStack): Promise<Sql> {
    if (!this.#outside) this.#makeFolder();
    return openSql(this.#folder, this.#options.settings, stack);
  }

  async #load(sql: Sql, again: boolean, pepper: string | null): Promise<Restored> {
    const { settings, logger, said, from } = this.#options;
    if (this.#outside) this.#makeFolder();
    await using stack = new AsyncDisposableStack();
    const log = settings.LOG_REDIS_URL ? await redisTarget(settings, stack) : segmentTarget(this.#folder, logger);
    await log.prepare(again);
    if (settings.INFLUX_URL) await refuseFilledInflux(settings, again);
    const places = await log.load({ folder: from, log: this.#manifest.log }, await this.#asked());
    said(`Restored the log: ${places.counts.found} records.`);
    const copied = { folder: from, manifest: this.#manifest };
    const readings = settings.INFLUX_URL
      ? await restoreToInflux(settings, copied, logger)
      : await restoreToDuckdb(this.#folder, copied, this.#progress(log, places));
    said(`Restored the readings: ${readings.readings}.`);
    this.#copyFiles(pepper);
    const stored = [
      { what: 'readings', backup: this.#manifest.readings.readings, restored: readings.readings },
      { what: 'log records', backup: places.counts.put, restored: places.counts.found },
    ];
    const restored = await sql.transaction(async (tx) => {
      const compared = [...(await this.#loadRegistry(tx, log, places)), ...stored];
      const whole: Restored = { compared, refused: readings.refused };
      await tx.query(`update ${UNDER_WAY}.under_way set restored = $1`, [JSON.stringify(whole)]);
      return whole;
    });
    said(`Restored the registry: ${this.#manifest.tables.length} tables.`);
    return restored;
  }

  #makeFolder(): void {
    const { data } = this.#options;
    if (fs.existsSync(data) && fs.readdirSync(data).length > 0) {
      throw new PlatformError('target-not-empty', 'reject', `There is something in ${data} already.`, {
        hint: 'Restore to a folder that is new or empty.',
      });
    }
    fs.rmSync(this.#folder, { recursive: true, force: true });
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /**
   * `again`: a restore of this very backup was interrupted here, and what it left is written once more. One that was
   * interrupted at the very end is known by what it compared.
   */
  async #begin(sql: Sql): Promise<'first' | 'again' | Restored> {
    const row = await underWay(sql);
    if (row === null) {
      await refuseFilledDatabase(sql);
      await sql.transaction(async (tx) => {
        await tx.query(`create schema ${UNDER_WAY}`);
        await tx.query(`create table ${UNDER_WAY}.under_way (backup uuid primary key, restored jsonb)`);
        await tx.query(`insert into ${UNDER_WAY}.under_way (backup) values ($1)`, [this.#manifest.id]);
      });
      return 'first';
    }
    if (row.backup === this.#manifest.id) return row.restored ?? 'again';
    throw new PlatformError('target-not-empty', 'reject', 'A restore of another backup was begun here and not ended.', {
      hint: 'End that one, or empty database, log and readings first.',
    });
  }

  /** Of the partition of the copied log: position behind what the copied readings hold. */
  #progressOf(partition: number): number {
    return this.#manifest.readings.progress[partition] ?? 0;
  }

  /** By partition of the restored log. */
  #progress({ partitions }: LogTarget, places: Places): number[] {
    return Array.from({ length: partitions }, (_, partition) =>
      places.at(partition, this.#progressOf(sourceOf(this.#manifest.log, partition))),
    );
  }

  async #asked(): Promise<Set<number>> {
    const { consumers, readings } = this.#manifest;
    const asked = new Set([
      ...consumers.flatMap(({ position, keptFrom }) => [position, keptFrom]),
      ...readings.progress,
      0,
    ]);
    const snapshot = this.#snapshot();
    if (snapshot) asked.add(snapshot.position);
    for (const position of await this.#noted()) asked.add(position);
    return asked;
  }

  #snapshot(): { position: number; state: Buffer } | null {
    return readSnapshot(path.join(this.#options.from, 'files', 'snapshots', 'diagnosis'));
  }

  /** Positions of messages that were set aside and will be heard again, where they get other ones. */
  async #noted(): Promise<number[]> {
    if (!this.#changesLog) return [];
    const { from } = this.#options;
    const oldest = this.#manifest.log.partitions[0]!.from;
    const positions: number[] = [];
    for (const table of this.#manifest.tables.filter(({ name }) => POSITIONS_KEPT.includes(name))) {
      const column = table.columns.indexOf('position');
      for await (const row of tableRows(from, table)) {
        const position = Number(row[column]);
        if (position >= oldest) positions.push(position);
      }
    }
    return positions;
  }

  async #loadRegistry(tx: Sql, log: LogTarget, places: Places): Promise<Compared[]> {
    const { from, keysFrom } = this.#options;
    const { tables, sequences, migrations } = this.#manifest;
    await loadTables(
      tx,
      {
        sequences,
        migrations,
        tables: [
          ...tables.map((table) => ({ ...table, folder: from })),
          ...this.#keys.tables.map((table) => ({ ...table, folder: keysFrom })),
        ],
      },
      allTables,
    );
    const all = [...tables, ...this.#keys.tables];
    const counts = await countRows(
      tx,
      all.map(({ name }) => name),
    );
    await migrate(tx, allTables);
    await placeConsumers(tx, this.#consumers(log, places));
    if (this.#changesLog) await this.#spread(tx, log, places);
    if (this.#options.settings.INFLUX_URL) await markDays(tx, { folder: from, manifest: this.#manifest });
    return all.map(({ name, rows }) => ({ what: name, backup: rows, restored: counts.get(name)! }));
  }

  #consumers(log: LogTarget, places: Places): ConsumerRow[] {
    const { consumers, engines } = this.#manifest;
    return Array.from({ length: log.partitions }, (_, partition) => {
      const source = sourceOf(this.#manifest.log, partition);
      return consumers
        .filter((row) => row.partition === source)
        .map(({ name, position, keptFrom }) => {
          // In DuckDB the position stands beside the readings.
          const taken = name === 'readings' && engines.readings === 'duckdb' ? this.#progressOf(source) : position;
          return { name, partition, position: places.at(partition, taken), keptFrom: places.at(partition, keptFrom) };
        });
    }).flat();
  }

  /** From segment files to streams. */
  get #changesLog(): boolean {
    return this.#manifest.engines.log === 'segments' && this.#options.settings.LOG_REDIS_URL !== undefined;
  }

  /** Of one partition become several: what is known by partition or position follows. */
  async #spread(tx: Sql, { partitions }: LogTarget, places: Places): Promise<void> {
    const each = Array.from({ length: partitions }, (_, partition) => partition);
    const snapshot = this.#snapshot();
    if (snapshot) {
      const positions = each.map((partition) => places.at(partition, snapshot.position));
      await spreadSnapshot(tx, { state: snapshot.state, positions });
    }
    const oldest = this.#manifest.log.partitions[0]!.from;
    await movePositions(tx, { oldest, partitions, placeOf: (partition, position) => places.at(partition, position) });
  }

  #copyFiles(pepper: string | null): void {
    const { from, keysFrom } = this.#options;
    const shared = isShared(this.#options.settings);
    for (const { file } of this.#manifest.files) {
      // Where several processes share a log, its snapshots stand in the database.
      if (shared && file.startsWith('files/snapshots/')) continue;
      this.#copyFile(path.join(from, file), file);
    }
    for (const { file } of this.#keys.files)
      if (file !== 'files/pepper') this.#copyFile(path.join(keysFrom, file), file);
    if (pepper !== null) writePrivate(path.join(this.#folder, 'pepper'), pepper);
  }

  #copyFile(source: string, file: string): void {
    const target = path.join(this.#folder, path.relative('files', file));
    fs.mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    fs.copyFileSync(source, target);
    const handle = fs.openSync(target, 'r+');
    fs.fsyncSync(handle);
    fs.closeSync(handle);
  }

  #name(): void {
    const data = path.resolve(this.#options.data);
    // Named already when it was interrupted right behind.
    if (!fs.existsSync(this.#folder)) return;
    syncTree(this.#folder);
    // Over the empty one, if there is one.
    fs.renameSync(this.#folder, data);
    syncFolder(path.dirname(data));
  }
}

/**
 * Throws a PlatformError when the backup is not whole, when the place is not empty, or when both do not fit. After an
 * interruption the same call begins again and ends it; before its end no platform starts there.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  return new Restore(options, await readBackup(options)).run();
}

type UnderWay = { backup: string; restored: Restored | null };

async function underWay(sql: Sql): Promise<UnderWay | null> {
  const [found] = await sql.query<{ there: boolean }>(
    `select to_regclass('${UNDER_WAY}.under_way') is not null as there`,
  );
  if (!found!.there) return null;
  const [row] = await sql.query<UnderWay>(`select backup, restored from ${UNDER_WAY}.under_way`);
  return row ?? null;
}

/** For the start of a platform. */
export async function refuseHalfRestored(sql: Sql): Promise<void> {
  if ((await underWay(sql)) === null) return;
  throw new PlatformError('restore-unfinished', 'fatal', 'A restore into this database was begun and not ended.', {
    hint: 'Call the same `npm run restore` again: it ends what was begun.',
  });
}
