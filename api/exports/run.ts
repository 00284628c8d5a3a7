// Makes the exports that wait: table by table, each straight into its sealed file.
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { ExportFormat } from '#contracts';
import { applianceById, keyOf, may, type PolicyObject, personById, type Viewer, viewerOfPerson } from '#registry';
import { MINUTE, messageOf } from '#runtime';
import { freshLookups, objectKinds } from '../objects.ts';
import type { ExportDeps } from './deps.ts';
import { type About, tablesOfAppliance } from './of-appliance.ts';
import { tablesOfPerson } from './of-person.ts';
import { asParquet } from './parquet.ts';
import { claimExport, type ExportFile, type ExportRecord, keepClaim, settleExport } from './records.ts';
import { fileKey, writeSealed } from './sealed-files.ts';
import type { Table } from './table.ts';
import { asCsv, asJson } from './text-formats.ts';

const ATTEMPTS = 3;

const WRITERS: Record<ExportFormat, (table: Table) => AsyncIterable<Uint8Array>> = {
  json: asJson,
  csv: asCsv,
  parquet: asParquet,
};

/** Returns how many exports became ready or failed. */
export async function runExports(deps: ExportDeps): Promise<number> {
  let settled = 0;
  for (;;) {
    const record = await claimExport(deps.sql, deps.clock.now());
    if (!record) return settled;
    try {
      const files = await make(deps, record);
      const state = files === null ? 'failed' : 'ready';
      await settleExport(deps.sql, record.id, { state, files: files ?? [], now: deps.clock.now() });
      settled++;
    } catch (error) {
      deps.logger.error({ export: record.id, error: messageOf(error) }, 'an export failed');
      const state = record.attempts >= ATTEMPTS ? 'failed' : 'waiting';
      await settleExport(deps.sql, record.id, { state, files: [], now: deps.clock.now() });
    }
  }
}

/** Null when whoever asked may no longer have it. */
async function make(deps: ExportDeps, record: ExportRecord): Promise<ExportFile[] | null> {
  const key = await keyOf(deps.sql, record.person);
  const tables = await tablesOf(deps, record);
  if (key === null || tables === null) return null;
  const folder = path.join(deps.exportFolder, record.id);
  const files: ExportFile[] = [];
  for (const table of tables) {
    const name = `${table.name}.${record.format}`;
    const chunks = stillHeld(deps, record, WRITERS[record.format](table));
    const bytes = await writeSealed(path.join(folder, name), fileKey(key, record.id, name), chunks);
    files.push({ name, bytes });
  }
  // Erased while this ran: what was written can be read by nobody, and goes.
  if ((await keyOf(deps.sql, record.person)) !== null) return files;
  await fs.rm(folder, { recursive: true, force: true });
  return null;
}

async function* stillHeld(
  { sql, clock }: ExportDeps,
  { id }: ExportRecord,
  chunks: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  let renewedAt = clock.now();
  for await (const chunk of chunks) {
    if (clock.now() - renewedAt > MINUTE) {
      renewedAt = clock.now();
      await keepClaim(sql, id, renewedAt);
    }
    yield chunk;
  }
}

async function tablesOf(deps: ExportDeps, record: ExportRecord): Promise<Table[] | null> {
  const viewer = await viewerOfPerson(deps.sql, record.person, deps.clock.now());
  const person = await personById(deps.sql, record.person);
  if (!viewer || !person) return null;
  if (record.appliance === null) return tablesOfPerson(deps, viewer, person);
  const about = await exportable(deps, viewer, record.appliance);
  return about && tablesOfAppliance(deps, viewer, person, about);
}

/** The appliance, when the viewer may have it at this moment; null otherwise. */
export async function exportable(
  { sql, clock }: Pick<ExportDeps, 'sql' | 'clock'>,
  viewer: Viewer,
  id: string,
): Promise<About | null> {
  const [appliance, object] = await Promise.all([applianceById(sql, id), load({ sql, clock }, viewer, id)]);
  return appliance && object && may(viewer, 'export-appliance', object) ? { appliance, object } : null;
}

const load = (
  { sql, clock }: Pick<ExportDeps, 'sql' | 'clock'>,
  viewer: Viewer,
  id: string,
): Promise<PolicyObject | null> => objectKinds(sql, freshLookups(sql, clock)).appliance.load(id, viewer);
