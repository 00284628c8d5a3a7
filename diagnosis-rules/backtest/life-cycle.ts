// What may become of a backtest.
import type { BacktestState } from '#contracts';
import type { Transition } from '#runtime';

/** `begin` also takes over what another began and left. */
export type BacktestEvent = 'begin' | 'finish' | 'fail' | 'interrupt' | 'resume';

export const BACKTEST_LIFE: readonly Transition<BacktestState, BacktestEvent>[] = [
  { from: ['waiting', 'running'], event: 'begin', to: 'running' },
  { from: 'running', event: 'finish', to: 'done' },
  { from: 'running', event: 'fail', to: 'failed' },
  { from: ['waiting', 'running'], event: 'interrupt', to: 'interrupted' },
  { from: ['interrupted', 'failed'], event: 'resume', to: 'waiting' },
];
