// What a backup says of itself: what is in it, how much, of which moment. It is written last: without it there is no backup.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { PlatformError } from '#runtime';
import { DurableFile, hashOf, type Written } from './durable-file.ts';

const FORMAT = 1;

const File = z.object({ file: z.string(), bytes: z.number(), sha256: z.string() });
const Table = File.extend({ name: z.string(), columns: z.array(z.string()), rows: z.number() });
const Consumer = z.object({ name: z.string(), partition: z.number(), position: z.number(), keptFrom: z.number() });

export const Manifest = z.object({
  format: z.literal(FORMAT),
  id: z.uuid(),
  /** The version of the platform that made it. */
  product: z.string(),
  /** Epoch ms. Everything that was acknowledged before `beganAt` is in it. */
  beganAt: z.number(),
  endedAt: z.number(),
  /** The others waited so long for an embedded database; ms. */
  databaseHeldMs: z.number(),
  engines: z.object({
    registry: z.enum(['pglite', 'postgresql']),
    log: z.enum(['segments', 'redis']),
    readings: z.enum(['duckdb', 'influxdb']),
  }),
  migrations: z.array(z.string()),
  tables: z.array(Table),
  sequences: z.array(z.object({ table: z.string(), column: z.string(), next: z.number() })),
  consumers: z.array(Consumer),
  readings: File.extend({
    /** Different (appliance, signal, stamp). */
    readings: z.number(),
    tables: z.record(z.string(), z.number()),
    /** By partition: the log position behind what is stored. */
    progress: z.array(z.number()),
  }),
  log: z.object({
    partitions: z.array(File.extend({ partition: z.number(), records: z.number(), from: z.number(), end: z.number() })),
  }),
  /** Files of the data folder, by their place in it. */
  files: z.array(File),
});
export type Manifest = z.infer<typeof Manifest>;

/** Names, addresses and what else people are known by can be read with these alone; they are kept in another place. */
export const KeysManifest = z.object({
  format: z.literal(FORMAT),
  /** Of the backup it was made with; it opens older ones too. */
  id: z.uuid(),
  beganAt: z.number(),
  tables: z.array(Table),
  files: z.array(File),
});
export type KeysManifest = z.infer<typeof KeysManifest>;

const NAME = 'manifest.json';

/** With a hash of its own, in the form of `sha256sum`. */
export async function writeManifest(folder: string, manifest: Manifest | KeysManifest): Promise<void> {
  const out = await DurableFile.create(path.join(folder, NAME));
  await out.write(Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
  const { sha256 } = await out.end();
  const hash = await DurableFile.create(path.join(folder, `${NAME}.sha256`));
  await hash.write(Buffer.from(`${sha256}  ${NAME}\n`));
  await hash.end();
}

const damaged = (folder: string, what: string): PlatformError =>
  new PlatformError('backup-damaged', 'fatal', `The backup in ${folder} is damaged: ${what}.`, {
    hint: 'Take another copy of it, or another backup.',
  });

async function readChecked(folder: string): Promise<unknown> {
  const file = path.join(folder, NAME);
  if (!fs.existsSync(file)) {
    throw new PlatformError('no-backup', 'reject', `There is no finished backup in ${folder}.`, {
      hint: 'A backup that was interrupted stands in a folder whose name ends in ".unfinished"; make a new one.',
    });
  }
  const [expected] = fs.readFileSync(`${file}.sha256`, 'utf8').split(' ');
  if ((await hashOf(file)).sha256 !== expected) throw damaged(folder, `${NAME} is not the one that was written`);
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

async function verify(folder: string, files: readonly Written[]): Promise<void> {
  for (const { file, bytes, sha256 } of files) {
    const name = path.join(folder, file);
    if (!fs.existsSync(name)) throw damaged(folder, `${file} is missing`);
    const found = await hashOf(name);
    if (found.sha256 !== sha256 || found.bytes !== bytes)
      throw damaged(folder, `${file} is not the one that was written`);
  }
}

function parsed<T>(folder: string, schema: z.ZodType<T>, said: unknown): T {
  const result = schema.safeParse(said);
  if (result.success) return result.data;
  throw new PlatformError(
    'backup-unknown',
    'fatal',
    `The backup in ${folder} has a form that this version does not know.`,
    {
      hint: 'Restore it with the version that made it, or a newer one.',
    },
  );
}

/** Throws `no-backup`, `backup-unknown` or `backup-damaged`: every file must be the one that was written. */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = parsed(folder, Manifest, await readChecked(folder));
  const { tables, readings, log, files } = manifest;
  await verify(folder, [...tables, readings, ...log.partitions, ...files]);
  return manifest;
}

/** As `readManifest`. */
export async function readKeysManifest(folder: string): Promise<KeysManifest> {
  const manifest = parsed(folder, KeysManifest, await readChecked(folder));
  await verify(folder, [...manifest.tables, ...manifest.files]);
  return manifest;
}
