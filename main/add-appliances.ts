// Making appliances from the command line, whether the platform is running or not.

import { z } from 'zod';
import type { Id } from '#contracts';
import { createAppliance, listHouseholds, tryItLine } from '#registry';
import type { Sql } from '#runtime';

export const NewAppliances = z.object({
  model: z.string(),
  name: z.string().min(1).max(120),
  household: z.uuid().optional(),
  count: z.number().int().min(1).max(100_000),
});
export type NewAppliances = z.infer<typeof NewAppliances>;
export type AddedAppliance = { id: Id; secret: string; tryIt: string };
export type AddAppliances = (wish: NewAppliances) => Promise<AddedAppliance[]>;

/** Without a household the appliance goes to the only one there is, so that somebody hears of it. */
async function householdFor(sql: Sql, wish: NewAppliances): Promise<Id | undefined> {
  if (wish.household) return wish.household;
  const { items } = await listHouseholds(sql, { all: true }, { cursor: null, limit: 2 });
  return items.length === 1 ? items[0]!.id : undefined;
}

export function addAppliances(deps: {
  sql: Sql;
  pepper: string;
  mqtt: { host: string; port: number };
  now: () => number;
}): AddAppliances {
  return async (wish) => {
    const household = await householdFor(deps.sql, wish);
    const added: AddedAppliance[] = [];
    for (let i = 1; i <= wish.count; i++) {
      const name = wish.count === 1 ? wish.name : `${wish.name} ${i}`;
      const made = await createAppliance(deps.sql, {
        model: wish.model,
        name,
        ...(household ? { household } : {}),
        now: deps.now(),
        pepper: deps.pepper,
      });
      added.push({
        ...made,
        tryIt: tryItLine({ ...deps.mqtt, appliance: made.id, secret: made.secret, model: wish.model }),
      });
    }
    return added;
  };
}
