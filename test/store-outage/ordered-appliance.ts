// An appliance that says the same stamp again and again with another value: what the store has in the end shows whether
// its messages were stored in their order.
import { setTimeout as pause } from 'node:timers/promises';
import { upTopic } from '#contracts';
import type { ReadingsStore } from '#ingest';
import type { Credential } from '../../bench/ingest/offers.ts';
import { RawClient } from '../broker/raw-client.ts';

const TIMES_A_STAMP = 20;
const EVERY_MS = 25;

export class OrderedAppliance {
  readonly #credential: Credential;
  readonly #firstAt: number;
  #acknowledged = 0;
  #stopping = false;

  constructor(credential: Credential, firstAt: number) {
    this.#credential = credential;
    this.#firstAt = firstAt;
  }

  /** Until `stop`. */
  async publish(port: number): Promise<void> {
    const { id, secret } = this.#credential;
    await using client = await RawClient.connected(port, id, secret);
    while (!this.#stopping) {
      const n = this.#acknowledged;
      const readings = [{ at: this.#atOf(n), values: { cabinet_temperature: saidAt(n) } }];
      client.publish(upTopic(id, 'telemetry'), JSON.stringify({ seq: n, readings }), 1, (n % 60_000) + 1);
      await client.next('puback');
      this.#acknowledged++;
      await pause(EVERY_MS);
    }
  }

  stop(): void {
    this.#stopping = true;
  }

  /** Stamps whose value is not the one that was said last. */
  async wrong(store: ReadingsStore): Promise<{ stamps: number; wrong: number }> {
    const last = new Map<number, number>();
    for (let n = 0; n < this.#acknowledged; n++) last.set(this.#atOf(n), saidAt(n));
    const to = this.#atOf(this.#acknowledged) + 1;
    const query = {
      appliance: this.#credential.id,
      signal: 'cabinet_temperature',
      from: this.#firstAt,
      to,
      bucketMs: 1,
    };
    const stored = new Map((await store.series(query)).map(({ at, mean }) => [at, mean]));
    let wrong = 0;
    for (const [at, value] of last) if (stored.get(at) !== value) wrong++;
    return { stamps: last.size, wrong };
  }

  #atOf(n: number): number {
    return this.#firstAt + Math.floor(n / TIMES_A_STAMP) * 1_000;
  }
}

const saidAt = (n: number): number => 2 + (n % TIMES_A_STAMP) / 10;
