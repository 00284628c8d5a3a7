// Figures for Prometheus: this thread's own, and what the other parts of the platform count.
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { waitingRows } from '#runtime';
import type { ApiDeps } from './deps.ts';
import type { Live } from './live.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** It stays open on purpose. */
const STREAM = '/api/v1/events';

type Deps = Pick<ApiDeps, 'sql' | 'figures'>;

export type Metrics = { contentType: string; read(): Promise<string> };

/** Measures every request from here on. */
export function measure(app: FastifyInstance, deps: Deps, live: Live): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const took = new Histogram({
    name: 'stethos_http_request_duration_seconds',
    help: 'How long answers took, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    if (route === STREAM) return;
    took.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  new Gauge({
    name: 'stethos_live_streams',
    help: 'Open streams of live updates',
    registers,
    collect() {
      this.set(live.size);
    },
  });
  new Gauge({
    name: 'stethos_outbox_waiting',
    help: 'Rows that one part left for the next and that wait to be taken, by topic',
    labelNames: ['topic'],
    registers,
    async collect() {
      this.reset();
      // While the database is away the other figures matter all the more.
      for (const { topic, count } of await waitingRows(deps.sql).catch(() => [])) this.set({ topic }, count);
    },
  });
  const askPlatform = measurePlatform(registry, deps);
  return {
    contentType: registry.contentType,
    async read() {
      await askPlatform();
      return registry.metrics();
    },
  };
}

/** Returns what brings them up to date. */
function measurePlatform(registry: Registry, { figures }: Deps): () => Promise<void> {
  if (!figures) return async () => {};
  const registers = [registry];
  const accepted = new Counter({
    name: 'stethos_messages_accepted_total',
    help: 'Messages of appliances that were acknowledged',
    registers,
  });
  const quarantined = new Counter({
    name: 'stethos_messages_quarantined_total',
    help: 'Messages that were kept aside with a reason, in whole or in part',
    registers,
  });
  const sweeps = new Counter({
    name: 'stethos_sweeps_total',
    help: 'Runs of the sweeps that find what is due',
    labelNames: ['sweep'],
    registers,
  });
  const connected = new Gauge({
    name: 'stethos_connections',
    help: 'Connections of appliances and gateways that are open',
    registers,
  });
  const end = new Gauge({ name: 'stethos_log_position_bytes', help: 'Where the log ends', registers });
  const lag = new Gauge({
    name: 'stethos_log_lag_bytes',
    help: 'How far a consumer is behind the end of the log',
    labelNames: ['consumer'],
    registers,
  });
  const setCounter = (counter: Counter, labels: Record<string, string>, value: number): void => {
    counter.remove(labels);
    counter.inc(labels, value);
  };
  return async () => {
    const now = await figures();
    setCounter(accepted, {}, now.messagesAccepted);
    setCounter(quarantined, {}, now.messagesQuarantined);
    for (const [sweep, count] of Object.entries(now.sweeps)) setCounter(sweeps, { sweep }, count);
    connected.set(now.connections);
    end.set(now.logEnd);
    for (const [consumer, position] of Object.entries(now.consumers)) {
      lag.set({ consumer }, Math.max(0, now.logEnd - position));
    }
  };
}
