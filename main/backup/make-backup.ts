// A backup: registry, then readings, then log. What the registry knows is never ahead of the log that is copied after it, and
// what the log holds beyond the others is taken again after a restore.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { newId } from '#contracts';
import { openReadingsCopy } from '#engines/duckdb';
import {
  appliedMigrations,
  type ConsumerRow,
  consumerRows,
  holdLog,
  type LogHold,
  type LogSource,
  PlatformError,
  SECOND,
  type Sql,
  syncFolder,
} from '#runtime';
import { dumpTable, sequencesOf, tablesOf } from './dump-tables.ts';
import { DurableFile, hashOf, syncTree } from './durable-file.ts';
import { copyLog } from './log-copy.ts';
import { type KeysManifest, Manifest, writeManifest } from './manifest.ts';

/** What is copied, of a platform that runs or one that is stopped. */
export type BackupSources = {
  engines: Manifest['engines'];
  product: string;
  sql: Sql;
  log: LogSource;
  /** Makes a DuckDB file with all readings. */
  copyReadings(file: string): Promise<void>;
  /** The data folder; null when nothing of the platform stands in one. */
  folder: string | null;
};

export type BackupOptions = {
  to: string;
  /** Where the keys go, so that who was erased stays erased. */
  keysTo: string;
  now: () => number;
  /** Told of each step. */
  said: (line: string) => void;
};

type Dumped = Pick<Manifest, 'tables' | 'sequences' | 'consumers' | 'migrations'> & { keys: KeysManifest['tables'] };

/** Places of their own, or of this process alone. */
const NOT_DUMPED = [
  'app.migration',
  'app.consumer',
  'app.member',
  'app.log_hold',
  // Where the ledger's two sides stood: they belong to this log and these processes, so after a restore it begins anew.
  'app.ledger_partition',
  'app.ledger_door',
  'app.ledger_door_session',
];
const RENEW_EVERY_MS = 10 * SECOND;

/** Of the data folder; with what opens doors or reads names among the keys. */
const SECRET_FILES = ['pepper', 'demo.json'];
const OPEN_FOLDERS = ['exports', 'snapshots'];
const OPEN_FILES = ['clock.json'];

function refuseFilled(...folders: string[]): void {
  const filled = folders.find((folder) => fs.existsSync(folder) && fs.readdirSync(folder).length > 0);
  if (filled === undefined) return;
  throw new PlatformError('target-not-empty', 'reject', `There is something in ${filled} already.`, {
    hint: 'Give each backup a folder of its own.',
  });
}

class Backup {
  readonly #sources: BackupSources;
  readonly #options: BackupOptions;
  /** Nothing has the name of a backup before it is one. */
  readonly #folder: string;
  readonly #keys: string;
  #hold!: LogHold;

  constructor(sources: BackupSources, options: BackupOptions) {
    this.#sources = sources;
    this.#options = options;
    this.#folder = `${options.to}.unfinished`;
    this.#keys = `${options.keysTo}.unfinished`;
  }

