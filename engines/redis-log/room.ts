// The bound of the log: how much memory its server holds, asked once a second while something is appended.
import type { Redis } from 'ioredis';
import { SECOND } from '#runtime';

export class Room {
  readonly #redis: Redis;
  readonly #maxBytes: number;
  #left = 0;
  #stale = true;

  constructor(redis: Redis, maxBytes: number) {
    this.#redis = redis;
    this.#maxBytes = maxBytes;
  }

  /** Whether so many bytes more stay within the bound. Other writers may take a second's worth beyond it. */
  async has(bytes: number): Promise<boolean> {
    if (this.#stale || this.#left < bytes) await this.#look();
    return this.#left >= bytes;
  }

  took(bytes: number): void {
    this.#left -= bytes;
  }

  async #look(): Promise<void> {
    const used = /^used_memory:(\d+)/m.exec(await this.#redis.info('memory'))?.[1];
    this.#left = this.#maxBytes - Number(used ?? 0);
    this.#stale = false;
    setTimeout(() => {
      this.#stale = true;
    }, SECOND).unref();
  }
}
