// The passport of a unit: what it is, where it stands, what it is owed, and what was done with it.
import type { z } from 'zod';
import type { ConsumableView, Environment, Id, PassportEdit, Warranty } from '#contracts';
import { announce, PlatformError, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { loadModels } from '../appliances/models.ts';
import { dayMs } from '../imports/line-checks.ts';
import { setFirmware } from './modules.ts';
import { orderedEnvironment } from './orders.ts';
import { type UnitEvent, unitEvents } from './unit-events.ts';
import { consumableView, dayOf, warrantyOf } from './warranty.ts';

/** Times are epoch ms; days the first moment of a day, UTC. */
export type PassportRecord = {
  createdAt: number;
  purchasedOn: number | null;
  installedOn: number | null;
  environment: Environment;
  warranty: z.infer<typeof Warranty>;
  consumables: z.infer<typeof ConsumableView>[];
  /** Newest first. */
  events: UnitEvent[];
};

type Row = {
  model: string;
  household: Id | null;
  created_at: number;
  purchased_on: number | null;
  installed_on: number | null;
  first_claimed_at: number | null;
  environment: Environment | null;
  changes: Record<string, number>;
};

const EVENTS_SHOWN = 200;
const NO_WARRANTY_KNOWN = 0;

/** Null when there is no such unit. */
export async function passportOf(sql: Sql, appliance: Id, now: number): Promise<PassportRecord | null> {
  const [row] = await sql.query<Row>(
    `select a.model, a.household, a.created_at, p.purchased_on, p.installed_on, p.first_claimed_at, p.environment,
       (select coalesce(jsonb_object_agg(c.consumable, c.changed_on), '{}'::jsonb)
          from (select consumable, max(changed_on) as changed_on from app.consumable_change
                 where appliance = a.id group by consumable) c) as changes
       from app.appliance a left join app.passport p on p.appliance = a.id where a.id = $1`,
    [appliance],
  );
  if (!row) return null;
  const model = loadModels().get(row.model);
  const starts = {
    purchasedOn: row.purchased_on,
    installedOn: row.installed_on,
    firstClaimedAt: row.first_claimed_at,
  };
  const inUseSince = row.installed_on ?? row.first_claimed_at ?? row.purchased_on;
  return {
    createdAt: row.created_at,
    purchasedOn: row.purchased_on,
    installedOn: row.installed_on,
    environment: {
      ...(row.household === null ? await orderedEnvironment(sql, appliance) : {}),
      ...row.environment,
    },
    warranty: warrantyOf(starts, model?.warrantyMonths ?? NO_WARRANTY_KNOWN, now),
    consumables: (model?.consumables ?? []).map((one) =>
      consumableView(one, { lastChanged: row.changes[one.id] ?? null, inUseSince, now }),
    ),
    events: await unitEvents(sql, appliance, EVENTS_SHOWN),
  };
}

/** Changes what is given, leaves the rest. Throws `not-found`. */
export async function editPassport(
  sql: Sql,
  { appliance, edit, by, now }: { appliance: Id; edit: z.infer<typeof PassportEdit>; by: Actor; now: number },
): Promise<void> {
  await sql.transaction(async (tx) => {
    const organisation = await lockUnit(tx, appliance);
    const { purchasedOn, installedOn, environment, firmware } = edit;
    await tx.query(
      `insert into app.passport as p (appliance, purchased_on, installed_on, environment) values ($1, $2, $3, $4)
       on conflict (appliance) do update set environment = p.environment || excluded.environment,
         purchased_on = case when $5::boolean then excluded.purchased_on else p.purchased_on end,
         installed_on = case when $6::boolean then excluded.installed_on else p.installed_on end`,
      [
        appliance,
        dayOrNull(purchasedOn),
        dayOrNull(installedOn),
        JSON.stringify(environment ?? {}),
        purchasedOn !== undefined,
        installedOn !== undefined,
      ],
    );
    if (firmware !== undefined) await setFirmware(tx, { appliance, firmware, by, now });
    await audit(tx, {
      now,
      by,
      action: 'passport.edited',
      object: { kind: 'appliance', id: appliance },
      organisation,
      detail: { fields: Object.keys(edit) },
    });
    await announce(tx, { what: 'appliance', id: appliance });
  });
}

const dayOrNull = (day: string | null | undefined): number | null => (day ? dayMs(day) : null);

async function lockUnit(tx: Sql, appliance: Id): Promise<Id> {
  const [unit] = await tx.query<{ organisation: Id }>(
    'select organisation from app.appliance where id = $1 for update',
    [appliance],
  );
  if (unit) return unit.organisation;
  throw new PlatformError('not-found', 'reject', 'There is no such thing here.');
}

/** `changedOn` undefined: today. Throws `not-found`, `unknown-consumable`, `in-the-future`. */
export async function noteConsumable(
  sql: Sql,
  note: { appliance: Id; consumable: string; changedOn: string | undefined; by: Actor; now: number },
): Promise<void> {
  const { appliance, consumable, by, now } = note;
  const day = note.changedOn === undefined ? dayOf(now) : dayMs(note.changedOn)!;
  if (day > dayOf(now)) {
    throw new PlatformError('in-the-future', 'reject', 'This day is still to come.', {
      hint: 'Give today or earlier.',
    });
  }
  await sql.transaction(async (tx) => {
    const organisation = await lockUnit(tx, appliance);
    const [unit] = await tx.query<{ model: string }>('select model from app.appliance where id = $1', [appliance]);
    const known = loadModels().get(unit!.model)?.consumables ?? [];
    if (!known.some(({ id }) => id === consumable)) {
      throw new PlatformError('unknown-consumable', 'reject', 'This model has no such consumable.', {
        hint: known.length > 0 ? `It has: ${known.map(({ id }) => id).join(', ')}.` : 'It has none.',
      });
    }
    await tx.query(
      'insert into app.consumable_change (appliance, consumable, changed_on) values ($1, $2, $3) on conflict do nothing',
      [appliance, consumable, day],
    );
    await audit(tx, {
      now,
      by,
      action: 'consumable.changed',
      object: { kind: 'appliance', id: appliance },
      organisation,
      detail: { consumable },
    });
    await announce(tx, { what: 'appliance', id: appliance });
  });
}
