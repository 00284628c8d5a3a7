// A small disk that fills up again and again under load, while a consumer that is told to begin frees it.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openSegmentLogSource, openSegmentLogWriter } from '#engines/segment-log';
import type { LogReader } from '#runtime';
import { Load } from '../log-kills.ts';
import { Listener, MEBIBYTE } from '../log-stores.ts';

export type FillCount = {
  fills: number;
  acknowledged: number;
  lost: number;
  doubled: number;
  /** Records that nobody appended. */
  wrong: number;
  /** Acknowledged while it said that it takes nothing. */
  acknowledgedWhileFull: number;
  /** Free bytes of the disk at the fullest moment. */
  leastFreeBytes: number;
};

const BODY_BYTES = 5_000;

/** null: no such disk can be made here (it takes root). */
export function smallDisk(sizeMebibytes: number): (Disposable & { path: string }) | null {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-small-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMebibytes}m`, 'tmpfs', folder]).status === 0;
  if (!mounted) {
    fs.rmSync(folder, { recursive: true });
    return null;
  }
  return {
    path: folder,
    [Symbol.dispose]() {
      spawnSync('umount', ['-l', folder]);
      fs.rmSync(folder, { recursive: true });
    },
  };
}

/** Fills the disk below `disk` so often; it goes on by itself each time. */
export async function fills(disk: string, times: number, options: { reserveBytes?: number } = {}): Promise<FillCount> {
  const folder = path.join(disk, 'log');
  const logger = new Listener();
  const log = openSegmentLogWriter({
    folder,
    segmentBytes: MEBIBYTE / 4,
    logger,
    onFatal: (error) => {
      throw error;
    },
    ...options,
  });
  await using source = openSegmentLogSource({ folder, shared: log.shared, logger });
  const reader = source.reader(0);
  const acknowledged = new Set<number>();
  const seen: number[] = [];
  const count = { fills: 0, acknowledgedWhileFull: 0, leastFreeBytes: Number.POSITIVE_INFINITY };
  let full = logger.says('takes nothing');
  const load = new Load(log, (number) => acknowledged.add(number), { inFlight: 20, bytes: BODY_BYTES });
  let position = 0;
  for (; count.fills < times; count.fills++) {
    await full;
    const before = acknowledged.size;
    count.leastFreeBytes = Math.min(count.leastFreeBytes, freeBytes(disk));
    const batch = await readAll(reader, position);
    count.acknowledgedWhileFull += acknowledged.size - before;
    seen.push(...batch.numbers);
    position = batch.next;
    full = logger.says('takes nothing');
    const again = logger.says('takes records again');
    await log.trim(0, position);
    await again;
  }
  await load.end();
  seen.push(...(await readAll(reader, position)).numbers);
  const found = new Set(seen);
  return {
    ...count,
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((number) => !found.has(number)).length,
    doubled: seen.length - found.size,
    wrong: seen.filter(Number.isNaN).length,
  };
}

const freeBytes = (disk: string): number => {
  const { bavail, bsize } = fs.statfsSync(disk);
  return bavail * bsize;
};

async function readAll(reader: LogReader, from: number): Promise<{ numbers: number[]; next: number }> {
  const numbers: number[] = [];
  for (let next = from; ; ) {
    const batch = await reader.read(next, MEBIBYTE);
    if (batch.next === next) return { numbers, next };
    numbers.push(...batch.records.map(({ body }) => numberIn(Buffer.from(body).toString())));
    next = batch.next;
  }
}

/** NaN unless it is as it was written. */
const numberIn = (body: string): number => {
  const number = Number.parseInt(body, 10);
  return body === `${number} `.padEnd(BODY_BYTES, 'x') ? number : Number.NaN;
};
