// Readings grow old: days of appliances are read, rolled up and written beside the raw ones; a day that is rolled up again
// overwrites itself. Nothing of it stands in the way of writes.
import { flux, fluxDateTime, fluxExpression, type QueryApi } from '@influxdata/influxdb-client';
import type { ApplianceDay, DueDay, DueDays, Horizons } from '#ingest';
import { DAY } from '#runtime';
import { type Buckets, rollupBucket } from './buckets.ts';
import { type RawRow, RollupFold } from './fold-rollups.ts';
import { storedName } from './line-protocol.ts';
import type { LineSender } from './line-sender.ts';
import { KNOWN } from './raw.ts';

const APPLIANCES_AT_ONCE = 8;
const MARKED_AT_ONCE = 5_000;
/** The youngest that may go is over for some hours: a bit more than the rule says is kept. */
const ROUNDING_MS = 2 * DAY;

export type AgeDeps = { query: QueryApi; sender: LineSender; buckets: Buckets; due: DueDays; bucket: string };

/** Same promise as the port's `age`. */
export async function age(deps: AgeDeps, horizons: Horizons): Promise<boolean> {
  const { due, buckets, bucket } = deps;
  const keepRollupsMs = horizons.closedBefore - horizons.rollupsBefore + ROUNDING_MS;
  await buckets.ensureRollups(keepRollupsMs, () => markAll(deps));
  const days = await due.claim(horizons.closedBefore - DAY + 1, APPLIANCES_AT_ONCE);
  if (days.length > 0) {
    if (days[0]!.day >= horizons.rollupsBefore) await rollUp(deps, days);
    await due.done(days);
    return true;
  }
  if (horizons.rollupsBefore > 0) await buckets.forgetAfter(rollupBucket(bucket), keepRollupsMs);
  if (horizons.rawBefore > 0 && !(await due.anyBefore(horizons.rawBefore)))
    await buckets.forgetAfter(bucket, horizons.closedBefore - horizons.rawBefore + ROUNDING_MS);
  return false;
}

/** What was stored before there were roll-ups. */
async function markAll({ query, due, bucket }: AgeDeps): Promise<void> {
  const days = flux`from(bucket: ${bucket})
    |> range(start: 0)
    |> filter(fn: (r) => ${fluxExpression(KNOWN)})
    |> aggregateWindow(every: 1d, fn: count, createEmpty: false, timeSrc: "_start")
    |> keep(columns: ["appliance", "_time"])`;
  let found = new Map<string, ApplianceDay>();
  for await (const { values, tableMeta } of query.iterateRows(days)) {
    const { appliance, _time } = tableMeta.toObject(values) as { appliance: string; _time: string };
    const at = Date.parse(_time);
    found.set(`${appliance} ${_time}`, { appliance, day: at - (at % DAY) });
    if (found.size < MARKED_AT_ONCE) continue;
    await due.mark([...found.values()]);
    found = new Map();
  }
  await due.mark([...found.values()]);
}

async function rollUp({ query, sender, bucket }: AgeDeps, days: readonly DueDay[]): Promise<void> {
  const fold = new RollupFold();
  for await (const { values, tableMeta } of query.iterateRows(rawOf(bucket, days))) {
    fold.take(tableMeta.toObject(values) as RawRow);
  }
  let lines: string[] = [];
  const send = async (): Promise<void> => {
    const refusal = await sender.send(lines, rollupBucket(bucket));
    // Whoever made the bucket may have wished that it forgets sooner.
    if (refusal && !refusal.outsideRetention) throw new Error(`InfluxDB refused roll-ups: ${refusal.reason}`);
    lines = [];
  };
  for (const line of fold.lines()) if (lines.push(line) >= sender.linesAtOnce) await send();
  if (lines.length > 0) await send();
}

function rawOf(bucket: string, days: readonly DueDay[]) {
  const { day } = days[0]!;
  const wanted = days.map(({ appliance }) => flux`r.appliance == ${storedName(appliance)}`).join(' or ');
  const iso = (ms: number): string => new Date(ms).toISOString();
  return flux`from(bucket: ${bucket})
    |> range(start: ${fluxDateTime(iso(day))}, stop: ${fluxDateTime(iso(day + DAY))})
    |> filter(fn: (r) => ${fluxExpression(wanted)})
    |> filter(fn: (r) => ${fluxExpression(KNOWN)})
    |> keep(columns: ["appliance", "_measurement", "_field", "_time", "_value"])`;
}
