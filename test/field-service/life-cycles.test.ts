import { describe, expect, it } from 'vitest';
import type { CaseState, VisitState } from '#contracts';
import { CASE_LIFE, type CaseEvent, VISIT_LIFE, type VisitEvent } from '#field-service';
import { next } from '#runtime';

/** Written by hand: what each event makes of each state; `-` where it is not possible. */
const CASES: Record<CaseState, Record<CaseEvent, CaseState | '-'>> = {
  open: { 'visit-finished': 'verifying', 'part-needed': 'open', 'not-recovered': '-', over: 'closed' },
  verifying: { 'visit-finished': '-', 'part-needed': '-', 'not-recovered': 'open', over: 'closed' },
  closed: { 'visit-finished': '-', 'part-needed': '-', 'not-recovered': '-', over: '-' },
};

const VISITS: Record<VisitState, Record<VisitEvent, VisitState | '-'>> = {
  unassigned: {
    offered: 'offered',
    freed: '-',
    assigned: 'offered',
    accepted: '-',
    finished: '-',
    cancelled: 'cancelled',
  },
  offered: {
    offered: '-',
    freed: 'unassigned',
    assigned: 'offered',
    accepted: 'accepted',
    finished: '-',
    cancelled: 'cancelled',
  },
  accepted: {
    offered: '-',
    freed: 'unassigned',
    assigned: 'offered',
    accepted: '-',
    finished: 'done',
    cancelled: 'cancelled',
  },
  done: { offered: '-', freed: '-', assigned: '-', accepted: '-', finished: '-', cancelled: '-' },
  cancelled: { offered: '-', freed: '-', assigned: '-', accepted: '-', finished: '-', cancelled: '-' },
};

const rowsOf = (expected: Record<string, Record<string, string>>) =>
  Object.entries(expected).flatMap(([state, events]) =>
    Object.entries(events).map(([event, to]) => ({ state, event, to })),
  );

describe('the life of a case', () => {
  it.each(rowsOf(CASES))('$state, $event: $to', ({ state, event, to }) => {
    expect(next(CASE_LIFE, state as CaseState, event as CaseEvent) ?? '-').toBe(to);
  });
});

describe('the life of a visit', () => {
  it.each(rowsOf(VISITS))('$state, $event: $to', ({ state, event, to }) => {
    expect(next(VISIT_LIFE, state as VisitState, event as VisitEvent) ?? '-').toBe(to);
  });
});
