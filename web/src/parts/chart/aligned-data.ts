// A series as uPlot wants it: times in seconds, mean, highest and lowest; a gap in the data is a gap in the line.
import type uPlot from 'uplot';
import type { Series } from '#contracts';

const LEAST_GAP_SECONDS = 15 * 60;
const GAP_BUCKETS = 3;

export function alignedData({ points, bucketSeconds }: Series): uPlot.AlignedData {
  const gapSeconds = Math.max(LEAST_GAP_SECONDS, GAP_BUCKETS * bucketSeconds);
  const times: number[] = [];
  const means: (number | null)[] = [];
  const maxima: (number | null)[] = [];
  const minima: (number | null)[] = [];
  const push = (at: number, mean: number | null, max: number | null, min: number | null) => {
    times.push(at);
    means.push(mean);
    maxima.push(max);
    minima.push(min);
  };
  for (const point of points) {
    const at = Date.parse(point.at) / 1000;
    const before = times.at(-1);
    if (before !== undefined && at - before > gapSeconds) push(before + bucketSeconds, null, null, null);
    push(at, point.mean, point.max, point.min);
  }
  return [times, means, maxima, minima];
}
