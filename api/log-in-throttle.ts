// Slows down guessing: so many log-ins that failed, per account and address, then a pause.
import { MINUTE } from '#runtime';

const ATTEMPTS = 10;
const PAUSE_MS = 15 * MINUTE;
const KEYS_KEPT = 10_000;

type Attempts = { count: number; since: number };

export class LogInThrottle {
  readonly #attempts = new Map<string, Attempts>();

  /** Counts an attempt before it is judged, so that many at once do not slip through. Returns how long to wait, 0 to go on. */
  attempt(key: string, now: number): number {
    const known = this.#attempts.get(key);
    const current = known && now - known.since < PAUSE_MS ? known : { count: 0, since: now };
    if (current.count >= ATTEMPTS) return current.since + PAUSE_MS - now;
    current.count++;
    this.#attempts.delete(key);
    this.#attempts.set(key, current);
    if (this.#attempts.size > KEYS_KEPT) this.#attempts.delete(this.#attempts.keys().next().value!);
    return 0;
  }

  succeeded(key: string): void {
    this.#attempts.delete(key);
  }
}
