// What may become of a version of a rule.
import type { RuleMove, RuleVersionState } from '#contracts';
import type { Transition } from '#runtime';

/** `give-way`: another version of the rule took its place. */
export type VersionEvent = RuleMove | 'give-way';

export const VERSION_LIFE: readonly Transition<RuleVersionState, VersionEvent>[] = [
  { from: ['draft', 'retired'], event: 'try', to: 'trial' },
  { from: ['draft', 'trial'], event: 'publish', to: 'live' },
  { from: ['draft', 'trial', 'live'], event: 'retire', to: 'retired' },
  { from: ['trial', 'live'], event: 'give-way', to: 'retired' },
  { from: 'retired', event: 'roll-back', to: 'live' },
];
