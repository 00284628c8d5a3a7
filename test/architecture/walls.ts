// The walls between rooms, as a table: what is forbidden, and why.
import * as path from 'node:path';
import type { Room, Source } from './sources.ts';

/** The doors each room may open, besides its own files. */
export const DOORS: Readonly<Record<Room, readonly string[]>> = {
  contracts: [],
  runtime: ['#contracts'],
  registry: ['#contracts', '#runtime'],
  broker: ['#contracts', '#runtime', '#registry'],
  ingest: ['#contracts', '#runtime'],
  'diagnosis-rules': ['#contracts', '#runtime'],
  alerts: ['#contracts', '#runtime', '#registry'],
  'field-service': ['#contracts', '#runtime', '#registry'],
  api: ['#contracts', '#runtime', '#registry', '#broker', '#ingest', '#diagnosis-rules', '#alerts', '#field-service'],
  web: ['#contracts'],
  'device-sim': ['#contracts'],
  client: [],
  engines: ['#contracts', '#runtime', '#ingest', '#alerts', '#api'],
  main: [
    '#contracts',
    '#runtime',
    '#registry',
    '#broker',
    '#ingest',
    '#diagnosis-rules',
    '#alerts',
    '#field-service',
    '#api',
    '#device-sim',
    '#engines/bullmq',
    '#engines/duckdb',
    '#engines/influxdb',
    '#engines/otel',
    '#engines/postgres',
    '#engines/redis-log',
    '#engines/segment-log',
    '#engines/smtp',
    '#engines/webhook',
  ],
};

/** A port stands with the room that needs it; an engine knows the port's type and nothing else of that room. */
const TYPES_ONLY: Partial<Record<Room, readonly string[]>> = { engines: ['#ingest', '#alerts', '#api'] };

/** Rooms without an `index.ts`. */
export const WITHOUT_DOOR: Partial<Record<Room, string>> = {
  web: 'its door is index.html, which a browser opens; nobody imports it',
};

export const READS_CLOCK: Readonly<Record<string, string>> = {
  'runtime/time.ts': 'the clock that everyone else is given',
  'main/clock.ts': 'the origin of a faster clock, written once',
  'main/appliance-cli.ts': 'an entry point of its own: the platform is stopped then, and its clock with it',
  'device-sim/time.ts': 'a simulated appliance has a clock of its own, which may be wrong',
  'device-sim/device.ts': 'the same, when nobody gives it one',
  'device-sim/commands/options.ts': 'the command line of the simulator makes that clock',
  'web/src/clock.ts': 'the clock of the browser, for "3 minutes ago"',
  'web/src/client/queries.ts': 'a chart ends at the present of whoever looks at it',
};

export const READS_ENVIRONMENT: Readonly<Record<string, string>> = {
  'main/config.ts': 'where every setting is checked and described',
  'device-sim/cli.ts': 'the simulator is a program of its own',
};

/** Tools that ask for it. */
export const DEFAULT_EXPORTS: Readonly<Record<string, string>> = {
  'web/vite.config.ts': 'Vite reads the default export of its configuration',
};

/** Outside packages that one room alone may touch, so that each can be replaced in one place. */
const PACKAGES: Readonly<Record<string, Room>> = {
  pg: 'engines',
  '@electric-sql/pglite': 'engines',
  '@duckdb/node-api': 'engines',
  '@influxdata/influxdb-client': 'engines',
  bullmq: 'engines',
  ioredis: 'engines',
  nodemailer: 'engines',
  'smtp-server': 'engines',
  'ipaddr.js': 'engines',
  '@opentelemetry/api': 'engines',
  '@opentelemetry/exporter-trace-otlp-http': 'engines',
  '@opentelemetry/resources': 'engines',
  '@opentelemetry/sdk-trace': 'engines',
  aedes: 'broker',
  ws: 'broker',
  fastify: 'api',
  'hyparquet-writer': 'api',
  standardwebhooks: 'api',
  react: 'web',
  mqtt: 'device-sim',
};

const FORBIDDEN_NAMES = /^(utils?|helpers?|common|lib|misc|types|interfaces|managers?)$/;

export const roomOf = ({ file }: Source): Room => file.split('/')[0] as Room;

/** A room, or one engine: engines do not share their insides. */
const insideOf = (source: Source): string =>
  roomOf(source) === 'engines' ? source.file.split('/').slice(0, 2).join('/') : roomOf(source);

const specifiers = (source: Source): string[] => source.imports.flatMap(({ specifier }) => specifier ?? []);

export type Wall = {
  wall: string;
  why: string;
  /** What stands on the wrong side, in words; none when the source keeps the wall. */
  broken: (source: Source) => string[];
};

