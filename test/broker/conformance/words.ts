// Short words for the steps of a sequence.
import { connack, connect, ID, OTHER, type publish, SECRET } from './packets.ts';
import type { Profile, Sequence, Side, Step } from './sequence.ts';

const sideOf = (side: Side) => ({
  send: (...bytes: Buffer[]): Step => ({ side, does: 'send', bytes: Buffer.concat(bytes) }),
  hear: (...bytes: Buffer[]): Step => ({ side, does: 'hear', bytes: Buffer.concat(bytes) }),
  /** A publication with a packet id of the broker's choice, which stands as 0 in `bytes`. */
  hearWithAnyId: (bytes: ReturnType<typeof publish>): Step => {
    const topicLength = bytes.readUInt16BE(2);
    return { side, does: 'hear', bytes, anyIdAt: 4 + topicLength };
  },
  /** The same, whether it is marked as a duplicate or not. */
  hearAgain: (bytes: ReturnType<typeof publish>): Step => {
    const topicLength = bytes.readUInt16BE(2);
    return { side, does: 'hear', bytes, anyIdAt: 4 + topicLength, anyDup: true };
  },
  answer: (first: number): Step => ({ side, does: 'answer', first }),
  quiet: { side, does: 'quiet' } as Step,
  closed: { side, does: 'closed' } as Step,
  drop: { side, does: 'drop' } as Step,
});

export const a = sideOf('a');
export const b = sideOf('b');

/** The appliance is connected. */
export const isIn: readonly Step[] = [a.send(connect()), a.hear(connack(0))];
/** Another one is, in the open profile. */
export const otherIsIn: readonly Step[] = [
  b.send(connect({ id: OTHER, user: OTHER, password: SECRET })),
  b.hear(connack(0)),
];
export const comesIn = (fields: Parameters<typeof connect>[0], present = false): Step[] => [
  a.send(connect({ id: ID, ...fields })),
  a.hear(connack(0, present)),
];

export const on =
  (profile?: Profile) =>
  (statement: string, what: string, ...steps: readonly Step[]): Sequence => ({
    statement: `MQTT-${statement}`,
    what,
    steps,
    ...(profile ? { profile } : {}),
  });
export const both = on();
export const open = on('open');
export const production = on('production');
/** What the engine does otherwise: the sequence fails, and says so when it no longer does. Appliances never meet it. */
export const deviating = (...sequence: Parameters<typeof open>): Sequence => ({ ...open(...sequence), deviates: true });
