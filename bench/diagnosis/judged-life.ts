// What is kept of one judged life: the truth, and what people would have been told. Plain data, so that threads can hand it on.
import type { Finding, FindingChange, Severity } from '#contracts';
import type { Code } from './faults.ts';

export type Span = { from: number; until: number };

/** One fault as it really was, epoch ms. `end` is null while it goes on. `growMs`: until it has its full strength. */
export type FaultEvent = {
  code: Code;
  name: string;
  onset: number;
  end: number | null;
  growMs: number;
  strength: number;
};

export type ToldCause = { cause: string; probability: number; by: 'owner' | 'technician'; parts: string };

/** `at`: when it was told, by the platform's clock. */
export type Told = {
  at: number;
  change: FindingChange['change'];
  finding: string;
  problem: string;
  severity: Severity;
  /** Most likely first, three at most. */
  causes: ToldCause[];
};

export type JudgedLife = {
  seed: number;
  signals: 'full' | 'drawn';
  days: number;
  /** What the life was drawn for; null for a healthy one. */
  asked: Code | null;
  observed: Span;
  faults: FaultEvent[];
  /** Food was above the limit for half an hour or longer, counted from when it could be heard. */
  dangers: Span[];
  /** The same by what its own thermometer shows. */
  shownDangers: Span[];
  /** Half as much ice as a defrost that failed ends with was on its evaporator, with a fault or without. */
  iced: Span[];
  /** It sends a cabinet temperature. */
  hearsTemperature: boolean;
  /** What only looks like a fault. */
  lookAlikes: { name: string; onset: number; end: number | null }[];
  strata: Record<string, string>;
  told: Told[];
  /** With the asked cause taken out of the catalogue; null when that was not tried. */
  withoutCause: Told[] | null;
  values: number;
  simulateMs: number;
  judgeMs: number;
};

const KEPT_CAUSES = 3;

const partsOf = (remedy: Finding['causes'][number]['remedy']): string => {
  const visit = remedy.by === 'technician' ? remedy : remedy.ifItStays;
  return visit ? visit.parts.map(({ en }) => en).join(', ') : '';
};

function toldOf({ change, finding }: FindingChange): Told {
  return {
    at: finding.heardAt ?? finding.changedAt,
    change,
    finding: finding.id,
    problem: finding.problem,
    severity: finding.severity,
    causes: finding.causes.slice(0, KEPT_CAUSES).map(({ cause, probability, remedy }) => ({
      cause,
      probability,
      by: remedy.by,
      parts: partsOf(remedy),
    })),
  };
}

const headline = ({ severity, causes }: Told): string =>
  `${severity} ${causes[0]?.cause} ${causes[1]?.cause} ${causes[0]?.by}`;

/** The changes that alter who would do what; the others only move evidence. */
export function toldBy(changes: readonly FindingChange[]): Told[] {
  const last = new Map<string, string>();
  return changes.map(toldOf).filter((told) => {
    const line = headline(told);
    const news = told.change !== 'changed' || last.get(told.finding) !== line;
    last.set(told.finding, line);
    return news;
  });
}
