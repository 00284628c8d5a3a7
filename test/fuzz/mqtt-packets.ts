// Bytes that are almost MQTT: good packets, bent in one or more places. The same seed gives the same bytes.
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import {
  connect,
  disconnect,
  pingreq,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  subscribe,
  unsubscribe,
} from '../broker/conformance/packets.ts';

export type Random = { below(count: number): number; chance(part: number): boolean };

export function randomOf(seed: number): Random {
  const generator: RandomGenerator = xoroshiro128plus(seed);
  const below = (count: number): number => (generator.next() >>> 0) % count;
  return { below, chance: (part) => below(1_000) < part * 1_000 };
}

type Unit = { id: string; secret: string };

const seedsFor = ({ id, secret }: Unit): Buffer[] => {
  const up = `v1/appliances/${id}/telemetry`;
  const down = `v1/appliances/${id}/notices`;
  return [
    connect({ id, user: id, password: secret }),
    connect({ id, user: id, password: secret, will: { topic: up, payload: 'gone', qos: 1 } }),
    publish({ topic: up, payload: '{"readings":[{"values":{"cabinet_temperature":4}}]}' }),
    publish({ topic: up, payload: 'x', qos: 1, id: 7 }),
    publish({ topic: up, payload: 'x', qos: 2, id: 8 }),
    publish({ topic: up, payload: 'x', qos: 1, id: 9, dup: true, retain: true }),
    pubrel(8),
    puback(1),
    pubrec(2),
    pubcomp(3),
    subscribe([[down, 1]]),
    subscribe([
      [down, 1],
      ['#', 2],
      ['$share/a/b', 0],
    ]),
    unsubscribe([down, 'a/+']),
    pingreq,
    disconnect,
  ];
};

const splice = (bytes: Buffer, at: number, remove: number, insert: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
const randomBytes = (random: Random, most: number): Buffer =>
  Buffer.from(Array.from({ length: random.below(most) }, () => random.below(256)));

const BENDS: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => {
    const bent = Buffer.from(bytes);
    const at = random.below(bent.length);
    bent[at]! ^= 1 << random.below(8);
    return bent;
  },
  (bytes, random) => splice(bytes, random.below(bytes.length), 1, Buffer.from([random.below(256)])),
  (bytes, random) => splice(bytes, random.below(bytes.length), 0, randomBytes(random, 8)),
  (bytes, random) => splice(bytes, random.below(bytes.length), random.below(4), Buffer.alloc(0)),
  (bytes, random) => bytes.subarray(0, 1 + random.below(bytes.length)),
  // The length alone.
  (bytes, random) => splice(bytes, 1, 1, Buffer.from([random.below(256)])),
  (bytes, random) => splice(bytes, 1, 1, Buffer.from([0xff, 0xff, 0xff, random.below(256)])),
  (bytes, random) => splice(bytes, random.below(bytes.length), 2, Buffer.from([0xed, 0xa0, 0x80, 0])),
  (_, random) => randomBytes(random, 64),
];

const seedsOf = new Map<string, Buffer[]>();

/** One packet, good or bent. */
export function bentPacket(random: Random, unit: Unit): Buffer {
  const seeds = seedsOf.get(unit.id) ?? seedsFor(unit);
  seedsOf.set(unit.id, seeds);
  let bytes = seeds[random.below(seeds.length)]!;
  for (let bends = random.below(4); bends > 0 && bytes.length > 0; bends--)
    bytes = BENDS[random.below(BENDS.length)]!(bytes, random);
  return bytes;
}

export const goodConnect = ({ id, secret }: Unit): Buffer => connect({ id, user: id, password: secret });
