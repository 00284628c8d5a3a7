import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '#contracts';
import { openSegmentLogReader, openSegmentLogWriter, type SegmentLogWriter } from '#engines/segment-log';
import { factRecord, type Logger } from '#runtime';

const quiet: Logger = { info() {}, warn() {}, error() {} };
const APPLIANCE = '01890a5d-ac96-774b-bcce-b302099a8057';

let folder: string;
let open: SegmentLogWriter[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-log-'));
});
afterEach(async () => {
  await Promise.all(open.map((writer) => writer.close()));
  open = [];
  fs.rmSync(folder, { recursive: true });
});

function writer(options: { segmentBytes?: number; maxBytes?: number } = {}): SegmentLogWriter {
  const opened = openSegmentLogWriter({
    folder: path.join(folder, 'log'),
    logger: quiet,
    onFatal: (error) => {
      throw error;
    },
    ...options,
  });
  open.push(opened);
  return opened;
}

const message = (body: string): LogRecord => ({
  kind: 'message',
  at: 1_763_756_400_000,
  appliance: APPLIANCE,
  channel: 'telemetry',
  model: 'stethos-reference-fridge',
  body: Buffer.from(body),
});

const append = (log: SegmentLogWriter, record: LogRecord): Promise<void> =>
  new Promise((resolve, reject) => log.append(record, (error) => (error ? reject(error) : resolve())));

async function readAll(log: SegmentLogWriter, from = 0, maxBytes = 200): Promise<string[]> {
  const reader = openSegmentLogReader({ folder: path.join(folder, 'log'), shared: log.shared, logger: quiet });
  const bodies: string[] = [];
  let position = from;
  while (position < (await reader.end())) {
    const batch = await reader.read(position, maxBytes);
    bodies.push(...batch.records.map((record) => Buffer.from(record.body).toString()));
    expect(batch.next).toBeGreaterThan(position);
    position = batch.next;
  }
  await reader.close();
  return bodies;
}

const lastSegment = (): string => {
  const names = fs.readdirSync(path.join(folder, 'log')).sort();
  return path.join(folder, 'log', names.at(-1)!);
};

