// `npm run bench:node-red`: CPU of the whole pipeline from MQTT to InfluxDB, ours and that of Node-RED with its InfluxDB
// node, at the same rate on the same InfluxDB, one after the other.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type InfluxServer, present, startInfluxd } from '../../test/servers/servers.ts';
import { type Figure, figuresTable, writeFigures } from '../figure.ts';
import { startChild } from '../ingest/child.ts';
import { describeMachine } from '../ingest/machine.ts';
import type { ClientOffers, Credential, ServerOffers } from '../ingest/offers.ts';
import { INSTALL, isInstalled, startNodeRed } from './node-red.ts';

const { values } = parseArgs({
  options: {
    // Its InfluxDB node sends a request for each message, and the server does not take many more than this.
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
    publishers: { type: 'string', default: '200' },
    figures: { type: 'string' },
  },
});
const RATE = Number(values.rate);
const SECONDS = Number(values.seconds);
const PUBLISHERS = Number(values.publishers);
/** The kernel counts CPU time in these. */
const TICK_MS = 10;
const HISTORY_MS = 86_400_000;
/** Looks, a second apart. */
const PATIENCE = 20;

type Run = { messages: number; cpuMs: number };

/** Of a process and, as ours, all its threads. */
function cpuMsOf(pid: number): number {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

async function load(
  port: number,
  publishers: readonly Credential[],
  stack: AsyncDisposableStack,
): Promise<(seconds: number) => Promise<number>> {
  const client = stack.use(startChild<ClientOffers>('./load-client.ts'));
  const stepMs = (1_000 * PUBLISHERS) / RATE;
  await client.call.connect({ port, publishers, firstAt: Date.now() - HISTORY_MS, stepMs });
  return async (seconds) => {
    const sum = async (): Promise<number> => (await client.call.acknowledged()).reduce((all, one) => all + one, 0);
    const before = await sum();
    await client.call.paced({ ratePerSecond: RATE, forMs: seconds * 1_000 });
    return (await sum()) - before;
  };
}

async function storedIn({ url, org, bucket, token }: InfluxServer): Promise<number> {
  const query = `from(bucket: "${bucket}") |> range(start: -30d, stop: 1d) |> filter(fn: (r) => r._field == "power") |> count() |> group() |> sum()`;
  const answer = await fetch(`${url}/api/v2/query?org=${org}`, {
    method: 'POST',
    headers: { authorization: `Token ${token}`, 'content-type': 'application/vnd.flux', accept: 'application/csv' },
    body: query,
  });
  const [, line] = (await answer.text()).trim().split(/\r?\n/);
  return Number(line?.split(',').at(-1) ?? 0);
}

/** Throws when nothing has come for a while and some is missing. */
async function untilStored(influx: InfluxServer, messages: number): Promise<void> {
  for (let had = -1, still = 0; ; await pause(1_000)) {
    const stored = await storedIn(influx);
    if (stored >= messages) return;
    still = stored === had ? still + 1 : 0;
    if (still > PATIENCE) throw new Error(`only ${stored} of ${messages} messages came to the store`);
    had = stored;
  }
}

async function nodeRed(): Promise<Run> {
  await using stack = new AsyncDisposableStack();
  const influx = stack.use(present(await startInfluxd()));
  const broker = stack.use(startChild<ServerOffers>('./plain-server.ts', ['--expose-gc']));
  const { port, publishers } = await broker.call.start({ folder: '', publishers: PUBLISHERS, samples: 0, idle: 0 });
  const { pid } = stack.use(await startNodeRed(port, influx));
  const say = await load(port, publishers, stack);
  const warm = await say(5);
  await untilStored(influx, warm);
  const before = cpuMsOf(pid);
  const messages = await say(SECONDS);
  await untilStored(influx, warm + messages);
  return { messages, cpuMs: cpuMsOf(pid) - before };
}

async function ours(): Promise<Run> {
  await using stack = new AsyncDisposableStack();
  const influx = stack.use(present(await startInfluxd()));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-bench-'));
  stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
  const { url, token, org, bucket } = influx;
  Object.assign(process.env, { INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket });
  const server = stack.use(startChild<ServerOffers>('./platform-server.ts', ['--expose-gc']));
  const { port, publishers } = await server.call.start({ folder, publishers: PUBLISHERS, samples: 0, idle: 0 });
  const say = await load(port, publishers, stack);
  await say(5);
  await server.call.caughtUp();
  const before = await server.call.usage();
  const messages = await say(SECONDS);
  await server.call.caughtUp();
  const after = await server.call.usage();
  await server.call.stop();
  return { messages, cpuMs: after.cpuMs - before.cpuMs };
}

async function bench(): Promise<void> {
  const machine = describeMachine(os.tmpdir());
  const yardstick = await nodeRed();
  const platform = await ours();
  const per100k = ({ messages, cpuMs }: Run): number => (cpuMs / 1_000 / messages) * 100_000;
  const figures: Figure[] = [
    { what: 'CPU per 100,000 messages, MQTT to InfluxDB', unit: 's', value: per100k(platform), digits: 2 },
    {
      what: 'CPU per 100,000 messages, Node-RED, its broker left out',
      unit: 's',
      value: per100k(yardstick),
      digits: 2,
    },
    {
      what: 'Node-RED beside the platform',
      unit: 'x',
      value: per100k(yardstick) / per100k(platform),
      digits: 2,
      aim: { atLeast: 5 },
    },
  ];
  const { cpu, cores, node, loadBefore } = machine;
  console.log(`\n${cpu}, ${cores} cores, Node ${node}; load before ${loadBefore.toFixed(2)}`);
  console.log(
    `${RATE} messages/s of 8 values for ${SECONDS} s from ${PUBLISHERS} publishers, QoS 1, InfluxDB 2.7.12\n`,
  );
  console.log(figuresTable(figures));
  writeFigures(values.figures, figures);
}

if (isInstalled()) await bench();
else
  console.log(
    `Node-RED is not installed here, so nothing is compared. To install it beside the repository:\n  ${INSTALL}`,
  );
