// What CONNECT must be [MQTT-3.1], looked at before anything else of it is believed.
import { Fields } from './fields.ts';
import { textProblem, topicProblem } from './mqtt-text.ts';

/** `answer` is sent before the connection is closed. */
export type Fault = { reason: string; answer?: Buffer };

const refusedWith = (code: number): Buffer => Buffer.from([0x20, 2, 0, code]);
const UNACCEPTABLE_VERSION = refusedWith(1);
const IDENTIFIER_REJECTED = refusedWith(2);

/** Each protocol name with the one level that goes with it. */
const LEVEL_OF: Readonly<Record<string, number>> = { MQTT: 4, MQIsdp: 3 };
const FLAG = { reserved: 0x01, clean: 0x02, will: 0x04, willRetain: 0x20, password: 0x40, userName: 0x80 } as const;

function flagsProblem(flags: number): string | null {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const willQos = (flags >> 3) & 3;
  if (has(FLAG.reserved)) return 'the reserved flag of CONNECT is set [MQTT-3.1.2-3]';
  if (willQos === 3) return 'the QoS of the will is 3 [MQTT-3.1.2-14]';
  if (!has(FLAG.will) && willQos > 0) return 'there is a QoS of a will, but no will [MQTT-3.1.2-13]';
  if (!has(FLAG.will) && has(FLAG.willRetain)) return 'there is a retain flag of a will, but no will [MQTT-3.1.2-15]';
  if (!has(FLAG.userName) && has(FLAG.password)) return 'there is a password, but no user name [MQTT-3.1.2-22]';
  return null;
}

const named = (what: string, problem: string | null): string | null => problem && `the ${what} ${problem}`;

function payloadProblem(fields: Fields, flags: number, clientId: Buffer): string | null {
  let problem = named('client id', textProblem(clientId));
  if ((flags & FLAG.will) !== 0) {
    const topic = fields.text();
    fields.text();
    if (!fields.short) problem ??= named("will's topic", topicProblem(topic));
  }
  if ((flags & FLAG.userName) !== 0) problem ??= named('user name', textProblem(fields.text()));
  if ((flags & FLAG.password) !== 0) fields.text();
  if (fields.short) return 'CONNECT ends before its fields do [MQTT-3.1.3-1]';
  return problem ?? (fields.left > 0 ? 'CONNECT goes on behind its last field [MQTT-3.1.3-1]' : null);
}

export function connectFault(body: Buffer): Fault | null {
  const fields = new Fields(body);
  const level = LEVEL_OF[fields.text().toString('latin1')];
  if (level === undefined) return { reason: 'the protocol is not named MQTT [MQTT-3.1.2-1]' };
  const said = fields.byte();
  if (said < 0) return { reason: 'CONNECT ends before its fields do [MQTT-3.1.3-1]' };
  if (said !== level)
    return {
      reason: `protocol level ${said} is not spoken here, only MQTT 3.1.1 and 3.1 [MQTT-3.1.2-2]`,
      answer: UNACCEPTABLE_VERSION,
    };
  const flags = fields.byte();
  fields.number();
  const clientId = fields.text();
  if (fields.short) return { reason: 'CONNECT ends before its fields do [MQTT-3.1.3-1]' };
  const reason = flagsProblem(flags) ?? payloadProblem(fields, flags, clientId);
  if (reason) return { reason };
  if (clientId.length === 0 && (flags & FLAG.clean) === 0)
    return { reason: 'no client id, and no clean session [MQTT-3.1.3-8]', answer: IDENTIFIER_REJECTED };
  return null;
}
