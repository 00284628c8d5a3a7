// LISTEN on a connection of its own, which comes back by itself. What is notified while it is away is not heard: whoever
// listens must also look from time to time.
import { Client, type ClientConfig } from 'pg';
import { SECOND } from '#runtime';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10 * SECOND;

type Heard = (payload: string) => void;
type Listening = { heard: Heard; missed: (() => void) | undefined };

export class PostgresListener implements AsyncDisposable {
  readonly #config: ClientConfig;
  readonly #listening = new Map<string, Set<Listening>>();
  #client: Promise<Client> | null = null;
  #retryMs = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(config: ClientConfig) {
    this.#config = config;
  }

  /** Throws when the first connection fails; later ones are tried again until disposal. */
  async listen(channel: string, heard: Heard, missed?: () => void): Promise<() => Promise<void>> {
    const listeners = this.#listening.get(channel) ?? new Set();
    const entry: Listening = { heard, missed };
    listeners.add(entry);
    this.#listening.set(channel, listeners);
    try {
      const client = await this.#connected();
      await client.query(listenTo(channel));
    } catch (error) {
      listeners.delete(entry);
      throw error;
    }
    return async () => {
      listeners.delete(entry);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = await this.#client?.catch(() => null);
    await client?.end().catch(() => {});
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = null;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<Client> {
    const client = new Client(this.#config);
    // Without this listener a lost connection would be an uncaught error; `end` follows and reconnects.
    client.on('error', () => {});
    client.on('notification', ({ channel, payload }) => {
      for (const { heard } of this.#listening.get(channel) ?? []) heard(payload ?? '');
    });
    await client.connect();
    for (const channel of this.#listening.keys()) await client.query(listenTo(channel));
    client.once('end', () => this.#lost());
    this.#retryMs = FIRST_RETRY_MS;
    return client;
  }

  #lost(): void {
    this.#client = null;
    if (this.#closed) return;
    this.#retry = setTimeout(() => void this.#comeBack(), this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  async #comeBack(): Promise<void> {
    try {
      await this.#connected();
    } catch {
      return this.#lost();
    }
    for (const listeners of this.#listening.values()) for (const { missed } of listeners) missed?.();
  }
}

const listenTo = (channel: string): string => `listen "${channel.replaceAll('"', '""')}"`;
