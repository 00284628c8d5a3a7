// Charts of any span: from raw readings where they are, and from roll-ups where raw readings are gone or would be too many.
import { ROLLUP_MS, type SeriesPoint } from '#contracts';
import { type Clock, DAY } from '#runtime';
import { horizonsAt, type KeepRules } from './ageing-rule.ts';
import type { ReadingsStore, Span } from './ports.ts';

type Query = Parameters<ReadingsStore['series']>[0];
export type Piece = Span & { from: number; to: number; rolledUp: boolean };

/** Beyond it raw readings of an appliance that speaks every minute are tens of thousands. */
const LONG_MS = 8 * DAY;

/**
 * Which part of [from, to) is answered from what, oldest first. Roll-ups serve what is older than raw readings are kept,
 * and all of a long span whose buckets are made of whole roll-ups; never where they lack something.
 */
export function piecesOf(query: Span & { bucketMs: number }, rawBefore: number, lacking: readonly Span[]): Piece[] {
  const { from, to, bucketMs } = query;
  const long = to - from > LONG_MS && bucketMs % ROLLUP_MS === 0;
  const end = Math.floor((long ? to : Math.min(to, rawBefore)) / ROLLUP_MS) * ROLLUP_MS;
  const pieces: Piece[] = [];
  const add = (piece: Piece): void => void (piece.from < piece.to && pieces.push(piece));
  let at = Math.ceil(from / ROLLUP_MS) * ROLLUP_MS;
  if (at >= end) return from < to ? [{ from, to, rolledUp: false }] : [];
  add({ from, to: at, rolledUp: false });
  for (const gap of lacking) {
    const [begin, over] = [Math.max(at, gap.from), Math.min(end, gap.to)];
    if (begin >= over) continue;
    add({ from: at, to: begin, rolledUp: true });
    add({ from: begin, to: over, rolledUp: false });
    at = over;
  }
  add({ from: at, to: end, rolledUp: true });
  add({ from: end, to, rolledUp: false });
  return pieces;
}

/** Buckets that several pieces share become one. */
export function joined(parts: readonly (readonly SeriesPoint[])[]): SeriesPoint[] {
  const points = new Map<number, SeriesPoint>();
  for (const point of parts.flat()) {
    const other = points.get(point.at);
    points.set(point.at, other ? together(other, point) : point);
  }
  return [...points.values()].sort((a, b) => a.at - b.at);
}

function together(a: SeriesPoint, b: SeriesPoint): SeriesPoint {
  const count = a.count + b.count;
  return {
    at: a.at,
    mean: (a.mean * a.count + b.mean * b.count) / count,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    count,
  };
}

export type HistoryDeps = {
  store: Pick<ReadingsStore, 'series' | 'rolledUp' | 'notRolledUp'>;
  rules: KeepRules;
  clock: Clock;
};

/** `series` of the port, over readings of any age. */
export async function seriesOf({ store, rules, clock }: HistoryDeps, query: Query): Promise<SeriesPoint[]> {
  const { rawBefore } = horizonsAt(clock.now(), rules);
  const first = piecesOf(query, rawBefore, []);
  if (first.every(({ rolledUp }) => !rolledUp)) return store.series(query);
  const { appliance, from, to } = query;
  const pieces = piecesOf(query, rawBefore, await store.notRolledUp({ appliance, from, to }));
  const parts = pieces.map(({ rolledUp, ...span }) => {
    const part = { ...query, ...span };
    return rolledUp ? store.rolledUp(part) : store.series(part);
  });
  return joined(await Promise.all(parts));
}
