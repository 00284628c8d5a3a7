// A program under strace: what it flushed to the disk, and what it said, in the order of the kernel.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { findTool } from '../servers/process.ts';

export type Event =
  /** A flush that was done; `path` is the file or folder. */
  | { what: 'flushed'; path: string }
  | { what: 'said'; line: string }
  | { what: 'made'; path: string }
  | { what: 'renamed'; path: string; to: string };

export const strace = findTool('strace');

const CALLS = 'fsync,fdatasync,write,openat,mkdir,rename';

/** Runs a program of Node until it has said `enough` lines, then kills it. */
export async function traced(args: readonly string[], traceFile: string, enough: number): Promise<Event[]> {
  const options = ['-f', '-y', '-qq', '-s', '200', '--seccomp-bpf', '-e', `trace=${CALLS}`, '-o', traceFile];
  const child = spawn(strace!, [...options, process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1;
    if (lines >= enough) process.kill(-child.pid!, 'SIGKILL');
  });
  await once(child, 'close');
  return eventsOf(fs.readFileSync(traceFile, 'utf8'));
}

/** Calls of several threads overlap: one counts when it is done. */
export function eventsOf(trace: string): Event[] {
  const begun = new Map<string, string>();
  const events: Event[] = [];
  for (const line of trace.split('\n')) {
    const [, thread, call] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined || call === undefined) continue;
    if (call.endsWith('<unfinished ...>')) {
      begun.set(thread, call.slice(0, -'<unfinished ...>'.length).trimEnd());
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(call);
    const event = eventOf(resumed ? `${begun.get(thread) ?? ''}${resumed[1]}` : call);
    if (event) events.push(event);
  }
  return events;
}

function eventOf(call: string): Event | null {
  const [, flushed] = /^f(?:data)?sync\(\d+<([^>]*)>\)\s+= 0/.exec(call) ?? [];
  if (flushed !== undefined) return { what: 'flushed', path: flushed };
  const [, line] = /^write\(1<[^>]*>, "(.*?)(?:\\n)?"/.exec(call) ?? [];
  if (line !== undefined) return { what: 'said', line };
  const [, made] = /^openat\(.*, "([^"]*)", [A-Z_|]*O_CREAT.*\) += \d+/.exec(call) ?? [];
  if (made !== undefined) return { what: 'made', path: made };
  const [, folder] = /^mkdir\("([^"]*)", \d+\) += 0/.exec(call) ?? [];
  if (folder !== undefined) return { what: 'made', path: folder };
  const [, path, to] = /^rename\("([^"]*)", "([^"]*)"\) += 0/.exec(call) ?? [];
  return path === undefined || to === undefined ? null : { what: 'renamed', path, to };
}

/** What was flushed before each line that `said` accepts, since the one before it. */
export function flushedBeforeEach(events: readonly Event[], said: RegExp): string[][] {
  const before: string[][] = [];
  let flushed: string[] = [];
  for (const event of events) {
    if (event.what === 'flushed') flushed.push(event.path);
    if (event.what !== 'said' || !said.test(event.line)) continue;
    before.push(flushed);
    flushed = [];
  }
  return before;
}
