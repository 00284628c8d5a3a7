// What this process counts, as text for Prometheus.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { BrokerCounts } from '#broker';
import type { Passed } from '../counted-log.ts';
import type { ConsumerState, PeopleState, ReadingsState } from '../threads/offers.ts';
import type { Consumer } from '../trim-log.ts';

/** Of the stages that run here; null where they do not. */
export type ProcessState = {
  broker: (Passed & { turnedAway: BrokerCounts; blocked: string | null }) | null;
  readings: ReadingsState | null;
  diagnosis: ConsumerState | null;
  people: PeopleState | null;
};

/** Asks for the state at each reading. */
export function processFigures(ask: () => Promise<ProcessState>): () => Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `stethos_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `stethos_${name}`, help, labelNames, registers });
  const accepted = counter('messages_accepted_total', 'Messages of appliances that were acknowledged');
  const quarantined = counter(
    'messages_quarantined_total',
    'Messages that were kept aside with a reason, in whole or in part',
  );
  const sweeps = counter('sweeps_total', 'Runs of the sweeps that find what is due', ['sweep']);
  const connections = gauge('connections', 'Connections of appliances and gateways that are open');
  const turnedAway = counter('turned_away_total', 'Appliances that were slowed, cut or refused, by why', ['why']);
  const blocked = gauge('log_blocked', '1 while nothing is accepted because the log is full or cannot be written');
  const waiting = gauge('readings_waiting', '1 while readings wait in the log because their store does not take them');
  const partitions = gauge('partitions', 'Partitions of the log that this process works on', ['consumer']);
  const lag = gauge(
    'log_lag_seconds',
    'Age of the oldest record that the consumer has not taken, on the partitions of this process',
    ['consumer'],
  );
  const setCounter = (what: Counter, labels: Record<string, string>, value: number): void => {
    what.remove(labels);
    what.inc(labels, value);
  };
  const setConsumer = (consumer: Consumer, state: ConsumerState): void => {
    partitions.set({ consumer }, state.partitions);
    lag.set({ consumer }, state.lagMs / 1000);
  };
  return async () => {
    const { broker, readings, diagnosis, people } = await ask();
    setCounter(accepted, {}, broker?.messagesAccepted ?? 0);
    connections.set(broker?.connections ?? 0);
    for (const [why, count] of Object.entries(broker?.turnedAway ?? {})) setCounter(turnedAway, { why }, count);
    blocked.set(broker?.blocked ? 1 : 0);
    setCounter(quarantined, {}, readings?.quarantined ?? 0);
    waiting.set(readings?.waiting ? 1 : 0);
    if (readings) setConsumer('readings', readings);
    if (diagnosis) setConsumer('diagnosis', diagnosis);
    for (const [sweep, count] of Object.entries(people?.sweeps ?? {})) setCounter(sweeps, { sweep }, count);
    return registry.metrics();
  };
}
