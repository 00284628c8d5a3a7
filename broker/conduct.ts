// How each appliance and gateway has behaved: how fast it speaks, and how much of it is garbage. Kept beyond its
// connection, so that coming again is no way around a limit.
import type { Id } from '#contracts';
import { type Bucket, bucket, GARBAGE, type Limits, timesRate } from './limits.ts';

type Behaviour = {
  messages: Bucket;
  bytes: Bucket;
  connects: Bucket;
  /** Since when it has been over a limit without a pause. */
  slowedSince: number | null;
  windowFrom: number;
  taken: number;
  rejected: number;
  garbage: Bucket | null;
  refusedUntil: number;
};

/** 'slowed': from now on; 'cut': it must go. */
export type Verdict = 'slowed' | 'cut' | null;

export class Conduct {
  readonly #limits: Limits;
  readonly #known = new Map<Id, Behaviour>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** For how many ms a message must wait. */
  heard(id: Id, { bytes, gateway = false }: { bytes: number; gateway?: boolean }, now: number): number {
    const one = this.#of(id, gateway, now);
    one.taken++;
    return this.#charge(one, { packets: 1, bytes }, one.garbage?.take(1, now) ?? 0, now);
  }

  /** For how many ms nothing more is read, after so many packets that are no messages. */
  also(
    id: Id,
    { packets, bytes, gateway = false }: { packets: number; bytes: number; gateway?: boolean },
    now: number,
  ): number {
    return this.#charge(this.#of(id, gateway, now), { packets, bytes }, 0, now);
  }

  /** It has been over a limit for too long; from now on it is refused for a while. */
  tooLong(id: Id, now: number): boolean {
    const one = this.#known.get(id);
    if (one?.slowedSince == null || one.garbage || now - one.slowedSince < this.#limits.slowedForMs) return false;
    one.slowedSince = null;
    one.refusedUntil = now + this.#limits.restMs;
    return true;
  }

  /** A message could not be read at all. */
  rejected(id: Id, now: number): Verdict {
    const one = this.#of(id, false, now);
    one.rejected++;
    const { slowedAfter, cutAfter, part, rate, restMs } = GARBAGE;
    if (one.rejected < slowedAfter || one.rejected < part * one.taken) return null;
    if (!one.garbage) {
      one.garbage = bucket(rate);
      return 'slowed';
    }
    if (one.rejected < slowedAfter + cutAfter) return null;
    Object.assign(one, { refusedUntil: now + restMs, garbage: null, taken: 0, rejected: 0 });
    return 'cut';
  }

  isGarbage(id: Id): boolean {
    return this.#known.get(id)?.garbage != null;
  }

  /** For how many ms it must wait until it may connect once more; 0: it may now. Its credential was right. */
  connects(id: Id, now: number): number {
    const { connects } = this.#of(id, false, now);
    const waitMs = connects.wait(1, now);
    if (waitMs === 0) connects.take(1, now);
    return waitMs;
  }

  refused(id: Id, now: number): boolean {
    return (this.#known.get(id)?.refusedUntil ?? now) > now;
  }

  /** Forgets whoever has nothing to be remembered for. */
  forget(now: number): void {
    for (const [id, one] of this.#known) {
      this.#beginWindow(one, now);
      const { messages, bytes, connects, garbage, refusedUntil, rejected } = one;
      const quiet = messages.full(now) && bytes.full(now) && connects.full(now);
      if (quiet && !garbage && rejected === 0 && refusedUntil <= now) this.#known.delete(id);
    }
  }

  #of(id: Id, gateway: boolean, now: number): Behaviour {
    let one = this.#known.get(id);
    if (!one) {
      const factor = gateway ? this.#limits.gatewayFactor : 1;
      one = {
        messages: bucket(timesRate(this.#limits.messages, factor)),
        bytes: bucket(timesRate(this.#limits.bytes, factor)),
        connects: bucket(this.#limits.connects),
        slowedSince: null,
        windowFrom: now,
        taken: 0,
        rejected: 0,
        garbage: null,
        refusedUntil: Number.NEGATIVE_INFINITY,
      };
      this.#known.set(id, one);
    }
    this.#beginWindow(one, now);
    return one;
  }

  #charge(one: Behaviour, said: { packets: number; bytes: number }, garbageMs: number, now: number): number {
    const waitMs = Math.max(one.messages.take(said.packets, now), one.bytes.take(said.bytes, now), garbageMs);
    one.slowedSince = waitMs > 0 ? (one.slowedSince ?? now) : null;
    return waitMs;
  }

  #beginWindow(one: Behaviour, now: number): void {
    if (now - one.windowFrom < GARBAGE.windowMs) return;
    const better = one.rejected < GARBAGE.slowedAfter / 2;
    Object.assign(one, { windowFrom: now, taken: 0, rejected: 0, garbage: better ? null : one.garbage });
  }
}
