// What the registry itself knows of one person, for his export. Hashes and keys are no knowledge of him and stay here.
import type { Household, Id } from '#contracts';
import type { Sql } from '#runtime';
import { listApiKeys } from '../access/api-keys.ts';
import { householdById } from '../households/households.ts';

export type OwnData = {
  memberships: (Household & { as: 'owner' | 'member' })[];
  sessions: { createdAt: number; seenAt: number }[];
  keys: { name: string; scopes: readonly string[]; createdAt: number; endsAt: number | null }[];
  /** What he did and what was done to his account, as the audit log has it. */
  audit: { at: number; action: string; kind: string; object: string }[];
};

export async function ownDataOf(sql: Sql, person: Id): Promise<OwnData> {
  const members = await sql.query<{ household: Id; as: 'owner' | 'member' }>(
    'select household, standing as "as" from app.household_member where person = $1 order by household',
    [person],
  );
  const households = await Promise.all(members.map(({ household }) => householdById(sql, household)));
  return {
    memberships: members.flatMap(({ as }, index) => (households[index] ? [{ ...households[index], as }] : [])),
    sessions: await sql.query(
      'select created_at as "createdAt", seen_at as "seenAt" from app.session where person = $1 order by created_at',
      [person],
    ),
    keys: await listApiKeys(sql, person),
    audit: await sql.query(
      `select at, action, kind, object from app.audit
        where actor = $1 or (kind = 'person' and object = $2) order by position`,
      [`person:${person}`, person],
    ),
  };
}
