// Records of the log: everything that diagnosis sees. Bodies of the kinds that carry JSON.
import { z } from 'zod';
import type { Id } from './ids.ts';

export const RECORD_KINDS = ['message', 'connected', 'disconnected', 'answer', 'tick', 'started'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/**
 * One record. `at` is the platform's time of receipt, epoch ms. `appliance` is '' for records about the platform itself
 * (`tick`: the acceptor's heartbeat, which carries time; `started`: the acceptor came up). `channel` and `model` are
 * stamped on messages, so that decoding one needs no look-up. `body` is the raw payload of a message, else JSON.
 */
export type LogRecord = {
  kind: RecordKind;
  at: number;
  appliance: Id | '';
  channel: string;
  model: string;
  body: Uint8Array;
};

/** Why a connection ended, told apart for "is it the appliance, the home, or us". */
export const DisconnectedBody = z.object({ cause: z.enum(['goodbye', 'lost', 'replaced', 'refused', 'shutdown']) });
export type DisconnectedBody = z.infer<typeof DisconnectedBody>;

export const AnswerBody = z.object({ problem: z.string(), question: z.string(), answer: z.string(), by: z.string() });
export type AnswerBody = z.infer<typeof AnswerBody>;
