// Sends lines and finds those that the engine will never take: it names at most one of them, and how many. What was
// stored on the way is sent again, which changes nothing.
import { fieldOf, type Line, textOf } from './line-protocol.ts';
import type { Refusal } from './store-error.ts';

export type StoreLinesDeps = {
  /** Resolves when all lines are durable, or with what was said about some of them. Throws when the engine is away. */
  send: (lines: string[]) => Promise<Refusal | null>;
  refused: (line: Line, reason: string) => Promise<void>;
};

/** When it resolves, each reading is durable or was handed to `refused`. */
export async function storeLines(deps: StoreLinesDeps, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return;
  const refusal = await deps.send(lines.map(textOf));
  if (refusal === null) return;
  if (concernsAll(refusal, lines)) {
    for (const line of lines) await deps.refused(line, refusal.reason);
    return;
  }
  for (const part of divide(lines, refusal)) await storeLines(deps, part);
}

/** Nothing of the lines was stored, nor would any part of them be. */
function concernsAll({ dropped, outsideRetention }: Refusal, lines: readonly Line[]): boolean {
  const indivisible = lines.every((line) => line.readings.length === 1);
  if (lines.length === 1 && indivisible) return true;
  return dropped === lines.length && (outsideRetention || indivisible);
}

type Parts = [readonly Line[], readonly Line[]];

function divide(lines: readonly Line[], { field }: Refusal): Parts {
  if (field !== null) {
    const parts = byReading(lines, (reading) => fieldOf(reading) === field);
    if (parts[0].length > 0 && parts[1].length > 0) return parts;
  }
  if (lines.length > 1) {
    const middle = lines.length >> 1;
    return [lines.slice(0, middle), lines.slice(middle)];
  }
  const { readings } = lines[0]!;
  const first = new Set(readings.slice(0, readings.length >> 1));
  return byReading(lines, (reading) => first.has(reading));
}

/** The same lines twice: with the readings that fit, and with the others. */
function byReading(lines: readonly Line[], fits: (reading: Line['readings'][number]) => boolean): Parts {
  const only = (wanted: boolean) =>
    lines
      .map((line) => ({ ...line, readings: line.readings.filter((reading) => fits(reading) === wanted) }))
      .filter((line) => line.readings.length > 0);
  return [only(true), only(false)];
}
