// The lives of a case and of a visit as tables.
import type { CaseState, VisitState } from '#contracts';
import type { Transition } from '#runtime';

export type CaseEvent = 'visit-finished' | 'part-needed' | 'not-recovered' | 'over';

export const CASE_LIFE: readonly Transition<CaseState, CaseEvent>[] = [
  { from: 'open', event: 'visit-finished', to: 'verifying' },
  { from: 'open', event: 'part-needed', to: 'open' },
  // Nobody's word counts but the readings': without proof the case opens again.
  { from: 'verifying', event: 'not-recovered', to: 'open' },
  { from: ['open', 'verifying'], event: 'over', to: 'closed' },
];

/** `freed`: refused, not answered in time, nobody is left to ask, or the technician is no longer there. */
export type VisitEvent = 'offered' | 'freed' | 'assigned' | 'accepted' | 'finished' | 'cancelled';

export const VISIT_LIFE: readonly Transition<VisitState, VisitEvent>[] = [
  { from: 'unassigned', event: 'offered', to: 'offered' },
  { from: ['offered', 'accepted'], event: 'freed', to: 'unassigned' },
  { from: ['unassigned', 'offered', 'accepted'], event: 'assigned', to: 'offered' },
  { from: 'offered', event: 'accepted', to: 'accepted' },
  { from: 'accepted', event: 'finished', to: 'done' },
  { from: ['unassigned', 'offered', 'accepted'], event: 'cancelled', to: 'cancelled' },
];
