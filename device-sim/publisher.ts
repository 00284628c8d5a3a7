// One appliance's MQTT connection. A message is kept until its PUBACK; a new connection sends again what has none.
import { connect, type MqttClient } from 'mqtt';
import type { z } from 'zod';
import {
  CommandPayload,
  commandsTopic,
  type Id,
  Notice,
  noticesTopic,
  resultTopic,
  type TelemetryPayload,
  upTopic,
} from '#contracts';
import type { Obedience } from './obedience.ts';

export type PublisherOptions = {
  /** mqtt://, mqtts://, ws:// or wss:// */
  url: string;
  id: Id;
  secret: string;
  /** Messages on their way at once. */
  inFlight?: number;
  /** First and longest wait before another attempt to connect. */
  retryMs?: { first: number; most: number };
  /** Without it the appliance takes no commands. */
  obey?: Obedience | undefined;
  on?: PublisherEvents;
};

export type PublisherEvents = {
  connected?(): void;
  /** Lost, or not reached. The next attempt follows by itself, in `retryMs`. */
  disconnected?(reason: string, retryMs: number): void;
  /** The broker does not take this id and secret. Another attempt follows, but only new credentials will help. */
  refused?(reason: string): void;
  notice?(notice: Notice): void;
  command?(command: CommandPayload): void;
  /** The platform has what came of a command. */
  answered?(command: CommandPayload): void;
  /** There is room for another message, or the last one was acknowledged. */
  progress?(): void;
};

export interface Publisher extends AsyncDisposable {
  /** Whether another message may be sent now. */
  readonly ready: boolean;
  /** Messages sent and not yet acknowledged. */
  readonly unacknowledged: number;
  readonly acknowledged: number;
  send(payload: TelemetryPayload): void;
  /** Without network the connection is cut without a goodbye, and no attempt is made. */
  setNetwork(up: boolean): void;
}

const GOODBYE_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const REFUSED_CODES = new Set([2, 4, 5]);

type Session = { client: MqttClient; reason: string; refused: boolean };

export const openPublisher = (options: PublisherOptions): Publisher => new MqttPublisher(options);

class MqttPublisher implements Publisher {
  readonly #options: PublisherOptions;
  readonly #inFlight: number;
  readonly #retryMs: { first: number; most: number };
  readonly #on: PublisherEvents;
  /** In the order they were sent. */
  readonly #unacknowledged = new Map<number, string>();
  #ordinal = 0;
  #acknowledged = 0;
  #failures = 0;
  #session: Session | null = null;
  #connected = false;
  #network = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#inFlight = options.inFlight ?? 8;
    this.#retryMs = options.retryMs ?? { first: 1_000, most: 60_000 };
    this.#on = options.on ?? {};
  }

  get ready(): boolean {
    return this.#connected && this.#unacknowledged.size < this.#inFlight;
  }

  get unacknowledged(): number {
    return this.#unacknowledged.size;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  send(payload: TelemetryPayload): void {
    const key = this.#ordinal++;
    const text = JSON.stringify(payload);
    this.#unacknowledged.set(key, text);
    if (this.#connected) this.#transmit(key, text);
  }

  setNetwork(up: boolean): void {
    if (up === this.#network) return;
    this.#network = up;
    clearTimeout(this.#retry);
    this.#failures = 0;
    if (up) return this.#open();
    this.#forgetSession()?.end(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connected = this.#connected;
    this.#network = false;
    clearTimeout(this.#retry);
    const client = this.#forgetSession();
    if (client) await goodbye(client, connected);
  }

  #open(): void {
    const { id, secret, url } = this.#options;
    const client = connect(url, {
      clientId: id,
      username: id,
      password: secret,
      protocolVersion: 4,
      clean: true,
      // Each attempt is a client of its own: what to send again is decided here, not in the library's store.
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
    });
    const session: Session = { client, reason: 'the connection was closed', refused: false };
    this.#session = session;
    client.on('connect', () => session === this.#session && this.#begun(client));
    client.on('error', (error: Error & { code?: number | string }) => {
      session.reason = error.message || String(error.code);
      session.refused = typeof error.code === 'number' && REFUSED_CODES.has(error.code);
    });
    client.on('message', (topic, payload) => {
      if (topic === commandsTopic(this.#options.id)) return this.#obey(client, payload);
      const notice = read(Notice, payload);
      if (notice) this.#on.notice?.(notice);
    });
    client.on('close', () => session === this.#session && this.#over(session));
  }

  #begun(client: MqttClient): void {
    this.#failures = 0;
    this.#connected = true;
    this.#on.connected?.();
    const { id, obey } = this.#options;
    client.subscribe(obey ? [noticesTopic(id), commandsTopic(id)] : noticesTopic(id), { qos: 1 }, () => {});
    for (const [key, text] of this.#unacknowledged) this.#transmit(key, text);
    this.#on.progress?.();
  }

  /** An answer that is lost is asked for again: the command comes once more. */
  #obey(client: MqttClient, payload: Uint8Array): void {
    const { id: appliance, obey } = this.#options;
    const command = read(CommandPayload, payload);
    if (!command || !obey) return;
    this.#on.command?.(command);
    const result = obey(command);
    if (!result) return;
    const topic = resultTopic({ gateway: null, appliance, command: command.command });
    client.publish(topic, JSON.stringify(result), { qos: 1 }, (error) => {
      if (!error) this.#on.answered?.(command);
    });
  }

  #over({ reason, refused }: Session): void {
    this.#forgetSession();
    const { first, most } = this.#retryMs;
    const wait = Math.min(most, first * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#open(), wait);
    if (refused) this.#on.refused?.(reason);
    else this.#on.disconnected?.(reason, wait);
  }

  #transmit(key: number, text: string): void {
    const topic = upTopic(this.#options.id, 'telemetry');
    this.#session!.client.publish(topic, text, { qos: 1 }, (error) => {
      // Without PUBACK it stays, and the next connection sends it again.
      if (error || !this.#unacknowledged.delete(key)) return;
      this.#acknowledged += 1;
      this.#on.progress?.();
    });
  }

  #forgetSession(): MqttClient | undefined {
    const client = this.#session?.client;
    this.#session = null;
    this.#connected = false;
    return client;
  }
}

async function goodbye(client: MqttClient, connected: boolean): Promise<void> {
  const force = setTimeout(() => client.stream?.destroy(), GOODBYE_MS);
  await client.endAsync(!connected).catch(() => {});
  clearTimeout(force);
}

function read<T>(schema: z.ZodType<T>, payload: Uint8Array): T | null {
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(payload))).data ?? null;
  } catch {
    return null;
  }
}
