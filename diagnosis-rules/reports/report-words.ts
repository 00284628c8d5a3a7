// What people mean: their own words become codes that diagnosis can weigh. The words stand in a data file, by kind of appliance.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type ApplianceKind, type Language, Phrase, ReportCode } from '#contracts';
import { clausesOf, isDenied } from './clauses.ts';
import { patternOf } from './phrase-pattern.ts';

const FILES: Record<ApplianceKind, URL> = { refrigerator: new URL('./refrigerator.yaml', import.meta.url) };

const Phrases = z.strictObject({ en: z.array(z.string().min(1)).min(1), zh: z.array(z.string().min(1)).min(1) });

const ReportFile = z.strictObject({
  ignored: Phrases,
  topics: z.record(z.string(), Phrases),
  codes: z.array(
    Phrases.extend({
      code: ReportCode,
      name: Phrase,
      /** What must be done at once. */
      safety: z.array(Phrase).default([]),
      /** A clause about one of these topics, and not about the appliance itself, does not mean this. */
      notAbout: z.array(z.string()).default([]),
      /** Counts only where nothing else was said. */
      alone: z.boolean().default(false),
    }),
  ),
});

type Vocabulary = {
  ignored: readonly RegExp[];
  topics: ReadonlyMap<string, readonly RegExp[]>;
  meanings: readonly Meaning[];
};
type Meaning = ReportMeaning & { notAbout: readonly string[]; alone: boolean; patterns: readonly RegExp[] };

/** `safety`: what must be done at once, before anything else; none for most. */
export type ReportMeaning = { code: ReportCode; name: Phrase; safety: readonly Phrase[] };

/** Outweighs every other topic of a clause. */
const ITSELF = 'fridge';
const LANGUAGES: readonly Language[] = ['en', 'zh'];

const read = new Map<ApplianceKind, Vocabulary>();

function vocabularyOf(kind: ApplianceKind): Vocabulary {
  const known = read.get(kind);
  if (known) return known;
  const file = ReportFile.parse(parse(readFileSync(FILES[kind], 'utf8')));
  const patterns = (phrases: z.infer<typeof Phrases>): RegExp[] =>
    LANGUAGES.flatMap((language) => phrases[language].map((phrase) => patternOf(language, phrase)));
  const vocabulary = {
    ignored: patterns(file.ignored),
    topics: new Map(Object.entries(file.topics).map(([topic, phrases]) => [topic, patterns(phrases)])),
    meanings: file.codes.map(({ code, name, safety, notAbout, alone, ...phrases }) => ({
      ...{ code, name, safety, notAbout, alone },
      patterns: patterns(phrases),
    })),
  };
  read.set(kind, vocabulary);
  return vocabulary;
}

/** What can be said of such an appliance, in the order in which it is offered. */
export const reportMeanings = (kind: ApplianceKind): readonly ReportMeaning[] => vocabularyOf(kind).meanings;

/** What somebody means by these words, in the order of `reportMeanings`; nothing where nothing was understood. */
export function codesOf(text: string, kind: ApplianceKind = 'refrigerator'): ReportCode[] {
  const { ignored, topics, meanings } = vocabularyOf(kind);
  const clauses = clausesOf(text, ignored).map((clause) => ({ clause, about: topicsOf(clause, topics) }));
  const meant = meanings.filter(({ patterns, notAbout }) =>
    clauses.some(({ clause, about }) => !isElsewhere(about, notAbout) && patterns.some((one) => says(clause, one))),
  );
  const complains = meant.some(({ alone }) => !alone);
  return meant.filter(({ alone }) => !alone || !complains).map(({ code }) => code);
}

const topicsOf = (clause: string, topics: Vocabulary['topics']): ReadonlySet<string> =>
  new Set(
    [...topics].filter(([, patterns]) => patterns.some((one) => clause.search(one) >= 0)).map(([topic]) => topic),
  );

const isElsewhere = (about: ReadonlySet<string>, notAbout: readonly string[]): boolean =>
  !about.has(ITSELF) && notAbout.some((topic) => about.has(topic));

const says = (clause: string, pattern: RegExp): boolean =>
  clause.matchAll(pattern).some(({ index, 0: words }) => !isDenied(clause, index, index + words.length));
