// What was asked of appliances, and what came of it: of one appliance, or by one person.
import type { Id } from '#contracts';
import { type ApplianceRecord, type CommandRecord, listCommands } from '#registry';
import type { ExportDeps } from './deps.ts';
import { type Cell, everyItem, type Table } from './table.ts';

const AT_ONCE = 200;
type Deps = Pick<ExportDeps, 'sql' | 'clock'>;
type Rows = (cursor: string | null) => ReturnType<typeof listCommands>;

/** Nobody gets what was asked of it while it stood with somebody else. */
export const commandsOf = (deps: Deps, { id: appliance, ownedSince }: ApplianceRecord): Table =>
  table((cursor) =>
    listCommands(deps.sql, { appliance, since: ownedSince ?? 0, cursor, limit: AT_ONCE, now: deps.clock.now() }),
  );

export const commandsBy = (deps: Deps, askedBy: Id): Table =>
  table((cursor) => listCommands(deps.sql, { askedBy, since: 0, cursor, limit: AT_ONCE, now: deps.clock.now() }));

const table = (page: Rows): Table => ({
  name: 'commands',
  columns: [
    ['id', 'text'],
    ['appliance', 'text'],
    ['kind', 'text'],
    ['parameters', 'text'],
    ['state', 'text'],
    ['asked_at', 'time'],
    ['sent_at', 'time'],
    ['answered_at', 'time'],
    ['outcome', 'text'],
    ['detail', 'text'],
    ['values', 'text'],
  ],
  rows: async function* () {
    for await (const command of everyItem(page)) yield cellsOf(command);
  },
});

const cellsOf = ({ id, appliance, kind, parameters, state, ...command }: CommandRecord): Cell[] => [
  ...[id, appliance, kind, JSON.stringify(parameters), state],
  ...[command.askedAt, command.sentAt, command.answeredAt],
  command.result?.outcome ?? null,
  command.result?.detail ?? null,
  command.result?.values ? JSON.stringify(command.result.values) : null,
];
