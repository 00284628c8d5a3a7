// Where things stand in an appliance's memory: two flat arrays, since there may be a hundred thousand appliances. Every
// place has a name, so that a memory from before a change finds its way into the new order.

export type NamedPlace = { name: string; from: number; length: number };

class Shelf {
  readonly places: NamedPlace[] = [];
  length = 0;

  /** The index of a new place, of `length` numbers. */
  take(name: string, length = 1): number {
    const from = this.length;
    this.places.push({ name, from, length });
    this.length += length;
    return from;
  }
}

/** 64 bits: stamps (epoch ms). */
export const exact = new Shelf();
/** 32 bits: what is measured, shares, counts and sums. */
export const rough = new Shelf();
/** 16 bits, three digits: what is kept of whole days. */
export const brief = new Shelf();
