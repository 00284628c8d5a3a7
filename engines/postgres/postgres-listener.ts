// LISTEN on a connection of its own, which comes back by itself. What is notified while it is away is not heard: whoever
// listens must also look from time to time.
import { Client, type ClientConfig } from 'pg';
import { SECOND } from '#runtime';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10 * SECOND;

type Heard = (payload: string) => void;

export class PostgresListener implements AsyncDisposable {
  readonly #config: ClientConfig;
  readonly #heard = new Map<string, Set<Heard>>();
  #client: Promise<Client> | null = null;
  #retryMs = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(config: ClientConfig) {
    this.#config = config;
  }

  /** Throws when the first connection fails; later ones are tried again until disposal. */
  async listen(channel: string, heard: Heard): Promise<() => Promise<void>> {
    const listeners = this.#heard.get(channel) ?? new Set();
    const entry: Heard = (payload) => heard(payload);
    listeners.add(entry);
    this.#heard.set(channel, listeners);
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
      for (const heard of this.#heard.get(channel) ?? []) heard(payload ?? '');
    });
    await client.connect();
    for (const channel of this.#heard.keys()) await client.query(listenTo(channel));
    client.once('end', () => this.#lost());
    this.#retryMs = FIRST_RETRY_MS;
    return client;
  }

  #lost(): void {
    this.#client = null;
    if (this.#closed) return;
    this.#retry = setTimeout(() => this.#connected().catch(() => this.#lost()), this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }
}

const listenTo = (channel: string): string => `listen "${channel.replaceAll('"', '""')}"`;