export const WALLS: readonly Wall[] = [
  {
    wall: 'a relative import stays inside its room',
    why: 'a room is entered by its door, so that its inside can change',
    broken: (source) =>
      specifiers(source)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => {
          const target = path.posix.join(path.posix.dirname(source.file), specifier);
          return !target.startsWith(`${insideOf(source)}/`);
        }),
  },
  {
    wall: 'a room opens only the doors it may',
    why: 'data moves one way: a stage leaves rows for the next one and never calls it; only main sees everything',
    broken: (source) =>
      specifiers(source)
        .filter((specifier) => specifier.startsWith('#'))
        .filter((specifier) => !DOORS[roomOf(source)].includes(specifier)),
  },
  {
    wall: 'an engine imports only types of the room whose port it implements',
    why: 'an engine that runs code of a room could not be replaced',
    broken: (source) =>
      source.imports
        .filter(({ typeOnly }) => !typeOnly)
        .flatMap(({ specifier }) => specifier ?? [])
        .filter((specifier) => TYPES_ONLY[roomOf(source)]?.includes(specifier)),
  },
  {
    wall: 'an outside package is touched by one room',
    why: 'it can then be replaced there',
    broken: (source) =>
      specifiers(source).filter((specifier) => {
        const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
        return PACKAGES[name] !== undefined && PACKAGES[name] !== roomOf(source);
      }),
  },
  {
    wall: 'what contracts and the pages import exists in a browser',
    why: 'the pages are built from both',
    broken: (source) =>
      ['contracts', 'web'].includes(roomOf(source))
        ? specifiers(source).filter((name) => name.startsWith('node:'))
        : [],
  },
  {
    wall: 'an import says where it leads',
    why: 'walls cannot be checked otherwise; threads of main are the one exception, they are named in a list of types',
    broken: (source) =>
      source.imports
        .filter(({ specifier, how }) => specifier === null && !(how === 'url' && roomOf(source) === 'main'))
        .map(({ how }) => `${how} of something computed`),
  },
  {
    wall: 'nothing is required',
    why: 'one module system',
    broken: (source) => source.imports.filter(({ how }) => how === 'require').map(({ specifier }) => String(specifier)),
  },
  {
    wall: 'threads are started by main, or inside an engine',
    why: 'main alone knows what runs where; an engine may need a thread to keep its work off everyone else',
    broken: (source) =>
      source.startsThread && !['main', 'engines'].includes(roomOf(source)) ? ['it starts a thread'] : [],
  },
  {
    wall: 'time is injected',
    why: 'tests and faster clocks set the time; nobody else looks at the wall clock',
    broken: (source) =>
      source.readsClock && READS_CLOCK[source.file] === undefined ? ['it reads the wall clock'] : [],
  },
  {
    wall: 'the environment is read in one place',
    why: 'every setting is checked at once and described in one table',
    broken: (source) =>
      source.readsEnvironment && READS_ENVIRONMENT[source.file] === undefined ? ['it reads process.env'] : [],
  },
  {
    wall: 'exports have names',
    why: 'a door says what goes through it',
    broken: (source) =>
      source.looseExports.filter(
        (found) => !(found === 'export default' && DEFAULT_EXPORTS[source.file] !== undefined),
      ),
  },
  {
    wall: 'a file is named after what it does',
    why: 'drawers for everything fill up with everything',
    broken: (source) => source.file.split('/').filter((part) => FORBIDDEN_NAMES.test(part.replace(/\.tsx?$/, ''))),
  },
];

/** Every broken wall of a source, each with its reason. */
export const brokenWalls = (source: Source): string[] =>
  WALLS.flatMap(({ wall, why, broken }) =>
    broken(source).map((what) => `${source.file}: ${what}. The wall: ${wall}, because ${why}.`),
  );

/** Rooms query their own tables alone: `app.name` in a room that did not create it. */
export function foreignTables(sources: readonly Source[]): { owners: Map<string, string>; broken: string[] } {
  const owners = new Map<string, string>();
  for (const source of sources)
    for (const [, table] of source.text.matchAll(/create table (?:if not exists )?app\.(\w+)/g))
      owners.set(table!, roomOf(source));
  const broken: string[] = [];
  for (const source of sources) {
    // What stands in words is no query.
    for (const [, table] of source.text.matchAll(
      /\b(?:from|join|into|update|table|on|references|exists) app\.(\w+)/g,
    )) {
      const owner = owners.get(table!);
      if (owner !== roomOf(source)) broken.push(`${source.file}: app.${table} belongs to ${owner ?? 'nobody'}`);
    }
  }
  return { owners, broken };
}
