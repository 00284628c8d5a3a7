// Units as the factory made them, by the file: model, serial, batch, firmware, and what each proves itself with.
import { type Id, type ImportError, type ImportResult, newId } from '#contracts';
import type { Sql } from '#runtime';
import { actorOf, audit } from '../access/audit.ts';
import type { Viewer } from '../access/policy.ts';
import { wrongLine } from '../imports/import-errors.ts';
import { type ImportLine, readImport } from '../imports/import-lines.ts';
import { type Checked, type ImportWish, meanwhile, runImport } from '../imports/import-run.ts';
import { atMost, type Check, faultsOf, isId, isSecret, isSerial, twice } from '../imports/line-checks.ts';
import { organisationOfBrand } from '../organisations/organisations.ts';
import { isStrongCode, setClaimCodes } from '../passport/claim-codes.ts';
import { fingerprintOf, type Given, importCredentials } from './credentials.ts';
import { loadModels } from './models.ts';

const NEEDED = ['model', 'serial'];

const CHECKS: Readonly<Record<string, Check>> = {
  id: isId,
  model: (value) => (loadModels().has(value) ? null : { code: 'unknown-model' }),
  serial: isSerial,
  batch: atMost(60),
  firmware: atMost(60),
  secret: isSecret,
  fingerprint: (value) => (printOf(value) === null ? { code: 'bad-fingerprint' } : null),
  claim_secret: (value) => (isStrongCode(value) ? null : { code: 'weak-claim-secret' }),
};
const COLUMNS = { all: Object.keys(CHECKS), needed: NEEDED };

function printOf(text: string): string | null {
  try {
    return fingerprintOf(text);
  } catch {
    return null;
  }
}

type UnitLine = ImportLine & { id: Id };
const serialKey = ({ fields }: ImportLine): string => `${fields.model}\u0000${fields.serial}`;

export type Importing = { body: Uint8Array; type: 'csv' | 'json'; wish: ImportWish; viewer: Viewer; now: number };

/** Throws `changed-while-importing` (`retry`). What is wrong with lines is in the result. */
export function importUnits(
  sql: Sql,
  { body, type, wish, viewer, now, pepper }: Importing & { pepper: string },
): Promise<ImportResult> {
  return runImport<UnitLine>(readImport(body, type, COLUMNS), wish, {
    lines: (line) => ({ ...line, id: line.fields.id?.toLowerCase() ?? newId() }),
    check: (lines) => check(sql, lines, viewer),
    write: (good) => write(sql, good, { viewer, now, pepper }),
  });
}

async function check(sql: Sql, lines: readonly UnitLine[], viewer: Viewer): Promise<Checked<UnitLine>> {
  const single = lines.flatMap((line) => faultsOf(line, CHECKS, NEEDED));
  const bad = new Set(single.map(({ line }) => line));
  const sound = lines.filter(({ line }) => !bad.has(line));
  const errors = [
    ...single,
    ...sound.flatMap(bothProofs),
    ...twice(sound, { column: 'serial', code: 'serial-twice', key: serialKey }),
    ...twice(sound, { column: 'id', code: 'id-twice', key: ({ id }) => id }),
    ...twice(sound, { column: 'fingerprint', code: 'fingerprint-twice', key: printKey }),
    ...(await foreignBrands(sql, sound, viewer)),
    ...(await taken(sql, sound)),
  ];
  const wrong = new Set(errors.map(({ line }) => line));
  return { good: lines.filter(({ line }) => !wrong.has(line)), errors };
}

const printKey = ({ fields }: ImportLine): string | undefined =>
  fields.fingerprint === undefined ? undefined : (printOf(fields.fingerprint) ?? undefined);

const bothProofs = ({ line, fields }: ImportLine): ImportError[] =>
  fields.secret !== undefined && fields.fingerprint !== undefined
    ? [wrongLine(line, 'fingerprint', 'secret-and-fingerprint')]
    : [];

