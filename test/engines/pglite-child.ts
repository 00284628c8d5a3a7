// A process of its own around the embedded database, to be killed: node pglite-child.ts DIR. Prints `inserted N` for each
// row that was acknowledged, without end.
import { openPgliteSql, startPgliteThread } from '#engines/postgres';

const thread = await startPgliteThread({ dir: process.argv[2]! });
const sql = openPgliteSql(thread.port());
await sql.query('create table if not exists public.kept (n int8 generated always as identity)');
console.log('open');
for (;;) {
  const [row] = await sql.query<{ n: number }>('insert into public.kept default values returning n');
  console.log(`inserted ${row!.n}`);
}
