// An appliance's span judged again with readings that came late: its life is run through once more in event time, and
// what was said is held against what would have been said.
import { type Finding, type FindingChange, type Id, idOf, type Moment } from '#contracts';
import { HOUR } from '#runtime';
import { emptyMemory, type Memory, remember } from './memory.ts';
import type { Episode, ProblemMemory } from './problem.ts';

/** What is remembered of a moment is gone after this: a life that begins so much earlier ends in the same memory. */
export const WARM_UP_MS = 12 * HOUR;

/** An episode with its end. */
type Over = { openedAt: number; closedAt: number };
export type Life = {
  memory: Memory;
  problems: Record<string, ProblemMemory>;
  judgedAt: number;
  /** Closings in the order in which they happened. */
  ended: FindingChange[];
};

/** `moments`: all of one appliance, oldest first, at least one. `judge` moves the problems to `at` and returns what ended. */
export function runAgain(moments: readonly Moment[], judge: (life: Life, at: number) => FindingChange[]): Life {
  const first = moments[0]!.at;
  const life: Life = { memory: emptyMemory(first), problems: {}, judgedAt: first, ended: [] };
  for (const moment of moments) {
    remember(life.memory, moment);
    life.judgedAt = moment.at;
    life.ended.push(...judge(life, moment.at));
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
  const past = known.filter(({ closedAt, state }) => state === 'closed' && closedAt! >= since);
  const found = life.ended.filter(({ finding }) => finding.closedAt! >= since);
  const unfounded = past.filter(
    (finding) =>
      !life.ended.some((each) => each.finding.problem === finding.problem && overlaps(finding, overOf(each))),
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
      each.finding.problem === open.problem && overlaps({ openedAt: open.openedAt, closedAt: null }, overOf(each)),
  );
  if (!ended) return withdrawn(open, changes, life.judgedAt);
  return {
    id: idOf(open.id, changes, 'closed'),
    change: 'closed',
    finding: { ...ended.finding, id: open.id, openedAt: open.openedAt, answers: open.answers },
  };
}

export type LateReadings = { appliance: Id; from: number };
