// One publisher: sends from its ring, and checks that every message is acknowledged, in order.
import type { Connection } from './connection.ts';
import { MessageRing, RING_SLOTS } from './message-ring.ts';
import { monotonicMs } from './monotonic.ts';

export class Publisher {
  readonly #connection: Connection;
  readonly #ring: MessageRing;
  readonly #dueAt = new Float64Array(RING_SLOTS);
  sent = 0;
  acked = 0;
  /** Told the time from due to acknowledged, ms; null where nobody wants to know. */
  took: ((ms: number) => void) | null = null;
  /** Called when acknowledgements have come. */
  onAcks: () => void = () => {};

  constructor(connection: Connection, ring: MessageRing) {
    this.#connection = connection;
    this.#ring = ring;
    connection.acknowledged = (messageId) => this.#acknowledged(messageId);
    connection.drained = () => this.onAcks();
  }

  get inFlight(): number {
    return this.sent - this.acked;
  }

  get room(): number {
    return RING_SLOTS - this.inFlight;
  }

  /** At most `room` messages, which were due at `dueAt`. */
  send(count: number, dueAt = 0): void {
    for (let index = this.sent; index < this.sent + count; index++) this.#dueAt[index % RING_SLOTS] = dueAt;
    const [first, second] = this.#ring.take(this.sent, count);
    this.sent += count;
    this.#connection.socket.write(first!);
    if (second) this.#connection.socket.write(second);
  }

  close(): void {
    this.#connection.close();
  }

  #acknowledged(messageId: number): void {
    if (messageId !== MessageRing.idOf(this.acked)) throw new Error('a message was acknowledged out of order');
    this.took?.(monotonicMs() - this.#dueAt[this.acked % RING_SLOTS]!);
    this.acked++;
  }
}
