// `npm run test:abuse`: what strangers and broken appliances do to a broker, and what the others notice of it. Prints a
// table; fails when something is ten times worse than its goal.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import * as net from 'node:net';
import { parseArgs } from 'node:util';
import { newId, noticesTopic, upTopic } from '#contracts';
import { lengthOf, pingreq } from '../broker/conformance/packets.ts';
import { RawClient } from '../broker/raw-client.ts';

const { values } = parseArgs({ options: { sockets: { type: 'string', default: '3000' } } });
const SOCKETS = Number(values.sockets);
const SECRET = 'a secret of the abused broker';
const MEBIBYTE = 1024 * 1024;
const FAILS_AT_TIMES = 10;
const OTHERS = 20;
const OTHERS_SAY_EVERY_MS = 50;
/** Longer than the broker waits for a connection to take what is sent. */
const SLOW_FOR_MS = 12_000;

type Row = { attack: string; figure: string; value: number; goal: number; unit: string };
const rows: Row[] = [];
const note = (attack: string, figure: string, value: number, goal: number, unit: string): void =>
  void rows.push({ attack, figure, value, goal, unit });

const child: ChildProcess = fork(new URL('./broker.ts', import.meta.url), [SECRET], {
  execArgv: ['--expose-gc'],
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
child.once('exit', (code) => {
  process.stderr.write(`the broker ended with code ${code}\n`);
  process.exit(1);
});
const [{ port }] = (await once(child, 'message')) as [{ port: number }];

async function ask<Answer>(question: object): Promise<Answer> {
  const answer = once(child, 'message');
  child.send(question);
  return (await answer)[0] as Answer;
}
const rss = async (question: 'rss' | 'most-rss'): Promise<number> =>
  (await ask<{ rss: number }>({ question })).rss / MEBIBYTE;

const percentile = (values: number[], part: number): number =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;

/** Appliances that go on as ever; how long each of their PUBACKs took. */
async function others(): Promise<{ stop(): Promise<number[]> }> {
  const tooks: number[] = [];
  let over = false;
  const talk = async (): Promise<void> => {
    const id = newId();
    await using client = await RawClient.connected(port, id, SECRET);
    for (let n = 1; !over; n = (n % 65_535) + 1) {
      const from = performance.now();
      client.publish(upTopic(id, 'telemetry'), '{"readings":[{"values":{"power":1}}]}', 1, n);
      await client.next('puback');
      tooks.push(performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, OTHERS_SAY_EVERY_MS));
    }
  };
  const talking = Array.from({ length: OTHERS }, talk);
  return {
    async stop() {
      over = true;
      await Promise.all(talking);
      return tooks;
    },
  };
}

/** Runs the attack while others talk, and notes what they and the broker's memory had of it. */
async function during(attack: string, work: () => Promise<void>, rssGoalMib: number): Promise<void> {
  const quiet = await others();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const usual = percentile(await quiet.stop(), 0.99);
  const before = await rss('rss');
  const busy = await others();
  await work();
  const p99 = percentile(await busy.stop(), 0.99);
  note(attack, `others' PUBACK p99 (without: ${usual.toFixed(0)} ms)`, p99, 100, 'ms');
  note(attack, 'memory on top', (await rss('most-rss')) - before, rssGoalMib, 'MiB');
}

const closedAfter = (socket: net.Socket): Promise<number> => {
  const from = performance.now();
  return new Promise((resolve) =>
    socket
      .on('error', () => {})
      .on('data', () => {})
      .once('close', () => resolve(performance.now() - from)),
  );
};

/** The head of a CONNECT, and then a byte of it each second. */
async function slowLoris(): Promise<void> {
  const lives: Promise<number>[] = [];
  for (let opened = 0; opened < SOCKETS; opened++) {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => socket.write(Buffer.from([0x10, 0x7f, 0])));
    const drip = setInterval(() => socket.write(Buffer.from([4])), 1_000);
    socket.once('close', () => clearInterval(drip));
    lives.push(closedAfter(socket));
    if (opened % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  note(
    'slow loris',
    `${SOCKETS} sockets, the last one gone after`,
    Math.max(...(await Promise.all(lives))) / 1_000,
    6,
    's',
  );
}

/** Subscribes and stops reading, while much is sent to it; what comes of it shows when it reads again. */
async function slowSubscriber(): Promise<void> {
  const id = newId();
  const client = await RawClient.connected(port, id, SECRET);
  await client.subscribe(noticesTopic(id));
  client.socket.pause();
  for (let sent = 0; sent < 26 * MEBIBYTE; sent += 128 * 1024)
    await ask({ question: 'notify', appliance: id, bytes: 128 * 1024 });
  await new Promise((resolve) => setTimeout(resolve, SLOW_FOR_MS));
  const from = performance.now();
  client.socket.resume();
  await client.closed;
  note('slow subscriber', 'cut when it reads again, after', performance.now() - from, 1_000, 'ms');
}

const hugeHead = Buffer.concat([Buffer.from([0x32]), lengthOf(200 * MEBIBYTE)]);
const flood = Buffer.alloc(MEBIBYTE, 0x61);

/** As much as is taken of two hundred megabytes, over four sockets at once. */
async function hugePackets(head: Buffer, sockets: readonly net.Socket[]): Promise<number> {
  const lives = sockets.map(async (socket) => {
    const life = closedAfter(socket);
    socket.write(head);
    for (let n = 0; n < 200 && !socket.destroyed; n++)
      if (!socket.write(flood))
        await new Promise((resolve) => {
          socket.once('drain', resolve).once('close', resolve);
        });
    return await life;
  });
  return Math.max(...(await Promise.all(lives)));
}

async function hugeBeforeConnect(): Promise<void> {
  const head = Buffer.concat([Buffer.from([0x10]), lengthOf(200 * MEBIBYTE)]);
  const sockets = await Promise.all(Array.from({ length: 4 }, async () => (await RawClient.open(port)).socket));
  note('huge packet before CONNECT', 'cut after', await hugePackets(head, sockets), 100, 'ms');
}

async function hugeAfterConnect(): Promise<void> {
  const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.connected(port, newId(), SECRET)));
  const sockets = clients.map(({ socket }) => socket);
  note('huge packet after CONNECT', 'cut after', await hugePackets(hugeHead, sockets), 100, 'ms');
}

/** Thousands of packets without waiting for an answer. */
async function pipelined(): Promise<void> {
  const id = newId();
  await using client = await RawClient.connected(port, id, SECRET);
  const count = 8_000;
  const from = performance.now();
  client.socket.write(Buffer.concat(Array.from({ length: count }, () => pingreq)));
  for (let n = 0; n < count; n++) await client.next('pingresp');
  note('pipelined', `${count} PINGREQ at once, all answered after`, (performance.now() - from) / 1_000, 10, 's');
}

await during('slow loris', slowLoris, 50);
await during('slow subscriber', slowSubscriber, 50);
await during('huge packet before CONNECT', hugeBeforeConnect, 50);
await during('huge packet after CONNECT', hugeAfterConnect, 50);
await during('pipelined', pipelined, 50);

const worst = rows.filter(({ value, goal }) => value > goal * FAILS_AT_TIMES);
for (const { attack, figure, value, goal, unit } of rows)
  console.log(
    `${attack.padEnd(28)} ${figure.padEnd(52)} ${value.toFixed(1).padStart(8)} ${unit.padEnd(4)} goal ${goal} ${unit}`,
  );
child.removeAllListeners('exit');
child.kill();
process.exitCode = worst.length > 0 ? 1 : 0;
