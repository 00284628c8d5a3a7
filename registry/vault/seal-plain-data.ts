// Seals names and addresses that an older version kept readable.
import { type Id, newId } from '#contracts';
import type { Sql } from '#runtime';
import { emailIndex } from './email-index.ts';
import { seal } from './vault.ts';

export async function sealPlainNames(tx: Sql): Promise<void> {
  for (const { id, name, email } of await tx.query<{ id: Id; name: string; email: string }>(
    'select id, name, email from app.person',
  )) {
    await tx.query('update app.person set name_sealed = $2, email_sealed = $3, email_index = $4 where id = $1', [
      id,
      await seal(tx, id, name),
      await seal(tx, id, email),
      await emailIndex(tx, email),
    ]);
  }
  for (const { id, name, household } of await tx.query<{ id: Id; name: string; household: Id | null }>(
    'select id, name, household from app.appliance',
  )) {
    const subject = household ?? id;
    await tx.query('update app.appliance set name_key = $2, name_sealed = $3 where id = $1', [
      id,
      subject,
      await seal(tx, subject, name),
    ]);
  }
}

/** The one address that a household had becomes its first site, and its appliances stand there. */
export async function sealPlainHouseholds(tx: Sql): Promise<void> {
  for (const { id, name, address, region, created_at } of await tx.query<{
    id: Id;
    name: string;
    address: string;
    region: string;
    created_at: number;
  }>('select id, name, address, region, created_at from app.household')) {
    const site = newId();
    await tx.query('update app.household set name_sealed = $2 where id = $1', [id, await seal(tx, id, name)]);
    await tx.query(
      'insert into app.site (id, household, address_sealed, region, created_at) values ($1, $2, $3, $4, $5)',
      [site, id, await seal(tx, id, address), region, created_at],
    );
    await tx.query('update app.appliance set site = $2 where household = $1', [id, site]);
  }
}
