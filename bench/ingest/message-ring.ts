// The messages of one publisher, encoded beforehand and laid end to end in a ring: sending some of them is one write of
// bytes that are there already, in which only the message id, `seq` and the stamp are overwritten.

import { generate } from 'mqtt-packet';
import { upTopic } from '#contracts';

/** One hour, a minute apart: the compressor comes and goes, the door is opened once. */
export const RING_SLOTS = 64;
export const READINGS_A_MESSAGE = 8;

const FIRST_SEQ = 1_000_000;
const SEQ_DIGITS = 7;
const STAMP_DIGITS = 13;
const COOLING_SLOTS = 26;
const DOOR_SLOT = 40;
const MESSAGE_IDS = 65_535;

const round = (value: number): number => Math.round(value * 100) / 100;

/** What a healthy fridge says in the minute `slot` of its cycle. */
export function valuesAt(slot: number): object {
  const phase = (2 * Math.PI * slot) / RING_SLOTS;
  const cooling = slot < COOLING_SLOTS;
  return {
    cabinet_temperature: round(4.21 + 0.6 * Math.cos(phase)),
    freezer_temperature: round(-18.4 + 0.8 * Math.cos(phase)),
    evaporator_temperature: cooling ? -21.7 : -6.3,
    ambient_temperature: 21.5,
    power: cooling ? 84.2 : 1.4,
    compressor_on: cooling,
    door_open: slot === DOOR_SLOT,
    set_point: 4,
  };
}

const payloadAt = (slot: number, stamp: number): string =>
  JSON.stringify({ seq: FIRST_SEQ, readings: [{ at: stamp, values: valuesAt(slot) }] });

function writeDigits(target: Buffer, offset: number, digits: number, value: number): void {
  let rest = value;
  for (let index = offset + digits - 1; index >= offset; index--) {
    const shorter = Math.floor(rest / 10);
    target[index] = 48 + rest - shorter * 10;
    rest = shorter;
  }
}

type Slot = { start: number; end: number; id: number; seq: number; stamp: number };

export class MessageRing {
  readonly #firstAt: number;
  readonly #stepMs: number;
  readonly #slots: Slot[] = [];
  readonly #bytes: Buffer;

  constructor(options: { appliance: string; firstAt: number; stepMs: number }) {
    this.#firstAt = options.firstAt;
    this.#stepMs = options.stepMs;
    const topic = upTopic(options.appliance, 'telemetry');
    const packets: Buffer[] = [];
    let start = 0;
    for (let slot = 0; slot < RING_SLOTS; slot++) {
      const payload = payloadAt(slot, options.firstAt);
      const packet = generate({ cmd: 'publish', topic, payload, qos: 1, messageId: 1, dup: false, retain: false });
      const body = start + packet.length - Buffer.byteLength(payload);
      const seq = body + payload.indexOf(String(FIRST_SEQ));
      const stamp = body + payload.indexOf(String(options.firstAt));
      this.#slots.push({ start, end: start + packet.length, id: body - 2, seq, stamp });
      packets.push(packet);
      start += packet.length;
    }
    this.#bytes = Buffer.concat(packets);
  }

  get messageBytes(): number {
    return Math.round(this.#bytes.length / RING_SLOTS);
  }

  /** The MQTT message id of the message number `index`. */
  static idOf(index: number): number {
    return 1 + (index % MESSAGE_IDS);
  }

  /**
   * The bytes of messages `index` to `index + count`, in one piece or in two. They may be overwritten `RING_SLOTS`
   * messages later, so no more than that may be unacknowledged.
   */
  take(index: number, count: number): Buffer[] {
    for (let number = index; number < index + count; number++) this.#stamp(number);
    const first = this.#slots[index % RING_SLOTS]!;
    const last = this.#slots[(index + count - 1) % RING_SLOTS]!;
    if (first.start < last.end) return [this.#bytes.subarray(first.start, last.end)];
    return [this.#bytes.subarray(first.start), this.#bytes.subarray(0, last.end)];
  }

  #stamp(number: number): void {
    const slot = this.#slots[number % RING_SLOTS]!;
    this.#bytes.writeUInt16BE(MessageRing.idOf(number), slot.id);
    writeDigits(this.#bytes, slot.seq, SEQ_DIGITS, FIRST_SEQ + number);
    writeDigits(this.#bytes, slot.stamp, STAMP_DIGITS, this.#firstAt + number * this.#stepMs);
  }
}
