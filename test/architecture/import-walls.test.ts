import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOMS, ROOT, readSource, type Source, sourcesOf } from './sources.ts';
import {
  brokenWalls,
  DEFAULT_EXPORTS,
  DOORS,
  foreignTables,
  READS_CLOCK,
  READS_ENVIRONMENT,
  WALLS,
  WITHOUT_DOOR,
} from './walls.ts';

const rooms = new Map(ROOMS.map((room) => [room, sourcesOf(room)]));
const everything = [...rooms.values()].flat();

describe('the walls between rooms', () => {
  it.each(ROOMS)('%s keeps them', (room) => {
    expect(rooms.get(room)!.flatMap(brokenWalls)).toEqual([]);
  });

  it.each(ROOMS)('%s was found, with files that import something', (room) => {
    expect(rooms.get(room)!.length).toBeGreaterThan(0);
    expect(rooms.get(room)!.flatMap(({ imports }) => imports).length).toBeGreaterThan(0);
  });

  it('every top-level folder with sources is a room, or a workshop that nobody imports', () => {
    const folders = fs
      .readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
    const unknown = new Set(folders).difference(
      new Set([...ROOMS, 'test', 'bench', 'docs', 'deploy', 'data', 'node_modules']),
    );
    expect([...unknown]).toEqual([]);
  });

  it.each(ROOMS.filter((room) => room !== 'engines' && !WITHOUT_DOOR[room]))('%s has a door', (room) => {
    expect(rooms.get(room)!.map(({ file }) => file)).toContain(`${room}/index.ts`);
  });

  it('each engine has a door of its own', () => {
    const names = new Set(rooms.get('engines')!.map(({ file }) => file.split('/')[1]));
    const files = rooms.get('engines')!.map(({ file }) => file);
    expect(names.size).toBeGreaterThan(3);
    for (const name of names) expect(files).toContain(`engines/${name}/index.ts`);
  });

  it('every door is an import name of the package, and leads there', () => {
    const { imports } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      imports: Record<string, string>;
    };
    for (const room of ROOMS) {
      if (room === 'engines' || WITHOUT_DOOR[room]) continue;
      expect(imports[`#${room}`]).toBe(`./${room}/index.ts`);
    }
    expect(imports['#engines/*']).toBe('./engines/*/index.ts');
  });

  it('doors that a room may open are doors that exist', () => {
    const files = everything.map(({ file }) => file);
    for (const door of Object.values(DOORS).flat()) expect(files).toContain(`${door.slice(1)}/index.ts`);
  });

  it.each([
    ['clock', READS_CLOCK, (source: Source) => source.readsClock],
    ['environment', READS_ENVIRONMENT, (source: Source) => source.readsEnvironment],
    ['default export', DEFAULT_EXPORTS, (source: Source) => source.looseExports.includes('export default')],
  ])('an exception for the %s that nobody needs any more is taken back', (_, exceptions, needed) => {
    const users = everything.filter(needed).map(({ file }) => file);
    expect(Object.keys(exceptions).filter((file) => !users.includes(file))).toEqual([]);
  });

  it('rooms query the tables that they created, and no others', () => {
    const { owners, broken } = foreignTables(everything);
    expect(owners.size).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });
});

