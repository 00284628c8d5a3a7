// Bodies of the HTTP API about what was not accepted and tried again, and about the counts that must balance.
import { z } from 'zod';
import { Iso, RejectedState } from './http.ts';
import { Id } from './ids.ts';

/** Without what the appliance said: that stands in its own file. */
export const RejectedMessage = z
  .object({
    id: z.string(),
    appliance: Id,
    /** As it was stamped; null for what was kept before that was done. */
    model: z.string().nullable(),
    receivedAt: Iso,
    channel: z.string(),
    reason: z.string(),
    state: RejectedState,
  })
  .meta({ id: 'RejectedMessage' });
export type RejectedMessage = z.infer<typeof RejectedMessage>;

const Position = z.string().regex(/^\d{1,16}$/, 'an id from the list of rejected messages');

/** Those with these ids, or all that fit everything else that is given. Times of receipt, [from, to). */
export const NewReplay = z
  .object({
    ids: z.array(Position).min(1).max(1_000).optional(),
    appliance: Id.optional(),
    /** Stands in the reason, letter by letter. */
    reason: z.string().min(3).max(200).optional(),
    from: Iso.optional(),
    to: Iso.optional(),
  })
  .refine((wish) => Object.values(wish).some((value) => value !== undefined), {
    error: 'Say which messages: ids, appliance, reason, from or to.',
  });
export type NewReplay = z.infer<typeof NewReplay>;

/** How far it has come. `gone`: forgotten or erased since, or asked for once more. */
export const Replay = z
  .object({
    id: Id,
    askedBy: z.string(),
    askedAt: Iso,
    total: z.number().int(),
    waiting: z.number().int(),
    replayed: z.number().int(),
    accepted: z.number().int(),
    refused: z.number().int(),
    unreadable: z.number().int(),
    gone: z.number().int(),
  })
  .meta({ id: 'Replay' });
export type Replay = z.infer<typeof Replay>;

export const LedgerBalance = z.enum(['messages', 'quarantine', 'readings']);
export type LedgerBalance = z.infer<typeof LedgerBalance>;

/** `found` is not between `expectedLow` and `expectedHigh`, of what belongs into [from, to). */
export const LedgerDifference = z
  .object({
    id: Id,
    balance: LedgerBalance,
    appliance: Id,
    from: Iso,
    to: Iso,
    expectedLow: z.number().int(),
    expectedHigh: z.number().int(),
    found: z.number().int(),
    raisedAt: Iso,
    seenAt: Iso,
    overAt: Iso.nullable(),
    /** Somebody knows why. */
    settled: z.boolean(),
  })
  .meta({ id: 'LedgerDifference' });
export type LedgerDifference = z.infer<typeof LedgerDifference>;

/** All appliances together, of one day of receipt (UTC). */
export const LedgerDay = z
  .object({
    day: Iso,
    received: z.number().int(),
    decoded: z.number().int(),
    quarantined: z.number().int(),
    commands: z.number().int(),
    replayed: z.number().int(),
    readings: z.number().int(),
    repeated: z.number().int(),
    late: z.number().int(),
    rejected: z.number().int(),
  })
  .meta({ id: 'LedgerDay' });
export type LedgerDay = z.infer<typeof LedgerDay>;

export const Ledger = z
  .object({
    checks: z.array(z.object({ balance: LedgerBalance, at: Iso, checked: z.number().int() })),
    differences: z.array(LedgerDifference),
    days: z.array(LedgerDay),
  })
  .meta({ id: 'Ledger' });
export type Ledger = z.infer<typeof Ledger>;
