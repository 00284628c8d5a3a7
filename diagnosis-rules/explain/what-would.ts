// What would have to happen for a condition to hold, or to end, in numbers: "fridge temperature below 7 °C for 30 min".
import { compose, type Phrase } from '#contracts';
import { MINUTE } from '#runtime';
import { compile, FALSE, not, TRUE, type Truth } from '../conditions.ts';
import { FEATURES, type View } from '../features.ts';
import type { Condition } from '../rule.ts';
import { type Comparison, comparisonText, limitOf } from './conditions.ts';

export type Scene = { view: View; holding: boolean };
/** `single`: it can stand beside others without brackets. */
type Wish = { text: Phrase; single: boolean };

type Join = 'and' | 'or';
const BETWEEN: Record<Join, [en: string, zh: string]> = { and: [' and ', '，且'], or: [' or ', '，或'] };

function joined(wishes: readonly Wish[], join: Join): Wish | null {
  if (wishes.length < 2) return wishes[0] ?? null;
  const [en, zh] = BETWEEN[join];
  const names = wishes.map(({ single }, index) => [`p${index}`, single] as const);
  const words = (between: string, open: string, close: string): string =>
    names.map(([name, single]) => (single ? `{${name}}` : `${open}{${name}}${close}`)).join(between);
  const parts = Object.fromEntries(wishes.map(({ text }, index) => [`p${index}`, text]));
  return { text: compose(words(en, '(', ')'), words(zh, '（', '）'), parts), single: false };
}

/** A time is never less than nothing: what asks for that cannot come true. */
const isImpossible = (comparison: Comparison, limit: number | null, turned: boolean): boolean =>
  limit !== null &&
  FEATURES.get(comparison.feature)!.unit === 'duration' &&
  (comparison.below !== undefined) !== turned &&
  limit <= 0;

function wishOf(comparison: Comparison, wanted: Truth, { view, holding }: Scene): Wish | null {
  const limit = limitOf(comparison, view);
  const turned = wanted === FALSE;
  if (isImpossible(comparison, limit, turned)) return null;
  const slack = holding ? (comparison.hysteresis ?? 0) : 0;
  const held = limit === null ? null : comparison.above === undefined ? limit + slack : limit - slack;
  return { text: comparisonText(comparison, held, turned), single: true };
}

/** Null: it is so already, or cannot come to be so. */
function towards(condition: Condition, wanted: Truth, scene: Scene): Wish | null {
  const now = compile(condition)(scene.view, scene.holding);
  if (now === wanted) return null;
  if ('feature' in condition) return wishOf(condition, wanted, scene);
  if ('not' in condition) return towards(condition.not, not(wanted), { ...scene, holding: false });
  const parts = 'all' in condition ? condition.all : condition.any;
  const every = 'all' in condition === (wanted === TRUE);
  const wishes = parts.map((part) => towards(part, wanted, scene)).filter((wish) => wish !== null);
  return joined(wishes, every ? 'and' : 'or');
}

const lasting = (text: Phrase, ms: number): Phrase =>
  ms <= 0
    ? text
    : compose('{what}, for {time}', '{what}，并持续 {time}', { what: text, time: { value: ms, unit: 'duration' } });

/** It is so now, and has to stay so. */
const staying = (ms: number): Phrase =>
  compose('it stays so for another {time}', '再保持 {time}', {
    time: { value: Math.max(MINUTE, ms), unit: 'duration' },
  });

export type Asked = {
  when: Condition;
  unless: readonly Condition[];
  forMs: number;
  clearMs: number;
  view: View;
};

/** What would make it present; `since`: when it began to hold, for one that only has to last. Null: it cannot come to be. */
export function wouldAppear({ when, unless, forMs, view }: Asked, since: number | null): Phrase | null {
  const scene: Scene = { view, holding: false };
  const excuses = unless
    .filter((excuse) => compile(excuse)(view, false) === TRUE)
    .map((excuse) => towards(excuse, FALSE, scene))
    .filter((wish) => wish !== null);
  if (since !== null) return staying(forMs - (view.at - since));
  const wish = towards(when, TRUE, scene);
  const isSo = compile(when)(view, false) === TRUE;
  if (!wish && !isSo) return null;
  const needed = joined([...(wish ? [wish] : []), ...excuses], 'and');
  return needed ? lasting(needed.text, forMs) : staying(forMs);
}

/** What would end it while it is present; `clearingSince`: when its condition ceased to hold. */
export function wouldClear({ when, clearMs, view }: Asked, clearingSince: number | null): Phrase | null {
  if (clearingSince !== null) return staying(clearMs - (view.at - clearingSince));
  const wish = towards(when, FALSE, { view, holding: true });
  return wish ? lasting(wish.text, clearMs) : staying(clearMs);
}

/** Several that all have to come true. */
export const allOf = (texts: readonly Phrase[]): Phrase | null =>
  joined(
    texts.map((text) => ({ text, single: texts.length === 1 })),
    'and',
  )?.text ?? null;
