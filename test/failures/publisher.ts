// An appliance that publishes with QoS 1 as fast as it is acknowledged, remembers what was, and sends again what was not.
import { setTimeout as pause } from 'node:timers/promises';
import { type Id, upTopic } from '#contracts';
import { RawClient } from '../broker/raw-client.ts';

const WINDOW = 10;
const TRY_AGAIN_MS = 20;

/** What the reading number `n` of an appliance says; within the plausible range of its model. */
export const temperatureOf = (n: number): number => n % 40;

export class Publisher {
  readonly id: Id;
  readonly firstAt: number;
  /** Numbers of the readings that were acknowledged. */
  readonly acknowledged = new Set<number>();
  readonly #secret: string;
  readonly #told: () => void;
  #next = 0;
  #inFlight: number[] = [];
  #client: RawClient | undefined;
  #stopping = false;
  #loop: Promise<void> | undefined;

  /** Reading number n has the stamp `firstAt + n`. `told` is called at each acknowledgement. */
  constructor(options: { id: Id; secret: string; firstAt: number; told: () => void }) {
    this.id = options.id;
    this.firstAt = options.firstAt;
    this.#secret = options.secret;
    this.#told = options.told;
  }

  get inFlight(): number {
    return this.#inFlight.length;
  }

  start(port: number): void {
    this.#loop = this.#run(port);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#client?.drop();
    await this.#loop;
  }

  async #run(port: number): Promise<void> {
    while (!this.#stopping) {
      try {
        this.#client = await RawClient.connected(port, this.id, this.#secret);
        await this.#publish(this.#client);
      } catch {
        // Gone, or not there yet.
        await pause(TRY_AGAIN_MS);
      }
    }
  }

  async #publish(client: RawClient): Promise<void> {
    for (const n of this.#inFlight) this.#send(client, n);
    for (;;) {
      while (this.#inFlight.length < WINDOW) {
        const n = this.#next++;
        this.#inFlight.push(n);
        this.#send(client, n);
      }
      const { messageId } = await client.next('puback');
      const n = this.#inFlight.shift()!;
      if (messageId !== messageIdOf(n)) throw new Error(`${messageId} was acknowledged out of order`);
      this.acknowledged.add(n);
      this.#told();
    }
  }

  #send(client: RawClient, n: number): void {
    const payload = { seq: n, readings: [{ at: this.firstAt + n, values: { cabinet_temperature: temperatureOf(n) } }] };
    client.publish(upTopic(this.id, 'telemetry'), JSON.stringify(payload), 1, messageIdOf(n));
  }
}

const messageIdOf = (n: number): number => (n % 65_535) + 1;
