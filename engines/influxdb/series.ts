// Down-sampling by Flux. Each function runs in InfluxDB's storage layer, because each has a source of its own: a source
// that several functions share would be read point by point.
import { flux, fluxDateTime, fluxDuration, fluxExpression, type QueryApi } from '@influxdata/influxdb-client';
import { ApplianceKind, type Id, type SeriesPoint } from '#contracts';
import type { ReadingsStore } from '#ingest';
import { ROLLUP } from './fold-rollups.ts';
import { storedName, typedName, unmappedMeasurement } from './line-protocol.ts';

type Query = Parameters<ReadingsStore['series']>[0];
type Row = { result: 'sum' | 'count' | 'min' | 'max'; _time: string; _value: number };

const FUNCTIONS = ['sum', 'count', 'min', 'max'] as const;

function sourceOf(bucket: string, { appliance, signal, from, to }: Query) {
  const plain = storedName(signal);
  const number = storedName(typedName(signal, 'number'));
  const boolean = storedName(typedName(signal, 'boolean'));
  const fields = ApplianceKind.options.map(
    (kind) => flux`(r._measurement == ${kind} and r._field == ${plain})
      or (r._measurement == ${unmappedMeasurement(kind)} and (r._field == ${number} or r._field == ${boolean}))`,
  );
  return flux`from(bucket: ${bucket})
    |> range(start: ${fluxDateTime(iso(from))}, stop: ${fluxDateTime(iso(to))})
    |> filter(fn: (r) => r.appliance == ${storedName(appliance)})
    |> filter(fn: (r) => ${fluxExpression(fields.join(' or '))})`;
}

const iso = (ms: number): string => new Date(Math.ceil(ms)).toISOString();

/** Same promise as the port's `series`. */
export function querySeries(api: QueryApi, bucket: string, query: Query): Promise<SeriesPoint[]> {
  return buckets(api, query, () => sourceOf(bucket, query).toString());
}

/** Same promise as the port's `rolledUp`. */
export function queryRolledUp(api: QueryApi, bucket: string, query: Query): Promise<SeriesPoint[]> {
  const fields = { sum: 'total', count: 'count', min: 'least', max: 'most' };
  return buckets(
    api,
    query,
    (name) => `${rollupsOf(bucket, query)} |> filter(fn: (r) => r._field == "${fields[name]}")`,
    {
      count: 'sum',
    },
  );
}

/** The roll-ups of an appliance that begin in a span, of one signal or of all. */
export function rollupsOf(bucket: string, query: { appliance: Id; signal?: string; from: number; to: number }) {
  const signal = query.signal === undefined ? 'true' : flux`r.signal == ${storedName(query.signal)}`;
  return flux`from(bucket: ${bucket})
    |> range(start: ${fluxDateTime(iso(query.from))}, stop: ${fluxDateTime(iso(query.to))})
    |> filter(fn: (r) => r._measurement == ${ROLLUP} and r.appliance == ${storedName(query.appliance)})
    |> filter(fn: (r) => ${fluxExpression(signal)})`;
}

type Name = (typeof FUNCTIONS)[number];

/** `instead` of a function of that name another one, where what it gave is gathered once more. */
async function buckets(
  api: QueryApi,
  query: Query,
  source: (name: Name) => string,
  instead: Partial<Record<Name, string>> = {},
): Promise<SeriesPoint[]> {
  if (query.to <= query.from) return [];
  const every = fluxDuration(`${query.bucketMs}ms`);
  const parts = FUNCTIONS.map(
    (name) => flux`${fluxExpression(source(name))}
    |> aggregateWindow(every: ${every}, fn: ${fluxExpression(instead[name] ?? name)}, createEmpty: false, timeSrc: "_start")
    |> yield(name: ${name})`,
  );
  return gather(await api.collectRows<Row>(parts.join('\n')), query.bucketMs);
}

/** A signal may stand in several fields (known and unknown, number and boolean): their buckets are added up. */
function gather(rows: readonly Row[], bucketMs: number): SeriesPoint[] {
  const buckets = new Map<number, { sum: number; count: number; min: number; max: number }>();
  for (const { result, _time, _value } of rows) {
    // The first window begins at the start of the range; its bucket began before.
    const at = Math.floor(Date.parse(_time) / bucketMs) * bucketMs;
    const bucket = buckets.get(at) ?? {
      sum: 0,
      count: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
    };
    if (result === 'min') bucket.min = Math.min(bucket.min, _value);
    else if (result === 'max') bucket.max = Math.max(bucket.max, _value);
    else bucket[result] += _value;
    buckets.set(at, bucket);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([at, { sum, count, min, max }]) => ({ at, mean: sum / count, min, max, count }));
}
