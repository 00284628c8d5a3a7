// Section 1.5 and chapter 2: text, fixed headers, lengths, packet ids.
import {
  connack,
  connect,
  DOWN,
  packet,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  suback,
  subscribe,
  type Text,
  text,
  u16,
  unsuback,
  unsubscribe,
} from './packets.ts';
import type { Sequence } from './sequence.ts';
import { a, both, isIn, open } from './words.ts';

const BAD_TEXTS: readonly (readonly [string, string, Buffer])[] = [
  ['1.5.3-1', 'a surrogate', Buffer.from([0x61, 0xed, 0xa0, 0x80, 0x62])],
  ['1.5.3-1', 'a byte that begins nothing', Buffer.from([0x61, 0xff, 0x62])],
  ['1.5.3-1', 'an overlong form', Buffer.from([0x61, 0xc1, 0xa1])],
  ['1.5.3-1', 'a character that is cut off', Buffer.from([0x61, 0xe6, 0xb0])],
  ['1.5.3-1', 'a character beyond U+10FFFF', Buffer.from([0x61, 0xf4, 0x90, 0x80, 0x80])],
  ['1.5.3-2', 'U+0000', Buffer.from([0x61, 0x00, 0x62])],
  ['1.5.3', 'the control character U+0001', Buffer.from([0x61, 0x01])],
  ['1.5.3', 'the control character U+009F', Buffer.from('a\u009f')],
  ['1.5.3', 'the non-character U+FFFF', Buffer.from('a\uffff')],
];

const inEveryPlace = ([statement, what, bad]: readonly [string, string, Buffer]): Sequence[] => [
  both(statement, `a client id with ${what} ends the connection`, a.send(connect({ id: bad })), a.closed),
  both(statement, `a user name with ${what} ends the connection`, a.send(connect({ user: bad })), a.closed),
  both(
    statement,
    `a will's topic with ${what} ends the connection`,
    a.send(connect({ will: { topic: bad } })),
    a.closed,
  ),
  both(
    statement,
    `a topic with ${what} ends the connection`,
    ...isIn,
    a.send(publish({ topic: bad, qos: 1 })),
    a.closed,
  ),
  both(statement, `a filter with ${what} ends the connection`, ...isIn, a.send(subscribe([[bad, 0]])), a.closed),
  both(statement, `an UNSUBSCRIBE of ${what} ends the connection`, ...isIn, a.send(unsubscribe([bad])), a.closed),
];

const texts: Sequence[] = [
  ...BAD_TEXTS.flatMap(inEveryPlace),
  ...(['\ufeffa', '冰箱/温度', '🧊', 'a b'] as Text[]).map((topic) =>
    open(
      topic === '\ufeffa' ? '1.5.3-3' : '1.5.3-1',
      `the topic ${JSON.stringify(String(topic))} comes through as it is`,
      ...isIn,
      a.send(subscribe([[topic, 0]])),
      a.hear(suback([0])),
      a.send(publish({ topic })),
      a.hear(publish({ topic })),
      a.quiet,
    ),
  ),
];

const FROM_SERVERS = [
  ['CONNACK', connack(0)],
  ['SUBACK', suback([0])],
  ['UNSUBACK', unsuback(7)],
  ['PINGRESP', Buffer.from([0xd0, 0])],
] as const;
const RESERVED = [
  ['type 0', Buffer.from([0x00, 0])],
  ['type 15', Buffer.from([0xf0, 0])],
] as const;

const types: Sequence[] = [...FROM_SERVERS, ...RESERVED].map(([what, bytes]) =>
  both('2.2.1', `${what} from a client ends the connection`, ...isIn, a.send(bytes), a.closed),
);

const withFirst = (first: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([first]), bytes.subarray(1)]);
const WRONG_FLAGS: readonly (readonly [string, Buffer])[] = [
  ['PUBACK', withFirst(0x41, puback(1))],
  ['PUBREC', withFirst(0x52, pubrec(1))],
  ['PUBREL', withFirst(0x60, pubrel(1))],
  ['PUBREL with all flags', withFirst(0x6f, pubrel(1))],
  ['PUBCOMP', withFirst(0x78, pubcomp(1))],
  ['SUBSCRIBE', subscribe([[DOWN, 0]], 7, 0x80)],
  ['SUBSCRIBE with all flags', subscribe([[DOWN, 0]], 7, 0x8f)],
  ['UNSUBSCRIBE', unsubscribe([DOWN], 8, 0xa0)],
  ['PINGREQ', Buffer.from([0xc1, 0])],
  ['DISCONNECT', Buffer.from([0xe2, 0])],
];

const flags: Sequence[] = [
  both('2.2.2-2', 'wrong flags of CONNECT end the connection', a.send(connect({ first: 0x11 })), a.closed),
  ...WRONG_FLAGS.map(([what, bytes]) =>
    both('2.2.2-2', `wrong flags of ${what} end the connection`, ...isIn, a.send(bytes), a.closed),
  ),
];

