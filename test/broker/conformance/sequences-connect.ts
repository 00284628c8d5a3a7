// Sections 3.1, 3.2, 3.12 and 3.14: how a connection begins, lives and ends.
import {
  connack,
  connect,
  DOWN,
  disconnect,
  OTHER,
  packet,
  pingreq,
  pingresp,
  puback,
  publish,
  suback,
  subscribe,
  text,
  UP,
  u16,
  unsubscribe,
} from './packets.ts';
import type { Sequence } from './sequence.ts';
import { a, b, both, comesIn, deviating, isIn, open, otherIsIn, production } from './words.ts';

const NOT_CONNECT: readonly (readonly [string, Buffer])[] = [
  ['PUBLISH', publish()],
  ['PUBLISH with QoS 1', publish({ qos: 1 })],
  ['SUBSCRIBE', subscribe([[DOWN, 0]])],
  ['UNSUBSCRIBE', unsubscribe([DOWN])],
  ['PINGREQ', pingreq],
  ['DISCONNECT', disconnect],
  ['PUBACK', puback(1)],
  ['a line of HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
];

const first: Sequence[] = [
  ...NOT_CONNECT.map(([what, bytes]) =>
    both('3.1.0-1', `${what} before CONNECT ends the connection`, a.send(bytes), a.closed),
  ),
  both('3.1.0-2', 'a second CONNECT ends the connection', ...isIn, a.send(connect()), a.closed),
];

const unacceptable = (level: number, name = 'MQTT'): Sequence =>
  both(
    '3.1.2-2',
    `protocol level ${level} of ${name} is answered with code 1, and the end`,
    a.send(connect({ level, name })),
    a.hear(connack(1)),
    a.closed,
  );
const protocol: Sequence[] = [
  ...['MQTX', 'mqtt', '', 'MQTTT', 'MQ'].map((name) =>
    both('3.1.2-1', `the protocol name "${name}" ends the connection`, a.send(connect({ name })), a.closed),
  ),
  unacceptable(0),
  unacceptable(3),
  unacceptable(5),
  unacceptable(6),
  unacceptable(0x84),
  unacceptable(255),
  unacceptable(4, 'MQIsdp'),
  both('3.1.2-2', 'MQTT 3.1 is spoken too', a.send(connect({ name: 'MQIsdp', level: 3 })), a.hear(connack(0)), a.quiet),
];

const will = { topic: UP, payload: 'gone' };
const flags: Sequence[] = [
  both('3.1.2-3', 'the reserved flag ends the connection', a.send(connect({ flags: 0xc3 })), a.closed),
  both('3.1.2-13', 'a QoS of a will without a will ends the connection', a.send(connect({ flags: 0xca })), a.closed),
  both('3.1.2-15', 'a retained will without a will ends the connection', a.send(connect({ flags: 0xe2 })), a.closed),
  both('3.1.2-14', 'a will with QoS 3 ends the connection', a.send(connect({ will: { ...will, qos: 3 } })), a.closed),
  both('3.1.2-22', 'a password without a user name ends the connection', a.send(connect({ user: null })), a.closed),
  both(
    '3.1.2-19',
    'a user name that the flags promise and that is not there ends the connection',
    a.send(connect({ user: null, password: null, flags: 0x82 })),
    a.closed,
  ),
  both(
    '3.1.2-21',
    'a password that the flags promise and that is not there ends the connection',
    a.send(connect({ password: null, flags: 0xc2 })),
    a.closed,
  ),
  both(
    '3.1.2-18',
    'a user name that no flag promises ends the connection',
    a.send(connect({ password: null, flags: 0x02 })),
    a.closed,
  ),
  both(
    '3.1.3-1',
    'bytes behind the last field end the connection',
    a.send(connect({ behind: Buffer.from([0]) })),
    a.closed,
  ),
  both(
    '3.3.2-2',
    "a wildcard in a will's topic ends the connection",
    a.send(connect({ will: { topic: 'a/+' } })),
    a.closed,
  ),
  both('4.7.3-1', 'an empty topic of a will ends the connection', a.send(connect({ will: { topic: '' } })), a.closed),
];

const whole = connect({ will });
const cuts: Sequence[] = [
  ['behind the protocol name', packet(0x10, text('MQTT'))],
  ['behind the level', packet(0x10, text('MQTT'), [4])],
  ['behind the flags', packet(0x10, text('MQTT'), [4, 2])],
  ['behind the keep-alive', packet(0x10, text('MQTT'), [4, 2], u16(0))],
  ['inside the client id', packet(0x10, text('MQTT'), [4, 2], u16(0), u16(5), [0x61])],
  ['inside the will', packet(0x10, text('MQTT'), [4, 6], u16(0), text('a'), u16(5), [0x61])],
  ['inside the password', packet(0x10, whole.subarray(2, whole.length - 3))],
].map(([where, bytes]) =>
  both('3.1.3-1', `a CONNECT that ends ${where as string} ends the connection`, a.send(bytes as Buffer), a.closed),
);

const clientIds: Sequence[] = [
  both(
    '3.1.3-8',
    'no client id and a session to keep is answered with code 2, and the end',
    a.send(connect({ id: '', clean: false })),
    a.hear(connack(2)),
    a.closed,
  ),
  open(
    '3.1.3-6',
    'no client id and a clean session gets one',
    a.send(connect({ id: '' })),
    a.hear(connack(0)),
    a.quiet,
  ),
  production(
    '3.1.3-8',
    'no client id is refused with code 2: an appliance has its own',
    a.send(connect({ id: '' })),
    a.hear(connack(2)),
    a.closed,
  ),
  production(
    '3.1.3-8',
    'a client id that is not the user name is refused with code 2',
    a.send(connect({ id: OTHER })),
    a.hear(connack(2)),
    a.closed,
  ),
  open(
    '3.1.3-5',
    'a client id of 23 letters and digits is taken',
    a.send(connect({ id: 'abcdefghij0123456789ABC' })),
    a.hear(connack(0)),
    a.quiet,
  ),
  open(
    '3.1.3-4',
    'a client id may hold any character',
    a.send(connect({ id: '冰箱 №1/+#' })),
    a.hear(connack(0)),
    a.quiet,
  ),
];

const credentials: Sequence[] = [
  production(
    '3.1.4-2',
    'a wrong secret is refused with code 4, and the end',
    a.send(connect({ password: 'wrong' })),
    a.hear(connack(4)),
    a.closed,
  ),
  production(
    '3.1.4-2',
    'no user name is refused with code 4, and the end',
    a.send(connect({ user: null, password: null })),
    a.hear(connack(4)),
    a.closed,
  ),
  production(
    '3.1.4-2',
    'a user name without a password is refused with code 4, and the end',
    a.send(connect({ password: null })),
    a.hear(connack(4)),
    a.closed,
  ),
  production(
    '3.1.4-2',
    'an unknown appliance is refused with code 4, and the end',
    a.send(connect({ id: OTHER, user: OTHER })),
    a.hear(connack(4)),
    a.closed,
  ),
  production(
    '3.1.4-5',
    'what comes behind a refused CONNECT is not answered',
    a.send(connect({ password: 'wrong' }), publish({ qos: 1 }), pingreq),
    a.hear(connack(4)),
    a.closed,
  ),
  open(
    '3.1.2-18',
    'no user name is needed',
    a.send(connect({ user: null, password: null })),
    a.hear(connack(0)),
    a.quiet,
  ),
  open(
    '3.1.3-11',
    'an empty user name and an empty password are fields like others',
    a.send(connect({ user: '', password: '' })),
    a.hear(connack(0)),
    a.quiet,
  ),
];

const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
const early: Sequence[] = [
  both(
    '3.1.4-5',
    'what comes right behind CONNECT is taken',
    a.send(connect(), subscribe([[DOWN, 0]])),
    a.hear(connack(0), suback([0])),
    a.quiet,
  ),
  both(
    '3.1.4-5',
    'a hundred publications right behind CONNECT are all acknowledged, in order',
    a.send(connect(), ...hundred.map((id) => publish({ qos: 1, id }))),
    a.hear(connack(0), ...hundred.map(puback)),
    a.quiet,
  ),
  both(
    '3.2.0-1',
    'CONNACK is the first that is heard',
    a.send(connect(), pingreq),
    a.hear(connack(0), pingresp),
    a.quiet,
  ),
  both(
    '3.14.4-2',
    'a DISCONNECT right behind CONNECT ends the connection',
    a.send(connect(), disconnect),
    a.hear(connack(0)),
    a.closed,
  ),
];

const life: Sequence[] = [
  both('3.12.4-1', 'PINGREQ is answered', ...isIn, a.send(pingreq), a.hear(pingresp), a.quiet),
  both(
    '3.12.4-1',
    'three PINGREQ are answered three times',
    ...isIn,
    a.send(pingreq, pingreq, pingreq),
    a.hear(pingresp, pingresp, pingresp),
    a.quiet,
  ),
  both(
    '3.1.2-24',
    'a silence of one and a half keep-alives ends the connection',
    ...comesIn({ keepAlive: 1 }),
    a.closed,
  ),
  both('3.14.4-1', 'DISCONNECT ends the connection', ...isIn, a.send(disconnect), a.closed),
  both(
    '3.14.4-2',
    'nothing behind DISCONNECT is answered',
    ...isIn,
    a.send(disconnect, pingreq, publish({ qos: 1 })),
    a.closed,
  ),
  both(
    '3.1.4-2',
    'the same client id on another connection ends the first one',
    ...isIn,
    b.send(connect()),
    b.hear(connack(0)),
    a.closed,
    b.quiet,
  ),
  both('3.2.2-1', 'a clean session is never present', ...isIn, a.send(disconnect), a.closed, ...isIn, a.quiet),
  both(
    '3.1.2-6',
    'a clean session forgets the subscriptions',
    ...isIn,
    a.send(subscribe([[DOWN, 1]])),
    a.hear(suback([1])),
    a.send(disconnect),
    a.closed,
    ...isIn,
    a.quiet,
  ),
  production(
    '3.2.2-2',
    'no session is kept for an appliance',
    ...comesIn({ clean: false }),
    a.send(subscribe([[DOWN, 1]])),
    a.hear(suback([1])),
    a.drop,
    ...comesIn({ clean: false }),
    a.quiet,
  ),
];

const said = publish({ topic: 'a', qos: 1, id: 0, payload: 'said' });
const sent = publish({ topic: 'a', qos: 1, id: 9, payload: 'said' });
const kept = { clean: false } as const;
const sessions: Sequence[] = [
  open(
    '3.2.2-2',
    'a kept session is present',
    ...comesIn(kept),
    a.send(subscribe([['a', 1]])),
    a.hear(suback([1])),
    a.drop,
    ...comesIn(kept, true),
    a.quiet,
  ),
  open('3.2.2-3', 'a session that was never kept is not present', ...comesIn(kept), a.quiet),
  open(
    '3.1.2-5',
    'what was said meanwhile with QoS 1 is heard afterwards',
    ...otherIsIn,
    ...comesIn(kept),
    a.send(subscribe([['a', 1]])),
    a.hear(suback([1])),
    a.drop,
    b.send(sent),
    b.hear(puback(9)),
    ...comesIn(kept, true),
    a.hearWithAnyId(said),
    a.answer(0x40),
    a.quiet,
  ),
  open(
    '3.1.2-6',
    'a clean session ends one that was kept',
    ...comesIn(kept),
    a.send(subscribe([['a', 1]])),
    a.hear(suback([1])),
    a.drop,
    ...isIn,
    a.drop,
    ...comesIn(kept),
    a.quiet,
  ),
  open(
    '4.4.0-1',
    'what was not acknowledged is sent again',
    ...otherIsIn,
    ...comesIn(kept),
    a.send(subscribe([['a', 1]])),
    a.hear(suback([1])),
    b.send(sent),
    b.hear(puback(9)),
    a.hearWithAnyId(said),
    a.drop,
    ...comesIn(kept, true),
    a.hearAgain(said),
    a.answer(0x40),
    a.quiet,
  ),
  deviating(
    '3.3.1-1',
    'what is sent again is marked as a duplicate',
    ...otherIsIn,
    ...comesIn(kept),
    a.send(subscribe([['a', 1]])),
    a.hear(suback([1])),
    b.send(sent),
    b.hear(puback(9)),
    a.hearWithAnyId(said),
    a.drop,
    ...comesIn(kept, true),
    a.hearWithAnyId(publish({ topic: 'a', qos: 1, id: 0, payload: 'said', dup: true })),
    a.answer(0x40),
    a.quiet,
  ),
];

const wills: Sequence[] = [
  open(
    '3.1.2-8',
    'a will is published when the connection is lost',
    ...otherIsIn,
    b.send(subscribe([['w', 0]])),
    b.hear(suback([0])),
    ...comesIn({ will: { topic: 'w', payload: 'gone' } }),
    a.drop,
    b.hear(publish({ topic: 'w', payload: 'gone' })),
    b.quiet,
  ),
  open(
    '3.1.2-8',
    'a will is published after a keep-alive ran out',
    ...otherIsIn,
    b.send(subscribe([['w', 0]])),
    b.hear(suback([0])),
    ...comesIn({ keepAlive: 1, will: { topic: 'w', payload: 'gone' } }),
    a.closed,
    b.hear(publish({ topic: 'w', payload: 'gone' })),
    b.quiet,
  ),
  open(
    '3.1.2-8',
    'a will is published when the client broke the protocol',
    ...otherIsIn,
    b.send(subscribe([['w', 0]])),
    b.hear(suback([0])),
    ...comesIn({ will: { topic: 'w', payload: 'gone' } }),
    a.send(connect()),
    a.closed,
    b.hear(publish({ topic: 'w', payload: 'gone' })),
    b.quiet,
  ),
  open(
    '3.1.2-10',
    'a will is not published after DISCONNECT',
    ...otherIsIn,
    b.send(subscribe([['w', 0]])),
    b.hear(suback([0])),
    ...comesIn({ will: { topic: 'w', payload: 'gone' } }),
    a.send(disconnect),
    a.closed,
    b.quiet,
  ),
  open(
    '3.1.2-17',
    'a retained will is there for later',
    ...otherIsIn,
    b.send(subscribe([['w', 0]])),
    b.hear(suback([0])),
    ...comesIn({ will: { topic: 'w', payload: 'gone', retain: true } }),
    a.drop,
    b.hear(publish({ topic: 'w', payload: 'gone' })),
    b.send(subscribe([['w', 0]])),
    b.hear(suback([0]), publish({ topic: 'w', payload: 'gone', retain: true })),
    b.quiet,
  ),
];

export const connectSequences: readonly Sequence[] = [
  ...first,
  ...protocol,
  ...flags,
  ...cuts,
  ...clientIds,
  ...credentials,
  ...early,
  ...life,
  ...sessions,
  ...wills,
];
