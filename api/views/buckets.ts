// How wide the buckets of a chart are: round, and so that no more than the wanted number fit.
import { DAY, HOUR, MINUTE, SECOND } from '#runtime';

const WIDTHS = [
  ...[1, 5, 10, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
];

export function bucketWidthMs(from: number, to: number, points: number): number {
  const least = (to - from) / points;
  return WIDTHS.find((width) => width >= least) ?? Math.ceil(least / DAY) * DAY;
}