  async make(): Promise<Manifest> {
    const { to, now, said } = this.#options;
    refuseFilled(to);
    for (const left of [this.#folder, this.#keys]) {
      fs.rmSync(left, { recursive: true, force: true });
      fs.mkdirSync(left, { recursive: true, mode: 0o700 });
    }
    const id = newId();
    const beganAt = now();
    await using hold = await holdLog(this.#sources.sql);
    this.#hold = hold;
    const renewing = setInterval(() => void this.#hold.renew().catch(() => {}), RENEW_EVERY_MS);
    try {
      // Before the registry: a snapshot that is ahead of it would be of no use.
      const files = await this.#copyFiles(this.#folder, [...OPEN_FILES, ...this.#inFolders()]);
      const secrets = await this.#copyFiles(this.#keys, SECRET_FILES);
      const started = performance.now();
      const { keys, ...registry } = await this.#dumpRegistry();
      const databaseHeldMs = Math.round(performance.now() - started);
      said(`Registry: ${registry.tables.length} tables in ${databaseHeldMs} ms.`);
      const readings = await this.#copyReadings(registry.consumers);
      said(`Readings: ${readings.readings}.`);
      const partitions = await copyLog(this.#sources.log, registry.consumers, this.#folder);
      said(`Log: ${partitions.reduce((sum, { records }) => sum + records, 0)} records.`);
      // What was trimmed meanwhile would be missing.
      await this.#hold.renew();
      await writeManifest(this.#keys, { format: 1, id, beganAt, tables: keys, files: secrets });
      const manifest = Manifest.parse({
        format: 1,
        id,
        product: this.#sources.product,
        beganAt,
        endedAt: now(),
        databaseHeldMs,
        engines: this.#sources.engines,
        ...registry,
        readings,
        log: { partitions },
        files,
      });
      await writeManifest(this.#folder, manifest);
      this.#name();
      return manifest;
    } finally {
      clearInterval(renewing);
    }
  }

  /** One transaction, so that all tables are of one moment, keys included. */
  #dumpRegistry(): Promise<Dumped> {
    return this.#sources.sql.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read');
      const names = await tablesOf(tx, 'app', NOT_DUMPED);
      const tables: Dumped['tables'] = [];
      for (const name of names) tables.push(await dumpTable(tx, name, this.#folder, `registry/${name}.jsonl`));
      const keys: Dumped['keys'] = [];
      for (const name of await tablesOf(tx, 'keys')) keys.push(await dumpTable(tx, name, this.#keys, `${name}.jsonl`));
      return {
        tables,
        keys,
        sequences: await sequencesOf(tx, names),
        consumers: await consumerRows(tx),
        migrations: await appliedMigrations(tx),
      };
    });
  }

  async #copyReadings(consumers: readonly ConsumerRow[]): Promise<Manifest['readings']> {
    const file = 'readings.duckdb';
    const whole = path.join(this.#folder, file);
    await this.#sources.copyReadings(whole);
    const handle = fs.openSync(whole, 'r+');
    fs.fsyncSync(handle);
    fs.closeSync(handle);
    await using copy = await openReadingsCopy(whole);
    const { readings, tables, progress } = await copy.counts();
    const rows = consumers.filter(({ name }) => name === 'readings');
    const embedded = this.#sources.engines.readings === 'duckdb';
    return {
      file,
      ...(await hashOf(whole)),
      readings,
      tables,
      progress: embedded ? progress : rows.map(({ position }) => position),
    };
  }

  #inFolders(): string[] {
    const { folder } = this.#sources;
    if (folder === null) return [];
    return OPEN_FOLDERS.flatMap((name) => {
      const whole = path.join(folder, name);
      if (!fs.existsSync(whole)) return [];
      return fs
        .readdirSync(whole, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.new'))
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
    });
  }

  /** Those that are there; one that is deleted meanwhile was too old. */
  async #copyFiles(target: string, names: readonly string[]): Promise<Manifest['files']> {
    const { folder } = this.#sources;
    const copied: Manifest['files'] = [];
    for (const name of folder === null ? [] : names) {
      const source = path.join(folder!, name);
      if (!fs.existsSync(source)) continue;
      const file = `files/${name}`;
      const out = await DurableFile.create(path.join(target, file));
      for await (const chunk of fs.createReadStream(source)) await out.write(chunk as Buffer);
      copied.push({ file, ...(await out.end()) });
    }
    return copied;
  }

  /** The keys go first: a backup without them would be found out too late. */
  #name(): void {
    const { to, keysTo } = this.#options;
    for (const [unfinished, final] of [
      [this.#keys, keysTo],
      [this.#folder, to],
    ] as const) {
      syncTree(unfinished);
      const old = `${final}.old`;
      if (fs.existsSync(final)) fs.renameSync(final, old);
      fs.renameSync(unfinished, final);
      fs.rmSync(old, { recursive: true, force: true });
      syncFolder(path.dirname(path.resolve(final)));
    }
  }
}

/** Resolves when the backup is on disk, whole. Before that its folder's name ends in ".unfinished". */
export const makeBackup = (sources: BackupSources, options: BackupOptions): Promise<Manifest> =>
  new Backup(sources, options).make();
