// The MQTT door. A message is in the log before its PUBACK leaves: `authorizePublish` is the last moment at which
// "acknowledged" can still mean "durable", because Aedes writes the PUBACK before it stores or publishes anything.

import type { Duplex } from 'node:stream';
import { Aedes, type Client } from 'aedes';
import type { DisconnectedBody, Id, Notice } from '#contracts';
import {
  type Clock,
  type Downlink,
  factRecord,
  type Logger,
  type LogWriter,
  messageOf,
  SECOND,
  type Stage,
} from '#runtime';
import { mayPublish, maySubscribe } from './access.ts';
import { guardFrames } from './frame-guard.ts';
import { isTooLong, type Listeners, type ListenOptions, openListeners } from './listeners.ts';
import { keepNotices, type Notices } from './notices.ts';
import { oversizeRecord } from './oversize.ts';
import { type Knock, type Recognised, recognise } from './recognise.ts';
import { Sessions } from './sessions.ts';

export type BrokerDeps = {
  log: LogWriter;
  /** Who this is, or null for a wrong id or secret. Throws when the registry is away. */
  authenticate: (id: Id, secret: string) => Promise<{ model: string } | null>;
  clock: Clock;
  logger: Logger;
  listen: ListenOptions;
  /** One packet at most, once connected. */
  maxPacketBytes: number;
  /** How long a connection may take to say who it is; default 5 s. */
  patienceMs?: number;
};

export type Broker = Stage & {
  ports: Listeners['ports'];
  downlink: Downlink;
  /** Ends the appliance's connection, if there is one. */
  disconnect(appliance: Id): void;
  /** Appends the heartbeat that carries time to the consumers; resolves when it is durable. */
  tick(): Promise<void>;
};

const BEFORE_CONNECT_BYTES = 16 * 1024;
const TICK_EVERY_MS = 10 * SECOND;

const DRAIN_TIMEOUT_MS = 10 * SECOND;
const PATIENCE_MS = 5 * SECOND;
/** More often than the shortest keep-alive, which is one second and half of it again. */
const EXCUSE_WAITING_EVERY_MS = SECOND / 2;
const MAX_TOPIC_LEVELS = 8;

const NOTHING = Buffer.alloc(0);

/** Up-topics end in the log: nothing travels through Aedes' emitter, sessions or retained store. Down goes by the connection. */
class AppliancesOnly extends Aedes {
  override publish(_packet: unknown, client: unknown, done?: unknown): void {
    const callback = done ?? client;
    if (typeof callback === 'function') callback();
  }
}

class BrokerStage implements Broker {
  readonly name = 'broker';
  readonly #deps: BrokerDeps;
  readonly #aedes: Aedes;
  readonly #sessions: Sessions;
  readonly #oversize = oversizeRecord();
  readonly #notices: Notices;
  #listeners: Listeners | undefined;
  #stopTicking: (() => void) | undefined;
  #excusing: NodeJS.Timeout | undefined;

