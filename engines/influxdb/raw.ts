// Readings as they were stored. Each field comes by itself, sorted and cut by InfluxDB, so nothing is held that was not asked for.
import { flux, fluxDateTime, fluxExpression, type QueryApi } from '@influxdata/influxdb-client';
import { ApplianceKind, type Rollup } from '#contracts';
import type { ReadingsStore, StoredReading } from '#ingest';
import { signalOf, storedName, unmappedMeasurement } from './line-protocol.ts';
import { rollupsOf } from './series.ts';

type Query = Parameters<ReadingsStore['readings']>[0];
type Row = { _measurement: string; _field: string; _time: string; _value: number | string | null };

const iso = (ms: number): string => new Date(Math.ceil(ms)).toISOString();

const KINDS = ApplianceKind.options.flatMap((kind) => [kind, unmappedMeasurement(kind)]);
/** Measurements of ours: a bucket may have others too. */
export const KNOWN = KINDS.map((name) => flux`r._measurement == ${name}`).join(' or ');

/** Same promise as the port's `count`. A signal that changed its type at one stamp counts twice. */
export async function queryCount(
  api: QueryApi,
  bucket: string,
  { appliance, from, to }: Parameters<ReadingsStore['count']>[0],
): Promise<number> {
  if (to <= from) return 0;
  const whose = appliance === undefined ? 'true' : flux`r.appliance == ${storedName(appliance)}`;
  const rows = await api.collectRows<{ _value: number }>(flux`from(bucket: ${bucket})
    |> range(start: ${fluxDateTime(iso(from))}, stop: ${fluxDateTime(iso(to))})
    |> filter(fn: (r) => ${fluxExpression(KNOWN)})
    |> filter(fn: (r) => ${fluxExpression(whose)})
    |> count()
    |> keep(columns: ["_value"])
    |> group()
    |> sum()`);
  return rows.reduce((sum, row) => sum + row._value, 0);
}

/** Same promise as the port's `rollups`. */
export async function queryRollups(
  api: QueryApi,
  bucket: string,
  query: Parameters<ReadingsStore['rollups']>[0],
): Promise<Rollup[]> {
  if (query.to <= query.from) return [];
  const rows = await api.collectRows<Record<'total' | 'least' | 'most' | 'count' | 'last', number> & RollupKey>(
    flux`${fluxExpression(rollupsOf(bucket, query))}
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")`,
  );
  return rows
    .map(({ signal, _time, total, least, most, count, last }) => ({
      signal: decodeURIComponent(signal),
      at: Date.parse(_time),
      mean: total / count,
      min: least,
      max: most,
      count,
      last,
    }))
    .sort((a, b) => a.at - b.at || (a.signal < b.signal ? -1 : 1));
}
type RollupKey = { signal: string; _time: string };

/** Same promise as the port's `readings`. */
export async function queryReadings(
  api: QueryApi,
  bucket: string,
  query: Query,
): ReturnType<ReadingsStore['readings']> {
  if (query.to <= query.from) return { readings: [], next: null };
  const rows = await api.collectRows<Row>(flux`from(bucket: ${bucket})
    |> range(start: ${fluxDateTime(iso(query.from))}, stop: ${fluxDateTime(iso(query.to))})
    |> filter(fn: (r) => r.appliance == ${storedName(query.appliance)})
    |> filter(fn: (r) => ${fluxExpression(KNOWN)})
    |> limit(n: ${query.limit})
    |> keep(columns: ["_measurement", "_field", "_time", "_value"])`);
  return cut(rows, query.limit);
}

/** A field that was cut says nothing of what lies behind its last stamp: no field is believed further than that. */
function cut(rows: readonly Row[], limit: number): Awaited<ReturnType<ReadingsStore['readings']>> {
  const fields = new Map<string, { count: number; last: number }>();
  const readings: StoredReading[] = [];
  for (const { _measurement, _field, _time, _value } of rows) {
    const at = Date.parse(_time);
    const field = fields.get(`${_measurement} ${_field}`) ?? { count: 0, last: at };
    fields.set(`${_measurement} ${_field}`, { count: field.count + 1, last: Math.max(field.last, at) });
    readings.push({ at, signal: signalOf(_measurement, _field), value: _value ?? '' });
  }
  const ends = [...fields.values()].filter(({ count }) => count >= limit).map(({ last }) => last);
  const end = ends.length === 0 ? null : Math.min(...ends);
  const whole = end === null ? readings : readings.filter(({ at }) => at <= end);
  whole.sort((a, b) => a.at - b.at || (a.signal < b.signal ? -1 : 1));
  return { readings: whole, next: end === null ? null : end + 1 };
}
