// How much one appliance may say. A limit is answered by waiting: what is over it is taken later, and acknowledged later.
// Times here are of a clock that only goes forward, in ms: the machine is protected, and it lives in real time.
import { HOUR, MINUTE, SECOND } from '#runtime';

export type Rate = { perSecond: number; burst: number };

export type Limits = {
  /** For each appliance, also for one behind a gateway. */
  messages: Rate;
  bytes: Rate;
  /** For each credential. */
  connects: Rate;
  /** A gateway may say so many times what one appliance may. */
  gatewayFactor: number;
  /** Messages of one connection that are not in the log yet; what follows stays in its socket. */
  inHook: number;
  /** Whoever is over a limit for so long without a pause is cut. */
  slowedForMs: number;
  /** For how long it is refused then. */
  restMs: number;
};

/** A normal appliance never meets these; a day of readings kept during an outage, one each ten seconds, passes at once. */
export const LIMITS: Limits = {
  messages: { perSecond: 100, burst: 10_000 },
  bytes: { perSecond: 256 * 1024, burst: 32 * 1024 * 1024 },
  connects: { perSecond: 0.5, burst: 60 },
  gatewayFactor: 20,
  inHook: 256,
  slowedForMs: 15 * MINUTE,
  restMs: MINUTE,
};

/** Of an appliance that sends nothing that can be read. */
export const GARBAGE = {
  windowMs: 10 * MINUTE,
  /** So many rejected messages, and this part of all that it sent, and it is slowed. */
  slowedAfter: 100,
  part: 0.9,
  /** So many more, and it is cut. */
  cutAfter: 200,
  restMs: HOUR,
  rate: { perSecond: 1, burst: 5 } satisfies Rate,
  inHook: 4,
} as const;

export type Bucket = {
  /** Takes `cost`; returns for how many ms it must wait. Whoever does not wait owes it. */
  take(cost: number, now: number): number;
  /** For how long it would have to wait; takes nothing. */
  wait(cost: number, now: number): number;
  full(now: number): boolean;
};

/** A rate of 0 is no limit. */
export function bucket({ perSecond, burst }: Rate): Bucket {
  const depthMs = (burst / perSecond) * SECOND;
  let fullAt = Number.NEGATIVE_INFINITY;
  const after = (cost: number, now: number): number => Math.max(fullAt, now) + (cost / perSecond) * SECOND;
  const waitUntil = (then: number, now: number): number => Math.max(0, then - now - depthMs);
  return {
    take(cost, now) {
      if (perSecond === 0) return 0;
      fullAt = after(cost, now);
      return waitUntil(fullAt, now);
    },
    wait: (cost, now) => (perSecond === 0 ? 0 : waitUntil(after(cost, now), now)),
    full: (now) => fullAt <= now,
  };
}

export const timesRate = ({ perSecond, burst }: Rate, factor: number): Rate => ({
  perSecond: perSecond * factor,
  burst: burst * factor,
});
