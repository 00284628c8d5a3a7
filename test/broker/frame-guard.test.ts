import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { Frames, type Guard, guardFrames } from '../../broker/frame-guard.ts';

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

const connect: fc.Arbitrary<Packet> = fc.record({
  cmd: fc.constant('connect' as const),
  protocolId: fc.constant('MQTT' as const),
  protocolVersion: fc.constant(4 as const),
  clean: fc.boolean(),
  clientId: fc.stringMatching(/^[\w-]{1,40}$/),
  keepalive: fc.nat(60_000),
}) as fc.Arbitrary<Packet>;
/** CONNECT, and what follows. */
const conversation = (maxLength: number): fc.Arbitrary<Packet[]> =>
  fc.tuple(connect, fc.array(packet, { maxLength })).map(([first, more]) => [first, ...more]);

const CONNECT = generate({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  clientId: 'a',
  keepalive: 0,
});

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

type Outcome = 'too large' | 'broken' | null;

/** Feeds the chunks; returns what came through, and why it ended. */
function pass(
  chunks: readonly Buffer[],
  { limit = (): number => LIMIT, most = 1_000 } = {},
): { bytes: Buffer; end: Outcome } {
  const frames = new Frames({ limit, owed: () => true });
  const out: Buffer[] = [];
  for (const chunk of chunks) {
    frames.add(chunk);
    for (let next = frames.take(most); next !== null; next = frames.take(most)) {
      if ('fault' in next) {
        return { bytes: Buffer.concat(out), end: next.fault === 'too large' ? 'too large' : 'broken' };
      }
      out.push(next.bytes);
    }
  }
  return { bytes: Buffer.concat(out), end: null };
}

const headOf = (first: number, length: number): number[] => {
  const head = [first];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 128)) head.push((rest % 128) | (rest > 127 ? 128 : 0));
  return head;
};

describe('frames', () => {
  it('come out as they went in, however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(conversation(8), fc.array(fc.nat(), { maxLength: 30 }), (packets, cuts) => {
        const bytes = Buffer.concat(packets.map((one) => generate(one)));
        expect(pass(chunksOf(bytes, cuts))).toEqual({ bytes, end: null });
      }),
      { numRuns: 200 },
    );
  });

  it('come out no more than there is room for, and none is lost', () => {
    fc.assert(
      fc.property(conversation(8), fc.integer({ min: 1, max: 4 }), (packets, most) => {
        const frames = new Frames({ limit: () => LIMIT, owed: () => true });
        frames.add(Buffer.concat(packets.map((one) => generate(one))));
        const counts: number[] = [];
        for (let next = frames.take(most); next !== null; next = frames.take(most)) {
          if (!('bytes' in next)) throw new Error('a good packet was refused');
          counts.push(read([next.bytes]).length);
        }
        expect(Math.max(...counts)).toBeLessThanOrEqual(most);
        expect(counts.reduce((sum, count) => sum + count)).toBe(packets.length);
      }),
      { numRuns: 100 },
    );
  });

  it('over the limit are refused at their head, behind all that came before', () => {
    const over = fc.integer({ min: LIMIT + 1, max: 268_435_455 });
    fc.assert(
      fc.property(conversation(4), over, fc.array(fc.nat(), { maxLength: 10 }), (before, length, cuts) => {
        const good = Buffer.concat(before.map((one) => generate(one)));
        const head = headOf(0x30, length).map((byte) => Buffer.from([byte]));
        expect(pass([...chunksOf(good, cuts), ...head])).toEqual({ bytes: good, end: 'too large' });
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [LIMIT, null],
    [LIMIT + 1, 'too large'],
  ])('of a remaining length of %i: %s', (length, end) => {
    expect(pass([CONNECT, Buffer.from(headOf(0x30, length))]).end).toBe(end);
  });

  it('are refused with a length of more than four bytes', () => {
    const limit = (): number => Number.POSITIVE_INFINITY;
    expect(pass([CONNECT, Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01])], { limit }).end).toBe('broken');
  });

  it('are measured by the limit of that moment', () => {
    let limit = 100;
    const frames = new Frames({ limit: () => limit, owed: () => true });
    frames.add(Buffer.concat([CONNECT, Buffer.from(headOf(0x30, 50))]));
    expect(frames.take(1)).toEqual({ bytes: CONNECT, others: 1, otherBytes: CONNECT.length });
    limit = 49;
    expect(frames.take(1)).toEqual({ fault: 'too large' });
  });
});

const guardOf = (more: Partial<Guard> = {}): Guard => ({
  limit: () => LIMIT,
  room: () => 1_000,
  owed: () => true,
  others: () => {},
  tooLarge: () => {},
  broken: () => {},
  ...more,
});

describe('a guarded connection', () => {
  it('gives the reader the very packets that were sent, all that are there at once', () => {
    fc.assert(
      fc.property(conversation(6), fc.array(fc.nat(), { maxLength: 20 }), (packets, cuts) => {
        const sent = packets.map((one) => generate(one));
        const connection = new PassThrough({ highWaterMark: 10_000_000 });
        const guarded = guardFrames(connection, guardOf());
        for (const chunk of chunksOf(Buffer.concat(sent), cuts)) if (chunk.length > 0) connection.write(chunk);
        const got = guarded.read() as Buffer;
        expect(guarded.read()).toBeNull();
        expect(read([got])).toEqual(read(sent));
      }),
      { numRuns: 50 },
    );
  });

  it('gives nothing while there is no room, and everything afterwards', () => {
    let room = 1;
    const connection = new PassThrough();
    const guarded = guardFrames(connection, guardOf({ room: () => room }));
    const ping = generate({ cmd: 'pingreq' });
    connection.write(Buffer.concat([CONNECT, ping, ping]));
    expect(guarded.read()).toEqual(CONNECT);
    room = 0;
    expect(guarded.read()).toBeNull();
    room = 5;
    expect(guarded.read()).toEqual(Buffer.concat([ping, ping]));
  });

  it('is ended by a packet over the limit, and told of it before', () => {
    const connection = new PassThrough();
    connection.on('error', () => {});
    const told: boolean[] = [];
    const guarded = guardFrames(
      connection,
      guardOf({ limit: () => 100, tooLarge: () => told.push(connection.destroyed) }),
    );
    const large = generate({ cmd: 'publish', topic: 'a', payload: 'x'.repeat(200), qos: 0, retain: false, dup: false });
    connection.write(Buffer.concat([CONNECT, large]));
    expect(guarded.read()).toEqual(CONNECT);
    expect(guarded.read()).toBeNull();
    expect(told).toEqual([false]);
    expect(connection.destroyed).toBe(true);
  });
});
