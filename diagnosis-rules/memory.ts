// What is remembered of one appliance: flat arrays whose places the other files name. NaN is "not known".
import { brief, exact, type NamedPlace, rough } from './places.ts';

export type Memory = { exact: Float64Array; rough: Float32Array; brief: Float16Array };

/** All in one block: there may be a hundred thousand of them. */
export function emptyMemory(): Memory {
  const roughFrom = exact.length * Float64Array.BYTES_PER_ELEMENT;
  const briefFrom = roughFrom + rough.length * Float32Array.BYTES_PER_ELEMENT;
  const block = new ArrayBuffer(briefFrom + brief.length * Float16Array.BYTES_PER_ELEMENT);
  return {
    exact: new Float64Array(block, 0, exact.length).fill(Number.NaN),
    rough: new Float32Array(block, roughFrom, rough.length).fill(Number.NaN),
    brief: new Float16Array(block, briefFrom, brief.length).fill(Number.NaN),
  };
}

/** Names and places of a memory, to be kept beside memories that outlive this version of the program. */
export type MemoryOrder = Record<keyof Memory, readonly NamedPlace[]>;
export const memoryOrder = (): MemoryOrder => ({ exact: exact.places, rough: rough.places, brief: brief.places });

type Numbers = Memory[keyof Memory];

function rearrange(from: Numbers, before: readonly NamedPlace[], to: Numbers, now: readonly NamedPlace[]): void {
  const known = new Map(before.map((place) => [place.name, place]));
  for (const place of now) {
    const old = known.get(place.name);
    if (old?.length === place.length) to.set(from.subarray(old.from, old.from + old.length), place.from);
  }
}

/** A way to bring memories of another order into the present one; what had another place length begins anew. */
export function intoPresentOrder(order: MemoryOrder): (m: Memory) => Memory {
  const present = memoryOrder();
  return (m) => {
    const now = emptyMemory();
    for (const part of ['exact', 'rough', 'brief'] as const) {
      if (order[part]) rearrange(m[part], order[part], now[part], present[part]);
    }
    return now;
  };
}
