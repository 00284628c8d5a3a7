// An appliance as people see it: what it is, how it is, what it said last.
import { type OpenAlert, openAlertsOf } from '#alerts';
import { type Appliance, type Condition, iso, isoOrNull, SIGNALS } from '#contracts';
import { type Latest, latestOf } from '#ingest';
import { type ApplianceRecord, loadModels, type Viewer } from '#registry';
import type { Sql } from '#runtime';
import { visibleSince } from '../scopes.ts';

const SILENT = 'appliance-silent';
const ORDER = new Map([...SIGNALS.keys()].map((name, index) => [name, index]));

export async function applianceViews(
  sql: Sql,
  records: readonly ApplianceRecord[],
  viewer: Viewer,
): Promise<Appliance[]> {
  const ids = records.map((record) => record.id);
  const [latest, alerts] = await Promise.all([latestOf(sql, ids), openAlertsOf(sql, ids)]);
  const byAppliance = Map.groupBy(alerts, (alert) => alert.appliance);
  return records.map((record) => {
    const here = (byAppliance.get(record.id) ?? []).filter(
      (alert) => alert.household === (record.household?.id ?? null),
    );
    return view(record, since(latest.get(record.id), visibleSince(viewer, record)), here);
  });
}

/** The worst thing that is known of it. Silence is told apart: it says nothing about the appliance itself. */
export function conditionOf(heard: boolean, alerts: readonly Pick<OpenAlert, 'problem' | 'severity'>[]): Condition {
  const faults = alerts.filter((alert) => alert.problem !== SILENT);
  if (faults.some((alert) => alert.severity === 'critical')) return 'danger';
  if (faults.length > 0) return 'attention';
  if (alerts.length > 0) return 'silent';
  return heard ? 'fine' : 'new';
}

/** Without what it said in other hands. */
function since(latest: Latest | undefined, from: number): Latest | undefined {
  if (!latest || (latest.heardAt ?? 0) >= from) {
    return latest && { ...latest, values: latest.values.filter(({ at }) => at >= from) };
  }
  return { ...latest, heardAt: null, values: [] };
}

function view(record: ApplianceRecord, latest: Latest | undefined, alerts: readonly OpenAlert[]): Appliance {
  const { household } = record;
  return {
    id: record.id,
    name: record.name,
    serial: record.serial,
    model: modelView(record.model),
    household: household && { id: household.id, name: household.name, region: household.region },
    condition: conditionOf((latest?.heardAt ?? null) !== null, alerts),
    connected: latest?.connected ?? false,
    heardAt: isoOrNull(latest?.heardAt ?? null),
    latest: (latest?.values ?? []).map(latestValue).sort(bySignal),
    openAlerts: alerts.map(({ id, problem, severity, title }) => ({ id, problem, severity, title })),
  };
}

/** A model that the catalogue no longer names still has appliances: they are shown under its id. */
export function modelView(id: string): Appliance['model'] {
  const model = loadModels().get(id);
  if (!model) return { id, kind: 'refrigerator', brand: '', name: { en: id, zh: id } };
  return { id, kind: model.kind, brand: model.brand, name: model.name };
}

function latestValue({ signal, value, at }: Latest['values'][number]): Appliance['latest'][number] {
  const known = SIGNALS.get(signal);
  return { signal, words: known?.words ?? null, unit: known?.unit ?? null, value, at: iso(at) };
}

const place = (signal: string): number => ORDER.get(signal) ?? ORDER.size;

const bySignal = (a: { signal: string }, b: { signal: string }): number =>
  place(a.signal) - place(b.signal) || (a.signal < b.signal ? -1 : 1);
