// A technician's file: where he works, what he can do, which certificates he holds until when, and when he works.
import type { Certificate, Id, Shift } from '#contracts';
import type { Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { unseal } from '../vault/vault.ts';

export type TechnicianRecord = {
  id: Id;
  name: string;
  organisation: Id;
  region: string;
  skills: string[];
  certificates: Certificate[];
  shifts: Shift[];
};

type Row = Omit<TechnicianRecord, 'name'> & { key: Uint8Array | null; name_sealed: string | null };

/** Null when there is no such technician, or none any more. */
export async function technicianById(sql: Sql, person: Id): Promise<TechnicianRecord | null> {
  const [row] = await sql.query<Row>(
    `select p.id, p.organisation, k.key, p.name_sealed, t.region, t.skills, t.certificates, t.shifts
       from app.technician t join app.person p on p.id = t.person join keys.subject_key k on k.subject = p.id
      where p.id = $1 and p.role = 'technician' and p.deactivated_at is null`,
    [person],
  );
  if (!row) return null;
  const { key, name_sealed, ...rest } = row;
  return { ...rest, name: unseal(row.id, key, name_sealed) ?? '' };
}

export type TechnicianEdit = {
  [Field in 'region' | 'skills' | 'certificates' | 'shifts']?: TechnicianRecord[Field] | undefined;
};

/** Changes what is given, leaves the rest. */
export async function editTechnician(
  sql: Sql,
  { person, edit, now, by }: { person: Id; edit: TechnicianEdit; now: number; by: Actor },
): Promise<TechnicianRecord | null> {
  return sql.transaction(async (tx) => {
    const known = await technicianById(tx, person);
    if (!known) return null;
    const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
    await tx.query(
      `update app.technician set region = coalesce($2, region), skills = coalesce($3::jsonb, skills),
         certificates = coalesce($4::jsonb, certificates), shifts = coalesce($5::jsonb, shifts) where person = $1`,
      [person, edit.region ?? null, json(edit.skills), json(edit.certificates), json(edit.shifts)],
    );
    await audit(tx, {
      now,
      by,
      action: 'technician.edited',
      object: { kind: 'person', id: person },
      organisation: known.organisation,
      detail: { fields: Object.keys(edit).filter((key) => edit[key as keyof TechnicianEdit] !== undefined) },
    });
    return technicianById(tx, person);
  });
}
