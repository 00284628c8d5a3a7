// An appliance that publishes with QoS 1 as fast as it is acknowledged, remembers what was, and sends again what was not.
import { setTimeout as pause } from 'node:timers/promises';
import { type Id, upTopic } from '#contracts';
import { RawClient } from '../broker/raw-client.ts';

const WINDOW = 10;
const TRY_AGAIN_MS = 20;
/** A broker that says nothing for so long is gone, whatever its socket says. */
const ANSWERS_WITHIN_MS = 20_000;

export type PublisherOptions = {
  id: Id;
  secret: string;
  /** Brokers, tried in turn. */
  ports: readonly number[];
  /** The body of message `n`; null when there is none yet, then `more` says when to look again. */
  message: (n: number) => object | null;
  /** Resolves when there may be another message. */
  more?: () => Promise<void>;
  /** Called at each acknowledgement. */
  told?: () => void;
  /** Messages under way at once. */
  window?: number;
  answersWithinMs?: number;
};

export class Publisher {
  readonly id: Id;
  /** Messages 0 to here, without it, were acknowledged: acknowledgements come in the order of the messages. */
  acknowledged = 0;
  /** Messages begun. */
  #next = 0;
  readonly #options: PublisherOptions;
  #client: RawClient | undefined;
  #stopping = false;
  #loop: Promise<void> | undefined;
  #attempt = 0;

  constructor(options: PublisherOptions) {
    this.id = options.id;
    this.#options = options;
  }

  get begun(): number {
    return this.#next;
  }

  get inFlight(): number {
    return this.#next - this.acknowledged;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** What is under way stays unacknowledged. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#client?.drop();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { ports, id, secret } = this.#options;
    while (!this.#stopping) {
      try {
        const port = ports[this.#attempt++ % ports.length]!;
        this.#client = await this.#within(RawClient.connected(port, id, secret));
        if (this.#stopping) await this.#client.drop();
        await this.#publish(this.#client);
      } catch {
        // Gone, not there yet, or silent.
        await this.#client?.drop();
        await pause(TRY_AGAIN_MS);
      }
    }
  }

  async #publish(client: RawClient): Promise<void> {
    for (let n = this.acknowledged; n < this.#next; n++) this.#send(client, n);
    for (;;) {
      while (this.inFlight < (this.#options.window ?? WINDOW) && this.#send(client, this.#next)) this.#next++;
      if (this.inFlight === 0) {
        await Promise.race([this.#options.more!(), client.closed]);
        if (this.#stopping) throw new Error('stopped');
        continue;
      }
      await this.#acknowledgement(client);
    }
  }

  async #acknowledgement(client: RawClient): Promise<void> {
    const { messageId } = await this.#within(client.next('puback'));
    if (messageId !== messageIdOf(this.acknowledged)) throw new Error(`${messageId} was acknowledged out of order`);
    this.acknowledged++;
    this.#options.told?.();
  }

  async #within<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const patience = new AbortController();
    const ms = this.#options.answersWithinMs ?? ANSWERS_WITHIN_MS;
    const late = pause(ms, undefined, { signal: patience.signal }).then(() => {
      throw new Error('no answer');
    });
    late.catch(() => {});
    try {
      return await Promise.race([answer, late]);
    } finally {
      patience.abort();
    }
  }

  /** False when there is no such message yet. */
  #send(client: RawClient, n: number): boolean {
    const message = this.#options.message(n);
    if (message === null) return false;
    client.publish(upTopic(this.id, 'telemetry'), JSON.stringify(message), 1, messageIdOf(n));
    return true;
  }
}

const messageIdOf = (n: number): number => (n % 65_535) + 1;
