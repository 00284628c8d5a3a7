// What is judged, for an evaluator that begins without a memory.
import type { Sql } from '#runtime';
import { type Catalogue, parseRule } from '../catalogue.ts';
import { currentRules } from './publication.ts';

/** Empty while no rule was ever made a version. */
export async function publishedRules(sql: Sql): Promise<{ catalogue: Catalogue; trials: Catalogue } | object> {
  const current = await currentRules(sql);
  if (current.length === 0) return {};
  const parsed = (role: 'live' | 'trial'): Catalogue =>
    current.flatMap(({ rule, [role]: version }) => (version ? [parseRule(version.text, `${rule}.yaml`)] : []));
  return { catalogue: parsed('live'), trials: parsed('trial') };
}
