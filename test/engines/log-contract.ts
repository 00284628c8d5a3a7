// What every log promises, whatever it stands on.
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type LogRecord, RECORD_KINDS } from '#contracts';
import { factRecord, type Log, type LogReader, type LogSource, partitionOf, recordBytes } from '#runtime';
import {
  APPLIANCES,
  append,
  bodies,
  bodyOf,
  Listener,
  type LogStore,
  MEBIBYTE,
  message,
  readFrom,
} from './log-stores.ts';

const AN_HOUR_MS = 3_600_000;

export function logContract(makeStore: () => Promise<LogStore>): void {
  let stack: AsyncDisposableStack | undefined;
  afterEach(async () => {
    await stack?.disposeAsync();
    stack = undefined;
  });

  type Opened = { store: LogStore; log: Log; source: LogSource; readers: LogReader[]; logger: Listener };
  async function opened(options: { roomBytes?: number } = {}): Promise<Opened> {
    stack ??= new AsyncDisposableStack();
    const store = stack.use(await makeStore());
    const logger = new Listener();
    const log = stack.use(await store.open({ ...options, logger }));
    const source = stack.use(await store.source(log));
    const readers = Array.from({ length: store.partitions }, (_, partition) => source.reader(partition));
    return { store, log, source, readers, logger };
  }

  const readerOf = (readers: LogReader[], appliance = APPLIANCES[0]!): LogReader =>
    readers[partitionOf(appliance, readers.length)]!;

  describe('order and positions', () => {
    it('gives back every record as it was, in order, each appliance in its own partition', async () => {
      const text = fc.stringMatching(/^[a-z0-9-]{0,40}$/);
      const record: fc.Arbitrary<LogRecord> = fc.record({
        kind: fc.constantFrom(...RECORD_KINDS),
        at: fc.integer({ min: 0, max: 4_102_444_800_000 }),
        appliance: fc.constantFrom(...APPLIANCES, ''),
        channel: text,
        model: text,
        body: fc.uint8Array({ maxLength: 2_000 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(record, { maxLength: 60 }), async (records) => {
          const { log, readers } = await opened();
          await Promise.all(records.map((each) => append(log, each)));
          for (const [partition, reader] of readers.entries()) {
            const seen = (await readFrom(reader, 0, 500)).map((each) => each.record);
            const expected = records.filter(
              ({ appliance }) => appliance === '' || partitionOf(appliance, readers.length) === partition,
            );
            expect(seen.map(plain)).toEqual(expected.map(plain));
          }
          await stack!.disposeAsync();
          stack = undefined;
        }),
        { numRuns: 12 },
      );
    });

    it('calls back in the order of the calls, many at once', async () => {
      const { log, readers } = await opened();
      const order: number[] = [];
      const all = Array.from({ length: 10_000 }, (_, i) =>
        append(log, message(String(i), APPLIANCES[i % APPLIANCES.length]!)).then(() => void order.push(i)),
      );
      await Promise.all(all);
      expect(order).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
      const seen = (await Promise.all(readers.map((reader) => readFrom(reader)))).flat();
      expect(seen.length).toBe(10_000);
    });

    it('has positions that grow in a partition and that no two records share', async () => {
      const { log, readers } = await opened();
      for (let i = 0; i < 50; i++)
        await append(log, i % 5 === 0 ? factRecord('tick', i) : message(`m${i}`, APPLIANCES[i % 8]!));
      const positions = await Promise.all(
        readers.map(async (reader) => (await readFrom(reader)).map(({ position }) => position)),
      );
      for (const own of positions) expect(own).toEqual([...own].sort((a, b) => a - b));
      expect(new Set(positions.flat()).size).toBe(positions.flat().length);
    });

    it('goes on from any position that it gave', async () => {
      const { log, readers } = await opened();
      for (let i = 0; i < 30; i++) await append(log, message(`record ${i}`));
      const reader = readerOf(readers);
      const all = await readFrom(reader);
      for (const [i, { position }] of all.entries()) {
        expect(await bodies(reader, position)).toEqual(all.slice(i).map(bodyOf));
      }
    });

    it('ends behind the newest record, and at 0 while there is none', async () => {
      const { log, readers } = await opened();
      for (const reader of readers) expect(await reader.end()).toBe(0);
      expect(await readers[0]!.read(0, 1_000)).toEqual({ records: [], positions: [], next: 0 });
      await append(log, message('one'));
      const reader = readerOf(readers);
      const end = await reader.end();
      expect((await reader.read(0, 1_000)).next).toBe(end);
      expect(await reader.read(end, 1_000)).toEqual({ records: [], positions: [], next: end });
    });

    it('goes on behind what it held when it is opened again', async () => {
      const { store, log, readers } = await opened();
      await append(log, message('before'));
      const end = await readerOf(readers).end();
      await log[Symbol.asyncDispose]();
      const again = stack!.use(await store.open());
      const reader = readerOf(await readersOf(store, again));
      expect(await reader.end()).toBe(end);
      await append(again, message('after'));
      expect(await bodies(reader, end)).toEqual(['after']);
      expect(await bodies(reader)).toEqual(['before', 'after']);
    });
  });

  describe('batches', () => {
    it('are about as large as they were asked for, and never without a record where there is one', async () => {
      const { log, readers } = await opened();
      await Promise.all(Array.from({ length: 300 }, () => append(log, message('x'.repeat(1_000)))));
      const reader = readerOf(readers);
      let position = 0;
      for (let left = 300; left > 0; ) {
        const { records, next } = await reader.read(position, 20_000);
        expect(records.length).toBeGreaterThan(0);
        expect(records.reduce((sum, record) => sum + recordBytes(record), 0)).toBeLessThanOrEqual(20_000);
        left -= records.length;
        position = next;
      }
      expect((await reader.read(position, 20_000)).records).toEqual([]);
    });

    it('hold a record that is larger than they were asked for', async () => {
      const { log, readers } = await opened();
      const lengths = [50_000, 5, 9 * MEBIBYTE, 7];
      for (const length of lengths) await append(log, message(Buffer.alloc(length, length % 251)));
      const seen = await readFrom(readerOf(readers), 0, 100);
      expect(seen.map(({ record }) => record.body.length)).toEqual(lengths);
      expect(seen.every(({ record }) => record.body.every((byte) => byte === record.body.length % 251))).toBe(true);
    });

    it('refuses a record that is too large, and takes the next', async () => {
      const { log, readers } = await opened();
      const error = await append(log, message(Buffer.alloc(16 * MEBIBYTE))).catch((reason) => reason);
      expect(error).toMatchObject({ code: 'record-too-large', kind: 'reject' });
      await append(log, message('next'));
      expect(await bodies(readerOf(readers))).toEqual(['next']);
    });
  });

  describe('waiting', () => {
    it('wakes a reader when there is more in its partition', async () => {
      const { log, readers } = await opened();
      const reader = readerOf(readers);
      for (let i = 0; i < 20; i++) {
        const end = await reader.end();
        const found = untilThereIsMore(reader, end);
        await append(log, message(`record ${i}`));
        expect(await found).toEqual([`record ${i}`]);
      }
    });

    it('wakes every reader for a fact about the platform itself', async () => {
      const { log, readers } = await opened();
      const found = readers.map((reader) => untilThereIsMore(reader, 0));
      await append(log, factRecord('started', 1, '', { broker: 'one' }));
      expect(await Promise.all(found)).toEqual(readers.map(() => ['{"broker":"one"}']));
    });

    it('ends when it is told to stop, at once when it was told before, and by itself in time', async () => {
      const { readers } = await opened();
      const [reader] = readers;
      const stopping = new AbortController();
      const waiting = (async () => {
        while (!stopping.signal.aborted) await reader!.wait(0, AN_HOUR_MS, stopping.signal);
      })();
      await reader!.wait(0, 5);
      stopping.abort();
      await waiting;
      await reader!.wait(0, AN_HOUR_MS, stopping.signal);
    });
  });

  describe('trimming', () => {
    it('frees what lies behind the consumers, goes on at the oldest kept and keeps the positions of the rest', async () => {
      const { log, readers } = await opened();
      for (let i = 0; i < 400; i++) await append(log, message(`${i}`.padStart(1_000)));
      const reader = readerOf(readers);
      const before = await readFrom(reader);
      const { position } = before[300]!;
      await log.trim(partitionOf(APPLIANCES[0]!, readers.length), position);
      const left = await readFrom(reader);
      expect(left.length).toBeLessThan(400);
      expect(left.length).toBeGreaterThanOrEqual(100);
      expect(left).toEqual(before.slice(-left.length));
      expect(await readFrom(reader, position)).toEqual(before.slice(300));
    });

    it('does not move the end, and positions go on growing when everything was freed', async () => {
      const { store, log, readers } = await opened();
      await append(log, message('x'.repeat(100_000)));
      const reader = readerOf(readers);
      const partition = partitionOf(APPLIANCES[0]!, readers.length);
      const end = await reader.end();
      log.roll();
      await log.trim(partition, end);
      expect(await reader.end()).toBe(end);
      await append(log, message('next'));
      await log.trim(partition, end);
      expect(await bodies(reader, end)).toEqual(['next']);
      expect(await bodies(reader)).toEqual(['next']);
      await log[Symbol.asyncDispose]();
      const again = stack!.use(await store.open());
      await append(again, message('after'));
      expect(await bodies(readerOf(await readersOf(store, again)), end)).toEqual(['next', 'after']);
    });
  });

  describe('when it is full', () => {
    async function filled(): Promise<Opened & { held: Promise<void>; kept: string[] }> {
      const all = await opened({ roomBytes: 3 * MEBIBYTE });
      const kept: string[] = [];
      const full = all.logger.says('warn: ').then(() => true);
      for (let i = 0; ; i++) {
        const body = `${i}`.padStart(30_000);
        const held = append(all.log, message(body));
        held.catch(() => {});
        if (await Promise.race([full, held.then(() => false)])) return { ...all, held, kept };
        kept.push(body);
      }
    }

    it('acknowledges nothing, says why, and goes on by itself when consumers have passed', async () => {
      const { log, readers, held, kept, logger } = await filled();
      expect(kept.length).toBeGreaterThan(20);
      expect(log.blocked).toContain('full');
      const reader = readerOf(readers);
      expect(await bodies(reader)).toEqual(kept);
      const end = await reader.end();
      await log.trim(partitionOf(APPLIANCES[0]!, readers.length), end);
      await held;
      expect(log.blocked).toBe(null);
      expect(logger.lines.at(-1)).toBe('info: the log takes records again');
      expect(await bodies(reader, end)).toEqual([`${kept.length}`.padStart(30_000)]);
    });

    it('says that it did not keep a record when it is closed meanwhile', async () => {
      const { log, held } = await filled();
      const later = append(log, message('later'));
      later.catch(() => {});
      await log[Symbol.asyncDispose]();
      for (const refused of [held, later])
        await expect(refused).rejects.toMatchObject({ code: 'log-closed', kind: 'retry' });
    });
  });

  it('takes nothing any more once it is closed, and may be closed twice', async () => {
    const { log } = await opened();
    const last = append(log, message('last'));
    await log[Symbol.asyncDispose]();
    await last;
    await log[Symbol.asyncDispose]();
    await expect(append(log, message('late'))).rejects.toMatchObject({ code: 'log-closed', kind: 'retry' });
  });

  it('gives its consumers everything once and in order, whatever happens between', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('append' as const),
          whose: fc.nat(APPLIANCES.length),
          bytes: fc.nat(9_000),
          times: fc.integer({ min: 1, max: 20 }),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('read' as const),
          partition: fc.nat(7),
          bytes: fc.integer({ min: 1, max: 40_000 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('trim' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('roll' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const walk = new Walk(await opened());
        for (const each of steps) await walk.take(each, stack!);
        await walk.end();
        await stack!.disposeAsync();
        stack = undefined;
      }),
      { numRuns: 12 },
    );
  });

  async function readersOf(store: LogStore, log: Log): Promise<LogReader[]> {
    const source = stack!.use(await store.source(log));
    return Array.from({ length: store.partitions }, (_, partition) => source.reader(partition));
  }
}

const plain = (record: LogRecord): object => ({ ...record, body: Buffer.from(record.body).toString('hex') });

async function untilThereIsMore(reader: LogReader, position: number): Promise<string[]> {
  for (;;) {
    await reader.wait(position, AN_HOUR_MS);
    const seen = await bodies(reader, position);
    if (seen.length > 0) return seen;
  }
}

type Step =
  | { do: 'append'; whose: number; bytes: number; times: number }
  | { do: 'read'; partition: number; bytes: number }
  | { do: 'trim' | 'roll' | 'reopen' };

/** A consumer of every partition, and what it must still be given. */
class Walk {
  readonly #store: LogStore;
  #log: Log;
  #readers: LogReader[];
  readonly #expected: string[][];
  readonly #positions: number[];
  #number = 0;

  constructor({ store, log, readers }: { store: LogStore; log: Log; readers: LogReader[] }) {
    this.#store = store;
    this.#log = log;
    this.#readers = readers;
    this.#expected = readers.map(() => []);
    this.#positions = readers.map(() => 0);
  }

  async take(step: Step, stack: AsyncDisposableStack): Promise<void> {
    if (step.do === 'append') await this.#append(step);
    else if (step.do === 'read') await this.#read(step.partition % this.#readers.length, step.bytes);
    else if (step.do === 'trim')
      for (const [partition, position] of this.#positions.entries()) await this.#log.trim(partition, position);
    else if (step.do === 'roll') this.#log.roll();
    else await this.#reopen(stack);
  }

  async end(): Promise<void> {
    for (const partition of this.#readers.keys()) {
      while (this.#expected[partition]!.length > 0) await this.#read(partition, 100_000);
      const reader = this.#readers[partition]!;
      expect(await reader.end()).toBe(this.#positions[partition]);
      expect(await bodies(reader, this.#positions[partition])).toEqual([]);
    }
  }

  async #append({ whose, bytes, times }: { whose: number; bytes: number; times: number }): Promise<void> {
    const appliance = APPLIANCES[whose] ?? '';
    const made = Array.from({ length: times }, () => `${this.#number++}`.padEnd(bytes, '.'));
    const partitions = appliance === '' ? this.#readers.keys() : [partitionOf(appliance, this.#readers.length)];
    for (const partition of partitions) this.#expected[partition]!.push(...made);
    await Promise.all(made.map((body) => append(this.#log, message(body, appliance))));
  }

  async #read(partition: number, bytes: number): Promise<void> {
    const { records, next } = await this.#readers[partition]!.read(this.#positions[partition]!, bytes);
    const seen = records.map(({ body }) => Buffer.from(body).toString());
    expect(seen).toEqual(this.#expected[partition]!.splice(0, seen.length));
    this.#positions[partition] = next;
  }

  async #reopen(stack: AsyncDisposableStack): Promise<void> {
    await this.#log[Symbol.asyncDispose]();
    this.#log = stack.use(await this.#store.open());
    const source = stack.use(await this.#store.source(this.#log));
    this.#readers = this.#readers.map((_, partition) => source.reader(partition));
  }
}
