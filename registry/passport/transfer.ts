// Transfer: an owner gives a unit away. The file stays with the machine, what is the household's stays with the household.
import type { Id } from '#contracts';
import { announce, PlatformError, type Sql } from '#runtime';
import { announceAccess } from '../access/access-changes.ts';
import { type Actor, audit } from '../access/audit.ts';
import { applianceMoved } from '../appliances/gateways.ts';
import { newClaimCode, setClaimCode } from './claim-codes.ts';
import { noteUnitEvent } from './unit-events.ts';

/**
 * Ends the household's hold at once. Returns what the next owner claims it with; the code is kept only as a hash. A unit
 * that never had a serial gets its id as one, or nobody could name it. Throws `wrong-state` when it stands in no household.
 */
export async function transferAppliance(
  tx: Sql,
  { appliance, by, now }: { appliance: Id; by: Actor; now: number },
): Promise<{ model: string; serial: string; code: string }> {
  const unit = await lockUnit(tx, appliance);
  if (unit.household === null) {
    throw new PlatformError('wrong-state', 'reject', 'This appliance stands in no household.');
  }
  await tx.query(
    `update app.appliance set household = null, site = null, owned_since = $2, name_key = id, name_sealed = null,
       serial = coalesce(serial, id::text) where id = $1`,
    [appliance, now],
  );
  await tx.query("update app.passport set environment = '{}' where appliance = $1", [appliance]);
  await endGrants(tx, appliance, now);
  const code = newClaimCode();
  await setClaimCode(tx, { appliance, code, now });
  await noteUnitEvent(tx, appliance, { at: now, what: 'transferred', detail: {} });
  await audit(tx, {
    now,
    by,
    action: 'appliance.transferred',
    object: { kind: 'appliance', id: appliance },
    organisation: unit.organisation,
    detail: { household: unit.household },
  });
  await applianceMoved(tx, appliance);
  await announce(tx, { what: 'appliance', id: appliance });
  return { model: unit.model, serial: unit.serial ?? appliance, code };
}

type Unit = { model: string; serial: string | null; household: Id | null; organisation: Id };

/** Throws `not-found`. */
async function lockUnit(tx: Sql, appliance: Id): Promise<Unit> {
  const [unit] = await tx.query<Unit>(
    'select model, serial, household, organisation from app.appliance where id = $1 for update',
    [appliance],
  );
  if (unit) return unit;
  throw new PlatformError('not-found', 'reject', 'There is no such thing here.');
}

/** Whom the household let look, looks no longer. */
async function endGrants(tx: Sql, appliance: Id, now: number): Promise<void> {
  const ended = await tx.query<{ person: Id }>(
    'update app.repair_grant set revoked_at = $2 where appliance = $1 and revoked_at is null and ends_at > $2 returning person',
    [appliance, now],
  );
  for (const { person } of ended) await announceAccess(tx, person);
}
