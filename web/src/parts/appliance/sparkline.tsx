// The last day of one signal as a line without numbers: a decoration beside the value.
import { useReadings } from '../../client/queries.ts';

const WIDTH = 240;
const HEIGHT = 44;
const LEAST_SPAN = 8;

export function Sparkline({ appliance, signal }: { appliance: string; signal: string }) {
  const readings = useReadings(appliance, signal, 24, 120);
  const points = readings.data?.points ?? [];
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {points.length > 1 && <polyline points={lineOf(points)} vectorEffect="non-scaling-stroke" />}
    </svg>
  );
}

function lineOf(points: { at: string; mean: number }[]): string {
  const times = points.map((point) => Date.parse(point.at));
  const values = points.map((point) => point.mean);
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 1];
  const middle = (Math.min(...values) + Math.max(...values)) / 2;
  const span = Math.max(LEAST_SPAN, Math.max(...values) - Math.min(...values)) * 1.15;
  return values
    .map((value, i) => {
      const x = ((times[i]! - first) / Math.max(1, last - first)) * WIDTH;
      const y = HEIGHT / 2 - ((value - middle) / span) * HEIGHT;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
