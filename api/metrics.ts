// Figures for Prometheus: the API's own, and beside them what the process counts.
import type { FastifyInstance } from 'fastify';
import { Gauge, Histogram, type Registry } from 'prom-client';
import { BALANCES, standingDifferences } from '#ingest';
import { openCommands } from '#registry';
import { waitingRows } from '#runtime';
import type { ApiDeps } from './deps.ts';
import type { Live } from './live.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** It stays open on purpose. */
const STREAM = '/api/v1/events';

type Deps = Pick<ApiDeps, 'sql' | 'clock' | 'processFigures'>;

/** `read`: everything of the process. */
export type Metrics = { contentType: string; read(): Promise<string> };

/** Measures every request from here on, in `registry`. */
export function measure(app: FastifyInstance, deps: Deps, live: Live, registry: Registry): Metrics {
  const registers = [registry];
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
  new Gauge({
    name: 'stethos_commands_open',
    help: 'Commands that wait for an owner, for their appliance, or for its answer, by state',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      for (const { state, count } of await openCommands(deps.sql, deps.clock.now()).catch(() => []))
        this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'stethos_ledger_difference',
    help: 'By how much what was counted differs from what must be, of all differences that stand, by balance',
    labelNames: ['balance'],
    registers,
    async collect() {
      this.reset();
      for (const balance of BALANCES) this.set({ balance }, 0);
      for (const { balance, difference } of await standingDifferences(deps.sql).catch(() => []))
        this.set({ balance }, difference);
    },
  });
  return {
    contentType: registry.contentType,
    read: async () => (await Promise.all([deps.processFigures?.() ?? '', registry.metrics()])).join('\n'),
  };
}
