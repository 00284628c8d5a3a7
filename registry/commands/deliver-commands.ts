// From the row to the brokers: whoever holds the connection of an appliance takes what waits for it. A notification
// wakes them; a row whose notification was lost is found when the appliance subscribes, or by their periodic look.
import type { CommandPayload, Id } from '#contracts';
import type { Sql } from '#runtime';
import { type CommandRecord, lockCommands, moveCommand } from './command-record.ts';

const CHANNEL = 'stethos_commands';

export async function announceCommand(tx: Sql, appliance: Id): Promise<void> {
  await tx.query('select pg_notify($1, $2)', [CHANNEL, appliance]);
}

/** Calls back with each appliance that something was asked of; `missed` when some may not have been heard of. */
export const onCommand = (
  sql: Sql,
  heard: (appliance: Id) => void,
  missed?: () => void,
): Promise<() => Promise<void>> => sql.listen(CHANNEL, heard, missed);

/** To be sent now. */
export type DueCommand = { appliance: Id; payload: CommandPayload };

// What changed hands is asked nothing that its household before had asked.
const OPEN = `from app.command c join app.appliance a on a.id = c.appliance and a.household is not distinct from c.household
  where c.state = any($1::text[]) and c.expires_at > $2`;

/**
 * Takes for this broker what is queued for these appliances; of two that ask at once one gets it. Where it got something,
 * and with `again` everywhere, it is also given what was sent before, by any broker, and is not answered: who missed that
 * must not hear the newer one first. Oldest first.
 */
export async function takeCommands(
  sql: Sql,
  ask: { appliances: readonly Id[]; again: boolean; broker: string; now: number },
): Promise<DueCommand[]> {
  const open = await sql.query<{ id: Id; state: string } & Payload>(
    `select c.id, c.state, c.appliance, c.kind, c.parameters, c.expires_at as "expiresAt"
       ${OPEN} and c.appliance = any($3::uuid[]) order by c.asked_at, c.id`,
    [['queued', 'sent'], ask.now, ask.appliances],
  );
  const queued = open.filter(({ state }) => state === 'queued').map(({ id }) => id);
  const { mine, over } = queued.length === 0 ? NOTHING : await claim(sql, queued, ask);
  const got = new Set(open.filter(({ id }) => mine.has(id)).map(({ appliance }) => appliance));
  return open
    .filter(({ id, appliance }) => !over.has(id) && (ask.again || got.has(appliance)))
    .map((row) => ({ appliance: row.appliance, payload: payloadOf(row, ask.now) }));
}

type Payload = Pick<CommandRecord, 'id' | 'appliance' | 'kind' | 'parameters' | 'expiresAt'>;

const payloadOf = ({ id, kind, parameters, expiresAt }: Payload, now: number): CommandPayload => ({
  command: id,
  kind,
  parameters,
  expiresAt,
  at: now,
});

type Claim = { mine: ReadonlySet<Id> /** Nobody is to have these any more. */; over: ReadonlySet<Id> };
const NOTHING: Claim = { mine: new Set(), over: new Set() };

async function claim(sql: Sql, ids: readonly Id[], { broker, now }: { broker: string; now: number }): Promise<Claim> {
  return sql.transaction(async (tx) => {
    const rows = await lockCommands(tx, ids);
    const queued = rows.filter(({ state }) => state === 'queued');
    for (const row of queued) {
      await moveCommand(tx, row, { event: 'sent', by: 'platform', now, fields: { broker, sentAt: now } });
    }
    const waiting = new Set(rows.filter(({ state }) => state === 'queued' || state === 'sent').map(({ id }) => id));
    return { mine: new Set(queued.map(({ id }) => id)), over: new Set(ids.filter((id) => !waiting.has(id))) };
  });
}

/** Appliances that something waits for, by id: those behind `after`. */
export async function appliancesWithCommands(
  sql: Sql,
  { after, limit, now }: { after: Id | null; limit: number; now: number },
): Promise<Id[]> {
  const rows = await sql.query<{ appliance: Id }>(
    `select distinct c.appliance ${OPEN} and ($3::uuid is null or c.appliance > $3::uuid)
      order by c.appliance limit $4`,
    [['queued', 'sent'], now, after, limit],
  );
  return rows.map(({ appliance }) => appliance);
}
