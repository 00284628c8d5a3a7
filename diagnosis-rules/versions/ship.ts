// The rules that ship with the platform become versions at its start.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Logger, type Sql, step } from '#runtime';
import { parseRule } from '../catalogue.ts';
import type { Rule } from '../rule.ts';
import { VERSION_LIFE } from './life-cycle.ts';
import { announceRule } from './publication.ts';
import { insertVersion, lockRule, type RuleVersionWithText, saveMove, sha256Of } from './records.ts';

const SHIPPED_FOLDER = path.join(import.meta.dirname, '..', 'catalogue');

/** The YAML documents in the folder, by file name. */
export function ruleFiles(folder = SHIPPED_FOLDER): { file: string; text: string }[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((file) => ({ file, text: fs.readFileSync(path.join(folder, file), 'utf8') }));
}

export type ShipDeps = { sql: Sql; logger: Logger; files?: readonly { file: string; text: string }[] };

/**
 * Each is live at once where nobody decided otherwise: the rule is new here, or what is live was shipped too and is older.
 * Else it waits as a draft. A text that changed under the same version is an error in the log, and what is stored stays.
 */
export async function shipRules({ sql, logger, files = ruleFiles() }: ShipDeps, now: number): Promise<void> {
  for (const { file, text } of files) {
    const rule = parseRule(text, file);
    await sql.transaction(async (tx) => {
      const known = await lockRule(tx, rule.id);
      const stored = known.find(({ version }) => version === rule.version);
      if (stored) return sameOrSay(stored, text, logger);
      await insertVersion(tx, { rule, text, source: 'shipped', note: '', author: null, now });
      if (mayGoLive(known, rule)) await goLive(tx, known, rule, now);
      else
        logger.info({ rule: rule.id, version: rule.version }, 'a newer rule shipped; it waits until it is published');
    });
  }
}

function sameOrSay(stored: RuleVersionWithText, text: string, logger: Logger): void {
  if (stored.sha256 === sha256Of(text)) return;
  const { rule, version } = stored;
  logger.error(
    { rule, version },
    'a shipped rule is not what it was under the same version; the stored one stays. A changed rule needs a higher version',
  );
}

function mayGoLive(known: readonly RuleVersionWithText[], { version }: Rule): boolean {
  const live = known.find(({ state }) => state === 'live');
  return live ? live.source === 'shipped' && live.version < version : known.length === 0;
}

async function goLive(tx: Sql, known: readonly RuleVersionWithText[], rule: Rule, now: number): Promise<void> {
  const live = known.find(({ state }) => state === 'live');
  const by = { at: now, by: null, note: '' };
  if (live) {
    const to = step(VERSION_LIFE, 'version', 'live', 'give-way');
    await saveMove(tx, rule.id, { ...by, version: live.version, move: 'give-way', to });
  }
  const to = step(VERSION_LIFE, 'version', 'draft', 'publish');
  await saveMove(tx, rule.id, { ...by, version: rule.version, move: 'publish', to });
  await announceRule(tx, rule.id);
}
