// An order meets its customer: what he ordered for flows into the file, and his data leave the order.
import type { Environment, Id } from '#contracts';
import type { Sql } from '#runtime';
import { deleteKey, openSealed } from '../vault/vault.ts';

/** What is sealed of an order. */
export type Customer = { name: string; email: string; address: string };

export type ClaimedOrder = {
  id: Id;
  environment: Environment;
  /** For a customer who has no household yet. */
  household: { name: string; address: string; region: string };
};

type Row = { id: Id; customer_sealed: string | null; region: string; environment: Environment };

/**
 * The open order of this person's mail address for this unit; else one for its model that names no unit. It is closed,
 * and the customer's data in it are gone for good.
 */
export async function orderForClaim(
  tx: Sql,
  { appliance, model, person, now }: { appliance: Id; model: string; person: Id; now: number },
): Promise<ClaimedOrder | null> {
  const [row] = await tx.query<Row>(
    `select o.id, o.customer_sealed, o.region, o.environment from app.unit_order o
       join app.person p on p.email_index = o.email_index
      where p.id = $1 and o.model = $2 and o.claimed_at is null and (o.appliance = $3 or o.appliance is null)
      order by o.appliance nulls last, o.id limit 1 for update of o`,
    [person, model, appliance],
  );
  if (!row) return null;
  const customer = await customerOf(tx, row.id, row.customer_sealed);
  await tx.query(
    `update app.unit_order set appliance = $2, claimed_at = $3, email_index = null, customer_sealed = null where id = $1`,
    [row.id, appliance, now],
  );
  await deleteKey(tx, row.id);
  const { name, address } = customer ?? { name: '', address: '' };
  return { id: row.id, environment: row.environment, household: { name, address, region: row.region } };
}

export async function customerOf(sql: Sql, order: Id, sealed: string | null): Promise<Customer | null> {
  const text = await openSealed(sql, order, sealed);
  return text === null ? null : (JSON.parse(text) as Customer);
}

/** Erases a customer's data from the orders that he never claimed. `email` is the index of his address. */
export async function eraseOrdersOf(tx: Sql, email: string): Promise<void> {
  const orders = await tx.query<{ id: Id }>(
    `update app.unit_order set email_index = null, customer_sealed = null where email_index = $1 returning id`,
    [email],
  );
  for (const { id } of orders) await deleteKey(tx, id);
}
