// What alerts know of one person, for his export: what he was told, and what he did.
import type { Id, Phrase } from '#contracts';
import type { Sql } from '#runtime';

export type MessageToPerson = {
  position: number;
  at: number;
  kind: string;
  subject: Phrase;
  lines: Phrase[];
  state: string;
  alert: Id | null;
  about: Id | null;
};

/** Oldest first, behind `after`. */
export async function messagesTo(sql: Sql, person: Id, after: number, limit: number): Promise<MessageToPerson[]> {
  return sql.query<MessageToPerson>(
    `select position, coalesce(settled_at, created_at) as at, kind, subject, lines, state, alert, about
       from app.notification where person = $1 and position > $2 order by position limit $3`,
    [person, after, limit],
  );
}

export async function actsOf(sql: Sql, person: Id): Promise<{ at: number; what: string; alert: Id }[]> {
  return sql.query('select at, what, alert from app.alert_event where by = $1 order by position', [person]);
}
