// Claiming: whoever holds the code on the label opens the unit's file, once.
import { timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import type { Id, NewClaim } from '#contracts';
import { announce, PlatformError, type Sql } from '#runtime';
import { actorOf, audit } from '../access/audit.ts';
import type { Viewer } from '../access/policy.ts';
import { mainSite } from '../appliances/appliances.ts';
import { applianceMoved } from '../appliances/gateways.ts';
import { createHousehold } from '../households/households.ts';
import { seal } from '../vault/vault.ts';
import { attemptSubject, countWrong, forgetAttempts, holdAttempts } from './claim-attempts.ts';
import { claimCodeHash } from './claim-codes.ts';
import { type ClaimedOrder, orderForClaim } from './order-claim.ts';
import { noteUnitEvent } from './unit-events.ts';

/**
 * `wrong-code` for an unknown serial, a wrong or used code, that of another unit, and a unit that rests or stands in
 * somebody else's household: whoever guesses learns nothing.
 */
export type ClaimOutcome =
  | { outcome: 'claimed'; appliance: Id; household: Id }
  | { outcome: 'already-claimed'; appliance: Id }
  | { outcome: 'wrong-code' }
  | { outcome: 'too-many'; waitMs: number };

export type Claiming = {
  viewer: Viewer;
  /** Where the request comes from. */
  address: string;
  claim: z.infer<typeof NewClaim>;
  pepper: string;
  now: number;
  /** What else follows from it, in the same transaction. */
  claimed?: (tx: Sql, appliance: Id) => Promise<void>;
};

type Unit = { id: Id; household: Id | null; organisation: Id; code_hash: string | null };

/** Of several who claim one unit at once exactly one does. Throws `household-needed`. */
export async function claimAppliance(sql: Sql, claiming: Claiming): Promise<ClaimOutcome> {
  const { viewer, claim, pepper, now } = claiming;
  const named = namedHousehold(viewer, claim);
  await forgetAttempts(sql, now);
  const who = [
    attemptSubject('person', viewer.person, pepper),
    attemptSubject('address', claiming.address, pepper),
  ] as const;
  const what = attemptSubject('unit', `${claim.model}\u0000${claim.serial}`, pepper);
  return sql.transaction(async (tx) => {
    for (const subject of who) {
      const waitMs = await holdAttempts(tx, subject, now);
      if (waitMs > 0) return { outcome: 'too-many', waitMs };
    }
    const rests = (await holdAttempts(tx, what, now)) > 0;
    const unit = await unitOf(tx, claim);
    if (unit && viewer.households.some(({ household }) => household === unit.household)) {
      return { outcome: 'already-claimed', appliance: unit.id };
    }
    if (rests || !unit || unit.household !== null || !fits(unit, claim.code)) {
      for (const subject of rests ? who : [...who, what]) await countWrong(tx, subject, now);
      return { outcome: 'wrong-code' };
    }
    const household = await open(tx, unit, named, claiming);
    await claiming.claimed?.(tx, unit.id);
    return { outcome: 'claimed', appliance: unit.id, household };
  });
}

/** Null: none is named and there is none yet. */
function namedHousehold(viewer: Viewer, { household, newHousehold }: Claiming['claim']): Id | null {
  const own = viewer.households.map((membership) => membership.household);
  if (household !== undefined) {
    if (own.includes(household)) return household;
    throw new PlatformError('unknown-household', 'reject', 'There is no such household.', {
      hint: 'Give one of your own, see GET /api/v1/households.',
    });
  }
  if (newHousehold !== undefined || own.length === 0) return null;
  if (own.length === 1) return own[0]!;
  throw householdNeeded('You have several households: say which one it is for, as "household".');
}

const householdNeeded = (title: string): PlatformError =>
  new PlatformError('household-needed', 'reject', title, {
    hint: 'Give "household", or "newHousehold" with a name and a region.',
  });

async function unitOf(tx: Sql, { model, serial }: Claiming['claim']): Promise<Unit | undefined> {
  const [unit] = await tx.query<Unit>(
    `select a.id, a.household, a.organisation, c.code_hash from app.appliance a
       left join app.claim_code c on c.appliance = a.id where a.model = $1 and a.serial = $2 for update of a`,
    [model, serial],
  );
  return unit;
}

const fits = ({ id, code_hash }: Unit, code: string): boolean =>
  code_hash !== null && timingSafeEqual(Buffer.from(code_hash), Buffer.from(claimCodeHash(id, code)));

/** Returns the household. */
async function open(tx: Sql, unit: Unit, named: Id | null, claiming: Claiming): Promise<Id> {
  const { viewer, claim, now } = claiming;
  const order = await orderForClaim(tx, { appliance: unit.id, model: claim.model, person: viewer.person, now });
  const household = named ?? (await makeHousehold(tx, claiming, order));
  await tx.query('delete from app.claim_code where appliance = $1', [unit.id]);
  await tx.query(
    'update app.appliance set household = $2, site = $3, owned_since = $4, name_key = $2, name_sealed = $5 where id = $1',
    [
      unit.id,
      household,
      await mainSite(tx, household),
      now,
      claim.name === undefined ? null : await seal(tx, household, claim.name),
    ],
  );
  await tx.query(
    `insert into app.passport as p (appliance, first_claimed_at, environment) values ($1, $2, $3)
     on conflict (appliance) do update set first_claimed_at = coalesce(p.first_claimed_at, $2), environment = p.environment || $3`,
    [unit.id, now, JSON.stringify(order?.environment ?? {})],
  );
  await noteUnitEvent(tx, unit.id, { at: now, what: 'claimed', detail: {} });
  await audit(tx, {
    now,
    by: actorOf(viewer),
    action: 'appliance.claimed',
    object: { kind: 'appliance', id: unit.id },
    organisation: unit.organisation,
    detail: { household, order: order?.id ?? null },
  });
  await applianceMoved(tx, unit.id);
  await announce(tx, { what: 'appliance', id: unit.id });
  return household;
}

async function makeHousehold(tx: Sql, { viewer, claim, now }: Claiming, order: ClaimedOrder | null): Promise<Id> {
  const fields = claim.newHousehold ?? order?.household;
  if (!fields) throw householdNeeded('You have no household yet: say how to call it, as "newHousehold".');
  return (await createHousehold(tx, { ...fields, now, by: actorOf(viewer), owner: viewer.person })).id;
}
