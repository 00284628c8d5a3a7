// Kills whoever writes a log, or the server that it stands on, and counts what had been acknowledged.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '#runtime';
import type { RedisServer } from '../servers/servers.ts';
import { APPLIANCES, append, bodyOf, type LogStore, message, readFrom } from './log-stores.ts';

export type KillCount = {
  kills: number;
  acknowledged: number;
  /** Acknowledged, and not there. */
  lost: number;
  doubled: number;
  /** Behind a newer one of its appliance. */
  disordered: number;
};

const PER_ROUND = 10_000_000;
const WRITER = path.join(import.meta.dirname, 'log-killed-writer.ts');
const MOST_ACKNOWLEDGED = 2_000;
const HOLD_MS = 13_000;

const random = (below: number): number => Math.floor(Math.random() * below);

/** `where`: the engine and its place, as the writer takes them. */
export async function killWriters(
  store: LogStore,
  where: readonly [string, string],
  kills: number,
): Promise<KillCount> {
  const acknowledged: number[] = [];
  for (let round = 0; round < kills; round++) {
    const said = await killOne([...where, String(round * PER_ROUND)], random(MOST_ACKNOWLEDGED));
    acknowledged.push(...said);
  }
  return { kills, ...(await account(store, acknowledged)) };
}

async function killOne(args: readonly string[], after: number): Promise<number[]> {
  const child = spawn(process.execPath, [WRITER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    for (const byte of chunk) if (byte === 10) lines++;
    if (lines > after) child.kill('SIGKILL');
  });
  const [code, signal] = await once(child, 'close');
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself with code ${code}`);
  // What stands behind the last line break was being said when it was killed.
  return out.split('\n').slice(0, -1).map(Number);
}

/** The writer stays; its server is killed and started again. */
export async function killServers(store: LogStore, server: RedisServer, kills: number): Promise<KillCount> {
  const acknowledged: number[] = [];
  const load = new Load(await store.open(), (number) => acknowledged.push(number));
  for (let round = 0; round < kills; round++) {
    await load.acknowledgedMore(1 + random(MOST_ACKNOWLEDGED));
    await server.kill();
    await server.start();
  }
  await load.acknowledgedMore(1_000);
  await load.end();
  return { kills, ...(await account(store, acknowledged)) };
}

/** The server stops answering for longer than the writer believes in it; its connections stay. */
export async function holdServers(store: LogStore, server: RedisServer, holds: number): Promise<KillCount> {
  const acknowledged: number[] = [];
  const load = new Load(await store.open(), (number) => acknowledged.push(number));
  for (let round = 0; round < holds; round++) {
    await load.acknowledgedMore(1 + random(MOST_ACKNOWLEDGED));
    server.signal('SIGSTOP');
    await pause(HOLD_MS);
    server.signal('SIGCONT');
  }
  await load.acknowledgedMore(1_000);
  await load.end();
  return { kills: holds, ...(await account(store, acknowledged)) };
}

/** Keeps some records on their way, and tells which were acknowledged. */
export class Load {
  readonly log: Log;
  readonly #told: (number: number) => void;
  #number = 0;
  #ending = false;
  #waiting: { left: number; resolve: () => void } | undefined;
  readonly #loops: Promise<void>[];

  constructor(log: Log, told: (number: number) => void, { inFlight = 100, bytes = 100 } = {}) {
    this.log = log;
    this.#told = told;
    this.#loops = Array.from({ length: inFlight }, () => this.#loop(bytes));
  }

  acknowledgedMore(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { left: count, resolve };
    });
  }

  async end(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#loops);
    await this.log[Symbol.asyncDispose]();
  }

  async #loop(bytes: number): Promise<void> {
    while (!this.#ending) {
      const own = this.#number++;
      await append(this.log, message(`${own} `.padEnd(bytes, 'x'), APPLIANCES[own % APPLIANCES.length]!));
      this.#told(own);
      if (this.#waiting && --this.#waiting.left === 0) this.#waiting.resolve();
    }
  }
}

/** Reads the whole log. Records begin with their number. */
export async function account(store: LogStore, acknowledged: readonly number[]): Promise<Omit<KillCount, 'kills'>> {
  await using log = await store.open();
  await using source = await store.source(log);
  const count = new Map<number, number>();
  const newest = new Map<string, number>();
  let disordered = 0;
  for (let partition = 0; partition < store.partitions; partition++) {
    for (const seen of await readFrom(source.reader(partition), 0, 1024 * 1024)) {
      const number = Number(bodyOf(seen).split(' ', 1)[0]);
      const { appliance } = seen.record;
      count.set(number, (count.get(number) ?? 0) + 1);
      if (number < (newest.get(appliance) ?? -1)) disordered++;
      newest.set(appliance, number);
    }
  }
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((number) => !count.has(number)).length,
    doubled: [...count.values()].filter((times) => times > 1).length,
    disordered,
  };
}
