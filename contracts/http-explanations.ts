// HTTP bodies that answer "why", "why not" and "what would have to change": what diagnosis held an appliance to be at a
// time, down to every number and threshold; and what is usual for healthy appliances of its model.
import { z } from 'zod';
import { RankedCause, Severity, SymptomState } from './findings.ts';
import { Iso } from './http.ts';
import { NotInHistory } from './http-backtests.ts';
import { Id } from './ids.ts';
import { Phrase, Quantity } from './phrase.ts';

export const Truth = z.enum(['yes', 'no', 'unknown']);
export type Truth = z.infer<typeof Truth>;

/**
 * One line of a condition. Lines come as a tree is read: a line belongs to the nearest one above it with a smaller
 * `depth`. `all`, `any`, `not` hold of the lines below them; `feature` looks at a number or a fact itself.
 */
export const ConditionLine = z
  .object({
    depth: z.number().int().nonnegative(),
    join: z.enum(['feature', 'all', 'any', 'not']),
    truth: Truth,
    /** The condition in words, with its threshold. */
    text: Phrase,
    feature: z.string().nullable(),
    /** Null: not known, or it has no number. */
    value: Quantity.nullable(),
    threshold: Quantity.nullable(),
    /** How far back it must come before it no longer holds, once its symptom is present. */
    hysteresis: Quantity.nullable(),
    signals: z.array(z.string()),
  })
  .meta({ id: 'ConditionLine' });
export type ConditionLine = z.infer<typeof ConditionLine>;

export const ExplainedSymptom = z
  .object({
    symptom: z.string(),
    text: Phrase,
    state: SymptomState,
    since: Iso.nullable(),
    /** It opens the problem, with this severity. */
    opens: Severity.nullable(),
    measured: Quantity.nullable(),
    /** In numbers. Null: it is there already, or it is not there. */
    wouldAppear: Phrase.nullable(),
    wouldClear: Phrase.nullable(),
    /** For service. The condition; known harmless reasons, of which any that holds keeps it away. */
    when: z.array(ConditionLine),
    unless: z.array(z.array(ConditionLine)),
    forMinutes: z.number(),
    clearMinutes: z.number(),
  })
  .meta({ id: 'ExplainedSymptom' });
export type ExplainedSymptom = z.infer<typeof ExplainedSymptom>;

export const ExplainedRule = z
  .object({
    rule: z.string(),
    version: z.number().int(),
    /** False: no version was live at that time, so the one that is live now was asked. */
    liveThen: z.boolean(),
    title: Phrase,
    /** `open`: the problem is there. `coming`: a symptom that opens it holds, but not yet long enough. `unknown`: what would open it cannot be judged. */
    state: z.enum(['open', 'coming', 'quiet', 'unknown']),
    openedAt: Iso.nullable(),
    severity: Severity.nullable(),
    /** What was found and kept at that time. */
    finding: z.object({ id: Id, openedAt: Iso, severity: Severity }).nullable(),
    /** In words that always hold. */
    closesBy: Phrase,
    /** In numbers, while it is open. */
    wouldClear: Phrase.nullable(),
    causes: z.array(RankedCause.pick({ cause: true, name: true, probability: true, explanation: true })),
    symptoms: z.array(ExplainedSymptom),
  })
  .meta({ id: 'ExplainedRule' });
export type ExplainedRule = z.infer<typeof ExplainedRule>;

/** What one appliance has learned to be usual for itself. */
export const LearnedUsual = z
  .object({
    measure: z.string(),
    name: Phrase,
    /** Days that count; 0: too few of its own, so that of its model stands in. */
    days: z.number().int(),
    ofModel: z.boolean(),
    level: Quantity,
    /** How far the last days are from it, and how far they certainly are. Null: not known. */
    drift: Quantity.nullable(),
    certain: Quantity.nullable(),
  })
  .meta({ id: 'LearnedUsual' });
export type LearnedUsual = z.infer<typeof LearnedUsual>;

export const Explanation = z
  .object({
    appliance: Id,
    at: Iso,
    /** From where history was run through. */
    from: Iso,
    /** `fresh`: readings go up to that time. `old`: the newest is older than values are good for. `none`: there are none. */
    readings: z.enum(['fresh', 'old', 'none']),
    newestAt: Iso.nullable(),
    /** What the history does not hold: what hangs on it is unknown here although it may have been known then. */
    notKept: z.array(NotInHistory),
    rules: z.array(ExplainedRule),
    usual: z.array(LearnedUsual),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;

/** Times in the past only; without it, now. */
export const ExplanationQuery = z.object({ at: Iso.optional() });

/** What is usual for healthy appliances of one model. */
export const Cohort = z
  .object({
    model: z.string(),
    name: Phrase,
    since: Iso,
    appliances: z.number().int(),
    usual: z.array(
      z.object({
        measure: z.string(),
        name: Phrase,
        median: Quantity,
        /** As far as healthy appliances commonly lie from it (robust standard deviation). */
        spread: Quantity,
      }),
    ),
    /** Appliances whose own level lies far from it, the farthest first. */
    outliers: z.array(z.object({ appliance: Id, name: z.string(), measure: z.string(), level: Quantity })),
  })
  .meta({ id: 'Cohort' });
export type Cohort = z.infer<typeof Cohort>;
