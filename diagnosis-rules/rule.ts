// A rule as data: one YAML document says what a problem looks like, what may cause it, and what to ask and do.

import { z } from 'zod';
import { Phrase, Remedy, Severity } from '#contracts';
import { FEATURES } from './features.ts';

const FeatureName = z.string().refine((name) => FEATURES.has(name), {
  error: (issue) => `unknown feature "${String(issue.input)}"; known: ${[...FEATURES.keys()].join(', ')}`,
});

/** A number, or another feature shifted and bounded; `otherwise` stands when that feature is unknown. */
const Threshold = z.union([
  z.number(),
  z.strictObject({
    of: FeatureName,
    plus: z.number().default(0),
    atLeast: z.number().optional(),
    otherwise: z.number(),
  }),
]);
export type Threshold = z.infer<typeof Threshold>;

export type Condition =
  | {
      feature: string;
      above?: Threshold | undefined;
      below?: Threshold | undefined;
      is?: boolean | undefined;
      hysteresis?: number | undefined;
    }
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition };

const Comparison = z
  .strictObject({
    feature: FeatureName,
    above: Threshold.optional(),
    below: Threshold.optional(),
    is: z.boolean().optional(),
    /** How far back it must come before it no longer holds. */
    hysteresis: z.number().positive().optional(),
  })
  .refine((c) => [c.above, c.below, c.is].filter((side) => side !== undefined).length === 1, {
    error: 'give exactly one of above, below, is',
  });

const Condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    Comparison,
    z.strictObject({ all: z.array(Condition).min(1) }),
    z.strictObject({ any: z.array(Condition).min(1) }),
    z.strictObject({ not: Condition }),
  ]),
);

const Symptom = z.strictObject({
  when: Condition,
  /** Known benign explanations: any that holds keeps the symptom absent. An unknown one holds nothing back. */
  unless: z.array(Condition).default([]),
  /** What is not enough, and yet too much to say no: while any holds, the symptom is unknown. */
  unsure: z.array(Condition).default([]),
  forMinutes: z.number().nonnegative().default(0),
  clearMinutes: z.number().nonnegative().default(0),
  /** The number shown as evidence. */
  shows: FeatureName,
  /** Shown while that one is not known. */
  elseShows: FeatureName.optional(),
  /** How often it is present when its causes are not at work. */
  base: z.number().min(0.001).max(0.999),
  /** False for what only opens the problem: what it is made of counts by itself. */
  weighs: z.boolean().default(true),
  /** The words say in which direction, the number how far. */
  magnitude: z.boolean().default(false),
  /** When it opens the problem, it was there for so many days: nothing is learned from them. */
  doubtsDays: z.number().int().nonnegative().default(0),
  text: z.strictObject({ present: Phrase, absent: Phrase, unknown: Phrase }),
});
export type Symptom = z.infer<typeof Symptom>;

const Likelihoods = z.record(z.string(), z.number().min(0.001).max(0.999));

const CauseSchema = z.strictObject({
  name: Phrase,
  prior: z.number().positive().max(1),
  /** How likely each symptom is present under this cause; a symptom not listed is as likely as its base. */
  likelihood: Likelihoods.default({}),
  /** Some of its kinds show these: present they speak for it, absent they say nothing. */
  may: Likelihoods.default({}),
  /** What happened, said better than by the severity, while this cause leads and that symptom is present. */
  says: z.strictObject({ while: z.string(), text: Phrase }).optional(),
  explanation: Phrase,
  /** Where its signs come from. */
  source: z.string().optional(),
  remedy: Remedy,
});
export type Cause = z.infer<typeof CauseSchema>;

const RuleQuestion = z.strictObject({
  /** Not asked while one of these symptoms is known: a sensor already knows. */
  unlessKnown: z.array(z.string()).default([]),
  text: Phrase,
  answers: z.record(z.string(), z.strictObject({ text: Phrase, likelihood: Likelihoods })),
});

const RuleTest = z.strictObject({
  /** Not offered while one of these symptoms is known. */
  unlessKnown: z.array(z.string()).default([]),
  text: Phrase,
  /** Of each value in the command's result: what yes and no say of the causes. */
  results: z.record(z.string(), z.strictObject({ yes: Likelihoods, no: Likelihoods })),
});

export const Rule = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    version: z.number().int().positive(),
    /** Which kind of appliance; `any` for all. */
    kind: z.string(),
    /** Where thresholds and faults come from. */
    source: z.string(),
    reviewedBy: z.string().nullable(),
    title: Phrase,
    /** Where one title does not fit all severities. */
    titles: z.partialRecord(Severity, Phrase).default({}),
    /** Better while this symptom is present; the first that is. */
    titleWhile: z.record(z.string(), Phrase).default({}),
    /** Per severity: what happened. */
    summary: z.partialRecord(Severity, Phrase),
    /** What happened, said better while this opening symptom is present. */
    summaryWhile: z.record(z.string(), Phrase).default({}),
    wouldClear: Phrase,
    symptoms: z.record(z.string(), Symptom),
    /** Symptoms of which each says that it is getting better by itself. */
    improving: z.array(z.string()).default([]),
    /** The symptoms that open the problem, with the severity each gives it. */
    opens: z.record(z.string(), Severity),
    causes: z.record(z.string(), CauseSchema),
    /** How likely it is that a fault nobody has described shows any one symptom. */
    surprise: z.number().min(0.01).max(0.99).default(0.2),
    questions: z.record(z.string(), RuleQuestion).default({}),
    /** By the command whose result is looked at. */
    tests: z.record(z.string(), RuleTest).default({}),
  })
  .superRefine((rule, context) => {
    const symptoms = new Set(Object.keys(rule.symptoms));
    const causes = new Set(Object.keys(rule.causes));
    const known = (names: Iterable<string>, set: Set<string>, path: string[], what: string): void => {
      for (const name of names) {
        if (!set.has(name))
          context.addIssue({
            code: 'custom',
            path,
            message: `unknown ${what} "${name}"; known: ${[...set].join(', ')}`,
          });
      }
    };
    known(Object.keys(rule.opens), symptoms, ['opens'], 'symptom');
    known(rule.improving, symptoms, ['improving'], 'symptom');
    known(Object.keys(rule.titleWhile), symptoms, ['titleWhile'], 'symptom');
    known(Object.keys(rule.summaryWhile), symptoms, ['summaryWhile'], 'symptom');
    for (const severity of Object.values(rule.opens)) {
      if (!rule.summary[severity])
        context.addIssue({
          code: 'custom',
          path: ['summary', severity],
          message: 'is needed: a symptom opens with it',
        });
    }
    for (const [name, cause] of Object.entries(rule.causes))
      for (const part of ['likelihood', 'may'] as const)
        known(Object.keys(cause[part]), symptoms, ['causes', name, part], 'symptom');
    for (const [name, question] of Object.entries(rule.questions)) {
      known(question.unlessKnown, symptoms, ['questions', name, 'unlessKnown'], 'symptom');
      for (const answer of Object.values(question.answers))
        known(Object.keys(answer.likelihood), causes, ['questions', name], 'cause');
    }
    for (const [name, test] of Object.entries(rule.tests)) {
      known(test.unlessKnown, symptoms, ['tests', name, 'unlessKnown'], 'symptom');
      for (const { yes, no } of Object.values(test.results))
        known([...Object.keys(yes), ...Object.keys(no)], causes, ['tests', name], 'cause');
    }
  });
export type Rule = z.infer<typeof Rule>;
