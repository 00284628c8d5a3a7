// Row + sweep: a stage leaves rows for the next one in its own transaction; the next one takes them in its own.
import type { Id } from '#contracts';
import { messageOf } from './errors.ts';
import type { Migration } from './migrate.ts';
import type { Sql } from './ports.ts';
import { MINUTE, SECOND } from './time.ts';

export const outboxTables: Migration = {
  name: 'runtime/001-outbox',
  statements: [
    `create table app.outbox (
       position bigint generated always as identity primary key,
       topic text not null,
       id uuid not null,
       key text not null,
       body jsonb not null,
       attempts int not null default 0,
       retry_at bigint not null default 0,
       last_error text,
       done_at bigint,
       unique (topic, id))`,
    'create index outbox_waiting on app.outbox (topic, position) where done_at is null',
    'create index outbox_waiting_key on app.outbox (topic, key, position) where done_at is null',
  ],
};

/** Leaves a row. The same (topic, id) twice leaves one. Rows of one `key` are taken in the order they were put. */
export async function put(tx: Sql, topic: string, row: { id: Id; key: string; body: object }): Promise<void> {
  await tx.query(
    'insert into app.outbox (topic, id, key, body) values ($1, $2, $3, $4) on conflict (topic, id) do nothing',
    [topic, row.id, row.key, JSON.stringify(row.body)],
  );
}

const retryDelayMs = (attempts: number): number => Math.min(10 * MINUTE, SECOND * 2 ** attempts);

/**
 * Takes waiting rows one by one, each in a transaction with its effect. A row whose work throws is kept, tried again
 * later, and holds back only the rows of its own key. Returns how many were done and the errors met.
 */
export async function takeEach(
  sql: Sql,
  topic: string,
  now: number,
  work: (tx: Sql, body: unknown, id: Id) => Promise<void>,
): Promise<{ done: number; errors: { id: Id; message: string }[] }> {
  const errors: { id: Id; message: string }[] = [];
  let done = 0;
  for (;;) {
    let current: { id: Id; position: number; attempts: number } | undefined;
    try {
      const took = await sql.transaction(async (tx) => {
        const [row] = await tx.query<{ id: Id; position: number; attempts: number; body: unknown }>(
          `select o.id, o.position, o.attempts, o.body from app.outbox o
            where o.topic = $1 and o.done_at is null and o.retry_at <= $2
              and not exists (select 1 from app.outbox e
                where e.topic = o.topic and e.key = o.key and e.done_at is null and e.position < o.position)
            order by o.position limit 1 for update of o skip locked`,
          [topic, now],
        );
        if (!row) return false;
        current = row;
        await work(tx, row.body, row.id);
        await tx.query('update app.outbox set done_at = $2, last_error = null where position = $1', [
          row.position,
          now,
        ]);
        return true;
      });
      if (!took) return { done, errors };
      done++;
    } catch (error) {
      if (!current) throw error;
      errors.push({ id: current.id, message: messageOf(error) });
      await sql.query(
        'update app.outbox set attempts = attempts + 1, retry_at = $2, last_error = $3 where position = $1',
        [current.position, now + retryDelayMs(current.attempts), messageOf(error).slice(0, 500)],
      );
    }
  }
}

/** How many rows wait, by topic. */
export async function waitingRows(sql: Sql): Promise<{ topic: string; count: number }[]> {
  return sql.query(
    'select topic, count(*)::int as count from app.outbox where done_at is null group by topic order by topic',
  );
}

/** Forgets rows that were done before `before`. They are kept a while so that a late repeat is still recognised. */
export async function forgetDone(sql: Sql, before: number): Promise<void> {
  await sql.query('delete from app.outbox where done_at < $1', [before]);
}
