// What the commands print.
import type { Manifest } from './manifest.ts';
import type { Compared, Restored } from './restore.ts';

export function madeText(manifest: Manifest, { to, keysTo }: { to: string; keysTo: string }): string {
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const records = manifest.log.partitions.reduce((sum, partition) => sum + partition.records, 0);
  return [
    `Backup   ${to}`,
    `         ${manifest.tables.length} tables with ${rows} rows, ${manifest.readings.readings} readings, ${records} log records`,
    `         the database was held for ${manifest.databaseHeldMs} ms`,
    `Keys     ${keysTo}`,
    '         Keep them in another place: whoever has both can read names and addresses, and who is erased comes back',
    '         from a backup only with old keys. The newest keys open every older backup; keep no others.',
  ].join('\n');
}

const differs = ({ backup, restored }: Compared): boolean => backup !== restored;

/** A table of what was in the backup and what is there now; tables without rows are left out. */
export function comparedText({ compared, refused }: Restored): string {
  const shown = compared.filter((row) => row.backup > 0 || row.restored > 0);
  const width = Math.max(...shown.map(({ what }) => what.length), 'what'.length);
  const line = (what: string, backup: string | number, restored: string | number, mark = ''): string =>
    `${what.padEnd(width)}  ${String(backup).padStart(12)}  ${String(restored).padStart(12)}  ${mark}`.trimEnd();
  return [
    line('what', 'backup', 'restored'),
    ...shown.map((row) => line(row.what, row.backup, row.restored, differs(row) ? '<- differs' : '')),
    ...(refused.readings > 0
      ? [`${refused.readings} readings were not taken by InfluxDB. The first because: ${refused.reason}`]
      : []),
  ].join('\n');
}

/** Whether everything is there, but for readings that the store said it does not take. */
export const isWhole = ({ compared, refused }: Restored): boolean =>
  compared.every((row) => !differs(row) || (row.what === 'readings' && row.restored + refused.readings >= row.backup));