describe('segment log', () => {
  it('gives back every field of a record', async () => {
    const log = writer();
    const record = message('{"readings":[]}');
    await append(log, record);
    const reader = openSegmentLogReader({ folder: path.join(folder, 'log'), shared: log.shared, logger: quiet });
    const { records } = await reader.read(0, 10_000);
    await reader.close();
    expect(records).toEqual([{ ...record, body: Buffer.from('{"readings":[]}') }]);
  });

  it('acknowledges in the order of the calls and only what is in the file', async () => {
    const log = writer();
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        append(log, message(`m${i}`)).then(() => {
          order.push(i);
          expect(fs.statSync(lastSegment()).size).toBeGreaterThan(0);
        }),
      ),
    );
    expect(order).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(await readAll(log)).toEqual(Array.from({ length: 500 }, (_, i) => `m${i}`));
  });

  it('goes on in new segments and reads across them', async () => {
    const log = writer({ segmentBytes: 500 });
    for (let i = 0; i < 40; i++) await append(log, message(`record ${i}`));
    expect(fs.readdirSync(path.join(folder, 'log')).length).toBeGreaterThan(3);
    expect(await readAll(log)).toEqual(Array.from({ length: 40 }, (_, i) => `record ${i}`));
  });

  it('reads a record that is larger than the batch', async () => {
    const log = writer();
    await append(log, message('x'.repeat(50_000)));
    await append(log, message('after'));
    expect((await readAll(log, 0, 100)).map((body) => body.length)).toEqual([50_000, 5]);
  });

  it('keeps positions across a restart and a reader that follows is woken', async () => {
    const first = writer();
    await append(first, message('one'));
    await first.close();
    const log = writer();
    const reader = openSegmentLogReader({ folder: path.join(folder, 'log'), shared: log.shared, logger: quiet });
    const end = await reader.end();
    const woken = reader.wait(end, 60_000);
    await append(log, message('two'));
    await woken;
    const batch = await reader.read(end, 1000);
    expect(batch.records.map((record) => Buffer.from(record.body).toString())).toEqual(['two']);
    await reader.close();
  });

  it('trims whole segments behind the consumers and goes on at the oldest kept', async () => {
    const log = writer({ segmentBytes: 300 });
    for (let i = 0; i < 30; i++) await append(log, message(`record ${i}`));
    const before = fs.readdirSync(path.join(folder, 'log')).length;
    log.trim(0, 1500);
    expect(fs.readdirSync(path.join(folder, 'log')).length).toBeLessThan(before);
    const left = await readAll(log);
    expect(left.at(-1)).toBe('record 29');
    expect(left.length).toBeLessThan(30);
  });

  it('withholds the acknowledgement while it is full, until consumers have passed', async () => {
    const log = writer({ segmentBytes: 200, maxBytes: 600 });
    let acknowledged = 0;
    const acknowledge = (): void => {
      acknowledged++;
    };
    while (new BigInt64Array(log.shared)[0]! < 500n) await append(log, message('fill')).then(acknowledge);
    const before = acknowledged;
    const held = append(log, message('held'.repeat(40))).then(acknowledge);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(acknowledged).toBe(before);
    log.trim(0, Number(new BigInt64Array(log.shared)[0]));
    await held;
    expect((await readAll(log)).at(-1)).toBe('held'.repeat(40));
  });

  it('says that it did not keep a record when it is closed while full', async () => {
    const log = writer({ segmentBytes: 200, maxBytes: 600 });
    while (new BigInt64Array(log.shared)[0]! < 500n) await append(log, message('fill'));
    const held = append(log, message('held'.repeat(40)));
    const refused = expect(held).rejects.toThrow('closed before');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await log.close();
    await refused;
  });

  it('cuts any torn tail and keeps every acknowledged record', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.uint8Array({ minLength: 0, maxLength: 60 }),
        async (cut, junk) => {
          fs.rmSync(path.join(folder, 'log'), { recursive: true, force: true });
          const log = writer();
          for (let i = 0; i < 5; i++) await append(log, message(`kept ${i}`));
          const durable = fs.statSync(lastSegment()).size;
          await append(log, message('torn'.repeat(120)));
          await log.close();
          const whole = fs.statSync(lastSegment()).size;
          fs.truncateSync(lastSegment(), Math.max(durable, whole - cut));
          fs.appendFileSync(lastSegment(), junk);
          const again = writer();
          await append(again, message('next'));
          const bodies = await readAll(again);
          await again.close();
          expect(bodies.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((i) => `kept ${i}`));
          expect(bodies.at(-1)).toBe('next');
          expect(bodies.length).toBe(6);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('skips a record with a flipped bit and serves all others', async () => {
    const log = writer();
    const ends: number[] = [];
    for (let i = 0; i < 5; i++) {
      await append(log, message(`record ${i}`));
      ends.push(fs.statSync(lastSegment()).size);
    }
    await log.close();
    const file = fs.openSync(lastSegment(), 'r+');
    fs.writeSync(file, Buffer.from([0xff]), 0, 1, ends[2]! - 1);
    fs.closeSync(file);
    const bodies = await readAll(writer());
    expect(bodies).toEqual(['record 0', 'record 1', 'record 3', 'record 4']);
  });

  it('keeps facts about the platform itself', async () => {
    const log = writer();
    await append(log, factRecord('tick', 1000));
    await append(log, factRecord('answer', 2000, APPLIANCE, { answer: 'it-was-open' }));
    expect(await readAll(log)).toEqual(['', '{"answer":"it-was-open"}']);
  });

  it('lets a reader wait for more, until there is more or it is told to stop', async () => {
    const log = writer();
    const reader = openSegmentLogReader({ folder: path.join(folder, 'log'), shared: log.shared, logger: quiet });
    const anHourMs = 3_600_000;
    const stopping = new AbortController();
    const waiting = reader.wait(0, anHourMs);
    const stopped = reader.wait(1_000_000, anHourMs, stopping.signal);
    await append(log, message('more'));
    await waiting;
    stopping.abort();
    await stopped;
    await reader.wait(1_000_000, anHourMs, stopping.signal);
    await reader.close();
  });
});
