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

const PARTS = ['exact', 'rough', 'brief'] as const;

/** A way to bring memories of another order into the present one; what had another place length begins anew. */
export function intoPresentOrder(order: MemoryOrder): (m: Memory) => Memory {
  const present = memoryOrder();
  const before = PARTS.flatMap((part) => order[part]?.map((place) => ({ part, ...place })) ?? []);
  const known = new Map(before.map((place) => [place.name, place]));
  return (m) => {
    const now = emptyMemory();
    for (const part of PARTS) {
      for (const { name, from, length } of present[part]) {
        const old = known.get(name);
        if (old?.length === length) now[part].set(m[old.part].subarray(old.from, old.from + length), from);
      }
    }
    return now;
  };
}
