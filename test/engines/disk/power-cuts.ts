// Power cuts under load: at any moment, while a segment begins, right after a kill, and again before anything new is written.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openSegmentLogSource, openSegmentLogWriter, type SegmentLogWriter } from '#engines/segment-log';
import { Load } from '../log-kills.ts';
import { append, bodyOf, Listener, message, readFrom } from '../log-stores.ts';
import { SimulatedDisk } from './simulated-disk.ts';

export type PowerCutCount = {
  cuts: number;
  acknowledged: number;
  /** Written and not flushed yet, over all cuts: what a cut could take. */
  unflushedBytes: number;
  lost: number;
  /** Records that nobody appended. */
  wrong: number;
  /** The log ended before what readers had been shown after the cut before it. */
  wentBack: number;
};

const MOST_ACKNOWLEDGED = 400;
const MOST_TURNS = 40;
/** Numbers of the records that are appended between two cuts. */
const LATER = 1_000_000;
const random = (below: number): number => Math.floor(Math.random() * below);

export async function powerCuts(attempts: number, options: { lying?: boolean } = {}): Promise<PowerCutCount> {
  const count = { cuts: 0, acknowledged: 0, unflushedBytes: 0, lost: 0, wrong: 0, wentBack: 0 };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-power-'));
    try {
      await oneCut(parent, attempt, count, options.lying ?? false);
    } finally {
      fs.rmSync(parent, { recursive: true });
    }
  }
  return count;
}

async function oneCut(parent: string, attempt: number, count: PowerCutCount, lying: boolean): Promise<void> {
  const first = path.join(parent, 'log');
  const disk = new SimulatedDisk(first);
  if (lying) disk.lie();
  const acknowledged: number[] = [];
  const load = new Load(open(first), (number) => acknowledged.push(number), { inFlight: 30, bytes: 60 + random(400) });
  await load.acknowledgedMore(1 + random(MOST_ACKNOWLEDGED));
  for (let turns = random(MOST_TURNS); turns > 0; turns--) await new Promise(setImmediate);

  const known = [...acknowledged];
  const second = path.join(parent, 'after', 'log');
  const third = path.join(parent, 'after-that', 'log');
  const killedFirst = attempt % 2 === 1;
  let next: SimulatedDisk;
  if (killedFirst) next = disk.killed(second);
  else {
    disk.powerCut(second);
    disk[Symbol.dispose]();
    next = SimulatedDisk.allFlushed(second);
  }
  count.unflushedBytes += sizeOf(first) - sizeOf(second);
  await load.end();

  // What readers are shown now must outlast the next cut.
  const again = open(second);
  const shown = await contents(second, again);
  for (let i = random(3); i > 0; i--) {
    await append(again, message(`${LATER + i} x`));
    known.push(LATER + i);
  }
  next.powerCut(third);
  next[Symbol.dispose]();
  await again.close();
  const last = open(third);
  const left = await contents(third, last);
  await last.close();
  count.cuts += killedFirst ? 1 : 2;
  count.acknowledged += known.length;
  const bodies = new Set(left.bodies);
  count.lost += known.filter((number) => !bodies.has(number)).length;
  count.wrong += [...shown.bodies, ...left.bodies].filter((number) => !Number.isInteger(number)).length;
  if (left.end < shown.end) count.wentBack++;
}

const open = (folder: string): SegmentLogWriter =>
  openSegmentLogWriter({
    folder,
    segmentBytes: 8 * 1024,
    logger: new Listener(),
    onFatal: (error) => {
      throw error;
    },
  });

async function contents(folder: string, log: SegmentLogWriter): Promise<{ bodies: number[]; end: number }> {
  await using source = openSegmentLogSource({ folder, shared: log.shared, logger: new Listener() });
  const seen = await readFrom(source.reader(0));
  const end = await source.reader(0).end();
  return { bodies: seen.map((each) => numberIn(bodyOf(each))), end };
}

/** NaN unless it is as it was written. */
const numberIn = (body: string): number => (/^\d+ x*$/.test(body) ? Number.parseInt(body, 10) : Number.NaN);

const sizeOf = (folder: string): number =>
  fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