describe('the checker sees', () => {
  const BREACHES: readonly [wall: string, file: string, text: string][] = [
    ['a relative import stays inside its room', 'broker/a.ts', `import { x } from '../ingest/decode.ts';`],
    ['a relative import stays inside its room', 'broker/a.ts', `export { x } from '../test/door.ts';`],
    ['a relative import stays inside its room', 'engines/duckdb/a.ts', `import { x } from '../influxdb/series.ts';`],
    ['a relative import stays inside its room', 'web/src/a.tsx', `const x = await import('../../api/app.ts');`],
    ['a relative import stays inside its room', 'main/a.ts', `new Worker(new URL('../broker/x.ts', import.meta.url));`],
    ['a room opens only the doors it may', 'contracts/a.ts', `import { x } from '#runtime';`],
    ['a room opens only the doors it may', 'ingest/a.ts', `import { may } from '#registry';`],
    ['a room opens only the doors it may', 'alerts/a.ts', `import type { Visit } from '#field-service';`],
    ['a room opens only the doors it may', 'api/a.ts', `type Sql = import('#engines/postgres').PgliteSql;`],
    ['a room opens only the doors it may', 'broker/a.ts', `export { startPlatform } from '#main';`],
    ['a room opens only the doors it may', 'device-sim/a.ts', `const { SECOND } = await import('#runtime');`],
    [
      'a room opens only the doors it may',
      'web/src/a.tsx',
      `export const A = () => <p>{x}</p>; import { x } from '#api';`,
    ],
    [
      'an engine imports only types of the room whose port it implements',
      'engines/duckdb/a.ts',
      `import { makeDecode } from '#ingest';`,
    ],
    ['an outside package is touched by one room', 'ingest/a.ts', `import { Pool } from 'pg';`],
    ['an outside package is touched by one room', 'main/a.ts', `import x from '@electric-sql/pglite/nodefs';`],
    ['what contracts and the pages import exists in a browser', 'contracts/a.ts', `import * as fs from 'node:fs';`],
    ['an import says where it leads', 'ingest/a.ts', 'await import(name);'],
    ['an import says where it leads', 'engines/duckdb/a.ts', 'new URL(name, import.meta.url);'],
    ['nothing is required', 'ingest/a.ts', `const x = require('zod');`],
    ['nothing is required', 'ingest/a.ts', `import x = require('zod');`],
    ['threads are started by main, or inside an engine', 'api/a.ts', `import { Worker } from 'node:worker_threads';`],
    ['time is injected', 'ingest/a.ts', 'const now = Date.now();'],
    ['time is injected', 'ingest/a.ts', 'const clock = { now: Date.now };'],
    ['time is injected', 'ingest/a.ts', 'const now = globalThis.Date.now();'],
    ['time is injected', 'ingest/a.ts', 'const now = new Date();'],
    ['the environment is read in one place', 'broker/a.ts', 'const x = process.env.HOST;'],
    ['the environment is read in one place', 'broker/a.ts', `const x = process['env'];`],
    ['the environment is read in one place', 'broker/a.ts', 'const { env } = process;'],
    ['exports have names', 'broker/a.ts', `export * from './b.ts';`],
    ['exports have names', 'broker/a.ts', 'export default 1;'],
    ['a file is named after what it does', 'broker/utils.ts', ''],
    ['a file is named after what it does', 'web/src/lib/a.tsx', ''],
  ];

  it.each(BREACHES)('a breach of "%s" in %s', (wall, file, text) => {
    const found = brokenWalls(readSource(file, text));
    expect(found.filter((line) => line.includes(`The wall: ${wall},`))).toHaveLength(1);
  });

  it('breaches of every wall there is', () => {
    expect(new Set(BREACHES.map(([wall]) => wall))).toEqual(new Set(WALLS.map(({ wall }) => wall)));
  });

  it('a query of a table that is another room’s', () => {
    const made = readSource('alerts/tables.ts', 'const sql = `create table app.alert (id uuid)`;');
    const asked = readSource('field-service/a.ts', 'const sql = `select id from app.alert where x = 1`;');
    expect(foreignTables([made, asked]).broken).toEqual(['field-service/a.ts: app.alert belongs to alerts']);
  });

  it.each([
    ['api/a.ts', `import { x } from './routes/a.ts'; import { may } from '#registry'; import fastify from 'fastify';`],
    ['engines/duckdb/a.ts', `import type { ReadingsStore } from '#ingest'; import { PlatformError } from '#runtime';`],
    ['engines/duckdb/a.ts', `import { type ReadingsStore } from '#ingest'; new URL('./b.ts', import.meta.url);`],
    ['main/a.ts', 'new Worker(new URL(name, import.meta.url));'],
    [
      'ingest/a.ts',
      `import { setImmediate } from 'node:timers/promises';\n// import { x } from '#registry'; Date.now()\nclass Worker {} new Worker();const words = "import '#api'"; new Date(0);`,
    ],
  ])('no breach where there is none: %s', (file, text) => {
    expect(brokenWalls(readSource(file, text))).toEqual([]);
  });
});
