import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Id, newId } from '#contracts';
import { fireEach, pageOf, placeOf, type Sql } from '#runtime';
import { pgliteDatabase, type TestDatabase } from '../engines/databases.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await pgliteDatabase();
  await database.sql.query(
    'create table due (id uuid primary key, due_at bigint not null, fired int not null default 0)',
  );
});
beforeEach(() => database.sql.query('delete from due'));
afterAll(() => database[Symbol.asyncDispose]());

type Row = { id: Id; due_at: number };

const claim =
  (now: number) =>
  async (tx: Sql, seen: readonly Id[]): Promise<Row | undefined> =>
    (
      await tx.query<Row>(
        'select id, due_at from due where due_at <= $1 and id <> all($2::uuid[]) order by due_at limit 1 for update skip locked',
        [now, seen],
      )
    )[0];
const fire = async (tx: Sql, row: Row) => {
  await tx.query('update due set fired = fired + 1 where id = $1', [row.id]);
  if (row.due_at === 2) throw new Error('not this one');
};
const given = (...dueAt: number[]) =>
  Promise.all(dueAt.map((at) => database.sql.query('insert into due (id, due_at) values ($1, $2)', [newId(), at])));
const fired = () => database.sql.query('select due_at, fired from due order by due_at');

describe('due clocks', () => {
  it('fire once a sweep, and only when they are due', async () => {
    await given(1, 3, 9);
    expect(await fireEach(database.sql, claim(3), fire)).toEqual({ done: 2, errors: [] });
    expect(await fired()).toEqual([
      { due_at: 1, fired: 1 },
      { due_at: 3, fired: 1 },
      { due_at: 9, fired: 0 },
    ]);
  });

  it('that fail leave nothing behind, and hold back no other', async () => {
    await given(1, 2, 3);
    const { done, errors } = await fireEach(database.sql, claim(3), fire);
    expect({ done, errors: errors.map((error) => error.message) }).toEqual({ done: 2, errors: ['not this one'] });
    expect(await fired()).toEqual([
      { due_at: 1, fired: 1 },
      { due_at: 2, fired: 0 },
      { due_at: 3, fired: 1 },
    ]);
  });
});

describe('cursors', () => {
  const rows = [
    { at: 3, id: newId() },
    { at: 2, id: newId() },
    { at: 1, id: newId() },
  ];

  it('name the last row shown while there are more', () => {
    const { items, next } = pageOf(rows, 2, (row) => row);
    expect(items).toEqual(rows.slice(0, 2));
    expect(placeOf(next!)).toEqual(rows[1]);
    expect(pageOf(rows, 3, (row) => row).next).toBeNull();
  });

  it.each(['', 'x', '5', '5_', `-1_${newId()}`, `1e3_${newId()}`, '5_not-an-id'])('"%s" is none', (cursor) => {
    expect(() => placeOf(cursor)).toThrow(expect.objectContaining({ code: 'bad-cursor', kind: 'reject' }));
  });
});
