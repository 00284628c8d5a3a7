// Readings as they were stored. Each field comes by itself, sorted and cut by InfluxDB, so nothing is held that was not asked for.
import { flux, fluxDateTime, fluxExpression, type QueryApi } from '@influxdata/influxdb-client';
import { ApplianceKind } from '#contracts';
import type { ReadingsStore, StoredReading } from '#ingest';
import { signalOf, storedName, unmappedMeasurement } from './line-protocol.ts';

type Query = Parameters<ReadingsStore['readings']>[0];
type Row = { _measurement: string; _field: string; _time: string; _value: number | string | null };

const iso = (ms: number): string => new Date(Math.ceil(ms)).toISOString();

/** Same promise as the port's `readings`. */
export async function queryReadings(
  api: QueryApi,
  bucket: string,
  query: Query,
): ReturnType<ReadingsStore['readings']> {
  if (query.to <= query.from) return { readings: [], next: null };
  const kinds = ApplianceKind.options.flatMap((kind) => [kind, unmappedMeasurement(kind)]);
  const known = kinds.map((name) => flux`r._measurement == ${name}`).join(' or ');
  const rows = await api.collectRows<Row>(flux`from(bucket: ${bucket})
    |> range(start: ${fluxDateTime(iso(query.from))}, stop: ${fluxDateTime(iso(query.to))})
    |> filter(fn: (r) => r.appliance == ${storedName(query.appliance)})
    |> filter(fn: (r) => ${fluxExpression(known)})
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
