// Labels: each gets a claim code of its own, and the one before it is worth nothing any more.
import type { Id } from '#contracts';
import { PlatformError, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { loadModels } from '../appliances/models.ts';
import { claimUrl, newClaimCode, setClaimCode } from './claim-codes.ts';
import { type Label, labelSheet, labelsPerSheet } from './label-sheet.ts';

type Unit = { id: Id; model: string; serial: string; household: Id | null; organisation: Id };

/**
 * A sheet of labels as SVG, in the order of `appliances`. A unit without a serial gets its id as one. Throws `not-found`,
 * `sheet-full`, or `in-a-household`: who gives a unit away gets the next owner's code himself.
 */
export async function printLabels(
  sql: Sql,
  wish: { appliances: readonly Id[]; perRow: number; publicUrl: string; by: Actor; now: number },
): Promise<string> {
  const ids = [...new Set(wish.appliances)];
  const room = labelsPerSheet(wish.perRow);
  if (ids.length > room) {
    throw new PlatformError(
      'sheet-full',
      'reject',
      `A sheet with ${wish.perRow} in a row has room for ${room} labels.`,
      {
        hint: 'Print the others on a sheet of their own.',
      },
    );
  }
  return sql.transaction(async (tx) => {
    const units = await lockUnits(tx, ids);
    const labels: Label[] = [];
    for (const id of ids) labels.push(await newLabel(tx, units.get(id)!, wish));
    return labelSheet(labels, wish.perRow);
  });
}

async function lockUnits(tx: Sql, ids: readonly Id[]): Promise<Map<Id, Unit>> {
  const units = await tx.query<Unit>(
    `select id, model, coalesce(serial, id::text) as serial, household, organisation from app.appliance
      where id = any($1::uuid[]) order by id for update`,
    [ids],
  );
  if (units.length < ids.length) throw new PlatformError('not-found', 'reject', 'There is no such thing here.');
  if (units.some(({ household }) => household !== null)) {
    throw new PlatformError('in-a-household', 'reject', 'This appliance stands in a household.', {
      hint: 'Its owner gets a code for the next owner when he gives it away.',
    });
  }
  return new Map(units.map((unit) => [unit.id, unit]));
}

async function newLabel(
  tx: Sql,
  unit: Unit,
  { publicUrl, by, now }: { publicUrl: string; by: Actor; now: number },
): Promise<Label> {
  const code = newClaimCode();
  await tx.query('update app.appliance set serial = $2 where id = $1 and serial is null', [unit.id, unit.serial]);
  await setClaimCode(tx, { appliance: unit.id, code, now });
  await audit(tx, {
    now,
    by,
    action: 'label.printed',
    object: { kind: 'appliance', id: unit.id },
    organisation: unit.organisation,
  });
  const model = loadModels().get(unit.model);
  const { serial } = unit;
  return {
    brand: model?.brand ?? '',
    modelName: model?.name.en ?? '',
    model: unit.model,
    serial,
    code,
    url: claimUrl(publicUrl, { model: unit.model, serial, code }),
  };
}
