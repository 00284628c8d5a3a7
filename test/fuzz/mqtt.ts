// Sends bent packets to a broker in a process of its own, over many connections, and looks whether it minds.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import * as net from 'node:net';
import { newId } from '#contracts';
import { RawClient } from '../broker/raw-client.ts';
import { bentPacket, goodConnect, type Random, randomOf } from './mqtt-packets.ts';

const AT_ONCE = 40;
const UNITS = 400;
const PACKETS_OF_ONE_CONNECTION = 16;
const LONGEST_CONNECTION_MS = 1_000;
const HEAP_SAMPLES = 5;
const LIVELY_EVERY = 1_000;

type Memory = { heapUsed: number; rss: number; counts: Record<string, number> };
export type FuzzResult = {
  packets: number;
  connections: number;
  crashes: number;
  /** After each fifth of the packets, swept. */
  heapMib: number[];
  slowestAnswerMs: number;
  counts: Record<string, number>;
};

const MEBIBYTE = 1024 * 1024;
const units = Array.from({ length: UNITS }, () => ({ id: newId(), secret: 'a secret of the fuzzed broker' }));

function converse(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' }, () => socket.end(bytes));
    socket.setTimeout(LONGEST_CONNECTION_MS, () => socket.destroy());
    socket.on('data', () => {}).on('error', () => {});
    socket.once('close', () => resolve());
  });
}

/** Most begin well, so that what follows is looked at; returns how many packets that was. */
async function oneConnection(port: number, random: Random): Promise<number> {
  const unit = units[random.below(UNITS)]!;
  const parts = random.chance(0.8) ? [goodConnect(unit)] : [];
  const packets = 1 + random.below(PACKETS_OF_ONE_CONNECTION);
  for (let n = 0; n < packets; n++) parts.push(bentPacket(random, unit));
  await converse(port, Buffer.concat(parts));
  return packets;
}

async function answerMs(port: number): Promise<number> {
  const from = performance.now();
  const id = newId();
  await using client = await RawClient.connected(port, id, units[0]!.secret);
  client.publish(`v1/appliances/${id}/telemetry`, 'x', 1, 1);
  await client.next('puback');
  return performance.now() - from;
}

async function memoryOf(child: ChildProcess): Promise<Memory> {
  const answer = once(child, 'message');
  child.send('memory');
  return (await answer)[0] as Memory;
}

export async function fuzzMqtt({ packets, seed }: { packets: number; seed: number }): Promise<FuzzResult> {
  const child = fork(new URL('./mqtt-broker.ts', import.meta.url), [units[0]!.secret], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const result: FuzzResult = {
    packets: 0,
    connections: 0,
    crashes: 0,
    heapMib: [],
    slowestAnswerMs: 0,
    counts: {},
  };
  let over = false;
  child.once('exit', () => {
    over = true;
    result.crashes++;
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];

  async function until(count: number, lane: number): Promise<void> {
    const random = randomOf(seed + lane + result.connections);
    while (result.packets < count && !over) {
      const sent = await oneConnection(port, random);
      result.packets += sent;
      if (++result.connections % LIVELY_EVERY === 0)
        result.slowestAnswerMs = Math.max(result.slowestAnswerMs, await answerMs(port));
    }
  }
  const lanes = (count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => until(count, lane)));

  try {
    for (let sample = 1; sample <= HEAP_SAMPLES && !over; sample++) {
      await lanes((packets * sample) / HEAP_SAMPLES);
      if (over) break;
      const { heapUsed, counts } = await memoryOf(child);
      result.heapMib.push(heapUsed / MEBIBYTE);
      result.counts = counts;
    }
    if (!over) result.slowestAnswerMs = Math.max(result.slowestAnswerMs, await answerMs(port));
    return result;
  } finally {
    child.removeAllListeners('exit');
    if (!over) {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    }
  }
}
