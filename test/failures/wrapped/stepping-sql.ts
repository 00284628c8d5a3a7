// The Sql port, telling which step of the platform each statement is.
import type { Sql } from '#runtime';
import { pass, type Step } from '../steps.ts';

type Ways = { begun: Step; ending: Step; over: Step };

const TRANSACTION: Ways = {
  begun: 'transaction: findings written',
  ending: 'transaction: before its commit',
  over: 'transaction: committed',
};
const HAND_OVER: Ways = {
  begun: 'hand-over: taken, no effect yet',
  ending: 'hand-over: before its commit',
  over: 'hand-over: committed',
};

/** Which hop a statement inside a transaction belongs to; a look into an empty outbox is none. */
function hopOfStatement(text: string, rows: readonly object[]): Ways | null {
  if (/insert into app\.finding\b/.test(text)) return TRANSACTION;
  if (/from app\.outbox o\b/.test(text) && rows.length > 0) return HAND_OVER;
  return null;
}

const isMark = (text: string): boolean => /update app\.notification set state = \$2, reason/.test(text);
const isClaim = (text: string): boolean => /update app\.notification n set claimed_until/.test(text);

export const steppingSql = (sql: Sql): Sql => ({
  async query<Row extends object>(text: string, params?: readonly unknown[]) {
    const rows = await sql.query<Row>(text, params);
    if (isClaim(text) && rows.length > 0) pass('notification: claimed, not sent');
    return rows;
  },
  async transaction(work) {
    let hop: Ways | null = null;
    let marks = false;
    const within = (tx: Sql): Sql => ({
      async query<Row extends object>(text: string, params?: readonly unknown[]) {
        const rows = await tx.query<Row>(text, params);
        marks ||= isMark(text);
        const begun = hopOfStatement(text, rows);
        if (begun !== null && hop === null) pass(begun.begun);
        hop ??= begun;
        return rows;
      },
      transaction: (inner) => tx.transaction((deeper) => inner(within(deeper))),
      listen: (...call) => tx.listen(...call),
    });
    const result = await sql.transaction(async (tx) => {
      const done = await work(within(tx));
      if (hop !== null) pass((hop as Ways).ending);
      return done;
    });
    if (hop !== null) pass((hop as Ways).over);
    if (marks) pass('notification: marked');
    return result;
  },
  listen: (...call) => sql.listen(...call),
});
