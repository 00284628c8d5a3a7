// By which rules was judged at a time: the versions that were live then.
import type { Sql } from '#runtime';
import { parseRule } from '../catalogue.ts';
import type { Rule } from '../rule.ts';

export type RuleThen = { rule: Rule; liveThen: boolean };

type Row = { rule: string; version: number; text: string; sha256: string; liveThen: boolean };

const KEPT = 50;
const read = new Map<string, Rule>();

/** Reading one takes longer than judging a day by it. */
function ruleOf({ rule, version, text, sha256 }: Row): Rule {
  const key = `${rule}/${version}/${sha256}`;
  const known = read.get(key) ?? parseRule(text, `${rule}.${version}.yaml`);
  read.delete(key);
  read.set(key, known);
  if (read.size > KEPT) read.delete(read.keys().next().value!);
  return known;
}

/** `at` epoch ms. Of a rule that had no version live then, the one that is live now. */
export async function rulesAt(sql: Sql, at: number): Promise<RuleThen[]> {
  const rows = await sql.query<Row>(
    `with lived as (
       select rule, version from (
         select distinct on (rule, version) rule, version, state from app.rule_move where at <= $1
          order by rule, version, position desc) as last
        where state = 'live')
     select v.rule, v.version, v.text, v.sha256, t.rule is not null as "liveThen"
       from app.rule_version v left join lived t on t.rule = v.rule and t.version = v.version
      where t.rule is not null or (v.state = 'live' and not exists (select 1 from lived x where x.rule = v.rule))
      order by v.rule`,
    [at],
  );
  return rows.map((row) => ({ rule: ruleOf(row), liveThen: row.liveThen }));
}
