// Lengths of time in milliseconds, and the clock that every stage gets instead of Date.now().
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Clock {
  /** Platform time, epoch ms. */
  now(): number;
  /** Calls `work` every `ms` of platform time until the returned function is called. Never on a manual clock: there the owner of the clock drives. */
  every(ms: number, work: () => void): () => void;
}

/** How to open the same clock in another thread. `scaled` runs `rate` times faster, for development; `manual` stands until it is set, for tests. */
export type ClockSpec =
  | { kind: 'system' }
  | { kind: 'scaled'; rate: number; from: number }
  | { kind: 'manual'; cell: SharedArrayBuffer };

function ticking(now: () => number, rate: number): Clock {
  return {
    now,
    every(ms, work) {
      const timer = setInterval(work, Math.max(1, ms / rate));
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

export function openClock(spec: ClockSpec): Clock {
  switch (spec.kind) {
    case 'system':
      return ticking(Date.now, 1);
    case 'scaled':
      return ticking(() => Math.floor(spec.from + (Date.now() - spec.from) * spec.rate), spec.rate);
    case 'manual': {
      const cell = new Float64Array(spec.cell);
      return { now: () => cell[0]!, every: () => () => {} };
    }
  }
}

/** A clock that stands until it is set; `spec` opens the same clock in other threads. */
export function manualClock(start: number): { spec: ClockSpec; clock: Clock; set(ms: number): void } {
  const cell = new SharedArrayBuffer(8);
  const view = new Float64Array(cell);
  view[0] = start;
  const spec: ClockSpec = { kind: 'manual', cell };
  return {
    spec,
    clock: openClock(spec),
    set(ms) {
      view[0] = ms;
    },
  };
}
