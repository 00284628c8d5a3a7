// The figures, from scored lives. Pure: the same lives give the same figures.
import { DAY, MINUTE } from '#runtime';
import { type Interval, interval, quantile, ruleOfThree } from './bootstrap.ts';
import { CODES, type Code, codeOf, FAULTS, TWINS } from './faults.ts';
import type { JudgedLife, Span, Told } from './judged-life.ts';
import { grownAt, heardFrom, type Match, type Scored, scoreLife } from './matching.ts';

export const YEAR = 365.25 * DAY;
const ALERT_WITHIN_MS = 45 * MINUTE;

const share = (part: number, of: number): number => (of === 0 ? Number.NaN : part / of);
const mean = (numbers: readonly number[]): number =>
  share(
    numbers.reduce((sum, n) => sum + n, 0),
    numbers.length,
  );
const macro = (numbers: readonly number[]): number => mean(numbers.filter((n) => !Number.isNaN(n)));

const causeOf = (told: Told, place: number): Code | 'unknown' | 'normal' | null => {
  const cause = told.causes[place]?.cause;
  if (cause === undefined) return null;
  return codeOf(told.problem, cause) ?? (cause === 'unknown' ? 'unknown' : 'normal');
};

/** Place of the true cause among those told: 1, 2, or 0. Twins may share the first place. */
export function placeOf(told: Told, code: Code): 0 | 1 | 2 {
  const [first, second] = [causeOf(told, 0), causeOf(told, 1)];
  if (first === code) return 1;
  if (second !== code) return 0;
  return TWINS.includes(code) && TWINS.includes(first as Code) ? 1 : 2;
}

export type CauseCounts = { detected: number; first: number; firstTwo: number };

function countCauses(matches: readonly Match[], of: 'first' | 'settled'): CauseCounts {
  const places = matches.filter((match) => match[of]).map((match) => placeOf(match[of]!, match.event.code));
  return {
    detected: places.length,
    first: places.filter((place) => place === 1).length,
    firstTwo: places.filter((place) => place > 0).length,
  };
}

/** What people were told to do; null when nothing was said. */
const actOf = ({ settled }: Match): 'owner' | 'technician' | null => settled?.causes[0]?.by ?? null;

const rightPart = ({ event, settled }: Match): boolean => {
  const { part } = FAULTS[event.code];
  return part !== null && settled !== null && part.test(settled.causes[0]!.parts);
};

export type PerFault = {
  code: Code;
  events: number;
  censored: number;
  detected: number;
  recall: number;
  /** From when it can be heard, or for what drifts from a fifth of its strength; ms. */
  suddenDelayMs: { median: number; p90: number; events: number };
  driftDelayMs: { median: number; p90: number; events: number };
  causes: CauseCounts;
  causesAtFirst: CauseCounts;
  told: { owner: number; technician: number; none: number };
  rightPart: { right: number; of: number };
  withoutCause: { detected: number; unknown: number; twin: number };
};

function spreadOf(delays: readonly number[]) {
  return { median: quantile(delays, 0.5), p90: quantile(delays, 0.9), events: delays.length };
}

function withoutCauseOf(code: Code, scored: readonly Scored[]): PerFault['withoutCause'] {
  const settled = scored
    .filter(({ life }) => life.asked === code && life.withoutCause)
    .flatMap(({ life }) => scoreLife(life, life.withoutCause!).matches)
    .filter(({ event, settled }) => event.code === code && settled)
    .map((match) => causeOf(match.settled!, 0));
  return {
    detected: settled.length,
    unknown: settled.filter((cause) => cause === 'unknown').length,
    twin: settled.filter((cause) => TWINS.includes(code) && TWINS.includes(cause as Code)).length,
  };
}

