// A uPlot chart of one series in the page's own colours.
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Series } from '#contracts';
import { useReader } from '../../reader.tsx';
import { alignedData } from './aligned-data.ts';
import type { Span } from './history.tsx';
import { plotOptions } from './plot-options.ts';

export type Point = { at: number; mean: number; min: number; max: number };

type PlotProps = {
  series: Series;
  /** Drawn as steps between no and yes. */
  state: boolean;
  hours: number;
  /** Right end of the chart, epoch ms. */
  until: number;
  spans: Span[];
  limit?: number | undefined;
  words: (value: number) => string;
  label: string;
  /** The point under the cursor; null when there is none. */
  onPoint: (point: Point | null) => void;
};

const HEIGHT_PX = 240;

export function Plot({ series, state, hours, until, spans, limit, words, label, onPoint }: PlotProps) {
  const room = useRef<HTMLDivElement>(null);
  const reader = useReader();
  const dark = useDark();
  const spansKey = JSON.stringify(spans);

  // biome-ignore lint/correctness/useExhaustiveDependencies: words and onPoint follow from the others; spans by value
  useEffect(() => {
    const element = room.current;
    if (!element) return;
    const data = alignedData(series);
    const options = plotOptions({
      width: element.clientWidth,
      height: HEIGHT_PX,
      reader,
      state,
      hours,
      until,
      spans,
      limit,
      words,
      colour: (name) => getComputedStyle(element).getPropertyValue(name).trim(),
      onIndex: (index) => onPoint(index === null ? null : pointAt(data, index)),
    });
    const plot = new uPlot(options, data, element);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [series, state, hours, until, spansKey, limit, reader, dark]);

  return <div className="plot" ref={room} role="img" aria-label={label} />;
}

function pointAt([times, means, maxima, minima]: uPlot.AlignedData, index: number): Point | null {
  const mean = means?.[index];
  if (mean === null || mean === undefined) return null;
  return { at: times[index]! * 1000, mean, min: minima?.[index] ?? mean, max: maxima?.[index] ?? mean };
}

/** The canvas has no CSS: it is drawn anew when the colour scheme changes. */
function useDark(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const change = () => setDark(scheme.matches);
    scheme.addEventListener('change', change);
    return () => scheme.removeEventListener('change', change);
  }, []);
  return dark;
}
