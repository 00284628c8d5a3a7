// HTTP bodies about the rules of diagnosis: their versions, mistakes in them, differences, and how they did.
import { z } from 'zod';
import { Iso } from './http.ts';
import { Id } from './ids.ts';
import { Phrase } from './phrase.ts';

/** `trial`: judged silently beside the live one. `retired`: judged no more; it can come back. */
export const RuleVersionState = z.enum(['draft', 'trial', 'live', 'retired']);
export type RuleVersionState = z.infer<typeof RuleVersionState>;

/** `shipped` with the platform, `written` here, `imported` as a file. */
export const RuleSource = z.enum(['shipped', 'written', 'imported']);
export type RuleSource = z.infer<typeof RuleSource>;

/** What a person does with a version. `roll-back`: one that was live before is live again. */
export const RuleMove = z.enum(['try', 'publish', 'retire', 'roll-back']);
export type RuleMove = z.infer<typeof RuleMove>;

/** With a `mistake` it cannot be published; a `doubt` is worth a look. `fix` says what would be right. */
export const RuleProblem = z
  .object({
    weight: z.enum(['mistake', 'doubt']),
    line: z.number().int().nullable(),
    path: z.string(),
    message: z.string(),
    fix: z.string(),
  })
  .meta({ id: 'RuleProblem' });
export type RuleProblem = z.infer<typeof RuleProblem>;

export const RuleVersion = z
  .object({
    rule: z.string(),
    version: z.number().int(),
    kind: z.string(),
    title: Phrase,
    state: RuleVersionState,
    source: RuleSource,
    note: z.string(),
    /** Null: the platform itself, or whoever runs it. */
    author: z.object({ id: Id, name: z.string() }).nullable(),
    /** Who reviewed the words on food and safety; null shows as "not yet reviewed". */
    reviewedBy: z.string().nullable(),
    madeAt: Iso,
    stateChangedAt: Iso,
    sha256: z.string(),
  })
  .meta({ id: 'RuleVersion' });
export type RuleVersion = z.infer<typeof RuleVersion>;

/** What happened to a version, oldest first. */
export const RuleMoveMade = z
  .object({
    version: z.number().int(),
    at: Iso,
    /** `give-way`: another version took its place. */
    move: z.enum([...RuleMove.options, 'give-way']),
    to: RuleVersionState,
    by: z.object({ id: Id, name: z.string() }).nullable(),
    note: z.string(),
  })
  .meta({ id: 'RuleMoveMade' });
export type RuleMoveMade = z.infer<typeof RuleMoveMade>;

/** Newest version first. */
export const RuleWithVersions = z
  .object({
    rule: z.string(),
    title: Phrase,
    kind: z.string(),
    versions: z.array(RuleVersion),
    moves: z.array(RuleMoveMade),
  })
  .meta({ id: 'RuleWithVersions' });
export type RuleWithVersions = z.infer<typeof RuleWithVersions>;

export const RuleSummary = z
  .object({
    rule: z.string(),
    title: Phrase,
    kind: z.string(),
    live: RuleVersion.nullable(),
    trial: RuleVersion.nullable(),
    drafts: z.number().int(),
    /** A newer shipped version waits as a draft. */
    updateAvailable: z.number().int().nullable(),
  })
  .meta({ id: 'RuleSummary' });
export type RuleSummary = z.infer<typeof RuleSummary>;

export const RuleVersionText = RuleVersion.extend({
  /** The YAML document. */
  text: z.string(),
  problems: z.array(RuleProblem),
}).meta({ id: 'RuleVersionText' });
export type RuleVersionText = z.infer<typeof RuleVersionText>;

const Text = z.string().min(1).max(200_000).describe('The YAML document of one rule');
const Note = z.string().max(2_000).default('');

export const RuleText = z.object({ text: Text });
/** The rule and its version are what the document says; the version is higher than any of that rule. */
export const NewRuleVersion = z.object({ text: Text, note: Note, imported: z.boolean().default(false) });
export const RuleVersionEdit = z.object({ text: Text, note: Note });
export const MoveRuleVersion = z.object({ move: RuleMove, note: Note });

export const RuleCheck = z
  .object({ rule: z.string(), version: z.number().int(), doubts: z.array(RuleProblem) })
  .meta({ id: 'RuleCheck' });
export type RuleCheck = z.infer<typeof RuleCheck>;

/** One place of the document that differs; `area` is its first part: symptoms, causes, questions, opens, ... */
export const RuleChange = z.object({
  what: z.enum(['added', 'removed', 'changed']),
  area: z.string(),
  path: z.string(),
  /** It is words for people, in one language. */
  words: z.boolean(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type RuleChange = z.infer<typeof RuleChange>;

/** A line of either text; the numbers are its place in each, null where it is not there. */
export const RuleLine = z.object({
  before: z.number().int().nullable(),
  after: z.number().int().nullable(),
  text: z.string(),
});
export type RuleLine = z.infer<typeof RuleLine>;

export const RuleDiff = z
  .object({
    rule: z.string(),
    from: z.number().int(),
    to: z.number().int(),
    changes: z.array(RuleChange),
    /** Lines that differ, with a few around them. */
    lines: z.array(RuleLine),
  })
  .meta({ id: 'RuleDiff' });
export type RuleDiff = z.infer<typeof RuleDiff>;

/** How a version of a rule did, from what became of its findings. */
export const RuleReportCard = z
  .object({
    version: z.number().int(),
    state: RuleVersionState.nullable(),
    appliances: z.number().int(),
    opened: z.number().int(),
    stillOpen: z.number().int(),
    /** Closed by the readings. */
    closed: z.number().int(),
    /** Of those: without a visit. */
    closedByThemselves: z.number().int(),
    withdrawn: z.number().int(),
    medianOpenHours: z.number().nullable(),
    answers: z.array(z.object({ question: z.string(), answer: z.string(), count: z.number().int() })),
    visits: z.object({
      done: z.number().int(),
      /** The technician found the cause that was said. */
      confirmed: z.number().int(),
      otherCause: z.number().int(),
      nothingWrong: z.number().int(),
      /** The technician did not say what it was. */
      notSaid: z.number().int(),
      /** Nothing was wrong, or the owner could have mended it. */
      avoidable: z.number().int(),
    }),
    /** Share of visits that found the cause that was said first, of those that say; null: too few. */
    firstRight: z.number().nullable(),
    confusion: z.array(z.object({ said: z.string(), found: z.string(), count: z.number().int() })),
    /** Of the causes, questions and answers ("question.answer") that this version knows. */
    words: z.record(z.string(), Phrase),
  })
  .meta({ id: 'RuleReportCard' });
export type RuleReportCard = z.infer<typeof RuleReportCard>;
