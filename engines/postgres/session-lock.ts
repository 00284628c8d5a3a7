// PGlite is one session, its clients are many: whoever is in a transaction has PGlite alone until it ends.

export class SessionLock {
  #holder: object | null = null;
  readonly #waiting: { session: object; enter: () => void }[] = [];

  holds(session: object): boolean {
    return this.#holder === session;
  }

  /** Resolves when `session` has PGlite alone; first come, first served. */
  async enter(session: object): Promise<void> {
    if (this.#holder === null) {
      this.#holder = session;
      return;
    }
    await new Promise<void>((enter) => {
      this.#waiting.push({ session, enter });
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    this.#holder = next?.session ?? null;
    next?.enter();
  }
}
