// A phrase of the data file as a regular expression over one clause. Every repetition is bounded.
import type { Language } from '#contracts';

/** In the place of `~`: words that carry on a thought. One that turns it does not stand there. */
const WORDS_BETWEEN = "(?: (?!(?:too|and|or|because|since|when|if|only|no|not)\\b)[a-z0-9']+){0,3}";
const SIGNS_BETWEEN = '[^不没无\\s]{0,6}';
const AT_THE_END = '~ end';

const PATTERNS: Record<Language, (phrase: string) => string> = { en: englishPattern, zh: chinesePattern };

/** Finds the phrase in a clause as `clausesOf` leaves it. */
export const patternOf = (language: Language, phrase: string): RegExp => new RegExp(PATTERNS[language](phrase), 'gu');

/** `(a|b)?` may be missing together with the blank before it. */
function englishPattern(phrase: string): string {
  const [words, ends] = phrase.endsWith(AT_THE_END)
    ? [phrase.slice(0, -AT_THE_END.length).trim(), true]
    : [phrase, false];
  const parts = words.match(/\([^)]*\)\??|[^\s(]+/g) ?? [];
  let source = '';
  for (const part of parts) {
    const gap = source === '' ? '' : ' ';
    if (part === '~') source += WORDS_BETWEEN;
    else if (part.endsWith(')?')) source += `(?:${gap}(?:${part.slice(1, -2)}))?`;
    else if (part.startsWith('(')) source += `${gap}(?:${part.slice(1, -1)})`;
    else source += `${gap}${part.replace(/\*$/, '[a-z]{0,12}')}`;
  }
  return `(?<![a-z0-9])${source}(?![a-z0-9])${ends ? '(?=(?: (?:now|again|today|so far|here|for me|any more|at all|then))?\\s*$)' : ''}`;
}

function chinesePattern(phrase: string): string {
  return phrase.replaceAll('(', '(?:').replaceAll('~', SIGNS_BETWEEN);
}
