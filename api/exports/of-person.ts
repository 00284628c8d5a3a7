// Everything about one person: account, consents, what he was told, what he did, and what happened in his households.
import { actsOf, messagesTo } from '#alerts';
import { type Person, say } from '#contracts';
import { consentsOf, listAppliances, openParts, ownDataOf, personById, scopeOf, type Viewer } from '#registry';
import { commandsBy } from './commands.ts';
import type { ExportDeps } from './deps.ts';
import { happenings } from './happenings.ts';
import { reportsBy } from './reports.ts';
import { type Cell, everyItem, rowsOf, type Table } from './table.ts';

const MESSAGES_AT_ONCE = 500;

export async function tablesOfPerson(deps: ExportDeps, viewer: Viewer, person: Person): Promise<Table[]> {
  const own = await ownDataOf(deps.sql, person.id);
  const consents = await consentsOf(deps.sql, person.id);
  return [
    {
      name: 'account',
      columns: [
        ['id', 'text'],
        ['name', 'text'],
        ['email', 'text'],
        ['role', 'text'],
        ['organisation', 'text'],
        ['language', 'text'],
        ['time_zone', 'text'],
        ['temperature_unit', 'text'],
      ],
      rows: () => rowsOf([accountRow(person)]),
    },
    {
      name: 'households',
      columns: [
        ['id', 'text'],
        ['name', 'text'],
        ['address', 'text'],
        ['region', 'text'],
        ['standing', 'text'],
      ],
      rows: () => rowsOf(own.memberships.map(({ id, name, address, region, as }) => [id, name, address, region, as])),
    },
    {
      name: 'sessions',
      columns: [
        ['created_at', 'time'],
        ['seen_at', 'time'],
      ],
      rows: () => rowsOf(own.sessions.map(({ createdAt, seenAt }) => [createdAt, seenAt])),
    },
    {
      name: 'api-keys',
      columns: [
        ['name', 'text'],
        ['scopes', 'text'],
        ['created_at', 'time'],
        ['ends_at', 'time'],
      ],
      rows: () => rowsOf(own.keys.map((key) => [key.name, key.scopes.join(' '), key.createdAt, key.endsAt])),
    },
    {
      name: 'consents',
      columns: [
        ['at', 'time'],
        ['purpose', 'text'],
        ['version', 'number'],
        ['language', 'text'],
        ['given', 'boolean'],
      ],
      rows: () =>
        rowsOf(
          consents.flatMap(({ purpose, said }) =>
            said.map((word): Cell[] => [word.at, purpose, word.version, word.language, word.given]),
          ),
        ),
    },
    {
      name: 'messages',
      columns: [
        ['at', 'time'],
        ['kind', 'text'],
        ['subject', 'text'],
        ['text', 'text'],
        ['state', 'text'],
        ['alert', 'text'],
      ],
      rows: () => messageRows(deps, person),
    },
    {
      name: 'acts',
      columns: [
        ['at', 'time'],
        ['what', 'text'],
        ['alert', 'text'],
      ],
      rows: async function* () {
        for (const { at, what, alert } of await actsOf(deps.sql, person.id)) yield [at, what, alert];
      },
    },
    {
      name: 'audit',
      columns: [
        ['at', 'time'],
        ['action', 'text'],
        ['kind', 'text'],
        ['object', 'text'],
      ],
      rows: () => rowsOf(own.audit.map(({ at, action, kind, object }) => [at, action, kind, object])),
    },
    commandsBy(deps, person.id),
    // What staff see at work is their organisation's, not theirs.
    ...(person.role === 'owner'
      ? [appliancesTable(deps, viewer), reportsBy(deps, person.id), ...happenings(deps, viewer, person)]
      : []),
  ];
}

const accountRow = (person: Person): Cell[] => [
  person.id,
  person.name,
  person.email,
  person.role,
  person.organisation,
  person.language,
  person.timeZone,
  person.temperatureUnit,
];

async function* messageRows({ sql }: ExportDeps, person: Person): AsyncIterable<Cell[]> {
  for (let after = 0; ; ) {
    const messages = await messagesTo(sql, person.id, after, MESSAGES_AT_ONCE);
    for (const message of messages) {
      const about = message.about === null ? null : await personById(sql, message.about);
      const words = async (text: string): Promise<string> =>
        (await openParts(sql, person.id, text)).replaceAll('{person}', () => about?.name ?? '');
      const subject = await words(say(message.subject, person));
      const text = await words(message.lines.map((line) => say(line, person)).join('\n'));
      yield [message.at, message.kind, subject, text, message.state, message.alert];
    }
    if (messages.length < MESSAGES_AT_ONCE) return;
    after = messages.at(-1)!.position;
  }
}

function appliancesTable({ sql }: ExportDeps, viewer: Viewer): Table {
  const scope = scopeOf(viewer);
  return {
    name: 'appliances',
    columns: [
      ['id', 'text'],
      ['name', 'text'],
      ['model', 'text'],
      ['serial', 'text'],
      ['household', 'text'],
      ['owned_since', 'time'],
    ],
    rows: async function* () {
      if (!('households' in scope)) return;
      const page = (cursor: string | null) => listAppliances(sql, scope, { cursor, limit: 100 });
      for await (const one of everyItem(page)) {
        yield [one.id, one.name, one.model, one.serial, one.household?.id ?? null, one.ownedSince];
      }
    },
  };
}
