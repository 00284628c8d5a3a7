// `npm run test:disk`: everything that a disk or a power supply can do to the log, and whoever is killed while it is
// written; one line each with attempts and violations. `--times N` divides or multiplies the attempts.
import { parseArgs } from 'node:util';
import { findRedis, runRedis } from '../../servers/redis.ts';
import { KILLED_PARTITIONS } from '../log-killed-writer.ts';
import { holdServers, killServers, killWriters } from '../log-kills.ts';
import { MEBIBYTE, redisStore, segmentStore } from '../log-stores.ts';
import { damages } from './damage.ts';
import { flushOrder, straceIsThere } from './flush-order.ts';
import { fills, smallDisk } from './full-disk.ts';
import { powerCuts } from './power-cuts.ts';
import { refusedFlush, refusedSize, refusedWrites } from './refusing-disk.ts';

const { values } = parseArgs({ options: { times: { type: 'string', default: '1' } } });
const times = (attempts: number): number => Math.max(1, Math.round(attempts * Number(values.times)));

type Outcome = { said: object; violations: number };
type Trial = { name: string; run: () => Promise<Outcome | string> };

const judged = <Count extends object>(count: Count, ...violations: (keyof Count)[]): Outcome => ({
  said: count,
  violations: violations.reduce((sum, name) => sum + Number(count[name]), 0),
});

const onSmallDisk = async (reserveBytes: number): Promise<Outcome | string> => {
  using disk = smallDisk(4);
  if (disk === null) return 'a small disk cannot be made here';
  const count = await fills(disk.path, times(50), { reserveBytes });
  return judged(count, 'lost', 'doubled', 'wrong', 'acknowledgedWhileFull');
};

const withStrace = (run: () => Promise<Outcome>) => async (): Promise<Outcome | string> =>
  straceIsThere() ? run() : 'strace is not installed';

const withRedis = (run: (server: Awaited<ReturnType<typeof runRedis>>) => Promise<Outcome>) => async () => {
  const program = findRedis();
  if (program === null) return 'Redis is not installed';
  await using server = await runRedis(program, { appendOnly: true });
  return await run(server);
};

const TRIALS: readonly Trial[] = [
  {
    name: 'power cuts',
    run: async () => judged(await powerCuts(times(100)), 'lost', 'wrong', 'wentBack'),
  },
  {
    name: 'damaged files',
    run: async () => judged(await damages(times(1_000)), 'refused', 'wrong', 'wentBack'),
  },
  { name: 'full disk', run: () => onSmallDisk(0) },
  { name: 'disk with a reserve', run: () => onSmallDisk(MEBIBYTE) },
  ...(['EIO', 'EROFS', 'ENOSPC'] as const).map((error) => ({
    name: `writes refused with ${error}`,
    run: withStrace(async () => judged(await refusedWrites(error), 'lost', 'doubled', 'disordered')),
  })),
  {
    name: 'flush refused with EIO',
    run: withStrace(async () => {
      const count = await refusedFlush();
      const wentOn = count.ended === '1' ? 0 : 1;
      return judged({ ...count, wentOn }, 'lost', 'doubled', 'disordered', 'wentOn');
    }),
  },
  {
    name: 'limit of file size',
    run: async () => judged(await refusedSize(), 'lost', 'doubled', 'disordered'),
  },
  {
    name: 'PUBACK behind its flush',
    run: withStrace(async () => judged(flushOrder(20, times(500)), 'early')),
  },
  {
    name: 'writer of segments killed',
    run: async () => {
      await using store = segmentStore();
      return judged(await killWriters(store, ['segments', store.folder], times(50)), 'lost', 'doubled', 'disordered');
    },
  },
  {
    name: 'writer on Redis killed',
    run: withRedis(async (server) => {
      await using store = await redisStore(server, KILLED_PARTITIONS);
      return judged(await killWriters(store, ['redis', server.url], times(50)), 'lost', 'doubled', 'disordered');
    }),
  },
  {
    name: 'Redis killed',
    run: withRedis(async (server) => {
      await using store = await redisStore(server, KILLED_PARTITIONS);
      return judged(await killServers(store, server, times(50)), 'lost', 'doubled', 'disordered');
    }),
  },
  {
    name: 'Redis held for 13 s',
    run: withRedis(async (server) => {
      await using store = await redisStore(server, KILLED_PARTITIONS);
      return judged(await holdServers(store, server, times(3)), 'lost', 'doubled', 'disordered');
    }),
  },
];

let violations = 0;
for (const { name, run } of TRIALS) {
  const outcome = await run();
  if (typeof outcome === 'string') {
    console.log(`${name.padEnd(28)} NOT TRIED: ${outcome}`);
    continue;
  }
  violations += outcome.violations;
  const said = Object.entries(outcome.said).map(([what, count]) => `${what} ${count}`);
  console.log(`${name.padEnd(28)} ${outcome.violations === 0 ? 'held' : 'VIOLATED'}: ${said.join(', ')}`);
}
console.log(violations === 0 ? '\nPASSED: no violation' : `\nFAILED: ${violations} violations`);
if (violations > 0) process.exitCode = 1;
