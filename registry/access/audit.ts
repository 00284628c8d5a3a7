// Who did what to which object: append only, each entry holding the hash of the one before it. Ids and codes, never names.
import { createHash } from 'node:crypto';
import type { Id } from '#contracts';
import type { Sql } from '#runtime';
import type { Viewer } from './policy.ts';

export type Actor = `person:${Id}` | `key:${Id}` | 'platform' | 'set-up';

export const actorOf = (viewer: Pick<Viewer, 'person' | 'key'>): Actor =>
  viewer.key === null ? `person:${viewer.person}` : `key:${viewer.key}`;

export type AuditEntry = {
  now: number;
  by: Actor;
  /** What happened, e.g. "appliance.created". */
  action: string;
  object: { kind: string; id: string };
  /** Whose auditors see it; null for what concerns the installation. */
  organisation?: Id | null;
  detail?: Record<string, string | number | boolean | null | readonly string[]>;
};

const LOCK = 7_240_116;
const NOTHING_BEFORE = '0'.repeat(64);

export type AuditRow = {
  position: number;
  at: number;
  organisation: Id | null;
  actor: Actor;
  action: string;
  kind: string;
  object: string;
  detail: Record<string, unknown>;
  previous: string;
  hash: string;
};

const COLUMNS = 'position, at, organisation, actor, action, kind, object, detail, previous, hash';

/** Part of the caller's transaction: what did not happen is not in the log. Entries queue until the transaction ends. */
export async function audit(tx: Sql, entry: AuditEntry): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
  const [last] = await tx.query<{ position: number; hash: string }>(
    'select position, hash from app.audit order by position desc limit 1',
  );
  const row: Omit<AuditRow, 'hash'> = {
    position: (last?.position ?? 0) + 1,
    at: entry.now,
    organisation: entry.organisation ?? null,
    actor: entry.by,
    action: entry.action,
    kind: entry.object.kind,
    object: entry.object.id,
    detail: entry.detail ?? {},
    previous: last?.hash ?? NOTHING_BEFORE,
  };
  await tx.query(`insert into app.audit (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, [
    row.position,
    row.at,
    row.organisation,
    row.actor,
    row.action,
    row.kind,
    row.object,
    JSON.stringify(row.detail),
    row.previous,
    hashOf(row),
  ]);
}

function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const detail = Object.entries(row.detail).sort(([a], [b]) => (a < b ? -1 : 1));
  const { position, at, organisation, actor, action, kind, object, previous } = row;
  return createHash('sha256')
    .update(JSON.stringify([position, at, organisation, actor, action, kind, object, detail, previous]))
    .digest('hex');
}

export type AuditScope = { all: true } | { organisation: Id };

/** Newest first. `before` is the position of the last row shown. */
export async function listAudit(
  sql: Sql,
  scope: AuditScope,
  { before, limit, kind, object }: { before: number | null; limit: number; kind?: string; object?: string },
): Promise<{ items: AuditRow[]; next: string | null }> {
  const rows = await sql.query<AuditRow>(
    `select ${COLUMNS} from app.audit
      where ($1::boolean or organisation = $2::uuid) and ($3::bigint is null or position < $3::bigint)
        and ($4::text is null or kind = $4::text) and ($5::text is null or object = $5::text)
      order by position desc limit $6`,
    [
      'all' in scope,
      'organisation' in scope ? scope.organisation : null,
      before,
      kind ?? null,
      object ?? null,
      limit + 1,
    ],
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? String(items.at(-1)!.position) : null };
}

const VERIFY_AT_ONCE = 5_000;

/** Recomputes the whole chain. `brokenAt` is the first position that does not fit; null when all do. */
export async function verifyAudit(sql: Sql): Promise<{ entries: number; brokenAt: number | null; head: string }> {
  let previous = NOTHING_BEFORE;
  for (let position = 0; ; ) {
    const rows = await sql.query<AuditRow>(
      `select ${COLUMNS} from app.audit where position > $1 order by position limit $2`,
      [position, VERIFY_AT_ONCE],
    );
    for (const { hash, ...row } of rows) {
      position++;
      if (row.position !== position || row.previous !== previous || hash !== hashOf(row)) {
        return { entries: position - 1, brokenAt: position, head: previous };
      }
      previous = hash;
    }
    if (rows.length < VERIFY_AT_ONCE) return { entries: position, brokenAt: null, head: previous };
  }
}
