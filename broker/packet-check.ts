// What a client may send, packet by packet: a client that breaks the protocol is cut [MQTT-4.8.0-1] before anything of
// that packet is believed. The parser behind this is lenient.
import { connectFault, type Fault } from './connect-check.ts';
import { Fields } from './fields.ts';
import { filterProblem, topicProblem } from './mqtt-text.ts';

export const PACKET = {
  connect: 1,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
} as const;

const NAMES = new Map<number, string>(Object.entries(PACKET).map(([name, type]) => [type, name.toUpperCase()]));

/** The lower half of the first byte, where it is fixed [MQTT-2.2.2-1]. */
const flagsOf = (type: number): number | null => {
  if (type === PACKET.publish) return null;
  return type === PACKET.pubrel || type === PACKET.subscribe || type === PACKET.unsubscribe ? 2 : 0;
};

function publishProblem(flags: number, body: Buffer): string | null {
  const qos = (flags >> 1) & 3;
  if (qos === 3) return 'PUBLISH with QoS 3 [MQTT-3.3.1-4]';
  if (qos === 0 && (flags & 8) !== 0) return 'PUBLISH with QoS 0 is marked as a duplicate [MQTT-3.3.1-2]';
  const fields = new Fields(body);
  const topic = fields.text();
  const id = qos > 0 ? fields.number() : 1;
  if (fields.short) return 'PUBLISH ends before its fields do [MQTT-3.3.2-1]';
  if (id === 0) return 'PUBLISH with packet id 0 [MQTT-2.3.1-1]';
  const problem = topicProblem(topic);
  return problem && `the topic of PUBLISH ${problem}`;
}

function ackProblem(name: string, body: Buffer): string | null {
  if (body.length !== 2) return `${name} of ${body.length} bytes, not of 2 [MQTT-3.4.1]`;
  return body.readUInt16BE(0) === 0 ? `${name} with packet id 0 [MQTT-2.3.1-1]` : null;
}

/** More than any gateway needs; each costs a look at who may hear what. */
const MOST_FILTERS = 1_000;

function filtersProblem(name: string, body: Buffer, withQos: boolean): string | null {
  const fields = new Fields(body);
  const id = fields.number();
  if (id === 0) return `${name} with packet id 0 [MQTT-2.3.1-1]`;
  if (fields.left === 0) return `${name} without a topic filter ${withQos ? '[MQTT-3.8.3-3]' : '[MQTT-3.10.3-2]'}`;
  for (let count = 1; fields.left > 0 && !fields.short; count++) {
    if (count > MOST_FILTERS) return `${name} with more than ${MOST_FILTERS} filters`;
    const filter = fields.text();
    const qos = withQos ? fields.byte() : 0;
    if (fields.short) break;
    if (qos > 2) return `${name} with reserved bits or QoS 3 [MQTT-3.8.3-4]`;
    const problem = filterProblem(filter);
    if (problem) return `a filter of ${name} ${problem}`;
  }
  return fields.short ? `${name} ends before its fields do [MQTT-3.8.3-1]` : null;
}

function bodyProblem(type: number, flags: number, body: Buffer): string | null {
  const name = NAMES.get(type)!;
  switch (type) {
    case PACKET.publish:
      return publishProblem(flags, body);
    case PACKET.subscribe:
      return filtersProblem(name, body, true);
    case PACKET.unsubscribe:
      return filtersProblem(name, body, false);
    case PACKET.pingreq:
    case PACKET.disconnect:
      return body.length === 0 ? null : `${name} with ${body.length} bytes behind it [MQTT-2.2.3]`;
    default:
      return ackProblem(name, body);
  }
}

/** Of the first byte of a packet alone; `first` when nothing came before it. */
export function headFault(head: number, first: boolean): Fault | null {
  const type = head >> 4;
  if (!NAMES.has(type)) return { reason: `a packet of type ${type}, which no client sends [MQTT-2.2.1]` };
  if (first !== (type === PACKET.connect))
    return { reason: first ? 'the first packet is not CONNECT [MQTT-3.1.0-1]' : 'a second CONNECT [MQTT-3.1.0-2]' };
  const fixed = flagsOf(type);
  return fixed === null || fixed === (head & 15)
    ? null
    : { reason: `the flags of ${NAMES.get(type)} are wrong [MQTT-2.2.2-2]` };
}

/** Of what follows its length, when the first byte is good. */
export function bodyFault(head: number, body: Buffer): Fault | null {
  const type = head >> 4;
  if (type === PACKET.connect) return connectFault(body);
  const reason = bodyProblem(type, head & 15, body);
  return reason === null ? null : { reason };
}
