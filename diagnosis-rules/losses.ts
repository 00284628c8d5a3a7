// Messages that were lost on the way: what was said before them may have changed since.
import type { Memory } from './memory.ts';
import { exact } from './places.ts';

const LOST_AT = exact.take('messages lost');

/** Messages up to here were lost. */
export const noteLoss = (m: Memory, at: number): void => {
  m.exact[LOST_AT] = at;
};

/** When the last of those that were lost was followed by another; NaN: none was lost. */
export const lostAt = (m: Memory): number => m.exact[LOST_AT]!;
