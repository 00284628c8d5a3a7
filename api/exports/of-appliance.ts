// Everything about one appliance, as long as it stands where it stands: its file, all readings, alerts, cases, and what
// was not accepted of it. What the asker may not see elsewhere is not here either.
import { type Person, SIGNALS } from '#contracts';
import { listQuarantine } from '#ingest';
import { type ApplianceRecord, may, openBytes, type PolicyObject, type Viewer } from '#registry';
import { DAY } from '#runtime';
import { commandsOf } from './commands.ts';
import type { ExportDeps } from './deps.ts';
import { happenings } from './happenings.ts';
import { reportsOf } from './reports.ts';
import { type Cell, rowsOf, type Table } from './table.ts';

const READINGS_AT_ONCE = 2_000;
const QUARANTINE_AT_ONCE = 200;
const ROLLUPS_AT_ONCE_MS = 7 * DAY;
const OLDEST_ROLLUP_MS = 10 * 365 * DAY;

export type About = { appliance: ApplianceRecord; object: PolicyObject };

export function tablesOfAppliance(deps: ExportDeps, viewer: Viewer, reader: Person, about: About): Table[] {
  const { appliance, object } = about;
  const happened = happenings(deps, viewer, reader, appliance.id);
  const mayRead = { alerts: may(viewer, 'read-alert', object), cases: may(viewer, 'read-case', object) };
  return [
    {
      name: 'appliance',
      columns: [
        ['id', 'text'],
        ['name', 'text'],
        ['model', 'text'],
        ['serial', 'text'],
        ['batch', 'text'],
        ['firmware', 'text'],
        ['owned_since', 'time'],
      ],
      rows: () => rowsOf([fileRow(appliance)]),
    },
    {
      name: 'readings',
      columns: [
        ['at', 'time'],
        ['signal', 'text'],
        ['unit', 'text'],
        ['value', 'number'],
        ['text', 'text'],
      ],
      rows: () => readingRows(deps, appliance),
    },
    {
      name: 'five-minutes',
      columns: [
        ['at', 'time'],
        ['signal', 'text'],
        ['unit', 'text'],
        ['count', 'number'],
        ['mean', 'number'],
        ['least', 'number'],
        ['most', 'number'],
        ['last', 'number'],
      ],
      rows: () => rollupRows(deps, appliance),
    },
    ...happened.filter(({ name }) => (/^case/.test(name) ? mayRead.cases : mayRead.alerts)),
    ...(may(viewer, 'read-commands', object) ? [commandsOf(deps, appliance)] : []),
    ...(may(viewer, 'read-reports', object) ? [reportsOf(deps, appliance)] : []),
    ...(may(viewer, 'read-quarantine', object) ? [quarantineTable(deps, appliance)] : []),
  ];
}

const fileRow = (appliance: ApplianceRecord): Cell[] => [
  appliance.id,
  appliance.name,
  appliance.model,
  appliance.serial,
  appliance.batch,
  appliance.firmware,
  appliance.ownedSince,
];

/** Nobody gets what the appliance said while it stood with somebody else. */
const sinceOf = ({ ownedSince }: ApplianceRecord): number => ownedSince ?? 0;

async function* readingRows({ readings, clock }: ExportDeps, appliance: ApplianceRecord): AsyncIterable<Cell[]> {
  const to = clock.now() + 1;
  for (let from: number | null = sinceOf(appliance); from !== null; ) {
    const page: Awaited<ReturnType<ExportDeps['readings']>> = await readings({
      appliance: appliance.id,
      from,
      to,
      limit: READINGS_AT_ONCE,
    });
    for (const { at, signal, value } of page.readings) {
      const unit = SIGNALS.get(signal)?.unit ?? null;
      yield typeof value === 'string' ? [at, signal, unit, null, value] : [at, signal, unit, value, null];
    }
    from = page.next;
  }
}

/** What is left of readings that are gone, and the same of those that are not. */
async function* rollupRows({ rollups, clock }: ExportDeps, appliance: ApplianceRecord): AsyncIterable<Cell[]> {
  const to = clock.now() + 1;
  for (let from = Math.max(sinceOf(appliance), to - OLDEST_ROLLUP_MS); from < to; from += ROLLUPS_AT_ONCE_MS) {
    const span = { from, to: Math.min(to, from + ROLLUPS_AT_ONCE_MS) };
    for (const { at, signal, count, mean, min, max, last } of await rollups({ appliance: appliance.id, ...span }))
      yield [at, signal, SIGNALS.get(signal)?.unit ?? null, count, mean, min, max, last];
  }
}

function quarantineTable({ sql }: ExportDeps, appliance: ApplianceRecord): Table {
  return {
    name: 'quarantine',
    columns: [
      ['received_at', 'time'],
      ['channel', 'text'],
      ['reason', 'text'],
      ['payload', 'text'],
    ],
    rows: async function* () {
      for (let before: number | undefined; ; ) {
        const messages = await listQuarantine(sql, {
          appliance: appliance.id,
          limit: QUARANTINE_AT_ONCE,
          ...(before === undefined ? {} : { before }),
        });
        for (const { receivedAt, channel, reason, payload, subject } of messages) {
          if (receivedAt < sinceOf(appliance)) return;
          const plain = subject === null ? payload : await openBytes(sql, subject, payload);
          yield [receivedAt, channel, reason, plain && new TextDecoder().decode(plain)];
        }
        if (messages.length < QUARANTINE_AT_ONCE) return;
        before = messages.at(-1)!.receivedAt;
      }
    },
  };
}
