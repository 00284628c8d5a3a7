// Orders from the shop, by the file: each makes or finds its unit, with how it will stand, before anybody has claimed it.
import { type Environment, type Id, type ImportError, type ImportResult, newId } from '#contracts';
import type { Sql } from '#runtime';
import { actorOf, audit } from '../access/audit.ts';
import { loadModels } from '../appliances/models.ts';
import { AT_ONCE, foreignBrands, type Importing, insertUnits } from '../appliances/unit-import.ts';
import { wrongLine } from '../imports/import-errors.ts';
import { type ImportLine, readImport } from '../imports/import-lines.ts';
import { type Checked, meanwhile, runImport } from '../imports/import-run.ts';
import {
  atMost,
  type Check,
  dayMs,
  faultsOf,
  isDay,
  isMail,
  isSerial,
  oneOf,
  twice,
  wholeNumber,
} from '../imports/line-checks.ts';
import { emailIndexes } from '../vault/email-index.ts';
import { sealEach } from '../vault/vault.ts';
import type { Customer } from './order-claim.ts';

const NEEDED = ['number', 'model', 'email', 'region'];
const YES_NO = ['yes', 'no', 'true', 'false'];

const CHECKS: Readonly<Record<string, Check>> = {
  number: atMost(60),
  model: (value) => (loadModels().has(value) ? null : { code: 'unknown-model' }),
  serial: isSerial,
  email: isMail,
  name: atMost(120),
  address: atMost(300),
  region: atMost(40),
  wish_date: isDay,
  ambient_class: oneOf(['SN', 'N', 'ST', 'T']),
  placement: oneOf(['built-in', 'free-standing']),
  water_connection: oneOf(YES_NO),
  floor: wholeNumber(-10, 200),
  lift: oneOf(YES_NO),
};
const COLUMNS = { all: Object.keys(CHECKS), needed: NEEDED };

type Unit = { id: Id; organisation: Id; household: Id | null };
type OrderLine = ImportLine & { id: Id };

const serialKey = ({ fields }: ImportLine): string | undefined =>
  fields.serial === undefined ? undefined : `${fields.model}\u0000${fields.serial}`;

/** Throws `changed-while-importing` (`retry`). What is wrong with lines is in the result. */
export function importOrders(sql: Sql, { body, type, wish, viewer, now }: Importing): Promise<ImportResult> {
  const found = new Map<string, Unit>();
  return runImport<OrderLine>(readImport(body, type, COLUMNS), wish, {
    lines: (line) => ({ ...line, id: newId() }),
    async check(lines) {
      const single = lines.flatMap((line) => faultsOf(line, CHECKS, NEEDED));
      const bad = new Set(single.map(({ line }) => line));
      const sound = lines.filter(({ line }) => !bad.has(line));
      for (const [key, unit] of await unitsOf(sql, sound)) found.set(key, unit);
      const errors = [
        ...single,
        ...twice(sound, { column: 'number', code: 'order-twice', key: ({ fields }) => fields.number }),
        ...twice(sound, { column: 'serial', code: 'serial-twice', key: serialKey }),
        ...(await foreignBrands(sql, sound, viewer)),
        ...sound.flatMap((line) => unfit(line, found, viewer.organisation)),
        ...(await takenNumbers(sql, sound, viewer.organisation)),
      ];
      const wrong = new Set(errors.map(({ line }) => line));
      return { good: lines.filter(({ line }) => !wrong.has(line)), errors } satisfies Checked<OrderLine>;
    },
    write: (good) => write(sql, good, found, { viewer, now }),
  });
}

async function unitsOf(sql: Sql, lines: readonly OrderLine[]): Promise<Map<string, Unit>> {
  const rows = await sql.query<Unit & { model: string; serial: string }>(
    'select id, model, serial, organisation, household from app.appliance where serial = any($1::text[])',
    [lines.flatMap(({ fields }) => fields.serial ?? [])],
  );
  return new Map(rows.map((row) => [`${row.model}\u0000${row.serial}`, row]));
}

function unfit(line: OrderLine, found: ReadonlyMap<string, Unit>, organisation: Id | null): ImportError[] {
  const unit = found.get(serialKey(line) ?? '');
  if (!unit) return [];
  if (unit.organisation !== organisation) return [wrongLine(line.line, 'serial', 'unit-of-another')];
  return unit.household === null ? [] : [wrongLine(line.line, 'serial', 'unit-in-a-household')];
}

