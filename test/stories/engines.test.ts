// The same story on each of the engines of a grown platform, switched by its URL alone.
import { afterEach, describe, expect, it } from 'vitest';
import { describeEngine, present, startInfluxd, startPostgres, startRedis } from '../servers/servers.ts';
import { givenTown, HOUR, MINUTE, type Town } from './given.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

type Started = AsyncDisposable & { url: string };
const use = <Server extends Started>(server: Server | null): Server => stack.use(present(server));

async function influxSettings(): Promise<Record<string, string>> {
  const influx = use(await startInfluxd());
  return {
    INFLUX_URL: influx.url,
    INFLUX_TOKEN: influx.token,
    INFLUX_ORG: influx.org,
    INFLUX_BUCKET: influx.bucket,
    // The server forgets by its own clock, and the story plays months before.
    RAW_READINGS_DAYS: '3650',
    ROLLUP_DAYS: '3650',
  };
}
const redisSettings = async (): Promise<Record<string, string>> => ({ REDIS_URL: use(await startRedis()).url });
const logSettings = async (): Promise<Record<string, string>> => ({
  LOG_REDIS_URL: use(await startRedis({ appendOnly: true })).url,
  LOG_PARTITIONS: '4',
});
const postgresSettings = async (): Promise<Record<string, string>> => ({
  DATABASE_URL: use(await startPostgres()).url,
});

async function aDoorLeftOpen(town: Town): Promise<void> {
  const home = await town.home({ episodes: [{ what: 'door-left-open', fromMs: 10 * MINUTE, untilMs: 50 * MINUTE }] });
  await town.advance(22 * MINUTE);
  const alert = await home.openAlert();
  expect(alert.title.en).toBe('Fridge door is open');
  expect(town.mailsTo(home.owner)).toHaveLength(1);
  const [from, to] = [town.now() - HOUR, town.now()].map((ms) => new Date(ms).toISOString());
  const where = `/appliances/${home.appliance}/readings?signal=cabinet_temperature&from=${from}&to=${to}&points=60`;
  const { points } = await home.owner.get<{ points: { at: string; mean: number }[] }>(where);
  expect(points.length).toBeGreaterThanOrEqual(55);
  expect(points.at(-1)!.mean).toBeGreaterThan(points[0]!.mean + 5);
  await town.advance(4 * HOUR, { settleEveryMs: 15 * MINUTE });
  expect((await home.alerts('all')).map(({ state, topCause }) => [state, topCause.cause])).toEqual([
    ['resolved', 'door-left-open'],
  ]);
}

const story = (settings: () => Promise<Record<string, string>>) => async (): Promise<void> => {
  const town = stack.use(await givenTown(await settings()));
  await aDoorLeftOpen(town);
};

describeEngine('InfluxDB', 'a door left open, readings', () => {
  it('is told and recovers', story(influxSettings));
});
describeEngine('Redis', 'a door left open, jobs', () => {
  it('is told and recovers', story(redisSettings));
});
describeEngine('Redis', 'a door left open, the log', () => {
  it('is told and recovers', story(logSettings));
});
describeEngine('PostgreSQL', 'a door left open, registry and jobs', () => {
  it('is told and recovers', story(postgresSettings));
});
describe('all together', () => {
  describeEngine('InfluxDB', 'with the others', () => {
    describeEngine('Redis', 'with the others', () => {
      describeEngine('PostgreSQL', 'with the others', () => {
        it(
          'is told and recovers',
          story(async () => ({
            ...(await influxSettings()),
            ...(await redisSettings()),
            ...(await logSettings()),
            ...(await postgresSettings()),
            SECRET_PEPPER: 'a pepper that every process would know',
          })),
        );
      });
    });
  });
});
