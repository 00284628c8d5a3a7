// The rules that are judged: of each at most one version live and one on silent trial.

import { type CompiledRule, compileRule } from './compiled-rule.ts';
import type { Rule } from './rule.ts';

export type Published = { live: Rule | null; trial: Rule | null };
/** `live` and `trial`: said to people, and only kept for the engineer. */
export type Role = keyof Published;

export class RuleSet {
  readonly #published = new Map<string, Published>();
  readonly #compiled = new Map<Rule, CompiledRule>();
  readonly #byKind = new Map<string, Record<Role, readonly CompiledRule[]>>();

  constructor(published: Iterable<readonly [string, Published]>) {
    for (const [id, versions] of published) this.#published.set(id, versions);
  }

  /** Null: no such rule yet. */
  get(id: string): Published | null {
    return this.#published.get(id) ?? null;
  }

  publish(id: string, published: Published): void {
    this.#published.set(id, published);
    this.#byKind.clear();
  }

  all(): [string, Published][] {
    return [...this.#published];
  }

  compiled(rule: Rule): CompiledRule {
    const known = this.#compiled.get(rule) ?? compileRule(rule);
    this.#compiled.set(rule, known);
    return known;
  }

  of(kind: string): Record<Role, readonly CompiledRule[]> {
    const known = this.#byKind.get(kind);
    if (known) return known;
    const ofRole = (role: Role): CompiledRule[] =>
      [...this.#published.values()]
        .map((versions) => versions[role])
        .filter((rule) => rule !== null)
        .filter((rule) => rule.kind === 'any' || rule.kind === kind)
        .map((rule) => this.compiled(rule));
    const rules = { live: ofRole('live'), trial: ofRole('trial') };
    this.#byKind.set(kind, rules);
    return rules;
  }
}

const sameRule = (a: Rule | null, b: Rule | null): boolean =>
  a?.version === b?.version && JSON.stringify(a) === JSON.stringify(b);
export const samePublished = (a: Published | null, b: Published): boolean =>
  a !== null && sameRule(a.live, b.live) && sameRule(a.trial, b.trial);
