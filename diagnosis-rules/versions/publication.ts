// What is judged, as a record of the log: so every worker changes over at the same place, and so does a replay.
import type { RulesBody } from '#contracts';
import { factRecord, type Logger, type LogWriter, MINUTE, messageOf, type Sql } from '#runtime';
import { type Catalogue, parseRule } from '../catalogue.ts';

type Judged = { rule: string; state: 'live' | 'trial'; version: number; text: string };

/** What is live and on trial now, by rule, for whoever begins without a memory of the log. Rules with neither are not among them. */
export async function currentRules(sql: Sql): Promise<RulesBody[]> {
  const rows = await sql.query<Judged>(
    `select rule, state, version, text from app.rule_version where state in ('live', 'trial') order by rule`,
  );
  return [...Map.groupBy(rows, ({ rule }) => rule)].map(([rule, judged]) => bodyOf(rule, judged));
}

/** As `currentRules`, read. A text that this version of the program cannot judge by is said and left out. */
export async function judgedRules(sql: Sql, logger: Logger): Promise<{ catalogue: Catalogue; trials: Catalogue }> {
  const rules = await currentRules(sql);
  const read = (role: 'live' | 'trial'): Catalogue =>
    rules.flatMap(({ rule, [role]: version }) => {
      if (version === null) return [];
      try {
        return [parseRule(version.text, `${rule}.${version.version}.yaml`)];
      } catch (error) {
        logger.error({ rule, version: version.version, role, error: messageOf(error) }, 'a rule is not judged by');
        return [];
      }
    });
  return { catalogue: read('live'), trials: read('trial') };
}

function bodyOf(rule: string, judged: readonly Judged[]): RulesBody {
  const of = (state: Judged['state']): RulesBody['live'] => {
    const found = judged.find((row) => row.state === state);
    return found ? { version: found.version, text: found.text } : null;
  };
  return { rule, live: of('live'), trial: of('trial') };
}

/** In the transaction that changed what is judged. */
export async function announceRule(tx: Sql, rule: string): Promise<void> {
  await tx.query(
    `insert into app.rule_publication (rule, changes) values ($1, 1)
     on conflict (rule) do update set changes = rule_publication.changes + 1`,
    [rule],
  );
}

/** Whoever took it and died leaves it to the others after this. */
const CLAIM_MS = 10 * MINUTE;

/**
 * Appends what changed and was not heard yet, whole as it is now; at least once. No transaction is open meanwhile: a log
 * that is full waits for consumers, and they need the database. Returns how many were appended.
 */
export async function deliverRules({ sql, log }: { sql: Sql; log: LogWriter }, now: number): Promise<number> {
  const claimed = await sql.query<{ rule: string; changes: number }>(
    `update app.rule_publication set claimed_until = $1 where heard < changes and claimed_until <= $2
     returning rule, changes`,
    [now + CLAIM_MS, now],
  );
  try {
    for (const { rule, changes } of claimed) {
      await append(log, now, await bodyNow(sql, rule));
      // As far as this one got, even when somebody else got further: then the newest is said once more, and last.
      await sql.query('update app.rule_publication set heard = $2, claimed_until = 0 where rule = $1', [rule, changes]);
    }
  } catch (error) {
    const rules = claimed.map(({ rule }) => rule);
    await sql.query('update app.rule_publication set claimed_until = 0 where rule = any($1::text[])', [rules]);
    throw error;
  }
  return claimed.length;
}

async function bodyNow(sql: Sql, rule: string): Promise<RulesBody> {
  const rows = await sql.query<Judged>(
    `select rule, state, version, text from app.rule_version where rule = $1 and state in ('live', 'trial')`,
    [rule],
  );
  return bodyOf(rule, rows);
}

const append = (log: LogWriter, now: number, body: RulesBody): Promise<void> =>
  new Promise((resolve, reject) => {
    log.append(factRecord('rules', now, '', body), (error) => (error ? reject(error) : resolve()));
  });
