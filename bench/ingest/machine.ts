// The machine that the figures are of.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { monotonicMs } from './monotonic.ts';
import { spread } from './spread.ts';

const APPENDS = 100;
const APPENDED_BYTES = 300;
const GIBIBYTE = 1024 ** 3;

export type Machine = {
  cpu: string;
  cores: number;
  memoryGib: number;
  system: string;
  node: string;
  /** Median of small appends, each flushed. */
  flushMs: number;
  /** Of the last minute, before the bench began: other work makes the figures worse. */
  loadBefore: number;
};

function flushMs(folder: string): number {
  const file = path.join(folder, 'flush');
  const handle = fs.openSync(file, 'w');
  const times: number[] = [];
  const bytes = Buffer.alloc(APPENDED_BYTES, 'x');
  for (let count = 0; count < APPENDS; count++) {
    fs.writeSync(handle, bytes);
    const before = monotonicMs();
    fs.fdatasyncSync(handle);
    times.push(monotonicMs() - before);
  }
  fs.closeSync(handle);
  fs.unlinkSync(file);
  return spread(times).median;
}

/** `folder` is on the disk that is measured. */
export function describeMachine(folder: string): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGib: Math.round(os.totalmem() / GIBIBYTE),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
    flushMs: flushMs(folder),
    loadBefore: os.loadavg()[0]!,
  };
}
