// Alerts and cases as tables: those of a person's households, or of one appliance.
import { alertById, listAlerts } from '#alerts';
import { type Id, type Person, type ServiceCase, say } from '#contracts';
import { listCases } from '#field-service';
import { scopeOf, type Viewer } from '#registry';
import { alertScope } from '../scopes.ts';
import type { ExportDeps } from './deps.ts';
import { type Cell, everyItem, type Table } from './table.ts';

/** `reader`: whose language, units and time zone the words are in. */
export function happenings(deps: ExportDeps, viewer: Viewer, reader: Person, appliance?: Id): Table[] {
  return [...alertTables(deps, viewer, reader, appliance), ...caseTables(deps, viewer, reader, appliance)];
}

function alertTables(deps: ExportDeps, viewer: Viewer, reader: Person, appliance?: Id): Table[] {
  const { sql } = deps;
  const alerts = async function* () {
    const scope = await alertScope(deps, viewer);
    yield* everyItem((cursor) => listAlerts(sql, scope, { state: 'all', cursor, limit: 100, appliance }));
  };
  return [
    {
      name: 'alerts',
      columns: [
        ['id', 'text'],
        ['appliance', 'text'],
        ['problem', 'text'],
        ['title', 'text'],
        ['summary', 'text'],
        ['severity', 'text'],
        ['state', 'text'],
        ['cause', 'text'],
        ['opened_at', 'time'],
        ['closed_at', 'time'],
      ],
      rows: async function* () {
        for await (const alert of alerts()) {
          yield [
            alert.id,
            alert.appliance,
            alert.problem,
            say(alert.title, reader),
            say(alert.summary, reader),
            alert.severity,
            alert.state,
            alert.topCause.cause,
            Date.parse(alert.openedAt),
            timeOf(alert.closedAt),
          ];
        }
      },
    },
    {
      name: 'answers',
      columns: [
        ['at', 'time'],
        ['alert', 'text'],
        ['question', 'text'],
        ['answer', 'text'],
      ],
      rows: async function* () {
        for await (const { id } of alerts()) {
          const answers = (await alertById(sql, id))?.answers ?? [];
          for (const { at, question, answer } of answers) yield [Date.parse(at), id, question, answer];
        }
      },
    },
  ];
}

function caseTables({ sql, clock }: ExportDeps, viewer: Viewer, reader: Person, appliance?: Id): Table[] {
  const cases = () =>
    everyItem((cursor) =>
      listCases(sql, scopeOf(viewer), { state: 'all', cursor, limit: 50, now: clock.now(), appliance }),
    );
  return [
    {
      name: 'cases',
      columns: [
        ['id', 'text'],
        ['alert', 'text'],
        ['appliance', 'text'],
        ['title', 'text'],
        ['state', 'text'],
        ['opened_at', 'time'],
        ['closed_at', 'time'],
      ],
      rows: async function* () {
        for await (const one of cases()) yield caseRow(one, reader);
      },
    },
    {
      name: 'case-timeline',
      columns: [
        ['at', 'time'],
        ['case', 'text'],
        ['what', 'text'],
        ['text', 'text'],
        ['by', 'text'],
      ],
      rows: async function* () {
        for await (const { id, timeline } of cases()) {
          for (const { at, what, text, by } of timeline) yield [Date.parse(at), id, what, say(text, reader), by];
        }
      },
    },
  ];
}

const caseRow = (one: ServiceCase, reader: Person): Cell[] => [
  one.id,
  one.alertId,
  one.appliance,
  say(one.title, reader),
  one.state,
  Date.parse(one.openedAt),
  timeOf(one.closedAt),
];

const timeOf = (at: string | null): number | null => (at === null ? null : Date.parse(at));
