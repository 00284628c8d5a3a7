// Stands before the MQTT parser. It bounds one packet before anything buffers it, hands on whole packets only, which keep
// to the protocol, and no more of them than there is room for: what a client may not say yet stays in its socket.
import type { Duplex } from 'node:stream';
import type { Fault } from './connect-check.ts';
import { bodyFault, headFault, PACKET } from './packet-check.ts';

export type Guard = {
  /** One packet at most, in bytes behind its length. */
  limit(): number;
  /** How many packets may be handed on now; asked again whenever the reader comes back. */
  room(): number;
  /** An acknowledgement of this packet type has come: was there anything to acknowledge? */
  owed(type: number): boolean;
  /** So many packets that are no PUBLISH are handed on now, of so many bytes together. */
  others(packets: number, bytes: number): void;
  /** The connection is about to be destroyed. */
  tooLarge(): void;
  broken(reason: string): void;
};

type Whole = { bytes: Buffer; others: number; otherBytes: number };
type Outcome = Whole | { fault: Fault | 'too large' } | null;

const HEAD_BYTES = 1;
const LONGEST_LENGTH_BYTES = 4;
const isAnswer = (type: number): boolean => type === PACKET.puback || type === PACKET.pubrec || type === PACKET.pubcomp;

/** Cuts what arrives into whole packets and looks at each. */
export class Frames {
  readonly #guard: Pick<Guard, 'limit' | 'owed'>;
  #parts: Buffer[] = [];
  #have = 0;
  /** Fewer bytes than these are no whole packet, and need not be looked at again. */
  #need = HEAD_BYTES;
  #first = true;

  constructor(guard: Pick<Guard, 'limit' | 'owed'>) {
    this.#guard = guard;
  }

  add(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#have += chunk.length;
  }

  /** At most so many whole packets; null when not one is whole. What comes before a fault is handed on first. */
  take(most: number): Outcome {
    if (this.#have < this.#need) return null;
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    const limit = this.#guard.limit();
    let end = 0;
    let [others, otherBytes] = [0, 0];
    let fault: Fault | 'too large' | null = null;
    this.#need = HEAD_BYTES;
    for (let count = 0; count < most && fault === null && bytes.length - end >= HEAD_BYTES; count++) {
      const next = this.#one(bytes, end, limit);
      if (typeof next !== 'number') fault = next;
      else if (next <= 0) break;
      else {
        if (bytes[end]! >> 4 !== PACKET.publish) {
          others++;
          otherBytes += next;
        }
        end += next;
      }
    }
    const rest = bytes.subarray(end);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#have = rest.length;
    if (end > 0) return { bytes: bytes.subarray(0, end), others, otherBytes };
    return fault && { fault };
  }

  /** Its length when it is whole and good; 0 when bytes are missing. */
  #one(bytes: Buffer, at: number, limit: number): number | Fault | 'too large' {
    const wrong = headFault(bytes[at]!, this.#first);
    if (wrong) return wrong;
    let length = 0;
    let head = 1;
    for (;;) {
      if (head > LONGEST_LENGTH_BYTES) return { reason: 'a length of more than four bytes [MQTT-2.2.3]' };
      const byte = bytes[at + head];
      if (byte === undefined) return this.#missing(head + 1);
      length += (byte & 127) * 128 ** (head - 1);
      if (length > limit) return 'too large';
      head++;
      if ((byte & 128) === 0) break;
    }
    const whole = head + length;
    if (bytes.length - at < whole) return this.#missing(whole);
    const fault = this.#look(bytes[at]!, bytes.subarray(at + head, at + whole));
    return fault ?? whole;
  }

  #missing(need: number): 0 {
    this.#need = need;
    return 0;
  }

  #look(head: number, body: Buffer): Fault | null {
    this.#first = false;
    const type = head >> 4;
    const fault = bodyFault(head, body);
    if (fault || !isAnswer(type) || this.#guard.owed(type)) return fault;
    return { reason: 'an acknowledgement of what was never sent [MQTT-4.8.0-1]' };
  }
}

function end(connection: Duplex, fault: Fault | 'too large', guard: Guard): void {
  if (fault === 'too large') {
    guard.tooLarge();
    connection.destroy(new Error('packet too large'));
    return;
  }
  guard.broken(fault.reason);
  if (fault.answer) connection.end(fault.answer, () => connection.destroy());
  else connection.destroy(new Error(fault.reason));
}

/** Wraps the reading side of `connection`; a packet that is too large or breaks the protocol ends it. */
export function guardFrames<Connection extends Duplex>(connection: Connection, guard: Guard): Connection {
  const read = connection.read.bind(connection);
  const frames = new Frames(guard);
  let over = false;
  connection.read = (size?: number) => {
    if (size !== undefined && size !== null) return read(size);
    const room = over ? 0 : guard.room();
    if (room <= 0) return null;
    for (;;) {
      const outcome = frames.take(room);
      if (outcome && 'bytes' in outcome) {
        if (outcome.others > 0) guard.others(outcome.others, outcome.otherBytes);
        return outcome.bytes;
      }
      if (outcome) {
        over = true;
        end(connection, outcome.fault, guard);
        return null;
      }
      const chunk: Buffer | null = read();
      if (chunk === null) return null;
      frames.add(chunk);
    }
  };
  return connection;
}
