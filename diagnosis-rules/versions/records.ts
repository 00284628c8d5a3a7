// Versions of rules as rows.
import { createHash } from 'node:crypto';
import type { Id, Phrase, RuleSource, RuleVersionState } from '#contracts';
import { PlatformError, type Sql } from '#runtime';
import type { Rule } from '../rule.ts';
import type { VersionEvent } from './life-cycle.ts';

export type RuleVersionRecord = {
  rule: string;
  version: number;
  kind: string;
  title: Phrase;
  state: RuleVersionState;
  source: RuleSource;
  note: string;
  /** Null: the platform itself, or whoever runs it. */
  author: Id | null;
  reviewedBy: string | null;
  madeAt: number;
  stateChangedAt: number;
  sha256: string;
};

export type RuleVersionWithText = RuleVersionRecord & { text: string };

const COLUMNS = `rule, version, kind, title, state, source, note, author, reviewed_by as "reviewedBy",
  made_at as "madeAt", state_changed_at as "stateChangedAt", sha256`;

/** The same document on every machine: line ends do not count. */
export const sha256Of = (text: string): string =>
  createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');

/** By rule, the newest version first. */
export const listRuleVersions = (sql: Sql, rule?: string): Promise<RuleVersionRecord[]> =>
  sql.query(`select ${COLUMNS} from app.rule_version where $1::text is null or rule = $1 order by rule, version desc`, [
    rule ?? null,
  ]);

export async function ruleVersion(sql: Sql, rule: string, version: number): Promise<RuleVersionWithText | null> {
  const [row] = await sql.query<RuleVersionWithText>(
    `select ${COLUMNS}, text from app.rule_version where rule = $1 and version = $2`,
    [rule, version],
  );
  return row ?? null;
}

/** All versions of a rule, until the end of the transaction nobody else's. */
export async function lockRule(tx: Sql, rule: string): Promise<RuleVersionWithText[]> {
  // Rows cannot be locked that another transaction is about to insert.
  await tx.query("select pg_advisory_xact_lock(hashtextextended('stethos-rule ' || $1, 0))", [rule]);
  return tx.query(`select ${COLUMNS}, text from app.rule_version where rule = $1 order by version desc`, [rule]);
}

export type NewVersion = {
  rule: Rule;
  text: string;
  source: RuleSource;
  note: string;
  author: Id | null;
  now: number;
};

/** As a draft. */
export async function insertVersion(tx: Sql, { rule, text, source, note, author, now }: NewVersion): Promise<void> {
  await tx.query(
    `insert into app.rule_version (rule, version, kind, title, text, sha256, state, source, note, author, reviewed_by,
       made_at, state_changed_at) values ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $11, $11)`,
    [
      rule.id,
      rule.version,
      rule.kind,
      JSON.stringify(rule.title),
      text,
      sha256Of(text),
      source,
      note,
      author,
      rule.reviewedBy,
      now,
    ],
  );
}

/** A version that left draft keeps its text for good. */
export async function rewriteDraft(tx: Sql, { rule, text, note, author }: NewVersion): Promise<void> {
  const rows = await tx.query(
    `update app.rule_version set kind = $3, title = $4, text = $5, sha256 = $6, note = $7, author = $8, reviewed_by = $9
      where rule = $1 and version = $2 and state = 'draft' returning version`,
    [rule.id, rule.version, rule.kind, JSON.stringify(rule.title), text, sha256Of(text), note, author, rule.reviewedBy],
  );
  if (rows.length === 0) {
    throw new PlatformError('wrong-state', 'reject', 'Only a draft can be rewritten.', {
      hint: 'Write it as a new version, with a higher number.',
    });
  }
}

export type RuleMoveRow = {
  version: number;
  at: number;
  move: VersionEvent;
  to: RuleVersionState;
  by: Id | null;
  note: string;
};

/** Oldest first. */
export const ruleMoves = (sql: Sql, rule: string): Promise<RuleMoveRow[]> =>
  sql.query('select version, at, move, state as "to", by, note from app.rule_move where rule = $1 order by position', [
    rule,
  ]);

export async function saveMove(tx: Sql, rule: string, { version, at, move, to, by, note }: RuleMoveRow): Promise<void> {
  await tx.query('update app.rule_version set state = $3, state_changed_at = $4 where rule = $1 and version = $2', [
    rule,
    version,
    to,
    at,
  ]);
  await tx.query(
    'insert into app.rule_move (rule, version, at, move, state, by, note) values ($1, $2, $3, $4, $5, $6, $7)',
    [rule, version, at, move, to, by, note],
  );
}
