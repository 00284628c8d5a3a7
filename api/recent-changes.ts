// The changes of the last while, for a page that comes back: ids count up within this process, and the same thing twice
// counts once, at its newest place.
import { randomBytes } from 'node:crypto';
import type { Change } from '#contracts';

/** One entry for each thing that changed lately; the oldest go first. */
const KEPT = 20_000;

type Entry = { number: number; change: Change };

export class RecentChanges {
  /** Another process, or this one after a restart, knows nothing of our numbers. */
  readonly #process = randomBytes(6).toString('base64url');
  readonly #entries = new Map<string, Entry>();
  readonly #kept: number;
  #newest = 0;
  /** Everything up to here may be missing. */
  #forgotten = 0;

  constructor(kept = KEPT) {
    this.#kept = kept;
  }

  get newest(): number {
    return this.#newest;
  }

  /** Returns its number. */
  add(change: Change): number {
    const key = `${change.what} ${change.id}`;
    this.#entries.delete(key);
    this.#entries.set(key, { number: ++this.#newest, change });
    if (this.#entries.size > this.#kept) {
      const [oldest, { number }] = this.#entries.entries().next().value!;
      this.#entries.delete(oldest);
      this.#forgotten = number;
    }
    return this.#newest;
  }

  /** Changes were missed: nobody can go on from before. */
  forget(): void {
    this.#entries.clear();
    this.#forgotten = ++this.#newest;
  }

  /** Oldest first; null when not all of them are known any more. */
  after(number: number): Entry[] | null {
    if (number < this.#forgotten) return null;
    return [...this.#entries.values()].filter((entry) => entry.number > number);
  }

  idOf(number: number): string {
    return `${this.#process}-${number}`;
  }

  /** Null for an id that this process did not give. */
  numberOf(id: string): number | null {
    const [process, number] = [id.slice(0, id.lastIndexOf('-')), Number(id.slice(id.lastIndexOf('-') + 1))];
    return process === this.#process && Number.isSafeInteger(number) && number <= this.#newest ? number : null;
  }
}
