// Orders as staff see them.
import type { z } from 'zod';
import { type Environment, type Id, iso, isoOrNull, type Order, type OrderState } from '#contracts';
import type { Sql } from '#runtime';
import { isoDay } from '../imports/line-checks.ts';
import { unseal } from '../vault/vault.ts';
import type { Customer } from './order-claim.ts';

type Row = {
  id: Id;
  number: string;
  model: string;
  appliance: Id | null;
  serial: string | null;
  key: Uint8Array | null;
  customer_sealed: string | null;
  region: string;
  wish_date: number | null;
  environment: Environment;
  created_at: number;
  claimed_at: number | null;
};

const STATES: Readonly<Record<z.infer<typeof OrderState>, string>> = {
  open: 'o.claimed_at is null',
  claimed: 'o.claimed_at is not null',
  all: 'true',
};

export type OrderFilter = {
  state: z.infer<typeof OrderState>;
  number?: string | undefined;
  model?: string | undefined;
  appliance?: Id | undefined;
};

/** Of one organisation, oldest first. */
export async function listOrders(
  sql: Sql,
  organisation: Id,
  { state, number, model, appliance, cursor, limit }: OrderFilter & { cursor: Id | null; limit: number },
): Promise<{ items: Order[]; next: Id | null }> {
  const rows = await sql.query<Row>(
    `select o.id, o.number, o.model, o.appliance, a.serial, k.key, o.customer_sealed, o.region, o.wish_date,
            o.environment, o.created_at, o.claimed_at
       from app.unit_order o left join app.appliance a on a.id = o.appliance
       left join keys.subject_key k on k.subject = o.id
      where o.organisation = $1 and ${STATES[state]} and ($2::uuid is null or o.id > $2::uuid)
        and ($3::text is null or o.number = $3::text) and ($4::text is null or o.model = $4::text)
        and ($5::uuid is null or o.appliance = $5::uuid)
      order by o.id limit $6`,
    [organisation, cursor, number ?? null, model ?? null, appliance ?? null, limit + 1],
  );
  const items = rows.slice(0, limit).map(toOrder);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

function toOrder(row: Row): Order {
  const customer = unseal(row.id, row.key, row.customer_sealed);
  return {
    id: row.id,
    number: row.number,
    model: row.model,
    appliance: row.appliance,
    serial: row.serial,
    customer: customer === null ? null : (JSON.parse(customer) as Customer),
    region: row.region,
    wishDate: row.wish_date === null ? null : isoDay(row.wish_date),
    environment: row.environment,
    createdAt: iso(row.created_at),
    claimedAt: isoOrNull(row.claimed_at),
  };
}

/** How a unit that nobody has claimed will stand, as its order says. */
export async function orderedEnvironment(sql: Sql, appliance: Id): Promise<Environment> {
  const [row] = await sql.query<{ environment: Environment }>(
    `select environment from app.unit_order where appliance = $1 and claimed_at is null order by id desc limit 1`,
    [appliance],
  );
  return row?.environment ?? {};
}
