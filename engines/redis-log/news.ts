// Tells readers that there is more: one subscription for all partitions of a process, made when somebody first waits.

import { newestOf } from './append-script.ts';
import { type Connection, connect } from './connection.ts';
import { ABOUT, positionBehind } from './keys.ts';

type Waiter = { partition: number; position: number; wake: () => void };

export class News {
  readonly #url: string;
  readonly #ends: number[];
  readonly #waiters = new Set<Waiter>();
  #connection: Connection | undefined;

  constructor(url: string, partitions: number) {
    this.#url = url;
    this.#ends = new Array<number>(partitions).fill(0);
  }

  /** An append that is not heard of (the connection was away) costs the time-out at most. */
  async wait(partition: number, position: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#ends[partition]! > position || signal?.aborted) return;
    this.#connection ??= this.#subscribe();
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const waiter = { partition, position, wake };
    const timer = setTimeout(wake, timeoutMs);
    signal?.addEventListener('abort', wake);
    this.#waiters.add(waiter);
    await promise;
    this.#waiters.delete(waiter);
    signal?.removeEventListener('abort', wake);
    clearTimeout(timer);
  }

  close(): void {
    this.#connection?.redis.disconnect();
    this.#wake(() => true);
  }

  #subscribe(): Connection {
    const connection = connect(this.#url);
    connection.redis.on('message', (_channel: string, news: string) => this.#hear(news));
    // Whoever began to wait before the subscription held may have missed an append: it looks again.
    connection.redis.on('ready', () => {
      connection.redis.subscribe(ABOUT).then(
        () => this.#wake(() => true),
        () => {},
      );
    });
    return connection;
  }

  #hear(news: string): void {
    for (const [partition, sequence] of newestOf(news)) {
      const end = positionBehind(sequence, partition);
      if (end > (this.#ends[partition] ?? 0)) this.#ends[partition] = end;
    }
    this.#wake(({ partition, position }) => this.#ends[partition]! > position);
  }

  #wake(those: (waiter: Waiter) => boolean): void {
    for (const waiter of this.#waiters) if (those(waiter)) waiter.wake();
  }
}
