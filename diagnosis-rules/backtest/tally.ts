// Adds up what two versions found: how much, where, how many visits, and what differs.
import type { Comparison, FoundBySide, Id, Phrase, Severity } from '#contracts';
import { MINUTE } from '#runtime';

export type Counted = {
  openedAt: number;
  closedAt: number | null;
  severity: Severity;
  cause: string;
  visit: boolean;
};
export type CountedPair = { appliance: Id; household: Id | null; a: Counted | null; b: Counted | null };

/** What is known of the two: `null` when there is only A. Names of their causes. */
export type Names = ReadonlyMap<string, Phrase>;

class Side {
  readonly #appliances = new Set<Id>();
  readonly #homes = new Set<Id>();
  readonly #severities = new Map<Severity, number>();
  readonly #causes = new Map<string, { findings: number; visits: number }>();
  #findings = 0;
  #open = 0;
  #visits = 0;

  add({ appliance, household }: CountedPair, { closedAt, severity, cause, visit }: Counted): void {
    this.#findings++;
    if (closedAt === null) this.#open++;
    if (visit) this.#visits++;
    this.#appliances.add(appliance);
    if (household !== null) this.#homes.add(household);
    this.#severities.set(severity, (this.#severities.get(severity) ?? 0) + 1);
    const before = this.#causes.get(cause) ?? { findings: 0, visits: 0 };
    this.#causes.set(cause, { findings: before.findings + 1, visits: before.visits + (visit ? 1 : 0) });
  }

  result(names: Names): FoundBySide {
    return {
      findings: this.#findings,
      stillOpen: this.#open,
      appliances: this.#appliances.size,
      homes: this.#homes.size,
      visits: this.#visits,
      bySeverity: SEVERITIES.map((severity) => ({ severity, findings: this.#severities.get(severity) ?? 0 })),
      byCause: [...this.#causes]
        .map(([cause, counts]) => ({ cause, name: names.get(cause) ?? null, ...counts }))
        .sort((x, y) => y.findings - x.findings || x.cause.localeCompare(y.cause)),
    };
  }
}

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'notice'];

/** Only what opened in [from, to), epoch ms, counts; what was open before tells what is the same. */
export class Tally {
  readonly #from: number;
  readonly #a = new Side();
  readonly #b = new Side();
  readonly #laterMs: number[] = [];
  readonly #counts = { both: 0, onlyA: 0, onlyB: 0, earlier: 0, later: 0, visitsOnlyA: 0, visitsOnlyB: 0 };

  constructor(from: number) {
    this.#from = from;
  }

  add(pair: CountedPair): void {
    const { a, b } = pair;
    const [ofA, ofB] = [this.#falls(a), this.#falls(b)];
    if (ofA) this.#a.add(pair, a!);
    if (ofB) this.#b.add(pair, b!);
    if (!ofA && !ofB) return;
    const counts = this.#counts;
    if (a && b) {
      counts.both++;
      const later = b.openedAt - a.openedAt;
      this.#laterMs.push(later);
      if (later < 0) counts.earlier++;
      if (later > 0) counts.later++;
    } else if (a) counts.onlyA++;
    else counts.onlyB++;
    if (a?.visit && !b?.visit) counts.visitsOnlyA++;
    if (b?.visit && !a?.visit) counts.visitsOnlyB++;
  }

  #falls(said: Counted | null): boolean {
    return said !== null && said.openedAt >= this.#from;
  }

  /** `b` null: there is only A. */
  result(names: { a: Names; b: Names | null }): Comparison {
    if (names.b === null) return { a: this.#a.result(names.a), b: null, difference: null };
    return {
      a: this.#a.result(names.a),
      b: this.#b.result(names.b),
      difference: { ...this.#counts, medianLaterMinutes: medianMinutes(this.#laterMs) },
    };
  }
}

function medianMinutes(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((x, y) => x - y);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return Math.round(median / MINUTE);
}
