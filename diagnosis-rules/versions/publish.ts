// Drafts are written, and versions move: what is judged, live or on trial, changes in one transaction, and the log hears of it.
import type { Id, RuleMove, RuleSource } from '#contracts';
import { PlatformError, type Sql, step } from '#runtime';
import type { Rule } from '../rule.ts';
import { checkRule, refuseMistakes } from './check.ts';
import { VERSION_LIFE, type VersionEvent } from './life-cycle.ts';
import { announceRule } from './publication.ts';
import {
  insertVersion,
  lockRule,
  type NewVersion,
  type RuleVersionWithText,
  rewriteDraft,
  saveMove,
} from './records.ts';

export type Draft = { text: string; note: string; author: Id | null; now: number };

/** Throws `bad-rule` with every mistake. Part of the caller's transaction, which also audits it. */
export async function writeDraft(
  tx: Sql,
  draft: Draft & { source: RuleSource },
): Promise<{ rule: string; version: number }> {
  const named = mustRead(draft.text, null);
  const [last] = await lockRule(tx, named.id);
  const rule = mustRead(draft.text, last?.version ?? null);
  await insertVersion(tx, { ...draft, rule });
  return { rule: rule.id, version: rule.version };
}

/** Throws `bad-rule`, `wrong-state` when it left draft, `unknown-rule-version`. */
export async function editDraft(tx: Sql, draft: Draft & { rule: string; version: number }): Promise<void> {
  const rows = await lockRule(tx, draft.rule);
  const now = find(rows, draft);
  const rule = mustRead(draft.text, null);
  if (rule.id !== draft.rule || rule.version !== draft.version) {
    throw new PlatformError('bad-rule', 'reject', `This is ${rule.id} ${rule.version} now.`, {
      hint: `Leave "id: ${draft.rule}" and "version: ${draft.version}" as they are, or write it as a new version.`,
    });
  }
  await rewriteDraft(tx, { ...draft, rule, source: now.source } satisfies NewVersion);
}

export type Move = {
  rule: string;
  version: number;
  move: RuleMove;
  note: string;
  by: Id | null;
  now: number;
};

/** Throws `unknown-rule-version`, `wrong-state`, and `bad-rule` when this platform cannot judge by it. */
export async function moveVersion(tx: Sql, { rule, version, move, note, by, now }: Move): Promise<void> {
  const rows = await lockRule(tx, rule);
  const moving = find(rows, { rule, version });
  const to = step(VERSION_LIFE, 'version', moving.state, move);
  if (to === 'live' || to === 'trial') {
    mustRead(moving.text, null);
    const there = rows.find((row) => row.state === to);
    // Each place is one version's: the unique indexes hold it to that.
    if (there) await saveMove(tx, rule, { ...moved(there, 'give-way'), at: now, by, note: '' });
  }
  await saveMove(tx, rule, { version, at: now, move, to, by, note });
  await announceRule(tx, rule);
}

const moved = ({ version, state }: RuleVersionWithText, move: VersionEvent) => ({
  version,
  move,
  to: step(VERSION_LIFE, 'version', state, move),
});

function mustRead(text: string, last: number | null): Rule {
  const { rule, problems } = checkRule(text, last === null ? {} : { last });
  refuseMistakes(problems);
  return rule!;
}

function find(rows: readonly RuleVersionWithText[], { rule, version }: { rule: string; version: number }) {
  const row = rows.find((one) => one.version === version);
  if (row) return row;
  throw new PlatformError('unknown-rule-version', 'reject', `There is no version ${version} of "${rule}".`, {
    hint: rows.length > 0 ? `There are ${rows.map((one) => one.version).join(', ')}.` : 'List the rules first.',
  });
}
