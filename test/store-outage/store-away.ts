// The readings store of a platform that can be taken away from it: InfluxDB behind a proxy, or the embedded one made slow.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openDuckdbReadings } from '#engines/duckdb';
import { openInfluxReadings } from '#engines/influxdb';
import type { ReadingsStore } from '#ingest';
import { type Fault, startFaultProxy } from '../servers/fault-proxy.ts';
import { type InfluxServer, present, startInfluxd } from '../servers/servers.ts';

export type StoreName = 'InfluxDB' | 'DuckDB';

export type StoreAway = {
  environment: Record<string, string>;
  nodeOptions: string[];
  /** What is wrong with it from now on, by its number; null: nothing. */
  fail(phase: number | null): string;
  /** To count what is in it; the platform has stopped by then. */
  open(): Promise<ReadingsStore>;
};

const PHASES: readonly [what: string, fault: Fault][] = [
  ['answers 503', { kind: 'status', status: 503, body: '{}' }],
  ['hangs', { kind: 'hang' }],
  ['resets connections', { kind: 'reset' }],
  ['stores and loses its answers', { kind: 'answer-lost' }],
];

export function storeAway(
  name: StoreName,
  folder: string,
  stack: AsyncDisposableStack,
): Promise<StoreAway> | StoreAway {
  return name === 'InfluxDB' ? influxAway(stack) : duckdbAway(folder);
}

async function influxAway(stack: AsyncDisposableStack): Promise<StoreAway> {
  const server = stack.use(present(await startInfluxd()));
  const proxy = stack.use(await startFaultProxy(server.url));
  const { token, org, bucket } = server;
  return {
    environment: { INFLUX_URL: proxy.url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket },
    nodeOptions: [],
    fail(phase) {
      const [what, fault] = phase === null ? ['answers', null] : PHASES[phase % PHASES.length]!;
      proxy.always(fault);
      return what;
    },
    open: () => openForCounting(server),
  };
}

async function openForCounting({ url, token, org, bucket }: InfluxServer): Promise<ReadingsStore> {
  return openInfluxReadings({
    ...{ url, token, org, bucket },
    checkpoint: { load: async () => 0, save: async () => {} },
    refused: async () => {},
    logger: { info() {}, warn() {}, error() {} },
  });
}

function duckdbAway(folder: string): StoreAway {
  const flag = path.join(folder, 'slow');
  return {
    environment: { SLOW_STORE_FILE: flag },
    nodeOptions: ['--import', new URL('./slow-store.ts', import.meta.url).href],
    fail(phase) {
      if (phase === null) fs.rmSync(flag, { force: true });
      else fs.writeFileSync(flag, '');
      return phase === null ? 'is as fast as ever' : 'takes 20 s for each write';
    },
    open: () => openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') }),
  };
}
