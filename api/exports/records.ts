// Exports as rows: who asked for what, how far it is, and which files came of it.
import { type Export, type ExportFormat, type Id, iso, newId } from '#contracts';
import { type Actor, audit } from '#registry';
import { DAY, MINUTE, PlatformError, type Sql } from '#runtime';

export type ExportFile = { name: string; bytes: number };
export type ExportRecord = {
  id: Id;
  person: Id;
  appliance: Id | null;
  format: ExportFormat;
  state: 'waiting' | 'ready' | 'failed';
  files: ExportFile[];
  askedAt: number;
  attempts: number;
};

const COLUMNS = 'e.id, e.person, e.appliance, e.format, e.state, e.files, e.asked_at as "askedAt", e.attempts';
const MOST_WAITING = 3;
/** Longer than any step of the work between two renewals. */
const CLAIM_MS = 10 * MINUTE;

type Wish = { person: Id; appliance: Id | null; format: ExportFormat; by: Actor; organisation: Id | null; now: number };

/** Throws `too-many-exports`. */
export async function askExport(sql: Sql, wish: Wish): Promise<ExportRecord> {
  const { person, appliance, format, by, now } = wish;
  const id = newId();
  return sql.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`export ${person}`]);
    const [waiting] = await tx.query<{ count: number }>(
      "select count(*)::int as count from app.export where person = $1 and state = 'waiting'",
      [person],
    );
    if (waiting!.count >= MOST_WAITING) {
      throw new PlatformError('too-many-exports', 'reject', `${MOST_WAITING} exports of yours are under way.`, {
        hint: 'Wait until one of them is ready.',
      });
    }
    const [made] = await tx.query<ExportRecord>(
      `insert into app.export as e (id, person, appliance, format, asked_at) values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
      [id, person, appliance, format, now],
    );
    const object = appliance === null ? { kind: 'person', id: person } : { kind: 'appliance', id: appliance };
    await audit(tx, { now, by, action: 'export.asked', object, organisation: wish.organisation, detail: { format } });
    return made!;
  });
}

/** Newest first. */
export async function exportsOf(sql: Sql, person: Id): Promise<ExportRecord[]> {
  return sql.query<ExportRecord>(
    `select ${COLUMNS} from app.export e where e.person = $1 order by e.asked_at desc, e.id desc limit 100`,
    [person],
  );
}

/** Null for one that somebody else asked for. */
export async function exportById(sql: Sql, id: Id, person: Id): Promise<ExportRecord | null> {
  const [row] = await sql.query<ExportRecord>(`select ${COLUMNS} from app.export e where e.id = $1 and e.person = $2`, [
    id,
    person,
  ]);
  return row ?? null;
}

/** The oldest that waits and that nobody works on. */
export async function claimExport(sql: Sql, now: number): Promise<ExportRecord | undefined> {
  const [row] = await sql.query<ExportRecord>(
    `with next as (
       select id from app.export where state = 'waiting' and claimed_until <= $1
        order by asked_at limit 1 for update skip locked)
     update app.export e set claimed_until = $2, attempts = e.attempts + 1 from next where e.id = next.id
     returning ${COLUMNS}`,
    [now, now + CLAIM_MS],
  );
  return row;
}

export async function keepClaim(sql: Sql, id: Id, now: number): Promise<void> {
  await sql.query('update app.export set claimed_until = $2 where id = $1', [id, now + CLAIM_MS]);
}

export async function settleExport(
  sql: Sql,
  id: Id,
  { state, files, now }: { state: ExportRecord['state']; files: readonly ExportFile[]; now: number },
): Promise<void> {
  await sql.query('update app.export set state = $2, files = $3, settled_at = $4, claimed_until = $5 where id = $1', [
    id,
    state,
    JSON.stringify(files),
    state === 'waiting' ? null : now,
    state === 'waiting' ? now + MINUTE : 0,
  ]);
}

/** Deletes the rows of exports that are old enough, and those of `person` or about `appliances`; the files follow. */
export async function forgetExports(
  tx: Sql,
  what: { before: number } | { person: Id; appliances: readonly Id[] },
): Promise<number> {
  const rows =
    'before' in what
      ? await tx.query('delete from app.export where asked_at < $1 returning 1 as one', [what.before])
      : await tx.query('delete from app.export where person = $1 or appliance = any($2::uuid[]) returning 1 as one', [
          what.person,
          what.appliances,
        ]);
  return rows.length;
}

/** Which of these exist still. */
export async function knownExports(sql: Sql, ids: readonly Id[]): Promise<Set<Id>> {
  const rows = await sql.query<{ id: Id }>('select id from app.export where id = any($1::uuid[])', [ids]);
  return new Set(rows.map((row) => row.id));
}

export const exportView = (record: ExportRecord, keptDays: number): Export => ({
  id: record.id,
  appliance: record.appliance,
  format: record.format,
  state: record.state,
  askedAt: iso(record.askedAt),
  deletedAt: iso(record.askedAt + keptDays * DAY),
  files: record.files.map((file) => ({ ...file, path: `/api/v1/exports/${record.id}/files/${file.name}` })),
});