function perFault(code: Code, scored: readonly Scored[]): PerFault {
  const all = scored.flatMap(({ matches }) => matches).filter(({ event }) => event.code === code);
  const counted = all.filter(({ censored }) => !censored);
  const detected = counted.filter(({ foundAt }) => foundAt !== null);
  const drifting = detected.filter(({ drifts }) => drifts);
  const sudden = detected.filter(({ drifts }) => !drifts);
  const dispatched = detected.filter((match) => actOf(match) === 'technician' && FAULTS[code].part !== null);
  const acts = counted.map(actOf);
  const told = (what: 'owner' | 'technician' | null) => acts.filter((act) => act === what).length;
  return {
    code,
    events: counted.length,
    censored: all.length - counted.length,
    detected: detected.length,
    recall: share(detected.length, counted.length),
    suddenDelayMs: spreadOf(sudden.map(({ event, foundAt }) => foundAt! - heardFrom(event))),
    driftDelayMs: spreadOf(drifting.map(({ event, foundAt }) => foundAt! - grownAt(event))),
    causes: countCauses(detected, 'settled'),
    causesAtFirst: countCauses(detected, 'first'),
    told: { owner: told('owner'), technician: told('technician'), none: told(null) },
    rightPart: { right: dispatched.filter(rightPart).length, of: dispatched.length },
    withoutCause: withoutCauseOf(code, scored),
  };
}

const matchesOf = (scored: readonly Scored[]): Match[] =>
  scored.flatMap(({ matches }) => matches).filter(({ censored }) => !censored);

const recallOf = (matches: readonly Match[]): number =>
  share(matches.filter(({ foundAt }) => foundAt !== null).length, matches.length);

const suddenRecall = (scored: readonly Scored[]): number => recallOf(matchesOf(scored).filter(({ drifts }) => !drifts));

const GROWING: readonly Code[] = ['F2', 'F3', 'F4', 'F6', 'F8', 'F10'];
const driftMatches = (scored: readonly Scored[]): Match[] =>
  matchesOf(scored).filter(({ drifts, event }) => drifts && GROWING.includes(event.code));

const beforeDanger = (scored: readonly Scored[]): number => {
  const matches = driftMatches(scored);
  const intime = matches.filter(
    ({ foundAt, dangerAt }) => foundAt !== null && (dangerAt === null || foundAt <= dangerAt),
  );
  return share(intime.length, matches.length);
};

const driftDelay = (scored: readonly Scored[]): number => {
  const found = driftMatches(scored).filter(({ foundAt }) => foundAt !== null);
  return quantile(
    found.map(({ event, foundAt }) => foundAt! - grownAt(event)),
    0.5,
  );
};

/** Macro-averaged over the faults. */
const causeShare =
  (count: 'first' | 'firstTwo', of: 'first' | 'settled') =>
  (scored: readonly Scored[]): number => {
    const byCode = Map.groupBy(matchesOf(scored), ({ event }) => event.code);
    return macro(
      [...byCode]
        .filter(([code]) => code.startsWith('F'))
        .map(([, matches]) => {
          const counts = countCauses(matches, of);
          return share(counts[count], counts.detected);
        }),
    );
  };

const falseRate = (scored: readonly Scored[]): number => {
  const years = yearsOf(scored.map(({ life }) => life));
  return share(scored.flatMap(({ episodes }) => episodes).filter(({ verdict }) => verdict === 'false').length, years);
};

export const yearsOf = (lives: readonly JudgedLife[]): number =>
  lives.reduce((sum, { observed }) => sum + (observed.until - observed.from) / YEAR, 0);

/** Of false episodes: what they were about, and what went on meanwhile. */
export type FalseKind = { problem: string; cause: string; severity: string; during: string; episodes: number };

/** What had begun and was not long over when the episode began. */
function duringOf(start: number, { lookAlikes }: JudgedLife): string {
  const names = lookAlikes
    .filter(({ onset, end }) => onset <= start && (end ?? onset) + DAY >= start)
    .map(({ name }) => name);
  return [...new Set(names)].sort().join(' + ') || '-';
}

function falseKinds(scored: readonly Scored[]): FalseKind[] {
  const kinds = new Map<string, FalseKind>();
  for (const { life, episodes } of scored) {
    for (const { episode, verdict } of episodes) {
      if (verdict !== 'false') continue;
      const { problem, cause, start } = episode;
      const kind = {
        problem,
        cause,
        severity: episode.said.at(-1)!.severity,
        during: duringOf(start, life),
        episodes: 0,
      };
      const name = JSON.stringify(kind);
      const known = kinds.get(name) ?? kind;
      known.episodes++;
      kinds.set(name, known);
    }
  }
  return [...kinds.values()].sort((a, b) => b.episodes - a.episodes);
}

