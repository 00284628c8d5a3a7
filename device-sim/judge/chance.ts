// The fleet that judges: cheap noise. A year of readings takes millions of draws; streams that shape a life come from
// `randomOf`, this one only makes readings tremble.
export type Chance = {
  /** 0 (included) to 1 (excluded). */
  share(): number;
  /** Mean 0, deviation 1, never beyond 3. */
  normal(): number;
};

// Mulberry32 (public domain).
export function openChance(seed: number): Chance {
  let state = seed | 0;
  const share = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  // Three uniform ones: near enough to a bell for noise.
  return { share, normal: () => 2 * (share() + share() + share()) - 3 };
}
