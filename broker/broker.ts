// The MQTT door. A message is in the log before its PUBACK leaves: `authorizePublish` is the last moment at which
// "acknowledged" can still mean "durable", because Aedes writes the PUBACK before it stores or publishes anything.

import type { Duplex } from 'node:stream';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { DisconnectedBody, Id } from '#contracts';
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
import { type Listeners, type ListenOptions, openListeners } from './listeners.ts';
import { keepNotices, type Notices } from './notices.ts';
import { oversizeRecord } from './oversize.ts';

export type BrokerDeps = {
  log: LogWriter;
  /** Who this is, or null for a wrong id or secret. Throws when the registry is away. */
  authenticate: (id: Id, secret: string) => Promise<{ model: string } | null>;
  clock: Clock;
  logger: Logger;
  listen: ListenOptions;
  /** One packet at most, once connected. */
  maxPacketBytes: number;
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
const CONNECT_TIMEOUT_MS = 5 * SECOND;
const MAX_TOPIC_LEVELS = 8;

const REFUSAL = { identifier: 2, unavailable: 3, credentials: 4, notAuthorized: 5 } as const;

function refusal(returnCode: number, message: string): AuthenticateError {
  return Object.assign(new Error(message), { returnCode });
}

/** Up-topics end in the log: nothing travels through Aedes' emitter, sessions or retained store. Down goes by the connection. */
class AppliancesOnly extends Aedes {
  override publish(_packet: unknown, client: unknown, done?: unknown): void {
    const callback = done ?? client;
    if (typeof callback === 'function') callback();
  }
}

type Session = { model: string; replaced: boolean };

class BrokerStage implements Broker {
  readonly name = 'broker';
  readonly #deps: BrokerDeps;
  readonly #aedes: Aedes;
  readonly #sessions = new WeakMap<object, Session>();
  readonly #oversize = oversizeRecord();
  readonly #notices: Notices;
  #listeners: Listeners | undefined;
  #stopTicking: (() => void) | undefined;
  #stopping = false;

  constructor(deps: BrokerDeps) {
    this.#deps = deps;
    this.#notices = keepNotices((appliance, topic, payload) => this.#sendNow(appliance, topic, payload));
    this.#aedes = new AppliancesOnly({
      // 0: no limit. The default makes one subscriber that stops reading hold up every other client.
      concurrency: 0,
      drainTimeout: DRAIN_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxTopicLevels: MAX_TOPIC_LEVELS,
      maxClientsIdLength: 64,
      preConnect: (_client, packet, done) => {
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, userName, password, done) => {
        this.#authenticate(client, userName, password).then(
          (refused) => (refused ? done(refused, false) : done(null, true)),
          (error: unknown) => {
            deps.logger.error(
              { error: messageOf(error) },
              'cannot check credentials; appliances are asked to come back',
            );
            done(refusal(REFUSAL.unavailable, 'the registry is away'), false);
          },
        );
      },
      authorizePublish: (client, packet, done) => this.#accept(client, packet, done),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, maySubscribe(client.id, subscription.topic) ? subscription : null),
      authorizeForward: (client, packet) => (maySubscribe(client.id, packet.topic) ? packet : null),
    });
    this.#aedes.on('clientReady', (client: Client) => this.#connected(client));
    this.#aedes.on('clientDisconnect', (client: Client) => this.#disconnected(client));
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
    this.#listeners = await openListeners(this.#deps.listen, this.#deps.maxPacketBytes, (connection) =>
      this.#open(connection),
    );
  }

  get ports(): Listeners['ports'] {
    return this.#listeners!.ports;
  }

  get downlink(): Downlink {
    return this.#notices;
  }

  disconnect(appliance: Id): void {
    this.#client(appliance)?.close();
  }

  tick(): Promise<void> {
    return this.#append('tick');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#stopTicking?.();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await this.#listeners?.close();
  }

  #append(kind: 'started' | 'tick'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#deps.log.append(factRecord(kind, this.#deps.clock.now()), (error) => (error ? reject(error) : resolve()));
    });
  }

  #open(connection: Duplex): void {
    let client: Client | undefined;
    const limit = (): number => (client?.connected ? this.#deps.maxPacketBytes : BEFORE_CONNECT_BYTES);
    const guarded = guardFrames(connection, limit, () => client && this.#tooLarge(client));
    client = this.#aedes.handle(guarded as never);
  }

  #tooLarge(client: Client): void {
    if (!client.id || !this.#sessions.has(client)) return;
    const now = this.#deps.clock.now();
    const limit = this.#deps.maxPacketBytes;
    this.#oversize.cut(client.id, now);
    this.#deps.logger.warn({ appliance: client.id, limit }, 'cut a connection: a packet over the limit');
    this.#notices.notify(client.id, {
      code: 'packet-too-large',
      at: now,
      reason: `A packet was over ${limit} bytes, so the connection was cut. Send smaller batches; after three such cuts you are refused for an hour.`,
    });
  }

  async #authenticate(
    client: Client,
    userName: string | undefined,
    password: Buffer | undefined,
  ): Promise<AuthenticateError | null> {
    if (!userName || !password) return refusal(REFUSAL.credentials, 'user name and password are needed');
    if (client.id !== userName)
      return refusal(REFUSAL.identifier, 'the client id must be the appliance id, like the user name');
    const until = this.#oversize.refusedUntil(client.id, this.#deps.clock.now());
    if (until !== null) return refusal(REFUSAL.notAuthorized, 'refused for an hour: three packets over the limit');
    const known = await this.#deps.authenticate(userName, password.toString('utf8'));
    if (!known) return refusal(REFUSAL.credentials, 'unknown appliance or wrong secret');
    const before = this.#client(client.id);
    const session = before && this.#sessions.get(before);
    if (session) session.replaced = true;
    this.#sessions.set(client, { model: known.model, replaced: false });
    return null;
  }

  /** Content is judged by the consumer, never here: an error here cuts the appliance, which would resend for ever. */
  #accept(
    client: Client | null,
    packet: { topic: string; payload: Buffer | string },
    done: (error?: Error | null) => void,
  ): void {
    const session = client && this.#sessions.get(client);
    if (!client || !session) return done(new Error('not connected'));
    const verdict = mayPublish(client.id, packet.topic);
    if (!verdict.allowed) {
      this.#deps.logger.warn({ appliance: client.id }, 'cut a connection: it published on a topic that is not its own');
      this.#notices.notify(client.id, { code: 'rejected-message', at: this.#deps.clock.now(), reason: verdict.reason });
      return done(new Error('topic not allowed'));
    }
    const body = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const at = this.#deps.clock.now();
    this.#deps.log.append(
      { kind: 'message', at, appliance: client.id, channel: verdict.channel, model: session.model, body },
      done,
    );
  }

  #connected(client: Client): void {
    this.#deps.log.append(factRecord('connected', this.#deps.clock.now(), client.id), () => {});
  }

  #disconnected(client: Client): void {
    const session = this.#sessions.get(client);
    if (!session) return;
    const body: DisconnectedBody = { cause: this.#causeOf(client, session) };
    this.#deps.log.append(factRecord('disconnected', this.#deps.clock.now(), client.id, body), () => {});
  }

  #causeOf(client: Client, session: Session): DisconnectedBody['cause'] {
    if (this.#stopping) return 'shutdown';
    if (session.replaced) return 'replaced';
    const inner = client as Client & { _disconnected?: boolean; errored?: boolean };
    return inner._disconnected ? 'goodbye' : 'lost';
  }

  #client(appliance: Id): Client | undefined {
    return (this.#aedes as unknown as { clients: Record<string, Client | undefined> }).clients[appliance];
  }

  #sendNow(appliance: Id, topic: string, payload: Buffer): boolean {
    const client = this.#client(appliance);
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
  await broker.start();
  return broker;
}
