// Where positions of the copied log lie in the log that it is restored to.

/** Only positions that were asked for beforehand are known: a log may hold more records than memory. */
export class Places {
  /** Records that were put into the log, and those that were found in it afterwards. */
  readonly counts = { put: 0, found: 0 };
  readonly #asked: readonly number[];
  readonly #index: ReadonlyMap<number, number>;
  readonly #found: { position: number[]; next: number }[];

  constructor(partitions: number, asked: Iterable<number>) {
    this.#asked = [...new Set(asked)].sort((a, b) => a - b);
    this.#index = new Map(this.#asked.map((position, index) => [position, index]));
    this.#found = Array.from({ length: partitions }, () => ({ position: [], next: 0 }));
  }

  /** A record that stood at `old` stands at `fresh` now; in the order of the partition. */
  add(partition: number, old: number, fresh: number): void {
    this.counts.put++;
    const found = this.#found[partition]!;
    while (found.next < this.#asked.length && this.#asked[found.next]! <= old) found.position[found.next++] = fresh;
  }

  /** Everything that was not found lies at the end. */
  end(partition: number, end: number): void {
    const found = this.#found[partition]!;
    while (found.next < this.#asked.length) found.position[found.next++] = end;
  }

  /** Where the first record at `old` or behind it stands now. */
  at(partition: number, old: number): number {
    const position = this.#found[partition]!.position[this.#index.get(old) ?? -1];
    if (position === undefined) throw new Error(`position ${old} was not asked for`);
    return position;
  }
}
