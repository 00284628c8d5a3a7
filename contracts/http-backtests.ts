// HTTP bodies about rules tried on history, and on silent trial beside what is live.
import { z } from 'zod';
import { Severity } from './findings.ts';
import { Iso } from './http.ts';
import { RuleVersionState } from './http-rules.ts';
import { Id } from './ids.ts';
import { Phrase } from './phrase.ts';

/** `interrupted` can go on where it was; `failed` says why. */
export const BacktestState = z.enum(['waiting', 'running', 'done', 'interrupted', 'failed']);
export type BacktestState = z.infer<typeof BacktestState>;

const LONGEST_SPAN_DAYS = 800;
const DAY_MS = 24 * 60 * 60_000;

/** Which appliances: those named, those of one model, else the whole fleet. */
export const BacktestAppliances = z.object({
  ids: z.array(Id).min(1).max(1_000).nullable().default(null),
  model: z.string().max(80).nullable().default(null),
});
export type BacktestAppliances = z.infer<typeof BacktestAppliances>;

/** Before `from` it only learns what is usual. */
export const WarmUpDays = z.number().int().min(0).max(120).default(35);

export const NewBacktest = z
  .object({
    rule: z.string(),
    version: z.number().int().positive(),
    against: z.number().int().positive().nullable().default(null).describe('Another version, to compare with'),
    from: Iso,
    to: Iso,
    warmUpDays: WarmUpDays,
    appliances: BacktestAppliances.prefault({}),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'must be after "from"' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= LONGEST_SPAN_DAYS * DAY_MS, {
    path: ['to'],
    error: `at most ${LONGEST_SPAN_DAYS} days after "from"`,
  });
export type NewBacktest = z.infer<typeof NewBacktest>;

/** What history does not hold, so that a judgement on it may differ from a live one. */
export const NotInHistory = z.enum(['connections', 'times-of-receipt', 'rejected-messages']);
export type NotInHistory = z.infer<typeof NotInHistory>;

/** What one version found. */
export const FoundBySide = z.object({
  findings: z.number().int(),
  stillOpen: z.number().int(),
  appliances: z.number().int(),
  homes: z.number().int(),
  visits: z.number().int(),
  bySeverity: z.array(z.object({ severity: Severity, findings: z.number().int() })),
  byCause: z.array(
    z.object({ cause: z.string(), name: Phrase.nullable(), findings: z.number().int(), visits: z.number().int() }),
  ),
});
export type FoundBySide = z.infer<typeof FoundBySide>;

/** Findings of one appliance that overlap in time are the same to it. */
export const FoundDifference = z.object({
  both: z.number().int(),
  onlyA: z.number().int(),
  onlyB: z.number().int(),
  /** Of both: B opened earlier, later. */
  earlier: z.number().int(),
  later: z.number().int(),
  /** Half of B's came so much later, or less; negative: earlier. Null: none in common. */
  medianLaterMinutes: z.number().nullable(),
  /** Sent by one only. */
  visitsOnlyA: z.number().int(),
  visitsOnlyB: z.number().int(),
});
export type FoundDifference = z.infer<typeof FoundDifference>;

export const Comparison = z
  .object({ a: FoundBySide, b: FoundBySide.nullable(), difference: FoundDifference.nullable() })
  .meta({ id: 'Comparison' });
export type Comparison = z.infer<typeof Comparison>;

const Said = z.object({
  openedAt: Iso,
  closedAt: Iso.nullable(),
  severity: Severity,
  cause: z.string(),
  probability: z.number(),
  /** It would have sent a technician. */
  visit: z.boolean(),
});

/** What the two say of one appliance at one time; null: it says nothing. */
export const ComparedFinding = z
  .object({ appliance: Id, household: Id.nullable(), a: Said.nullable(), b: Said.nullable() })
  .meta({ id: 'ComparedFinding' });
export type ComparedFinding = z.infer<typeof ComparedFinding>;

export const Compared = z.enum(['all', 'both', 'only-a', 'only-b']);
export type Compared = z.infer<typeof Compared>;

export const Backtest = z
  .object({
    id: Id,
    rule: z.string(),
    version: z.number().int(),
    title: Phrase,
    against: z.object({ rule: z.string(), version: z.number().int() }).nullable(),
    from: Iso,
    to: Iso,
    warmUpDays: z.number().int(),
    scope: z.object({ ids: z.number().int().nullable(), model: z.string().nullable() }),
    state: BacktestState,
    /** The readings cannot be read now; it goes on by itself. */
    waitsForReadings: z.boolean(),
    error: z.string().nullable(),
    askedAt: Iso,
    /** Null: whoever runs the platform. */
    askedBy: z.object({ id: Id, name: z.string() }).nullable(),
    finishedAt: Iso.nullable(),
    progress: z.object({
      appliances: z.number().int(),
      done: z.number().int(),
      /** Days with readings, of all appliances that are done; the warm-up does not count. */
      applianceDays: z.number().int(),
      /** Of what is done: nothing is stored of them in that time. */
      silent: z.number().int(),
    }),
    notInHistory: z.array(NotInHistory),
  })
  .meta({ id: 'Backtest' });
export type Backtest = z.infer<typeof Backtest>;

/** `found` is of what is done so far. */
export const BacktestResult = Backtest.extend({ found: Comparison }).meta({ id: 'BacktestResult' });
export type BacktestResult = z.infer<typeof BacktestResult>;

/** The version on silent trial (B) beside what live said in the same time (A). */
export const RuleTrial = z
  .object({
    rule: z.string(),
    version: z.number().int(),
    live: z.object({ version: z.number().int(), state: RuleVersionState }).nullable(),
    since: Iso,
    found: Comparison,
    /** The newest. */
    findings: z.array(ComparedFinding),
  })
  .meta({ id: 'RuleTrial' });
export type RuleTrial = z.infer<typeof RuleTrial>;
