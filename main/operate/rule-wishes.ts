// What an operator asks of the rules at the command line.
import { z } from 'zod';
import { RuleMove } from '#contracts';
import {
  listRuleVersions,
  moveVersion,
  type RuleVersionRecord,
  type RuleVersionWithText,
  ruleVersion,
  writeDraft,
} from '#diagnosis-rules';
import { audit } from '#registry';
import { PlatformError, type Sql } from '#runtime';

const Version = z.number().int().positive();

export const RULE_WISHES = [
  z.object({ what: z.literal('list-rules') }),
  z.object({ what: z.literal('get-rule'), rule: z.string(), version: Version }),
  z.object({ what: z.literal('export-rules'), every: z.boolean() }),
  z.object({ what: z.literal('import-rule'), text: z.string(), note: z.string() }),
  z.object({ what: z.literal('move-rule'), rule: z.string(), version: Version, move: RuleMove, note: z.string() }),
] as const;
export type RuleWish = z.infer<(typeof RULE_WISHES)[number]>;

export type RuleAnswer =
  | { versions: RuleVersionRecord[] }
  | { texts: RuleVersionWithText[] }
  | { drafted: { rule: string; version: number } }
  | { moved: RuleVersionRecord };

export async function operateRules({ sql, now }: { sql: Sql; now: () => number }, wish: RuleWish): Promise<RuleAnswer> {
  switch (wish.what) {
    case 'list-rules':
      return { versions: await listRuleVersions(sql) };
    case 'get-rule':
      return { texts: [await mustHave(sql, wish.rule, wish.version)] };
    case 'export-rules':
      return { texts: await texts(sql, wish.every) };
    case 'import-rule': {
      const { text, note } = wish;
      const drafted = await sql.transaction(async (tx) => {
        const made = await writeDraft(tx, { text, note, source: 'imported', author: null, now: now() });
        await noted(tx, now(), 'rule.imported', made);
        return made;
      });
      return { drafted };
    }
    case 'move-rule': {
      await sql.transaction(async (tx) => {
        await moveVersion(tx, { ...wish, by: null, now: now() });
        await noted(tx, now(), DONE[wish.move], wish);
      });
      return { moved: await mustHave(sql, wish.rule, wish.version) };
    }
  }
}

const DONE: Record<RuleMove, string> = {
  try: 'rule.tried',
  publish: 'rule.published',
  retire: 'rule.retired',
  'roll-back': 'rule.rolled-back',
};

/** What is live, and what is on trial or in draft with `every`. */
async function texts(sql: Sql, every: boolean): Promise<RuleVersionWithText[]> {
  const rows = (await listRuleVersions(sql)).filter(({ state }) => every || state === 'live');
  return Promise.all(rows.map(({ rule, version }) => mustHave(sql, rule, version)));
}

async function mustHave(sql: Sql, rule: string, version: number): Promise<RuleVersionWithText> {
  const found = await ruleVersion(sql, rule, version);
  if (found) return found;
  throw new PlatformError('not-found', 'reject', `There is no version ${version} of "${rule}".`, {
    hint: 'List them first.',
  });
}

const noted = (
  tx: Sql,
  now: number,
  action: string,
  { rule, version }: { rule: string; version: number },
): Promise<void> =>
  audit(tx, {
    now,
    by: 'platform',
    action,
    object: { kind: 'rule', id: `${rule}/${version}` },
    detail: { rule, version },
  });
