// An appliance's span judged again with readings that came late, or by a rule that is new: its life is run through once
// more in event time, and what was said is held against what would have been said.
import { type Finding, type FindingChange, idOf, type Moment } from '#contracts';
import { DAY, HOUR } from '#runtime';
import { keepAround } from './around.ts';
import { type Clocks, live, type Patient, viewAt } from './patient.ts';
import type { Episode } from './problem.ts';
import { rewound, type Surroundings } from './remember.ts';
import type { RuleSet } from './rule-set.ts';
import { speaksOfUs } from './signals.ts';

const WARM_UP_MS = 12 * HOUR;

/** From where readings are needed to judge from `since` on: what is remembered of a moment is gone by then, or is learned by whole days. */
export const historyFrom = (since: number): number => Math.floor((since - WARM_UP_MS) / DAY) * DAY;

/** An episode with its end. */
type Over = { openedAt: number; closedAt: number };
export type Life = {
  patient: Patient;
  judgedAt: number;
  /** Closings in the order in which they happened. */
  ended: FindingChange[];
};

/** `moments`: all of one appliance, oldest first, at least one. `rules`: about readings only. */
export function runAgain(
  before: Patient,
  moments: readonly Moment[],
  rules: RuleSet,
  around: Pick<Surroundings, 'codeOf' | 'cohort'>,
): Life {
  const first = moments[0]!.at;
  const memory = rewound(before.memory, first, around.cohort);
  keepAround(before.memory, memory);
  const patient: Patient = { ...before, memory, problems: { live: {}, trial: {} } };
  const life: Life = { patient, judgedAt: first, ended: [] };
  const clocks = (at: number): Clocks => {
    const readings = viewAt(patient, at, 0);
    return { readings, messages: readings };
  };
  for (const moment of moments) {
    if (!speaksOfUs(moment)) continue;
    life.judgedAt = moment.at;
    life.ended.push(...live(patient, rules, moment, around, clocks));
  }
  return life;
}

const overlaps = (a: { openedAt: number; closedAt: number | null }, b: Over): boolean =>
  a.openedAt <= b.closedAt && b.openedAt <= (a.closedAt ?? Number.POSITIVE_INFINITY);

const overOf = ({ finding }: FindingChange): Over => ({
  openedAt: finding.openedAt,
  closedAt: finding.closedAt!,
});

/** The episode that people know of goes on under its name. */
export const goesOn = (known: Episode, found: Episode): Episode => ({
  ...found,
  id: known.id,
  openedAt: known.openedAt,
  announced: known.announced,
  told: known.told,
  evidence: known.evidence,
  lookedAt: known.lookedAt,
  changes: known.changes,
  answers: known.answers,
});

const withdrawn = (finding: Finding, changes: number, at: number): FindingChange => ({
  id: idOf(finding.id, changes, 'withdrawn'),
  change: 'withdrawn',
  finding: { ...finding, state: 'withdrawn', closedAt: finding.closedAt ?? at, changedAt: at, question: null },
});

/**
 * What to say of findings that are over: those that the second look does not bear out are withdrawn; episodes that
 * nobody knew of are kept as history. `since`: nothing before it was looked at with new eyes.
 */
export function settlePast(life: Life, known: readonly Finding[], since: number): FindingChange[] {
  const ended = life.ended.filter(({ trial }) => !trial);
  const past = known.filter(({ closedAt, state }) => state === 'closed' && closedAt! >= since);
  const found = ended.filter(({ finding }) => finding.closedAt! >= since);
  const unfounded = past.filter(
    (finding) => !ended.some((each) => each.finding.problem === finding.problem && overlaps(finding, overOf(each))),
  );
  const unknown = found.filter(
    ({ finding }) =>
      !known.some(
        (each) =>
          each.problem === finding.problem &&
          overlaps(each, { openedAt: finding.openedAt, closedAt: finding.closedAt! }),
      ),
  );
  return [...unfounded.map((finding) => withdrawn(finding, 0, life.judgedAt)), ...unknown];
}

/** What to say of the finding that was open, when the second look has no open episode for it. */
export function settleOpen(life: Life, open: Finding, changes: number): FindingChange {
  const ended = life.ended.findLast(
    (each) =>
      !each.trial &&
      each.finding.problem === open.problem &&
      overlaps({ openedAt: open.openedAt, closedAt: null }, overOf(each)),
  );
  if (!ended) return withdrawn(open, changes, life.judgedAt);
  return {
    id: idOf(open.id, changes, 'closed'),
    change: 'closed',
    finding: { ...ended.finding, id: open.id, openedAt: open.openedAt, answers: open.answers },
  };
}

export type LateReadings = { appliance: Patient['id']; from: number };
