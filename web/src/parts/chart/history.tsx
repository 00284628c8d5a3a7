// The history of an appliance: one signal over a period, with the alert's span and limit.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Series } from '#contracts';
import { useReadings } from '../../client/queries.ts';
import type { LatestValue } from '../../client/shapes.ts';
import { useSay, useTimes } from '../../reader.tsx';
import { useSignalWords, useValueWords } from '../appliance/value.ts';
import { Choice, Segments } from '../form/fields.tsx';
import { Empty, Loaded } from '../status/loaded.tsx';
import { Plot, type Point } from './plot.tsx';

const POINTS = 300;

/** Where an alert lies in time; `to` is null while it is open. */
export type Span = { from: string; to: string | null };
/** A limit in the signal's own unit. */
export type Limit = { signal: string; value: number };
/** How far back a history looks at first. */
export type Hours = '6' | '24' | '168';
type HistoryProps = {
  appliance: string;
  latest: LatestValue[];
  spans: Span[];
  limits: Limit[];
  first?: string | undefined;
  firstHours: Hours;
};

export function History({ appliance, latest, spans, limits, first, firstHours }: HistoryProps) {
  const { t } = useTranslation();
  const signalWords = useSignalWords();
  const drawable = latest.filter((value) => typeof value.value !== 'string');
  const preferred = [first, 'cabinet_temperature', drawable[0]?.signal].find((name) =>
    drawable.some((value) => value.signal === name),
  );
  const [chosen, setChosen] = useState<string>();
  const [hours, setHours] = useState<string>(firstHours);
  const signal = drawable.find((value) => value.signal === (chosen ?? preferred));
  if (!signal) return <Empty>{t('appliance.noValues')}</Empty>;

  const ranges = [
    { value: '6', words: t('appliance.hours6') },
    { value: '24', words: t('appliance.hours24') },
    { value: '168', words: t('appliance.days7') },
  ];
  return (
    <div className="history">
      <div className="history-controls">
        <Choice
          label={t('appliance.signal')}
          value={signal.signal}
          choices={drawable.map((value) => ({ value: value.signal, words: signalWords(value) }))}
          onValue={setChosen}
        />
        <Segments label={t('appliance.range')} value={hours} choices={ranges} onValue={setHours} />
      </div>
      <SignalHistory
        appliance={appliance}
        signal={signal}
        hours={Number(hours)}
        spans={spans}
        limit={limits.find((limit) => limit.signal === signal.signal)?.value}
      />
    </div>
  );
}

type SignalHistoryProps = { appliance: string; signal: LatestValue; hours: number; spans: Span[]; limit?: number };

function SignalHistory({ appliance, signal, hours, spans, limit }: SignalHistoryProps) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const signalWords = useSignalWords();
  const valueWords = useValueWords();
  const readings = useReadings(appliance, signal.signal, hours, POINTS);
  const [at, setAt] = useState<Point | null>(null);
  const isState = typeof signal.value === 'boolean';
  // The mean of a state is the share of time in which it held.
  const words = (value: number) =>
    isState ? say.percent(value) : valueWords({ signal: signal.signal, unit: signal.unit, value });
  return (
    <Loaded from={readings} lines={8}>
      {(series) => {
        const summary = summaryOf(series);
        if (!summary)
          return (
            <div className="plot-empty">
              <Empty>{t('appliance.noReadings')}</Empty>
            </div>
          );
        const shown = at ?? summary.last;
        const marked = spans.some((span) => touches(span, series));
        return (
          <>
            <p className="readout">
              <strong>{words(shown.mean)}</strong>
              <span className="soft">
                {times.moment(shown.at)}
                {!isState &&
                  shown.min !== shown.max &&
                  ` · ${t('appliance.between', { min: words(shown.min), max: words(shown.max) })}`}
              </span>
            </p>
            <Plot
              series={series}
              state={isState}
              hours={hours}
              until={readings.dataUpdatedAt}
              spans={spans}
              limit={limit}
              words={words}
              label={t('appliance.chart', {
                signal: signalWords(signal),
                last: words(summary.last.mean),
                min: words(summary.min),
                max: words(summary.max),
              })}
              onPoint={setAt}
            />
            <p className="small plot-legend">
              {t(isState ? 'appliance.share' : 'appliance.band')}
              {marked && ` · ${t('appliance.alertSpan')}`}
              {limit !== undefined && ` · ${t('appliance.thresholdLine', { limit: words(limit) })}`}
            </p>
          </>
        );
      }}
    </Loaded>
  );
}

function summaryOf({ points }: Series): { last: Point; min: number; max: number } | null {
  const last = points.at(-1);
  if (!last) return null;
  return {
    last: { ...last, at: Date.parse(last.at) },
    min: Math.min(...points.map((point) => point.min)),
    max: Math.max(...points.map((point) => point.max)),
  };
}

function touches({ to }: Span, { points }: Series): boolean {
  return to === null || Date.parse(to) > Date.parse(points[0]?.at ?? '');
}
