// Records of the log: everything that diagnosis sees. Bodies of the kinds that carry JSON.
import { z } from 'zod';
import type { Id } from './ids.ts';

/** New kinds go to the end: a record on disk names its kind by its place here. */
export const RECORD_KINDS = [
  'message',
  'connected',
  'disconnected',
  'answer',
  'tick',
  'started',
  'lost-broker',
  'command-result',
  'replayed',
  'rules',
  'cohort',
  'report',
  'presence',
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/**
 * One record. `at` is the platform's time of receipt, epoch ms. `appliance` is '' for records about the platform itself
 * (`tick`: the acceptor's heartbeat, which carries time; `started`: a broker came up; `lost-broker`: one is gone without a
 * word). `channel` and `model` are stamped on messages, so that decoding one needs no look-up. `body` is the raw payload
 * of a message, else JSON. `replayed` is a message that was rejected before, with the time of its first receipt.
 */
export type LogRecord = {
  kind: RecordKind;
  at: number;
  appliance: Id | '';
  channel: string;
  model: string;
  body: Uint8Array;
};

/** Of `connected`, `started` and `lost-broker`. Who was connected there is not, once that broker starts or is lost. */
export const BrokerBody = z.object({ broker: z.string() });
export type BrokerBody = z.infer<typeof BrokerBody>;

/** Why a connection ended, told apart for "is it the appliance, the home, or us". */
export const DisconnectedBody = BrokerBody.extend({
  cause: z.enum(['goodbye', 'lost', 'replaced', 'refused', 'shutdown']),
});
export type DisconnectedBody = z.infer<typeof DisconnectedBody>;

export const AnswerBody = z.object({ problem: z.string(), question: z.string(), answer: z.string(), by: z.string() });
export type AnswerBody = z.infer<typeof AnswerBody>;

/** A version of a rule was published (or a rule retired): the whole set of the rule's versions that are judged from here on. */
export const RulesBody = z.object({
  rule: z.string(),
  /** The YAML documents. Null: no version is live, or none is on silent trial. */
  live: z.object({ version: z.number().int().positive(), text: z.string() }).nullable(),
  trial: z.object({ version: z.number().int().positive(), text: z.string() }).nullable(),
});
export type RulesBody = z.infer<typeof RulesBody>;

/** What is usual for healthy appliances of one model: per learned feature the median and the spread over appliances (robust sigma). */
export const CohortBody = z.object({
  model: z.string(),
  appliances: z.number().int().positive(),
  usual: z.record(z.string(), z.object({ median: z.number(), spread: z.number().nonnegative() })),
});
export type CohortBody = z.infer<typeof CohortBody>;

/** What a person said of an appliance in their own words, as codes: the words themselves stay with the registry. */
export const ReportBody = z.object({ codes: z.array(z.string()).min(1), by: z.string() });
export type ReportBody = z.infer<typeof ReportBody>;

/** Whether messages are expected: not while it rests until `until`, epoch ms; null: expected again. */
export const PresenceBody = z.object({ restsUntil: z.number().nullable(), by: z.string() });
export type PresenceBody = z.infer<typeof PresenceBody>;

/** What a remote test measured of the appliance's parts: by the name of the check whether the part did what it should. */
export const TestResultBody = z.object({ test: z.literal('self-test'), result: z.record(z.string(), z.boolean()) });
export type TestResultBody = z.infer<typeof TestResultBody>;
