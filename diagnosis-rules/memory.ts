// What is remembered of one appliance: two flat arrays whose places the other files name. NaN is "not known".
import { exact, type NamedPlace, rough } from './places.ts';

export type Memory = { exact: Float64Array; rough: Float32Array };

export const emptyMemory = (): Memory => ({
  exact: new Float64Array(exact.length).fill(Number.NaN),
  rough: new Float32Array(rough.length).fill(Number.NaN),
});

export const copyOf = (m: Memory): Memory => ({ exact: m.exact.slice(), rough: m.rough.slice() });

/** Names and places of a memory, to be kept beside memories that outlive this version of the program. */
export type MemoryOrder = { exact: readonly NamedPlace[]; rough: readonly NamedPlace[] };
export const memoryOrder = (): MemoryOrder => ({ exact: exact.places, rough: rough.places });

type Numbers = Float64Array | Float32Array;

const isSame = (a: readonly NamedPlace[], b: readonly NamedPlace[]): boolean =>
  a.length === b.length &&
  a.every((place, i) => place.name === b[i]!.name && place.from === b[i]!.from && place.length === b[i]!.length);

function rearrange(from: Numbers, before: readonly NamedPlace[], to: Numbers, now: readonly NamedPlace[]): void {
  const known = new Map(before.map((place) => [place.name, place]));
  for (const place of now) {
    const old = known.get(place.name);
    if (old?.length === place.length) to.set(from.subarray(old.from, old.from + old.length), place.from);
  }
}

/** A way to bring memories of another order into the present one; what had another place length begins anew. */
export function intoPresentOrder(order: MemoryOrder): (m: Memory) => Memory {
  if (isSame(order.exact, exact.places) && isSame(order.rough, rough.places)) return (m) => m;
  return (m) => {
    const now = emptyMemory();
    rearrange(m.exact, order.exact, now.exact, exact.places);
    rearrange(m.rough, order.rough, now.rough, rough.places);
    return now;
  };
}
