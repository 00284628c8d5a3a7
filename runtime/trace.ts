// What became of one message, step by step, for whoever looks for where time goes. Nothing is handed over for it: every
// stage knows which record it works on, and the names of trace and spans follow from that.
import type { Id } from '#contracts';

/** A record of the log: whose it is, and its time of receipt (epoch ms). */
export type Heard = { appliance: Id; heardAt: number };

/** The steps, and the one that each follows. */
export const TRACE_STEPS = {
  accept: null,
  store: 'accept',
  evaluate: 'accept',
  'take-finding': 'evaluate',
  notify: 'take-finding',
} as const;
export type TraceStep = keyof typeof TRACE_STEPS;

/** A step is named once in a trace; where it may happen more than once, `id` says which it is. */
export type SpanName = { step: TraceStep; id?: string };

/** Ends the span now. Ids and codes only. */
export type EndSpan = (about?: Readonly<Record<string, string | number | readonly string[]>>) => void;

export interface Tracer {
  /**
   * Begins a span now; null when this record is not among those that are followed, so that most cost one hash. `follows` is
   * the span before it: unless given the one of TRACE_STEPS, and `null` begins the trace. Never throws, never waits.
   */
  begin(span: SpanName & { heard: Heard; follows?: SpanName | null }): EndSpan | null;
}
