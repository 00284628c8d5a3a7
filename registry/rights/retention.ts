// How long things are kept, by rule. The defaults stand here; what an administrator changed stands in a row.
import type { Id } from '#contracts';
import { DAY, PlatformError, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { deleteKey } from '../vault/vault.ts';

/** Days, with the least and the most that may be set: some is needed to do the work, none is kept for ever. */
export const RETENTION = {
  messages: { days: 365, least: 7, most: 3_650 },
  quarantine: { days: 30, least: 1, most: 365 },
  'case-notes': { days: 730, least: 30, most: 3_650 },
  exports: { days: 7, least: 1, most: 30 },
  'unclaimed-orders': { days: 365, least: 30, most: 1_095 },
  commands: { days: 730, least: 30, most: 3_650 },
  reports: { days: 730, least: 30, most: 3_650 },
} as const satisfies Record<string, { days: number; least: number; most: number }>;

export type Kept = keyof typeof RETENTION;
export const KEPT = Object.keys(RETENTION) as readonly Kept[];

export async function retentionOf(sql: Sql): Promise<Record<Kept, number>> {
  const rows = await sql.query<{ what: Kept; days: number }>('select what, days from app.retention');
  const changed = new Map(rows.map(({ what, days }) => [what, days]));
  return Object.fromEntries(KEPT.map((what) => [what, changed.get(what) ?? RETENTION[what].days])) as Record<
    Kept,
    number
  >;
}

/** Throws `wrong-retention`; then nothing is changed. */
export async function setRetention(
  sql: Sql,
  wish: { days: Partial<Record<Kept, number>>; by: Actor; organisation: Id | null; now: number },
): Promise<void> {
  const entries = Object.entries(wish.days) as [Kept, number][];
  for (const [what, days] of entries) mustFit(what, days);
  await sql.transaction(async (tx) => {
    for (const [what, days] of entries) {
      await tx.query(
        `insert into app.retention (what, days, changed_at) values ($1, $2, $3)
         on conflict (what) do update set days = excluded.days, changed_at = excluded.changed_at`,
        [what, days, wish.now],
      );
      await audit(tx, {
        now: wish.now,
        by: wish.by,
        action: 'retention.changed',
        object: { kind: 'retention', id: what },
        organisation: wish.organisation,
        detail: { days },
      });
    }
  });
}

function mustFit(what: Kept, days: number): void {
  const { least, most } = RETENTION[what];
  if (days >= least && days <= most) return;
  throw new PlatformError('wrong-retention', 'reject', `"${what}" cannot be kept for ${days} days.`, {
    hint: `Give ${least} to ${most} days.`,
  });
}

/** The longest that a session may be used. */
const DEAD_SESSION_MS = 30 * DAY;

/** What the registry itself forgets. Returns how many sessions and orders. */
export async function forgetOld(sql: Sql, days: Pick<Record<Kept, number>, 'unclaimed-orders'>, now: number) {
  const sessions = await sql.query('delete from app.session where created_at < $1 returning 1 as one', [
    now - DEAD_SESSION_MS,
  ]);
  await sql.query('delete from app.one_time_token where ends_at < $1', [now]);
  const orders = await sql.transaction(async (tx) => {
    const old = await tx.query<{ id: Id }>(
      `update app.unit_order set email_index = null, customer_sealed = null
        where customer_sealed is not null and claimed_at is null and created_at < $1 returning id`,
      [now - days['unclaimed-orders'] * DAY],
    );
    for (const { id } of old) await deleteKey(tx, id);
    return old.length;
  });
  return { sessions: sessions.length, orders };
}