async function takenNumbers(sql: Sql, lines: readonly OrderLine[], organisation: Id | null): Promise<ImportError[]> {
  const rows = await sql.query<{ number: string }>(
    'select number from app.unit_order where organisation = $1 and number = any($2::text[])',
    [organisation, lines.map(({ fields }) => fields.number)],
  );
  const taken = new Set(rows.map(({ number }) => number));
  return lines
    .filter(({ fields }) => taken.has(fields.number!))
    .map(({ line }) => wrongLine(line, 'number', 'order-taken'));
}

async function write(
  sql: Sql,
  good: readonly OrderLine[],
  found: ReadonlyMap<string, Unit>,
  { viewer, now }: Pick<Importing, 'viewer' | 'now'>,
): Promise<void> {
  const organisation = viewer.organisation!;
  await sql.transaction(async (tx) => {
    const units = new Map(
      good.flatMap((line) => {
        const key = serialKey(line);
        return key === undefined ? [] : [[line.id, found.get(key)?.id ?? newId()] as const];
      }),
    );
    const fresh = good.flatMap((line) => {
      const key = serialKey(line);
      return key === undefined || found.has(key) ? [] : [{ id: units.get(line.id)!, fields: line.fields }];
    });
    await insertUnits(tx, fresh, organisation, now);
    for (let start = 0; start < good.length; start += AT_ONCE) {
      await insertOrders(tx, good.slice(start, start + AT_ONCE), { organisation, units, now });
    }
    await audit(tx, {
      now,
      by: actorOf(viewer),
      action: 'orders.imported',
      object: { kind: 'organisation', id: organisation },
      organisation,
      detail: { orders: good.map(({ id }) => id), appliances: fresh.map(({ id }) => id) },
    });
  });
}

async function insertOrders(
  tx: Sql,
  orders: readonly OrderLine[],
  { organisation, units, now }: { organisation: Id; units: ReadonlyMap<Id, Id>; now: number },
): Promise<void> {
  const indexOf = await emailIndexes(tx);
  const sealed = await sealEach(
    tx,
    orders.map(({ id, fields }) => ({ subject: id, text: JSON.stringify(customerIn(fields)) })),
  );
  const rows = orders.map(({ id, fields }) => ({
    id,
    number: fields.number,
    model: fields.model,
    appliance: units.get(id),
    email_index: indexOf(fields.email!),
    customer: sealed.get(id),
    region: fields.region,
    wish_date: fields.wish_date === undefined ? null : dayMs(fields.wish_date),
    environment: environmentOf(fields),
  }));
  const made = await tx.query(
    `insert into app.unit_order (id, organisation, number, model, appliance, email_index, customer_sealed, region, wish_date,
       environment, created_at)
     select o.id, $2::uuid, o.number, o.model, o.appliance, o.email_index, o.customer, o.region, o.wish_date,
            o.environment, $3::bigint
       from jsonb_to_recordset($1::jsonb) as o (id uuid, number text, model text, appliance uuid, email_index text,
            customer text, region text, wish_date bigint, environment jsonb)
     on conflict (organisation, number) do nothing returning id`,
    [JSON.stringify(rows), organisation, now],
  );
  if (made.length < orders.length) throw meanwhile();
}

const customerIn = ({ name, email, address }: ImportLine['fields']): Customer => ({
  name: name ?? '',
  email: email!,
  address: address ?? '',
});

const yes = (value: string): boolean => value === 'yes' || value === 'true';

function environmentOf(fields: ImportLine['fields']): Environment {
  const { ambient_class: ambientClass, placement, water_connection: water, floor, lift } = fields;
  return {
    ...(ambientClass === undefined ? {} : { ambientClass: ambientClass as Environment['ambientClass'] & string }),
    ...(placement === undefined ? {} : { placement: placement as Environment['placement'] & string }),
    ...(water === undefined ? {} : { waterConnection: yes(water) }),
    ...(floor === undefined ? {} : { floor: Number(floor) }),
    ...(lift === undefined ? {} : { lift: yes(lift) }),
  };
}
