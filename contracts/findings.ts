// What diagnosis says about one problem of one appliance.
import { z } from 'zod';
import { Id } from './ids.ts';
import { Phrase, Quantity } from './phrase.ts';

export const Severity = z.enum(['notice', 'warning', 'critical']);
export type Severity = z.infer<typeof Severity>;

export const SymptomState = z.enum(['absent', 'pending', 'present', 'unknown']);
export type SymptomState = z.infer<typeof SymptomState>;

/** What must not be done, or must be done at once, for safety; shown before everything else. */
const safety = z.array(Phrase).optional();

const Visit = z.object({
  by: z.literal('technician'),
  safety,
  skill: z.string(),
  /** What a technician must be certified for, e.g. flammable refrigerants. */
  certificate: z.string().optional(),
  parts: z.array(Phrase),
  urgency: z.enum(['today', 'days']),
  /** What the owner does until then. */
  meanwhile: z.array(Phrase),
});

export const Remedy = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('owner'),
    safety,
    steps: z.array(Phrase),
    /** When it is still there so long after it was found, the steps did not help. */
    ifItStays: Visit.extend({ afterHours: z.number().positive() }).optional(),
  }),
  Visit,
]);
export type Remedy = z.infer<typeof Remedy>;

/** The cause that every rule has: none of those it describes. It may show anything, and is not contradicted by what it does not show. */
export const UNKNOWN_CAUSE = 'unknown';

export const RankedCause = z.object({
  cause: z.string(),
  name: Phrase,
  /** 0 to 1, among all causes of the rule; those that are hardly likely are left out. */
  probability: z.number(),
  explanation: Phrase,
  remedy: Remedy,
});
export type RankedCause = z.infer<typeof RankedCause>;

/** A symptom with the number behind it and the threshold it was held against. */
export const Evidence = z.object({
  symptom: z.string(),
  state: SymptomState,
  text: Phrase,
  since: z.number().nullable(),
  measured: Quantity.nullable(),
  threshold: Quantity.nullable(),
  /** Signals of the appliance behind it, for the chart. */
  signals: z.array(z.string()),
});
export type Evidence = z.infer<typeof Evidence>;

export const Question = z.object({
  question: z.string(),
  text: Phrase,
  answers: z.array(z.object({ answer: z.string(), text: Phrase })),
});
export type Question = z.infer<typeof Question>;

/** A command whose result would split the causes: only with consent, as any command. */
export const RemoteTest = z.object({ command: z.string(), text: Phrase });
export type RemoteTest = z.infer<typeof RemoteTest>;

export const Finding = z.object({
  id: Id,
  appliance: Id,
  problem: z.string(),
  title: Phrase,
  /** What happened and what it means, in one or two sentences. */
  summary: Phrase,
  /** What would close the finding. */
  wouldClear: Phrase,
  severity: Severity,
  /** The readings are on their way to clearing it: nobody need be hurried while that lasts. */
  improving: z.boolean(),
  state: z.enum(['open', 'closed', 'withdrawn']),
  /** Event time (the appliance's clock), epoch ms. */
  openedAt: z.number(),
  changedAt: z.number(),
  closedAt: z.number().nullable(),
  rule: z.object({ id: z.string(), version: z.number().int() }),
  /** Who reviewed the words on food and safety; null shows as "not yet reviewed". */
  reviewedBy: z.string().nullable(),
  /** Most likely first; an honest "unknown" is among them. */
  causes: z.array(RankedCause).min(1),
  evidence: z.array(Evidence),
  /** The one question that would split the causes best; null when none would, or a sensor already knows. */
  question: Question.nullable(),
  /** The test that would split them better than any question. */
  test: RemoteTest.optional(),
  /** Answers that people gave, newest last. */
  answers: z.array(z.object({ question: z.string(), answer: z.string(), at: z.number() })),
  /** When the record was heard that made it what it is, epoch ms: what it came from can be followed. It decides nothing. */
  heardAt: z.number().optional(),
});
export type Finding = z.infer<typeof Finding>;

export const FindingChange = z.object({
  /** UUIDv5 of finding and ordinal: a replay names it alike. */
  id: Id,
  change: z.enum(['opened', 'changed', 'closed', 'withdrawn']),
  finding: Finding,
  /** Of a version on silent trial: kept for the engineer, said to nobody. */
  trial: z.literal(true).optional(),
});
export type FindingChange = z.infer<typeof FindingChange>;
