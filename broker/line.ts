// Messages of one connection that must wait before they may pass. Nobody overtakes: acknowledgements leave in the order
// in which messages came [MQTT-4.6.0-2].
type Waiting = { readyAt: number; pass: () => void; drop: () => void };

export class Line {
  readonly #waiting: Waiting[] = [];
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  /** `now` goes only forward, in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Calls `pass` at once, or after `waitMs` when all before have passed; `drop` when the line ended before. */
  enter(waitMs: number, pass: () => void, drop: () => void): void {
    if (waitMs === 0 && this.#waiting.length === 0) return pass();
    this.#waiting.push({ readyAt: this.#now() + waitMs, pass, drop });
    if (this.#waiting.length === 1) this.#waitForFirst();
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const { drop } of this.#waiting.splice(0)) drop();
  }

  #waitForFirst(): void {
    const [first] = this.#waiting;
    if (first) this.#timer = setTimeout(() => this.#pass(), Math.max(0, first.readyAt - this.#now()));
  }

  #pass(): void {
    const now = this.#now();
    while (this.#waiting.length > 0 && this.#waiting[0]!.readyAt <= now) this.#waiting.shift()!.pass();
    this.#waitForFirst();
  }
}