/** Whether somebody had been told by 45 minutes after it began, and was still. */
function alertedIn(danger: Span, { told }: JudgedLife, critical: boolean): boolean {
  const over = new Map(
    told.filter(({ change }) => change === 'closed' || change === 'withdrawn').map(({ finding, at }) => [finding, at]),
  );
  return told.some(
    ({ at, change, finding, problem, severity }) =>
      (change === 'opened' || change === 'changed') &&
      !['appliance-silent', 'mains-voltage'].includes(problem) &&
      (!critical || severity === 'critical') &&
      at <= danger.from + ALERT_WITHIN_MS &&
      (over.get(finding) ?? Number.POSITIVE_INFINITY) > danger.from,
  );
}

const dangerShare =
  (critical: boolean) =>
  (scored: readonly Scored[]): number => {
    const all = scored.flatMap(({ life }) => life.dangers.map((danger) => alertedIn(danger, life, critical)));
    return share(all.filter(Boolean).length, all.length);
  };

/** By what was really wrong when it began. */
export type DangerOf = { fault: string; dangers: number; alerted: number; critical: number };

function dangersOf(scored: readonly Scored[]): DangerOf[] {
  const rows = new Map<string, DangerOf>();
  for (const { life } of scored) {
    for (const danger of life.dangers) {
      const wrong = life.faults.filter(
        ({ onset, end }) => onset <= danger.from && (end === null || danger.from <= end + DAY),
      );
      const fault = wrong.map(({ code, name }) => `${code} ${name}`).join(' + ') || 'none';
      const row = rows.get(fault) ?? { fault, dangers: 0, alerted: 0, critical: 0 };
      row.dangers++;
      row.alerted += alertedIn(danger, life, false) ? 1 : 0;
      row.critical += alertedIn(danger, life, true) ? 1 : 0;
      rows.set(fault, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.alerted / a.dangers - b.alerted / b.dangers || b.dangers - a.dangers);
}

export type Stratum = {
  name: string;
  value: string;
  lives: number;
  events: number;
  recall: number;
  first: number;
  unknown: number;
  years: number;
  falsePerYear: number;
};

function strataOf(scored: readonly Scored[]): Stratum[] {
  const names = new Set(scored.flatMap(({ life }) => Object.keys(life.strata)));
  return [...names].sort().flatMap((name) => {
    const groups = Map.groupBy(scored, ({ life }) => life.strata[name] ?? '-');
    return [...groups]
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([value, lives]) => stratumOf(name, value, lives));
  });
}

function stratumOf(name: string, value: string, scored: readonly Scored[]): Stratum {
  const matches = matchesOf(scored);
  const settled = matches.filter((match) => match.settled);
  const healthy = scored.filter(({ life }) => life.asked === null);
  const counts = countCauses(settled, 'settled');
  return {
    name,
    value,
    lives: scored.length,
    events: matches.length,
    recall: recallOf(matches),
    first: share(counts.first, counts.detected),
    unknown: share(settled.filter((match) => causeOf(match.settled!, 0) === 'unknown').length, settled.length),
    years: yearsOf(healthy.map(({ life }) => life)),
    falsePerYear: falseRate(healthy),
  };
}

/** Rows: what it was. Columns: what was said first, a day after the alarm. */
export type Confusion = Map<Code, Map<string, number>>;

function confusionOf(matches: readonly Match[]): Confusion {
  const table: Confusion = new Map();
  for (const match of matches) {
    const row = table.get(match.event.code) ?? new Map<string, number>();
    const told = match.settled ? (causeOf(match.settled, 0) ?? 'unknown') : 'missed';
    row.set(told, (row.get(told) ?? 0) + 1);
    table.set(match.event.code, row);
  }
  return table;
}

/** Per 1,000 appliance-years, with each fault as often as assumed. */
export type Dispatches = { avoidable: number; ofFalseAlarms: number; missed: number };

function dispatchesOf(faults: readonly PerFault[], healthy: readonly Scored[]): Dispatches {
  const weigh = (act: 'owner' | 'technician', wrong: (fault: PerFault) => number) =>
    1_000 *
    faults
      .filter(({ code, events }) => FAULTS[code].act === act && events > 0)
      .reduce((sum, fault) => sum + FAULTS[fault.code].perYear * share(wrong(fault), fault.events), 0);
  const sent = healthy
    .flatMap(({ episodes }) => episodes)
    .filter(({ episode, verdict }) => verdict === 'false' && episode.said.at(-1)!.causes[0]!.by === 'technician');
  return {
    avoidable: weigh('owner', ({ told }) => told.technician),
    ofFalseAlarms: 1_000 * share(sent.length, yearsOf(healthy.map(({ life }) => life))),
    missed: weigh('technician', ({ told }) => told.owner + told.none),
  };
}

export type Quality = {
  lives: number;
  years: { healthy: number; all: number };
  faults: PerFault[];
  suddenRecall: Interval;
  beforeDanger: Interval;
  driftDelayMs: Interval;
  danger: Interval & { events: number };
  dangerCritical: Interval;
  dangers: DangerOf[];
  falsePerYear: Interval & { episodes: number; bound: number };
  falseKinds: FalseKind[];
  /** Before the onset of a fault, and where none was asked for. */
  precision: number;
  verdicts: Record<string, number>;
  causeFirst: Interval;
  causeFirstTwo: Interval;
  causeFirstAtOnce: Interval;
  causeFirstTwoAtOnce: Interval;
  /** Macro-averaged, each fault without its cause. */
  unknownWithoutCause: number;
  /** Of detected faults for which the owner's action was enough. */
  avoidableShare: number;
  actionRight: number;
  rightPart: { right: number; of: number };
  confusion: Confusion;
  dispatches: Dispatches;
  strata: Stratum[];
};

const isFull = ({ life }: Scored): boolean => (life.strata.signals ?? 'full') === 'full';

export function measure(lives: readonly JudgedLife[]): Quality {
  const scored = lives.map((life) => scoreLife(life));
  const full = scored.filter(isFull);
  const healthy = scored.filter(({ life }) => life.asked === null);
  const felt = scored.filter(({ life }) => life.dangers.length > 0 && life.hearsTemperature);
  const faults = CODES.map((code) => perFault(code, full)).filter(({ events, censored }) => events + censored > 0);
  const owner = faults.filter(({ code }) => FAULTS[code].act === 'owner');
  const sum = (of: readonly PerFault[], part: (fault: PerFault) => number) =>
    of.reduce((total, fault) => total + part(fault), 0);
  const verdicts: Record<string, number> = {};
  for (const { verdict } of scored.flatMap(({ episodes }) => episodes))
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const episodes = Object.values(verdicts).reduce((total, n) => total + n, 0);
  const falses = healthy.flatMap(({ episodes }) => episodes).filter(({ verdict }) => verdict === 'false').length;
  const years = yearsOf(healthy.map(({ life }) => life));
  return {
    lives: lives.length,
    years: { healthy: years, all: yearsOf(lives) },
    faults,
    suddenRecall: interval(full, suddenRecall),
    beforeDanger: interval(full, beforeDanger),
    driftDelayMs: interval(full, driftDelay),
    danger: { ...interval(felt, dangerShare(false)), events: felt.flatMap(({ life }) => life.dangers).length },
    dangerCritical: interval(felt, dangerShare(true)),
    dangers: dangersOf(felt),
    falsePerYear: { ...interval(healthy, falseRate), episodes: falses, bound: ruleOfThree(years) },
    falseKinds: falseKinds(scored),
    precision: share(episodes - (verdicts.false ?? 0), episodes),
    verdicts,
    causeFirst: interval(full, causeShare('first', 'settled')),
    causeFirstTwo: interval(full, causeShare('firstTwo', 'settled')),
    causeFirstAtOnce: interval(full, causeShare('first', 'first')),
    causeFirstTwoAtOnce: interval(full, causeShare('firstTwo', 'first')),
    unknownWithoutCause: macro(faults.map(({ withoutCause: w }) => share(w.unknown, w.detected))),
    avoidableShare: share(
      sum(owner, ({ told }) => told.technician),
      sum(owner, ({ told }) => told.technician + told.owner),
    ),
    actionRight: macro(faults.map(({ code, told, detected }) => share(told[FAULTS[code].act], detected))),
    rightPart: {
      right: sum(faults, ({ rightPart: { right } }) => right),
      of: sum(faults, ({ rightPart: { of } }) => of),
    },
    confusion: confusionOf(matchesOf(full)),
    dispatches: dispatchesOf(faults, healthy),
    strata: strataOf(scored),
  };
}
