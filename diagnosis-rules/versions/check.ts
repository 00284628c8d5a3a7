// What is wrong with a rule, and what is doubtful: every problem with its line and what would be right.
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { RuleProblem } from '#contracts';
import { PlatformError } from '#runtime';
import { Rule } from '../rule.ts';
import { doubtsOf } from './doubts.ts';

/** Where in the document, e.g. `['causes', 'door-left-open', 'prior']`. */
export type Place = readonly (string | number)[];
export type Found = { place: Place; message: string; fix: string };

/** `rule` is null when it has mistakes. `last`: the highest version of that rule so far. */
export function checkRule(
  text: string,
  { last }: { last?: number } = {},
): { rule: Rule | null; problems: RuleProblem[] } {
  const lines = new LineCounter();
  const document = documentOf(text, lines);
  if (document === null) return { rule: null, problems: [{ weight: 'mistake', line: null, path: '', ...TOO_DEEP }] };
  const line = (offset: number): number => lines.linePos(offset).line;
  const at = (weight: RuleProblem['weight'], { place, message, fix }: Found): RuleProblem => {
    const offset = offsetOf(document, place);
    return { weight, line: offset === null ? null : line(offset), path: place.join('.'), message, fix };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({
      weight: 'mistake' as const,
      line: line(pos[0]),
      path: '',
      message: message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
      fix: 'Mend the YAML here: indentation, quotes and colons.',
    }));
    return { rule: null, problems };
  }
  const value = plainOf(document);
  const odd = oddities(value);
  if (odd.length > 0) return { rule: null, problems: odd.map((found) => at('mistake', found)) };
  const parsed = Rule.safeParse(value);
  if (!parsed.success) return { rule: null, problems: parsed.error.issues.map((issue) => at('mistake', said(issue))) };
  const problems = doubtsOf(parsed.data).map((found) => at('doubt', found));
  if (last === undefined || parsed.data.version > last) return { rule: parsed.data, problems };
  const low: Found = {
    place: ['version'],
    message: `There is a version ${last} of this rule already.`,
    fix: `Write "version: ${last + 1}".`,
  };
  return { rule: null, problems: [at('mistake', low), ...problems] };
}

const MOST_LEVELS = 30;
const TOO_DEEP = { message: `This is nested more than ${MOST_LEVELS} levels deep.`, fix: 'Say it more simply.' };

/** Null when it is nested too deep to be read at all. */
function documentOf(text: string, lines: LineCounter): Document | null {
  try {
    return parseDocument(text, { lineCounter: lines });
  } catch {
    return null;
  }
}

/** What aliases would blow up is not a rule. */
function plainOf(document: Document): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}

const LONGEST_NAME = 80;
const HIGHEST_VERSION = 1_000_000_000;

/** What no row and no path could hold. */
function oddities(value: unknown): Found[] {
  const { id, version } = (value ?? {}) as { id?: unknown; version?: unknown };
  const found = unkept(value, []);
  if (typeof id === 'string' && id.length > LONGEST_NAME) {
    found.push({ place: ['id'], message: 'This name is too long.', fix: `Use at most ${LONGEST_NAME} characters.` });
  }
  if (typeof version === 'number' && version > HIGHEST_VERSION) {
    found.push({ place: ['version'], message: 'This number is too high.', fix: 'Count versions from 1.' });
  }
  return found;
}

function unkept(value: unknown, place: Place): Found[] {
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return [];
    return [{ place, message: 'This holds a character that cannot be kept.', fix: 'Write it without escapes.' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (place.length >= MOST_LEVELS) return [{ place, ...TOO_DEEP }];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...unkept(key, place),
    ...unkept(inner, [...place, Array.isArray(value) ? Number(key) : key]),
  ]);
}

/** Of the place itself, or of the nearest thing around it that is written. */
function offsetOf(document: Document, place: Place): number | null {
  for (let length = place.length; length > 0; length--) {
    const node = document.getIn(place.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return node.range[0];
  }
  return null;
}

function said(issue: z.core.$ZodIssue): Found {
  const place = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  switch (issue.code) {
    case 'unrecognized_keys':
      return {
        place: [...place, issue.keys[0]!],
        message: `There is no "${issue.keys.join('", "')}" here.`,
        fix: 'Remove it, or mend its spelling.',
      };
    case 'invalid_type':
      return wrongType(issue, place);
    case 'invalid_value':
      return { place, message: issue.message, fix: `Write one of: ${issue.values.map(String).join(', ')}.` };
    case 'too_small':
      return { place, message: issue.message, fix: `Give at least ${issue.minimum}.` };
    case 'too_big':
      return { place, message: issue.message, fix: `Give at most ${issue.maximum}.` };
    case 'invalid_union':
      return inUnion(issue, place);
    default:
      return { place, message: issue.message, fix: 'Write what it asks for.' };
  }
}

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'words',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of its own',
  record: 'a block of its own',
};

function wrongType(issue: z.core.$ZodIssueInvalidType, place: Place): Found {
  const kind = KINDS[issue.expected] ?? issue.expected;
  const received = /received (\w+)$/.exec(issue.message)?.[1];
  return received === 'undefined'
    ? { place, message: `"${place.at(-1) ?? 'The document'}" is missing.`, fix: `Give ${kind} here.` }
    : {
        place,
        message: `This is ${KINDS[received ?? ''] ?? received ?? 'something else'}.`,
        fix: `Give ${kind} here.`,
      };
}

/** Of what it might have been, the one that comes nearest: it fails deepest. */
function inUnion(issue: z.core.$ZodIssueInvalidUnion, place: Place): Found {
  const found = issue.errors
    .flatMap((branch) => branch.slice(0, 1))
    .map((inner) => said({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue))
    .sort((a, b) => b.place.length - a.place.length);
  return found[0] ?? { place, message: issue.message, fix: 'Write one of the forms that stand in docs/rules.md.' };
}

/** Throws `bad-rule` that names every mistake. */
export function refuseMistakes(problems: readonly RuleProblem[]): void {
  const mistakes = problems.filter(({ weight }) => weight === 'mistake');
  if (mistakes.length > 0) throw new RuleMistakes(mistakes);
}

/** `bad-rule`, with the list for whoever can show it. */
export class RuleMistakes extends PlatformError {
  readonly mistakes: readonly RuleProblem[];
  constructor(mistakes: readonly RuleProblem[]) {
    const words = mistakes.map((mistake) => sayProblem(mistake));
    super('bad-rule', 'reject', `This rule cannot be used:\n${words.join('\n')}`, {
      hint: 'Mend the lines named above.',
    });
    this.mistakes = mistakes;
  }
}

export const whereIs = ({ line, path }: RuleProblem): string =>
  [line === null ? null : `line ${line}`, path || null].filter((part) => part !== null).join(', ');

const sayProblem = (problem: RuleProblem): string => `${whereIs(problem)}: ${problem.message} ${problem.fix}`;
