// Organisations: brands that look after appliances of their make, and partner firms that work for a brand.
import { type Id, newId } from '#contracts';
import { PlatformError, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';

export type Organisation = {
  id: Id;
  kind: 'brand' | 'partner';
  name: string;
  /** Names of makes, as the catalogue of models spells them. */
  brands: string[];
  /** The brand that a partner works for. */
  parent: Id | null;
  /** It runs this installation; it alone may add other brands. */
  home: boolean;
  /** Its staff can do nothing before they have a second factor. */
  secondFactorRequired: boolean;
};

const COLUMNS = 'id, kind, name, brands, parent, home, second_factor_required as "secondFactorRequired"';

export async function homeOrganisation(sql: Sql): Promise<Organisation> {
  const [row] = await sql.query<Organisation>(`select ${COLUMNS} from app.organisation where home`);
  return row!;
}

export async function organisationById(sql: Sql, id: Id): Promise<Organisation | null> {
  const [row] = await sql.query<Organisation>(`select ${COLUMNS} from app.organisation where id = $1`, [id]);
  return row ?? null;
}

/** An organisation and the partners that work for it; for a partner also the brand. */
export async function organisationsAround(sql: Sql, id: Id): Promise<Organisation[]> {
  return sql.query<Organisation>(
    `select ${COLUMNS} from app.organisation
      where id = $1 or parent = $1 or id = (select parent from app.organisation where id = $1) order by id`,
    [id],
  );
}

/** An organisation and the partners that work for it: whose people it may send. */
export async function organisationsUnder(sql: Sql, id: Id): Promise<Organisation[]> {
  return (await organisationsAround(sql, id)).filter((one) => one.id === id || one.parent === id);
}

/** Who looks after appliances of this make: the organisation that names it, else the home organisation. */
export async function organisationOfBrand(sql: Sql, brand: string): Promise<Id> {
  const [row] = await sql.query<{ id: Id }>(
    'select id from app.organisation where brands @> jsonb_build_array($1::text) or home order by home limit 1',
    [brand],
  );
  return row!.id;
}

/** Throws `not-home` when another brand is added by anybody but the home organisation. */
export async function createOrganisation(
  sql: Sql,
  fields: { kind: 'brand' | 'partner'; name: string; brands?: readonly string[]; creator: Id; now: number; by: Actor },
): Promise<Organisation> {
  return sql.transaction(async (tx) => {
    const creator = await organisationById(tx, fields.creator);
    if (fields.kind === 'brand' && !creator?.home) {
      throw new PlatformError(
        'not-home',
        'reject',
        'Another brand is added by the organisation that runs the platform.',
        {
          hint: 'Ask an administrator of the home organisation, or add a partner instead.',
        },
      );
    }
    if (creator?.kind === 'partner') {
      throw new PlatformError('not-a-brand', 'reject', 'A partner firm has no partners of its own.', {
        hint: 'Ask the brand to add them.',
      });
    }
    const id = newId();
    await tx.query(
      'insert into app.organisation (id, kind, name, brands, parent, created_at) values ($1, $2, $3, $4, $5, $6)',
      [
        id,
        fields.kind,
        fields.name,
        JSON.stringify(fields.brands ?? []),
        fields.kind === 'partner' ? fields.creator : null,
        fields.now,
      ],
    );
    await audit(tx, {
      now: fields.now,
      by: fields.by,
      action: 'organisation.created',
      object: { kind: 'organisation', id },
      organisation: fields.creator,
      detail: { kind: fields.kind },
    });
    return (await organisationById(tx, id))!;
  });
}

/** Which makes it looks after is said by the home organisation alone. Null: no such organisation. Throws `not-home`. */
export async function editOrganisation(
  sql: Sql,
  fields: {
    organisation: Id;
    name?: string | undefined;
    brands?: readonly string[] | undefined;
    secondFactorRequired?: boolean | undefined;
    editor: Id;
    now: number;
    by: Actor;
  },
): Promise<Organisation | null> {
  const { organisation: id, name, brands, secondFactorRequired } = fields;
  return sql.transaction(async (tx) => {
    if (brands !== undefined && !(await organisationById(tx, fields.editor))?.home) {
      throw new PlatformError('not-home', 'reject', 'Makes are given by the organisation that runs the platform.', {
        hint: 'Ask an administrator of the home organisation.',
      });
    }
    const edited = await tx.query(
      `update app.organisation set name = coalesce($2, name), brands = coalesce($3::jsonb, brands),
         second_factor_required = coalesce($4::boolean, second_factor_required) where id = $1 returning id`,
      [id, name ?? null, brands === undefined ? null : JSON.stringify(brands), secondFactorRequired ?? null],
    );
    if (edited.length === 0) return null;
    await audit(tx, {
      now: fields.now,
      by: fields.by,
      action: 'organisation.edited',
      object: { kind: 'organisation', id },
      organisation: id,
      detail: {
        ...(secondFactorRequired === undefined ? {} : { secondFactorRequired }),
        ...(brands ? { brands } : {}),
      },
    });
    return organisationById(tx, id);
  });
}