/** Lines whose make another organisation looks after. */
export async function foreignBrands(sql: Sql, lines: readonly ImportLine[], viewer: Viewer): Promise<ImportError[]> {
  const models = [...new Set(lines.map(({ fields }) => fields.model!))];
  const foreign = new Set<string>();
  for (const model of models) {
    const organisation = await organisationOfBrand(sql, loadModels().get(model)!.brand);
    if (organisation !== viewer.organisation) foreign.add(model);
  }
  return lines
    .filter(({ fields }) => foreign.has(fields.model!))
    .map(({ line }) => wrongLine(line, 'model', 'not-your-brand'));
}

async function taken(sql: Sql, lines: readonly UnitLine[]): Promise<ImportError[]> {
  const units = await sql.query<{ id: Id; model: string; serial: string | null }>(
    'select id, model, serial from app.appliance where serial = any($1::text[]) or id = any($2::uuid[])',
    [lines.map(({ fields }) => fields.serial), lines.map(({ id }) => id)],
  );
  const prints = await sql.query<{ proof: string }>(
    "select proof from app.credential where kind = 'certificate' and proof = any($1::text[])",
    [lines.flatMap((line) => printKey(line) ?? [])],
  );
  const serials = new Set(units.map(({ model, serial }) => `${model}\u0000${serial}`));
  const ids = new Set(units.map(({ id }) => id));
  const registered = new Set(prints.map(({ proof }) => proof));
  return lines.flatMap((line) => [
    ...(serials.has(serialKey(line)) ? [wrongLine(line.line, 'serial', 'serial-taken')] : []),
    ...(ids.has(line.id) ? [wrongLine(line.line, 'id', 'id-taken')] : []),
    ...(registered.has(printKey(line) ?? '') ? [wrongLine(line.line, 'fingerprint', 'fingerprint-taken')] : []),
  ]);
}

/** Rows in one statement. */
export const AT_ONCE = 1_000;

type Writing = { viewer: Viewer; now: number; pepper: string };

async function write(sql: Sql, good: readonly UnitLine[], writing: Writing): Promise<void> {
  await sql.transaction(async (tx) => {
    for (let start = 0; start < good.length; start += AT_ONCE) {
      await writeSome(tx, good.slice(start, start + AT_ONCE), writing);
    }
  });
}

async function writeSome(tx: Sql, units: readonly UnitLine[], { viewer, now, pepper }: Writing): Promise<void> {
  const ids = units.map(({ id }) => id);
  await insertUnits(tx, units, viewer.organisation!, now);
  await importCredentials(
    tx,
    units.flatMap(({ id, fields }) => {
      const given = givenTo(fields);
      return given === null ? [] : [{ appliance: id, given }];
    }),
    { pepper, now },
  );
  const codes = units.flatMap(({ id, fields }) =>
    fields.claim_secret === undefined ? [] : [{ appliance: id, code: fields.claim_secret }],
  );
  await setClaimCodes(tx, codes, now);
  await audit(tx, {
    now,
    by: actorOf(viewer),
    action: 'appliances.imported',
    object: { kind: 'organisation', id: viewer.organisation! },
    organisation: viewer.organisation,
    detail: { appliances: ids },
  });
}

function givenTo({ secret, fingerprint }: ImportLine['fields']): Given | null {
  if (secret !== undefined) return { secret };
  return fingerprint === undefined ? null : { fingerprint };
}

/** Throws `changed-while-importing` when somebody else made one of them since they were checked. */
export async function insertUnits(
  tx: Sql,
  units: readonly { id: Id; fields: ImportLine['fields'] }[],
  organisation: Id,
  now: number,
): Promise<void> {
  const rows = units.map(({ id, fields }) => ({
    id,
    model: fields.model,
    serial: fields.serial,
    batch: fields.batch,
    firmware: fields.firmware,
  }));
  const made = await tx.query(
    `insert into app.appliance (id, model, name_key, serial, batch, firmware, organisation, created_at)
     select u.id, u.model, u.id, u.serial, u.batch, u.firmware, $2::uuid, $3::bigint
       from jsonb_to_recordset($1::jsonb) as u (id uuid, model text, serial text, batch text, firmware text)
     on conflict do nothing returning id`,
    [JSON.stringify(rows), organisation, now],
  );
  if (made.length < units.length) throw meanwhile();
}
