// Whether an appliance is expected to say anything: not while it is switched off for the winter, or a holiday.
import type { Id } from '#contracts';
import { announce, DAY, PlatformError, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';

/** Nobody is forgotten for good: after that somebody says so again. */
const LONGEST_REST_MS = 400 * DAY;

type Wish = { appliance: Id; person: Id; restsUntil: number | null; by: Actor; now: number };

/** Throws `wrong-rest`. */
export function mustBeARest({ restsUntil, now }: Pick<Wish, 'restsUntil' | 'now'>): void {
  if (restsUntil === null || (restsUntil > now && restsUntil <= now + LONGEST_REST_MS)) return;
  throw new PlatformError('wrong-rest', 'reject', 'This is no time until which it can rest.', {
    hint: 'Give a time in the next 400 days, or null when it is in use again.',
  });
}

/** `restsUntil` epoch ms; null: it is expected again. Throws `wrong-rest` and `not-found`. */
export async function setPresence(sql: Sql, wish: Wish): Promise<void> {
  mustBeARest(wish);
  const { appliance, person, restsUntil, by, now } = wish;
  await sql.transaction(async (tx) => {
    const [unit] = await tx.query<{ organisation: Id }>('select organisation from app.appliance where id = $1', [
      appliance,
    ]);
    if (!unit) throw new PlatformError('not-found', 'reject', 'There is no such thing here.');
    await tx.query('insert into app.appliance_presence (appliance, at, rests_until, by) values ($1, $2, $3, $4)', [
      ...[appliance, now, restsUntil, person],
    ]);
    await audit(tx, {
      now,
      by,
      action: 'appliance.presence',
      object: { kind: 'appliance', id: appliance },
      organisation: unit.organisation,
      detail: { restsUntil },
    });
    await announce(tx, { what: 'appliance', id: appliance });
  });
}

/** Until when it rests, epoch ms, by the newest word of those who have it now; null: it is expected to say something. */
export async function restsUntil(sql: Sql, appliance: Id, now: number): Promise<number | null> {
  const [row] = await sql.query<{ rests_until: number | null }>(
    `select p.rests_until from app.appliance_presence p join app.appliance a on a.id = p.appliance
      where p.appliance = $1 and (a.owned_since is null or p.at >= a.owned_since) order by p.position desc limit 1`,
    [appliance],
  );
  const until = row?.rests_until ?? null;
  return until !== null && until > now ? until : null;
}

/** Whether the newest word of all, whoever said it, is that it rests. */
export async function standingRest(sql: Sql, appliance: Id, now: number): Promise<boolean> {
  const [row] = await sql.query<{ rests_until: number | null }>(
    'select rests_until from app.appliance_presence where appliance = $1 order by position desc limit 1',
    [appliance],
  );
  return (row?.rests_until ?? 0) > now;
}

export type PresenceSaid = { at: number; restsUntil: number | null; by: Id };

/** Everything that was said of it, oldest first, whoever had it; in [from, to), epoch ms. */
export async function presenceHeard(
  sql: Sql,
  { appliance, from, to }: { appliance: Id; from: number; to: number },
): Promise<PresenceSaid[]> {
  return sql.query<PresenceSaid>(
    `select at, rests_until as "restsUntil", by from app.appliance_presence
      where appliance = $1 and at >= $2 and at < $3 order by position`,
    [appliance, from, to],
  );
}
