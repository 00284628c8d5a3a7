// The log of segment files: the contract of every log, and what is its own.
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '#runtime';
import { logContract } from './log-contract.ts';
import { append, bodies, bodyOf, Listener, MEBIBYTE, message, readFrom, segmentStore } from './log-stores.ts';

describe('Log on segment files', () => {
  describe('with large segments', () => logContract(async () => segmentStore({ segmentBytes: MEBIBYTE / 8 })));
  describe('with a segment for every few records', () => logContract(async () => segmentStore({ segmentBytes: 300 })));
});

describe('segment files', () => {
  let stack = new AsyncDisposableStack();
  afterEach(async () => {
    await stack.disposeAsync();
    stack = new AsyncDisposableStack();
  });

  const store = (segmentBytes = 64 * MEBIBYTE) => stack.use(segmentStore({ segmentBytes }));
  type Store = ReturnType<typeof store>;
  const opened = async (from: Store, logger = new Listener()): Promise<Log> => stack.use(await from.open({ logger }));
  const segments = ({ folder }: Store): string[] =>
    fs
      .readdirSync(folder)
      .sort()
      .map((name) => path.join(folder, name));
  const last = (from: Store): string => segments(from).at(-1)!;
  const all = async (from: Store, log: Log): Promise<string[]> => {
    await using source = await from.source(log);
    return await bodies(source.reader(0));
  };

  it('are begun anew behind their size, and are read across', async () => {
    const files = store(500);
    const log = await opened(files);
    for (let i = 0; i < 40; i++) await append(log, message(`record ${i}`));
    expect(segments(files).length).toBeGreaterThan(3);
    expect(await all(files, log)).toEqual(Array.from({ length: 40 }, (_, i) => `record ${i}`));
  });

  it('are begun anew when the log is rolled, so that even the newest record can be freed', async () => {
    const files = store();
    const log = await opened(files);
    await append(log, message('to be forgotten'));
    log.roll();
    await append(log, message('next'));
    await using source = await files.source(log);
    const [, next] = (await source.reader(0).read(0, 1_000)).positions;
    await log.trim(0, next ?? (await source.reader(0).end()));
    await log.trim(0, await source.reader(0).end());
    expect(fs.readFileSync(last(files)).includes('to be forgotten')).toBe(false);
    expect(segments(files).length).toBe(1);
  });

  it('lose a torn tail and keep every acknowledged record', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.uint8Array({ minLength: 0, maxLength: 60 }),
        async (cut, junk) => {
          await using files = segmentStore({ segmentBytes: 64 * MEBIBYTE });
          await using log = await files.open();
          for (let i = 0; i < 5; i++) await append(log, message(`kept ${i}`));
          const durable = fs.statSync(last(files)).size;
          await append(log, message('torn'.repeat(120)));
          await log[Symbol.asyncDispose]();
          const whole = fs.statSync(last(files)).size;
          fs.truncateSync(last(files), Math.max(durable, whole - cut));
          fs.appendFileSync(last(files), junk);
          const torn = fs.statSync(last(files)).size;
          await using again = await files.open();
          await append(again, message('next'));
          const logger = new Listener();
          await using source = await files.source(again, logger);
          const seen = await readFrom(source.reader(0));
          expect(seen.map(bodyOf)).toEqual([0, 1, 2, 3, 4].map((i) => `kept ${i}`).concat('next'));
          // No position is given out twice, and what was never acknowledged is not missed.
          expect(seen.at(-1)!.position).toBe(torn);
          expect(logger.lines).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('do not take for a record what stands inside of a torn one', async () => {
    const files = store();
    const log = await opened(files);
    await append(log, message('kept'));
    const inside = fs.readFileSync(last(files));
    await append(log, message(Buffer.concat([inside, inside, Buffer.alloc(100)])));
    await log[Symbol.asyncDispose]();
    fs.truncateSync(last(files), fs.statSync(last(files)).size - 50);
    const again = await opened(files);
    expect(await all(files, again)).toEqual(['kept']);
  });

  const FIVE = [0, 1, 2, 3, 4].map((i) => `record ${i}`);
  /** Five records, and where each one's frame begins. */
  async function five(): Promise<{ files: Store; starts: number[] }> {
    const files = store();
    const log = await opened(files);
    const starts: number[] = [];
    for (const body of FIVE) {
      starts.push(fs.statSync(last(files)).size);
      await append(log, message(body));
    }
    await log[Symbol.asyncDispose]();
    return { files, starts };
  }

  function flip(file: string, at: number, bit: number): void {
    const bytes = fs.readFileSync(file);
    bytes[at]! ^= 1 << bit;
    fs.writeFileSync(file, bytes);
  }

  it('serve all records but the one with a flipped bit, and report that one', async () => {
    const { files, starts } = await five();
    flip(last(files), starts[3]! - 1, 0);
    const log = await opened(files);
    const logger = new Listener();
    await using source = await files.source(log, logger);
    expect(await bodies(source.reader(0))).toEqual(FIVE.toSpliced(2, 1));
    expect(logger.lines).toEqual(['error: skipped a damaged record of the log']);
  });

  it('serve even a record whose length has a flipped bit', async () => {
    for (let bit = 0; bit < 32; bit++) {
      const { files, starts } = await five();
      flip(last(files), starts[2]! + (bit >> 3), bit & 7);
      const log = await opened(files);
      expect(await all(files, log)).toEqual(FIVE);
      await append(log, message('next'));
      expect((await all(files, log)).at(-1)).toBe('next');
    }
  });

  it('go on behind a segment that was cut off', async () => {
    const files = store(50);
    const log = await opened(files);
    for (const body of FIVE) await append(log, message(body));
    await log[Symbol.asyncDispose]();
    fs.truncateSync(segments(files)[1]!, 5);
    fs.truncateSync(segments(files)[3]!, 0);
    const again = await opened(files);
    expect(await all(files, again)).toEqual([FIVE[0], FIVE[2], FIVE[4]]);
  });
});
