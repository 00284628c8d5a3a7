// How a history looks: soft band, clear line, shaded alert, dashed limit.
import uPlot from 'uplot';
import type { Reader } from '#contracts';
import { localeOf } from '../../reader.tsx';
import type { Span } from './history.tsx';

type PlotLook = {
  width: number;
  height: number;
  reader: Reader;
  state: boolean;
  hours: number;
  /** Right end of the chart, epoch ms. */
  until: number;
  spans: Span[];
  limit: number | undefined;
  words: (value: number) => string;
  /** The value of a custom property of the page. */
  colour: (name: string) => string;
  onIndex: (index: number | null) => void;
};

const LEAST_RANGE = 4;
const AXIS_FONT = '12px system-ui, sans-serif';

export function plotOptions(look: PlotLook): uPlot.Options {
  const { colour, state } = look;
  const paths = state ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  const hidden = { stroke: 'transparent', width: 0, points: { show: false } };
  return {
    width: look.width,
    height: look.height,
    padding: [12, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), look.reader.timeZone),
    scales: {
      x: { range: () => [look.until / 1000 - look.hours * 3600, look.until / 1000] },
      y: { range: (_, low, high) => rangeOf(look, low, high) },
    },
    axes: [timeAxis(look), valueAxis(look)],
    series: [
      {},
      { stroke: colour('--accent'), width: 2, points: { show: false }, ...(paths ? { paths } : {}) },
      hidden,
      hidden,
    ],
    bands: state ? [] : [{ series: [2, 3], fill: colour('--accent-band') }],
    hooks: {
      drawClear: [(plot) => shadeSpans(plot, look)],
      draw: [(plot) => drawLimit(plot, look)],
      setCursor: [(plot) => look.onIndex(plot.cursor.idx ?? null)],
    },
  };
}

function rangeOf({ state, limit }: PlotLook, low: number, high: number): [number, number] {
  if (state) return [0, 1.05];
  const bottom = Math.min(low, limit ?? low);
  const top = Math.max(high, limit ?? high);
  const spare = Math.max(LEAST_RANGE - (top - bottom), (top - bottom) * 0.12) / 2;
  return [bottom - spare, top + spare];
}

function axisLook({ colour }: PlotLook): uPlot.Axis {
  return {
    stroke: colour('--ink-soft'),
    font: AXIS_FONT,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
}

function timeAxis(look: PlotLook): uPlot.Axis {
  const style: Intl.DateTimeFormatOptions =
    look.hours > 48 ? { month: 'short', day: 'numeric' } : { hour: '2-digit', minute: '2-digit', hour12: false };
  const format = new Intl.DateTimeFormat(localeOf(look.reader), { ...style, timeZone: look.reader.timeZone });
  return {
    ...axisLook(look),
    grid: { show: false },
    size: 32,
    space: 64,
    ...(look.hours > 48 ? { incrs: [86_400, 2 * 86_400] } : {}),
    values: (_, seconds) => seconds.map((s) => format.format(s * 1000)),
  };
}

function valueAxis(look: PlotLook): uPlot.Axis {
  return {
    ...axisLook(look),
    size: 58,
    ...(look.state ? { splits: () => [0, 0.5, 1] } : {}),
    values: (_, values) => values.map((value) => (look.state ? `${value * 100} %` : look.words(value))),
  };
}

function shadeSpans(plot: uPlot, { spans, colour }: PlotLook): void {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.fillStyle = colour('--attention-soft');
  for (const { from, to } of spans) {
    const start = Math.max(left, plot.valToPos(Date.parse(from) / 1000, 'x', true));
    const end = Math.min(left + width, to === null ? left + width : plot.valToPos(Date.parse(to) / 1000, 'x', true));
    if (end > start) plot.ctx.fillRect(start, top, end - start, height);
  }
  plot.ctx.restore();
}

function drawLimit(plot: uPlot, { limit, colour }: PlotLook): void {
  if (limit === undefined) return;
  const { left, width } = plot.bbox;
  const y = plot.valToPos(limit, 'y', true);
  plot.ctx.save();
  plot.ctx.strokeStyle = colour('--danger');
  plot.ctx.lineWidth = devicePixelRatio;
  plot.ctx.setLineDash([6 * devicePixelRatio, 5 * devicePixelRatio]);
  plot.ctx.beginPath();
  plot.ctx.moveTo(left, y);
  plot.ctx.lineTo(left + width, y);
  plot.ctx.stroke();
  plot.ctx.restore();
}