  constructor(deps: BrokerDeps) {
    this.#deps = deps;
    this.#notices = keepNotices((appliance, topic, payload) => this.#sendNow(appliance, topic, payload));
    this.#sessions = new Sessions({
      connected: (id) => this.#say('connected', id),
      disconnected: (id, cause) => this.#say('disconnected', id, { cause } satisfies DisconnectedBody),
    });
    this.#aedes = new AppliancesOnly({
      // 0: no limit. The default makes one subscriber that stops reading hold up every other client.
      concurrency: 0,
      drainTimeout: DRAIN_TIMEOUT_MS,
      connectTimeout: deps.patienceMs ?? PATIENCE_MS,
      maxTopicLevels: MAX_TOPIC_LEVELS,
      maxClientsIdLength: 64,
      preConnect: (_client, packet, done) => {
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, userName, password, done) => {
        void this.#recognise({ clientId: client.id, userName, password }).then((recognised) => {
          if ('refused' in recognised) return done(recognised.refused, false);
          this.#sessions.arriving(client, recognised.model);
          done(null, true);
        });
      },
      authorizePublish: (client, packet, done) => this.#accept(client, packet, done),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, maySubscribe(client.id, subscription.topic) ? subscription : null),
      authorizeForward: (client, packet) => (maySubscribe(client.id, packet.topic) ? packet : null),
    });
    // Registered, and CONNACK not sent yet: nothing that the appliance says can come before it.
    this.#aedes.on('client', (client: Client) => this.#sessions.ready(client));
    this.#aedes.on('clientDisconnect', (client: Client) => this.#sessions.gone(client));
    this.#aedes.on('subscribe', (_subscriptions: unknown, client: Client) => this.#notices.subscribed(client.id));
  }

  async start(): Promise<void> {
    await this.#aedes.listen();
    await this.#append('started');
    await this.tick();
    this.#stopTicking = this.#deps.clock.every(TICK_EVERY_MS, () => {
      // When the log is gone the process ends by itself; a tick is then nobody's news.
      this.tick().catch(() => {});
    });
    this.#excusing = setInterval(() => this.#sessions.excuseWaiting(), EXCUSE_WAITING_EVERY_MS).unref();
    const { listen, maxPacketBytes: packetBytes, patienceMs = PATIENCE_MS } = this.#deps;
    this.#listeners = await openListeners(listen, { packetBytes, patienceMs }, (connection) => this.#open(connection));
  }

  get ports(): Listeners['ports'] {
    return this.#listeners!.ports;
  }

  get downlink(): Downlink {
    return this.#notices;
  }

  disconnect(appliance: Id): void {
    const session = this.#sessions.online(appliance);
    if (!session) return;
    session.cut = true;
    session.client.close();
  }

  tick(): Promise<void> {
    return this.#append('tick');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sessions.stop();
    this.#stopTicking?.();
    clearInterval(this.#excusing);
    this.#listeners?.stopListening();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await this.#listeners?.close();
  }

  #append(kind: 'started' | 'tick'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#deps.log.append(factRecord(kind, this.#deps.clock.now()), (error) => (error ? reject(error) : resolve()));
    });
  }

  #say(kind: 'connected' | 'disconnected', id: Id, body?: object): void {
    this.#deps.log.append(factRecord(kind, this.#deps.clock.now(), id, body), () => {});
  }

  #open(connection: Duplex): void {
    let client: Client | undefined;
    const known = (): boolean => client !== undefined && this.#sessions.of(client) !== undefined;
    const limit = (): number => (known() ? this.#deps.maxPacketBytes : BEFORE_CONNECT_BYTES);
    const tooLarge = (): void => (known() ? this.#tooLarge(client!) : undefined);
    connection.once('error', (error) => isTooLong(error) && tooLarge());
    client = this.#aedes.handle(guardFrames(connection, limit, tooLarge) as never);
    connection.once('close', () => this.#sessions.gone(client!));
  }

  #tooLarge(client: Client): void {
    const limit = this.#deps.maxPacketBytes;
    const now = this.#deps.clock.now();
    this.#oversize.cut(client.id, now);
    this.#refuse(client, 'a packet over the limit', {
      code: 'packet-too-large',
      at: now,
      reason: `A packet was over ${limit} bytes, so the connection was cut. Send smaller batches; after three such cuts you are refused for an hour.`,
    });
  }

  /** The connection is about to be cut, or left a will and is over; the appliance hears why when it is back. */
  #refuse(client: Client, what: string, notice: Notice): void {
    if (!client.closed) this.#sessions.of(client)!.cut = true;
    this.#deps.logger.warn({ appliance: client.id }, `refused what an appliance sent: ${what}`);
    this.#notices.keep(client.id, notice);
  }

  #recognise(knock: Knock): Promise<Recognised> {
    const { authenticate, clock, logger } = this.#deps;
    return recognise(knock, {
      authenticate,
      refusedNow: (id) => this.#oversize.refusedUntil(id, clock.now()) !== null,
      away: (error) =>
        logger.error({ error: messageOf(error) }, 'cannot check credentials; appliances are asked to come back'),
    });
  }

  /** Content is judged by the consumer, never here: an error here cuts the appliance, which would resend for ever. */
  #accept(
    client: Client | null,
    packet: { topic: string; payload: Buffer | string; qos: number },
    done: (error?: Error | null) => void,
  ): void {
    const session = client && this.#sessions.of(client);
    if (!client || !session) return done(new Error('not connected'));
    const at = this.#deps.clock.now();
    const verdict = mayPublish(client.id, packet.topic);
    if (!verdict.allowed) {
      this.#refuse(client, 'a topic that is not its own', { code: 'rejected-message', at, reason: verdict.reason });
      return done(new Error('topic not allowed'));
    }
    const body = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    // Aedes keeps a QoS 2 packet until it is released, to know a repeat; it needs no payload for that.
    if (packet.qos === 2) packet.payload = NOTHING;
    session.waiting++;
    this.#deps.log.append(
      { kind: 'message', at, appliance: client.id, channel: verdict.channel, model: session.model, body },
      (error) => {
        session.waiting--;
        done(error);
      },
    );
  }

  #sendNow(appliance: Id, topic: string, payload: Buffer): boolean {
    const client = this.#sessions.online(appliance)?.client;
    const granted = (client as (Client & { subscriptions: Record<string, { qos: number } | undefined> }) | undefined)
      ?.subscriptions[topic];
    if (!client || client.closed || !granted) return false;
    client.publish(
      { cmd: 'publish', topic, payload, qos: granted.qos > 0 ? 1 : 0, retain: false, dup: false },
      () => {},
    );
    return true;
  }
}

/** Opens the MQTT door: TCP, WebSocket, and TLS when there is a certificate. */
export async function startBroker(deps: BrokerDeps): Promise<Broker> {
  const broker = new BrokerStage(deps);
  try {
    await broker.start();
  } catch (error) {
    await broker[Symbol.asyncDispose]();
    throw error;
  }
  return broker;
}
