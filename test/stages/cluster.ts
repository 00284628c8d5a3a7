// A platform of many processes on real engines: each process runs some of the stages, as `npm start` starts them.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openPostgres } from '#engines/postgres';
import type { Sql } from '#runtime';
import { Child } from '../main/child.ts';
import { present, startInfluxd, startPostgres, startRedis } from '../servers/servers.ts';

export const PEPPER = 'a pepper that every process of this test knows';

export type StageProcess = {
  child: Child;
  stages: string;
  /** Of the broker; NaN without it. */
  mqttPort: number;
  opsPort: number;
  /** Of the API; empty without it. */
  url: string;
};

const portIn = (said: string, words: RegExp): number => Number(words.exec(said)?.[1] ?? Number.NaN);

export async function startCluster(more: Record<string, string> = {}) {
  await using building = new AsyncDisposableStack();
  const use = <Server extends AsyncDisposable>(server: Server | null): Server => building.use(present(server));
  const [postgres, jobs, log, influx] = await Promise.all([
    startPostgres(),
    startRedis(),
    startRedis({ appendOnly: true }),
    startInfluxd(),
  ]);
  const servers = { postgres: use(postgres), jobs: use(jobs), log: use(log), influx: use(influx) };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-stages-'));
  building.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
  const environment: Record<string, string> = {
    DATABASE_URL: servers.postgres.url,
    REDIS_URL: servers.jobs.url,
    LOG_REDIS_URL: servers.log.url,
    LOG_PARTITIONS: '8',
    INFLUX_URL: servers.influx.url,
    INFLUX_TOKEN: servers.influx.token,
    INFLUX_ORG: servers.influx.org,
    INFLUX_BUCKET: servers.influx.bucket,
    SECRET_PEPPER: PEPPER,
    HTTP_PORT: '0',
    MQTT_PORT: '0',
    MQTT_WS_PORT: '0',
    OPS_PORT: '0',
    ...more,
  };
  const { sql } = building.use(await openPostgres({ url: servers.postgres.url }));
  let started = 0;
  const lifetime = building.move();

  /** Resolves when it says that it runs. */
  async function start(stages: string): Promise<StageProcess> {
    const args = ['main/start.ts', '--data', path.join(folder, `${++started}`)];
    const child = lifetime.use(new Child(args, { ...environment, STAGES: stages }));
    const said = await child.says('Ctrl-C stops.');
    return {
      child,
      stages,
      mqttPort: portIn(said, /mqtt:\/\/[^:]+:(\d+)/),
      opsPort: portIn(said, /Operations {2}port (\d+)/),
      url: /(http:\/\/\S+)\/api\/docs/.exec(said)?.[1] ?? '',
    };
  }

  return {
    servers,
    environment,
    sql: sql as Sql,
    start,
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
}

export type Cluster = Awaited<ReturnType<typeof startCluster>>;
