// Watches the system calls of a broker: no PUBACK leaves before a flush ended that began after its record was written.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { MARK } from './traced-broker.ts';

export type OrderCount = {
  pubacks: number;
  flushes: number;
  /** PUBACKs that left before their record was flushed. */
  early: number;
};

const BROKER = path.join(import.meta.dirname, 'traced-broker.ts');
const CALLS = 'pwrite64,fdatasync,write,writev,sendto,sendmsg';

export const straceIsThere = (): boolean => spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

export function flushOrder(appliances: number, messages: number): OrderCount {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-strace-'));
  try {
    const trace = path.join(folder, 'trace');
    const watched = [process.execPath, BROKER, String(appliances), String(messages)];
    const options = ['-f', '-qq', '-xx', '-s', '1000000', '-e', `trace=${CALLS}`, '-o', trace];
    const { status, stderr } = spawnSync('strace', [...options, ...watched], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the watched broker ended with ${status}:\n${stderr}`);
    return inOrder(fs.readFileSync(trace, 'utf8').split('\n'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** One system call; `began` and `ended` are lines of the trace. */
type Call = { name: string; file: string; bytes: Buffer; began: number; ended: number };

function inOrder(lines: readonly string[]): OrderCount {
  const calls = callsOf(lines);
  const written = new Map<number, Call>();
  for (const call of calls) {
    if (call.name !== 'pwrite64') continue;
    for (const [, id] of call.bytes.toString('latin1').matchAll(new RegExp(`${MARK}(\\d+);`, 'g')))
      written.set(Number(id), call);
  }
  const flushes = calls.filter(({ name }) => name === 'fdatasync');
  const pubacks = calls.flatMap((call) => pubacksIn(call.bytes).map((id) => ({ id, at: call.began })));
  const early = pubacks.filter(({ id, at }) => {
    const record = written.get(id);
    return !flushes.some(
      (flush) => record && flush.file === record.file && flush.began > record.ended && flush.ended < at,
    );
  });
  return { pubacks: pubacks.length, flushes: flushes.length, early: early.length };
}

function callsOf(lines: readonly string[]): Call[] {
  const calls: Call[] = [];
  const unfinished = new Map<string, Call>();
  for (const [line, text] of lines.entries()) {
    const [, thread, rest] = /^(\d+) +(.*)$/.exec(text) ?? [];
    if (thread === undefined || rest === undefined) continue;
    const resumed = unfinished.get(thread);
    if (rest.startsWith('<... ') && resumed) {
      resumed.ended = line;
      unfinished.delete(thread);
      continue;
    }
    const [, name, file] = /^(\w+)\((\d+)/.exec(rest) ?? [];
    if (name === undefined || file === undefined) continue;
    const call = { name, file, bytes: bytesIn(rest), began: line, ended: line };
    calls.push(call);
    if (rest.endsWith('<unfinished ...>')) unfinished.set(thread, call);
  }
  return calls;
}

const bytesIn = (text: string): Buffer =>
  Buffer.from([...text.matchAll(/\\x([0-9a-f]{2})/g)].map(([, hex]) => hex).join(''), 'hex');

/** The packet ids when these bytes are PUBACKs and nothing else. */
function pubacksIn(bytes: Buffer): number[] {
  const ids: number[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    if (bytes.length - at < 4 || bytes[at] !== 0x40 || bytes[at + 1] !== 2) return [];
    ids.push(bytes.readUInt16BE(at + 2));
  }
  return ids;
}
