// What differs between two texts of a rule: by place of the document, and line by line.
import { parse } from 'yaml';
import type { RuleChange, RuleLine } from '#contracts';

/** A place whose parts all came or went is one change. Both texts must be YAML. */
export function changesBetween(before: string, after: string): RuleChange[] {
  return differences(parse(before), parse(after), []);
}

const isBranch = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function differences(before: unknown, after: unknown, place: readonly string[]): RuleChange[] {
  if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], [...place, key]));
  }
  if (Object.is(before, after)) return [];
  return [
    {
      what: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
      area: place[0] ?? '',
      path: place.join('.'),
      words: /^(en|zh)$/.test(place.at(-1) ?? ''),
      before: shown(before),
      after: shown(after),
    },
  ];
}

const shown = (value: unknown): string | null =>
  value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);

/** Lines that differ, with `around` lines before and after each. */
export function linesBetween(before: string, after: string, around = 3): RuleLine[] {
  const lines = alignment(before.split(/\r?\n/), after.split(/\r?\n/));
  const differ = lines.map((line) => line.before === null || line.after === null);
  return lines.filter((_, index) => differ.slice(Math.max(0, index - around), index + around + 1).includes(true));
}

/** Beyond this the middle is not aligned: all of it goes out, then all of it comes in. */
const MOST_CELLS = 4_000_000;

/** By the longest common subsequence: what both have stays, the rest goes out before it comes in. */
function alignment(before: readonly string[], after: readonly string[]): RuleLine[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const [beforeEnd, afterEnd] = [before.length - tail, after.length - tail];
  const same = commonLengths(before.slice(head, beforeEnd), after.slice(head, afterEnd));
  const lines: RuleLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const outside = i < head || (i >= beforeEnd && j >= afterEnd);
    const left = i < beforeEnd;
    const right = j < afterEnd;
    if (outside || (left && right && before[i] === after[j])) {
      lines.push({ before: ++i, after: ++j, text: after[j - 1]! });
    } else if (!right || (left && same(i + 1 - head, j - head) >= same(i - head, j + 1 - head))) {
      lines.push({ before: ++i, after: null, text: before[i - 1]! });
    } else {
      lines.push({ before: null, after: ++j, text: after[j - 1]! });
    }
  }
  return lines;
}

/** How many lines what is left of both has in common, from a line of each on. */
function commonLengths(before: readonly string[], after: readonly string[]): (i: number, j: number) => number {
  const width = after.length + 1;
  const cells = (before.length + 1) * width;
  if (cells > MOST_CELLS) return () => 0;
  const table = new Uint32Array(cells);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const [down, right] = [table[(i + 1) * width + j]!, table[i * width + j + 1]!];
      table[i * width + j] = before[i] === after[j] ? table[(i + 1) * width + j + 1]! + 1 : Math.max(down, right);
    }
  }
  return (i, j) => table[i * width + j]!;
}
