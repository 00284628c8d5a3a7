// Gateways: a principal of their own that speaks for the appliances behind it, and for no others.
import { createHash } from 'node:crypto';
import { type Id, newId } from '#contracts';
import { PlatformError, type Sql } from '#runtime';
import { announceAccess } from '../access/access-changes.ts';
import { type Actor, audit } from '../access/audit.ts';
import { issueCredential } from './credentials.ts';

/**
 * With a household it serves appliances of that household, without one those of the organisation. `appliances` stand
 * behind it now.
 */
export type Gateway = {
  id: Id;
  organisation: Id;
  household: Id | null;
  serial: string | null;
  createdAt: number;
  appliances: Id[];
};

/** Whose gateways a list may show. */
export type GatewayScope = { households: readonly Id[] } | { organisation: Id };

// What was given to another household stands behind the old one's gateway no more, whatever the row says.
const FITS = `case when g.household is null then a.organisation = g.organisation
  else a.household is not distinct from g.household end`;

const SELECT = `select g.id, g.organisation, g.household, g.serial, g.created_at as "createdAt",
    (select coalesce(jsonb_agg(a.id order by a.id), '[]'::jsonb) from app.gateway_appliance b
       join app.appliance a on a.id = b.appliance where b.gateway = g.id and ${FITS}) as appliances
  from app.gateway g`;

/** The secret is returned once. Throws `unknown-household`. */
export async function createGateway(
  sql: Sql,
  fields: {
    organisation: Id;
    household: Id | null;
    serial: string | null;
    by: Actor;
    now: number;
    pepper: string;
  },
): Promise<{ id: Id; secret: string }> {
  const id = newId();
  return sql.transaction(async (tx) => {
    const made = await tx.query(
      `insert into app.gateway (id, organisation, household, serial, created_at)
       select $1::uuid, $2::uuid, $3::uuid, $4, $5::bigint
        where $3::uuid is null or exists (select 1 from app.household where id = $3::uuid) returning id`,
      [id, fields.organisation, fields.household, fields.serial, fields.now],
    );
    if (made.length === 0) throw new PlatformError('unknown-household', 'reject', 'There is no such household.');
    await audit(tx, {
      now: fields.now,
      by: fields.by,
      action: 'gateway.created',
      object: { kind: 'gateway', id },
      organisation: fields.organisation,
      detail: { household: fields.household },
    });
    const { by, now, pepper } = fields;
    const { secret } = await issueCredential(tx, { holder: { kind: 'gateway', id }, by, now, pepper });
    return { id, secret: secret! };
  });
}

export async function gatewayById(sql: Sql, id: Id): Promise<Gateway | null> {
  const [row] = await sql.query<Gateway>(`${SELECT} where g.id = $1`, [id]);
  return row ?? null;
}