/** A PUBLISH of exactly so many bytes behind its length. */
const ofLength = (length: number): Buffer => {
  const bare = publish({ payload: '', qos: 1 }).length - 2;
  return publish({ payload: Buffer.alloc(length - bare, 0x61), qos: 1 });
};
const lengths: Sequence[] = [
  ...[127, 128, 129, 16_383, 16_384, 16_385].map((length) =>
    both(
      '2.2.3',
      `a packet of ${length} bytes is read whole`,
      ...isIn,
      a.send(ofLength(length)),
      a.hear(puback(1)),
      a.quiet,
    ),
  ),
  both(
    '2.2.3',
    'a length of five bytes ends the connection',
    ...isIn,
    a.send(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01])),
    a.closed,
  ),
  both('2.2.3', 'a PINGREQ with a body ends the connection', ...isIn, a.send(Buffer.from([0xc0, 1, 0])), a.closed),
  both('2.2.3', 'a DISCONNECT with a body ends the connection', ...isIn, a.send(Buffer.from([0xe0, 1, 0])), a.closed),
  both(
    '2.2.3',
    'packets that come byte by byte are the same packets',
    ...[...connect()].map((byte) => a.send(Buffer.from([byte]))),
    a.hear(connack(0)),
    ...[...publish({ qos: 1, id: 513 })].map((byte) => a.send(Buffer.from([byte]))),
    a.hear(puback(513)),
    a.quiet,
  ),
];

const ids: Sequence[] = [
  both(
    '2.3.1-1',
    'PUBLISH with QoS 1 and packet id 0 ends the connection',
    ...isIn,
    a.send(publish({ qos: 1, id: 0 })),
    a.closed,
  ),
  both(
    '2.3.1-1',
    'PUBLISH with QoS 2 and packet id 0 ends the connection',
    ...isIn,
    a.send(publish({ qos: 2, id: 0 })),
    a.closed,
  ),
  both(
    '2.3.1-1',
    'SUBSCRIBE with packet id 0 ends the connection',
    ...isIn,
    a.send(subscribe([[DOWN, 0]], 0)),
    a.closed,
  ),
  both(
    '2.3.1-1',
    'UNSUBSCRIBE with packet id 0 ends the connection',
    ...isIn,
    a.send(unsubscribe([DOWN], 0)),
    a.closed,
  ),
  both('2.3.1-1', 'PUBREL with packet id 0 ends the connection', ...isIn, a.send(pubrel(0)), a.closed),
  both(
    '2.3.1-5',
    'PUBLISH with QoS 0 has no packet id: what looks like one is payload',
    ...isIn,
    a.send(publish({ payload: u16(0) })),
    a.quiet,
  ),
  ...[1, 255, 256, 65_535].flatMap((id) => [
    both(
      '2.3.1-6',
      `PUBACK has the packet id ${id} of its PUBLISH`,
      ...isIn,
      a.send(publish({ qos: 1, id })),
      a.hear(puback(id)),
      a.quiet,
    ),
    both(
      '2.3.1-6',
      `PUBREC has the packet id ${id} of its PUBLISH`,
      ...isIn,
      a.send(publish({ qos: 2, id })),
      a.hear(pubrec(id)),
      a.quiet,
    ),
    both(
      '2.3.1-7',
      `SUBACK has the packet id ${id} of its SUBSCRIBE`,
      ...isIn,
      a.send(subscribe([[DOWN, 0]], id)),
      a.hear(suback([0], id)),
      a.quiet,
    ),
    both(
      '2.3.1-7',
      `UNSUBACK has the packet id ${id} of its UNSUBSCRIBE`,
      ...isIn,
      a.send(unsubscribe([DOWN], id)),
      a.hear(unsuback(id)),
      a.quiet,
    ),
  ]),
];

const TRUNCATED: readonly (readonly [string, Buffer])[] = [
  ['PUBLISH without a topic', packet(0x30, [0])],
  ['PUBLISH with a topic longer than itself', packet(0x30, u16(50), [0x61])],
  ['PUBLISH with QoS 1 without a packet id', packet(0x32, text('a'), [0])],
  ['PUBACK of one byte', packet(0x40, [0])],
  ['PUBACK of three bytes', packet(0x40, [0, 1, 0])],
  ['PUBREL of nothing', packet(0x62)],
  ['SUBSCRIBE of one byte', packet(0x82, [0])],
  ['SUBSCRIBE with a filter longer than itself', packet(0x82, u16(7), u16(50), [0x61])],
  ['SUBSCRIBE with a filter without its QoS', packet(0x82, u16(7), text('a'))],
  ['UNSUBSCRIBE with a filter longer than itself', packet(0xa2, u16(7), u16(50), [0x61])],
];
const truncated: Sequence[] = TRUNCATED.map(([what, bytes]) =>
  both('4.8.0-1', `${what} ends the connection`, ...isIn, a.send(bytes), a.closed),
);

export const formatSequences: readonly Sequence[] = [...texts, ...types, ...flags, ...lengths, ...ids, ...truncated];
