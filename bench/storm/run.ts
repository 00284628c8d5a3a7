// `npm run bench:storm`: a power cut in a whole town is over, and every appliance comes back over TLS within a minute, each
// with one message. Prints what it took; fails when the slowest percent waits ten times longer than its goal.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as tls from 'node:tls';
import { parseArgs } from 'node:util';
import { upTopic } from '#contracts';
import { connect, publish } from '../../test/broker/conformance/packets.ts';
import { writeFigures } from '../figure.ts';

const { values } = parseArgs({
  options: {
    appliances: { type: 'string', default: '9000' },
    seconds: { type: 'string', default: '60' },
    figures: { type: 'string' },
  },
});
const APPLIANCES = Number(values.appliances);
const SPREAD_MS = Number(values.seconds) * 1_000;
const GOAL_P99_MS = 1_000;
const FAILS_AT_TIMES = 10;
const PATIENCE_MS = 60_000;
const KIBIBYTE = 1024;

type Unit = { id: string; secret: string };
type Usage = { rss: number; cpuMs: number };
const READING = '{"readings":[{"values":{"cabinet_temperature":4.2}}]}';

const server = fork(new URL('./server.ts', import.meta.url), [String(APPLIANCES)], {
  execArgv: ['--expose-gc'],
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
const [{ port, cert, credentials }] = (await once(server, 'message')) as [
  { port: number; cert: string; credentials: Unit[] },
];

async function usage(): Promise<Usage> {
  const answer = once(server, 'message');
  server.send('usage');
  return (await answer)[0] as Usage;
}

type Arrival = { connackMs: number; pubackMs: number; socket: tls.TLSSocket } | { failed: string };

/** From the first packet on the wire to CONNACK, and to the PUBACK of its first message. */
function arrive({ id, secret }: Unit): Promise<Arrival> {
  const from = performance.now();
  let connackMs = 0;
  let heard = Buffer.alloc(0);
  return new Promise((resolve) => {
    const socket = tls.connect({ port, host: '127.0.0.1', ca: cert, servername: 'localhost' }, () =>
      socket.write(connect({ id, user: id, password: secret, keepAlive: 600 })),
    );
    const fail = (failed: string): void => {
      resolve({ failed });
      socket.destroy();
    };
    socket.setTimeout(PATIENCE_MS, () => fail('no answer'));
    socket.on('error', ({ message }) => fail(message)).once('close', () => fail('closed'));
    socket.on('data', (data: Buffer) => {
      heard = Buffer.concat([heard, data]);
      if (connackMs === 0 && heard.length >= 4) {
        if (heard[3] !== 0) return fail(`refused with code ${heard[3]}`);
        connackMs = performance.now() - from;
        socket.write(publish({ topic: upTopic(id, 'telemetry'), payload: READING, qos: 1, id: 1 }));
      }
      if (heard.length < 8) return;
      socket.setTimeout(0);
      resolve({ connackMs, pubackMs: performance.now() - from - connackMs, socket });
    });
  });
}

const percentile = (figures: number[], part: number): number =>
  figures.sort((a, b) => a - b)[Math.min(figures.length - 1, Math.floor(figures.length * part))] ?? Number.NaN;

const before = await usage();
const startedAt = performance.now();
const arrivals = await Promise.all(
  credentials.map(async (unit, index) => {
    await new Promise((resolve) => setTimeout(resolve, (index * SPREAD_MS) / APPLIANCES));
    return await arrive(unit);
  }),
);
const tookS = (performance.now() - startedAt) / 1_000;
const after = await usage();

const inside = arrivals.filter((arrival) => 'socket' in arrival);
const failed = arrivals.flatMap((arrival) => ('failed' in arrival ? [arrival.failed] : []));
const connacks = inside.map(({ connackMs }) => connackMs);
const pubacks = inside.map(({ pubackMs }) => pubackMs);
const p99 = percentile(connacks, 0.99);
const line = (what: string, value: string): void => console.log(`${what.padEnd(44)} ${value}`);
line(
  'appliances over TLS',
  `${inside.length} of ${APPLIANCES} in ${tookS.toFixed(1)} s (spread over ${SPREAD_MS / 1_000} s)`,
);
line('not let in', failed.length === 0 ? '0' : `${failed.length}: ${[...new Set(failed)].slice(0, 5).join(', ')}`);
line(
  'CONNACK p50 / p99 / most',
  `${[percentile(connacks, 0.5), p99, percentile(connacks, 1)].map((ms) => ms.toFixed(0)).join(' / ')} ms, goal p99 ${GOAL_P99_MS} ms`,
);
line(
  'PUBACK of the first message p50 / p99',
  `${percentile(pubacks, 0.5).toFixed(0)} / ${percentile(pubacks, 0.99).toFixed(0)} ms`,
);
line('memory of the broker for each', `${((after.rss - before.rss) / inside.length / KIBIBYTE).toFixed(1)} KiB`);
line('processor of the broker for each', `${((after.cpuMs - before.cpuMs) / inside.length).toFixed(2)} ms`);

const heldKb = (after.rss - before.rss) / inside.length / 1_000;
writeFigures(values.figures, [
  {
    what: `CONNACK over TLS, ${APPLIANCES} in ${SPREAD_MS / 1_000} s, p99`,
    unit: 'ms',
    value: p99,
    digits: 0,
    aim: { atMost: GOAL_P99_MS },
  },
  { what: 'memory per connection over TLS', unit: 'kB', value: heldKb, digits: 1, aim: { atMost: 80 } },
]);

for (const { socket } of inside) socket.removeAllListeners('close').destroy();
server.kill();
process.exitCode = failed.length > 0 || p99 > GOAL_P99_MS * FAILS_AT_TIMES ? 1 : 0;