export async function listGateways(
  sql: Sql,
  scope: GatewayScope,
  { cursor, limit }: { cursor: Id | null; limit: number },
): Promise<{ items: Gateway[]; next: Id | null }> {
  const rows = await sql.query<Gateway>(
    `${SELECT} where (g.organisation = $1::uuid or g.household = any($2::uuid[])) and ($3::uuid is null or g.id > $3::uuid)
      order by g.id limit $4`,
    [
      'organisation' in scope ? scope.organisation : null,
      'households' in scope ? scope.households : [],
      cursor,
      limit + 1,
    ],
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** The models of the appliances that this gateway speaks for, by their id. */
export async function behindGateway(sql: Sql, gateway: Id): Promise<Map<Id, string>> {
  const rows = await sql.query<{ id: Id; model: string }>(
    // As an array: a planner that knows nothing of the tables' sizes would else read every appliance.
    `select a.id, a.model from app.gateway g join app.appliance a
         on a.id = any(array(select appliance from app.gateway_appliance where gateway = $1))
      where g.id = $1 and ${FITS}`,
    [gateway],
  );
  return new Map(rows.map(({ id, model }) => [id, model]));
}

type Behind = ReadonlyMap<Id, string>;

/** One word for a whole set: thousands of gateways are compared in one question. */
const WORD = `md5(coalesce(string_agg(a.id::text || a.model, ',' order by a.id), ''))`;
const words = new WeakMap<Behind, string>();

function wordFor(behind: Behind): string {
  let word = words.get(behind);
  if (word === undefined) {
    const units = [...behind].map(([id, model]) => id + model).sort();
    word = createHash('md5').update(units.join(',')).digest('hex');
    words.set(behind, word);
  }
  return word;
}

/** Of these gateways, those that others stand behind by now, and those that are gone. */
export async function gatewaysChanged(sql: Sql, known: readonly { id: Id; behind: Behind }[]): Promise<Id[]> {
  const rows = await sql.query<{ id: Id; word: string }>(
    `select g.id, ${WORD} as word from app.gateway g left join app.gateway_appliance b on b.gateway = g.id
       left join app.appliance a on a.id = b.appliance and ${FITS} where g.id = any($1::uuid[]) group by g.id`,
    [known.map(({ id }) => id)],
  );
  const now = new Map(rows.map(({ id, word }) => [id, word]));
  return known.filter(({ id, behind }) => now.get(id) !== wordFor(behind)).map(({ id }) => id);
}

type Change = { gateway: Id; appliance: Id; by: Actor; now: number };

/**
 * Puts an appliance behind a gateway, and takes it from behind another one. Throws `not-found`, or `not-its-gateway`
 * when the appliance does not belong to the gateway's household, or to its brand.
 */
export async function attachAppliance(sql: Sql, { gateway, appliance, by, now }: Change): Promise<void> {
  await sql.transaction(async (tx) => {
    const [pair] = await tx.query<{ organisation: Id; fits: boolean; behind: Id | null }>(
      `select g.organisation, b.gateway as behind, ${FITS} as fits
         from app.gateway g join app.appliance a on a.id = $2 left join app.gateway_appliance b on b.appliance = a.id
        where g.id = $1 for update of g, a`,
      [gateway, appliance],
    );
    if (!pair) throw new PlatformError('not-found', 'reject', 'There is no such thing here.');
    if (!pair.fits) {
      throw new PlatformError(
        'not-its-gateway',
        'reject',
        'This appliance does not belong where the gateway belongs.',
        {
          hint: 'A gateway serves appliances of its own household, or, without a household, those of its brand.',
        },
      );
    }
    if (pair.behind === gateway) return;
    await tx.query(
      `insert into app.gateway_appliance (appliance, gateway, since) values ($1, $2, $3)
       on conflict (appliance) do update set gateway = $2, since = $3`,
      [appliance, gateway, now],
    );
    for (const changed of [gateway, ...(pair.behind === null ? [] : [pair.behind])]) await announceAccess(tx, changed);
    await audit(tx, {
      now,
      by,
      action: 'gateway.attached',
      object: { kind: 'gateway', id: gateway },
      organisation: pair.organisation,
      detail: { appliance },
    });
  });
}

/** False when the appliance does not stand behind this gateway. */
export async function detachAppliance(sql: Sql, { gateway, appliance, by, now }: Change): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const [row] = await tx.query<{ organisation: Id }>(
      `delete from app.gateway_appliance b using app.gateway g
        where g.id = b.gateway and b.gateway = $1 and b.appliance = $2 returning g.organisation`,
      [gateway, appliance],
    );
    if (!row) return false;
    await announceAccess(tx, gateway);
    await audit(tx, {
      now,
      by,
      action: 'gateway.detached',
      object: { kind: 'gateway', id: gateway },
      organisation: row.organisation,
      detail: { appliance },
    });
    return true;
  });
}

/** To be called when an appliance changes hands: brokers look again at what speaks for it. */
export async function applianceMoved(tx: Sql, appliance: Id): Promise<void> {
  await announceAccess(tx, appliance);
  const rows = await tx.query<{ gateway: Id }>('select gateway from app.gateway_appliance where appliance = $1', [
    appliance,
  ]);
  for (const { gateway } of rows) await announceAccess(tx, gateway);
}
