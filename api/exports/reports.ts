// What people said of appliances: of one, since it stands where it stands, or by one person.
import type { Id } from '#contracts';
import { type ApplianceRecord, listReports, type ReportRecord } from '#registry';
import type { ExportDeps } from './deps.ts';
import { everyItem, type Table } from './table.ts';

const AT_ONCE = 200;
type Deps = Pick<ExportDeps, 'sql'>;

export const reportsOf = ({ sql }: Deps, { id: appliance, ownedSince }: ApplianceRecord): Table =>
  table((cursor) => listReports(sql, { appliance, since: ownedSince ?? 0, cursor, limit: AT_ONCE }));

export const reportsBy = ({ sql }: Deps, by: Id): Table =>
  table((cursor) => listReports(sql, { by, since: 0, cursor, limit: AT_ONCE }));

const table = (page: (cursor: string | null) => Promise<{ items: ReportRecord[]; next: string | null }>): Table => ({
  name: 'reports',
  columns: [
    ['at', 'time'],
    ['appliance', 'text'],
    ['codes', 'text'],
    ['words', 'text'],
  ],
  rows: async function* () {
    for await (const { at, appliance, codes, words } of everyItem(page)) yield [at, appliance, codes.join(' '), words];
  },
});
