// Seeded chance. Every use draws from a stream of its own, named by what it is for, so that adding one thing to a
// simulation changes nothing else in it.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export type Random = {
  /** 0 (included) to 1 (excluded). */
  share(): number;
  between(low: number, high: number): number;
  /** Mean 0, deviation 1. */
  normal(): number;
  /** Events in a span in which `mean` are expected. */
  poisson(mean: number): number;
  pick<T>(from: readonly T[]): T;
};

// FNV-1a: near names must give far seeds.
function seedOf(parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.join('/')) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  return hash | 0;
}

/** The stream of chance that belongs to these names, e.g. `randomOf(seed, 'doors', day)`. */
export function randomOf(...names: readonly (string | number)[]): Random {
  const generator = xoroshiro128plus(seedOf(names));
  const share = () => uniformFloat64(generator);
  const between = (low: number, high: number) => low + share() * (high - low);
  const normal = () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());
  return {
    share,
    between,
    normal,
    poisson(mean) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = share(); product > limit; product *= share()) count += 1;
      return count;
    },
    pick: (from) => from[Math.floor(share() * from.length)]!,
  };
}
