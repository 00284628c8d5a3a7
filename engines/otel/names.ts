// Names of traces and spans, derived from what they are about: stages that never speak to each other arrive at the same.
import { hash } from 'node:crypto';
import type { Heard, SpanName } from '#runtime';

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
/** W3C: the last 7 bytes of a trace id are as good as random, and samplers along the way decide by them; 6 are exact as a number. */
const RANDOM_AT = 9;
const RANDOM_BYTES = 6;
const RANDOM_END = 2 ** (8 * RANDOM_BYTES);

const bytesOf = (...parts: readonly (string | number)[]): Buffer => hash('sha256', parts.join('|'), 'buffer');

/** One in `every`, the same ones in every thread and after every restart; those of a smaller `every` hold those of a greater. */
export function traceIdOf({ appliance, heardAt }: Heard, every: number): string | null {
  const bytes = bytesOf(appliance, heardAt);
  if (bytes.readUIntBE(RANDOM_AT, RANDOM_BYTES) < RANDOM_END - RANDOM_END / every) return null;
  return bytes.toString('hex', 0, TRACE_BYTES);
}

export const spanIdOf = (trace: string, { step, id = '' }: SpanName): string =>
  bytesOf(trace, step, id).toString('hex', 0, SPAN_BYTES);
