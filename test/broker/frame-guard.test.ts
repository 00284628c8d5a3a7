import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { frameScanner, guardFrames } from '../../broker/frame-guard.ts';

const LIMIT = 100_000;

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  // Around the places where the length takes one more byte [MQTT-2.2.3], and past a chunk.
  fc.constantFrom(100, 117, 118, 16_370, 16_377, 16_378, 70_000).map((length) => new Uint8Array(length)),
);
const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.constant<Packet>({ cmd: 'pingreq' }),
  fc.constant<Packet>({ cmd: 'disconnect' }),
  fc.record({
    cmd: fc.constant('connect' as const),
    protocolId: fc.constant('MQTT' as const),
    protocolVersion: fc.constant(4 as const),
    clean: fc.boolean(),
    clientId: fc.string({ minLength: 1, maxLength: 40 }),
    keepalive: fc.nat(60_000),
  }),
  fc.record({
    cmd: fc.constant('publish' as const),
    topic: fc.constant('v1/a'),
    payload: payload.map((bytes) => Buffer.from(bytes)),
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    messageId: fc.integer({ min: 1, max: 65_535 }),
    retain: fc.boolean(),
    dup: fc.constant(false),
  }),
  fc.record({
    cmd: fc.constant('subscribe' as const),
    messageId: fc.integer({ min: 1, max: 65_535 }),
    subscriptions: fc.array(fc.record({ topic: fc.constant('a/b'), qos: fc.constant(1 as const) }), { minLength: 1 }),
  }),
) as fc.Arbitrary<Packet>;

/** The bytes cut at the given places, which may repeat. */
function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, i) => bytes.subarray(places[i - 1] ?? 0, end));
}

function read(chunks: readonly Buffer[]): Packet[] {
  const packets: Packet[] = [];
  const reader = parser();
  reader.on('packet', (found) => packets.push(found));
  for (const chunk of chunks) reader.parse(chunk);
  return packets;
}

describe('the frame scanner', () => {
  it('lets every valid packet pass, however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 30 }), (packets, cuts) => {
        const bytes = Buffer.concat(packets.map((one) => generate(one)));
        const scanner = frameScanner(() => LIMIT);
        for (const chunk of chunksOf(bytes, cuts)) expect(scanner.take(chunk)).toBe(true);
        expect(scanner.take(Buffer.from([0xc0, 0]))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a packet over the limit at its head, wherever it stands and however it is cut', () => {
    const over = fc.integer({ min: LIMIT + 1, max: 268_435_455 });
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 4 }),
        over,
        fc.array(fc.nat(), { maxLength: 10 }),
        (before, length, cuts) => {
          const head = [0x30];
          for (let rest = length; rest > 0; rest = Math.floor(rest / 128))
            head.push((rest % 128) | (rest > 127 ? 128 : 0));
          const good = Buffer.concat(before.map((one) => generate(one)));
          const scanner = frameScanner(() => LIMIT);
          for (const chunk of chunksOf(good, cuts)) expect(scanner.take(chunk)).toBe(true);
          const answers = head.map((byte) => scanner.take(Buffer.from([byte])));
          expect(answers).toContain(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    [LIMIT, true],
    [LIMIT + 1, false],
  ])('takes a remaining length of %i: %s', (length, taken) => {
    const [a, b, c] = [(length % 128) | 128, (Math.floor(length / 128) % 128) | 128, Math.floor(length / 16_384)];
    expect(frameScanner(() => LIMIT).take(Buffer.from([0x30, a, b, c]))).toBe(taken);
  });

  it('refuses a length of more than four bytes', () => {
    const scanner = frameScanner(() => Number.POSITIVE_INFINITY);
    expect(scanner.take(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]))).toBe(false);
  });

  it('asks for the limit anew for each packet', () => {
    let limit = 10;
    const scanner = frameScanner(() => limit);
    const packets = Buffer.concat([Buffer.from([0x30, 10]), Buffer.alloc(10)]);
    expect(scanner.take(packets)).toBe(true);
    limit = 9;
    expect(scanner.take(packets)).toBe(false);
  });
});

describe('a guarded connection', () => {
  it('gives the reader the very packets that were sent, all that are there at once', () => {
    fc.assert(
      fc.property(
        fc.array(packet, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (packets, cuts) => {
          const sent = packets.map((one) => generate(one));
          const connection = new PassThrough({ highWaterMark: 10_000_000 });
          const guarded = guardFrames(
            connection,
            () => LIMIT,
            () => {},
          );
          for (const chunk of chunksOf(Buffer.concat(sent), cuts)) if (chunk.length > 0) connection.write(chunk);
          const got = guarded.read() as Buffer;
          expect(guarded.read()).toBeNull();
          expect(read([got])).toEqual(read(sent));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is ended by a packet over the limit, and told of it before', () => {
    const connection = new PassThrough();
    connection.on('error', () => {});
    const told: boolean[] = [];
    const guarded = guardFrames(
      connection,
      () => 100,
      () => told.push(connection.destroyed),
    );
    connection.write(
      generate({ cmd: 'publish', topic: 'a', payload: 'x'.repeat(200), qos: 0, retain: false, dup: false }),
    );
    expect(guarded.read()).toBeNull();
    expect(told).toEqual([false]);
    expect(connection.destroyed).toBe(true);
  });
});
