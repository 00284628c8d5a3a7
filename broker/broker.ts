// The MQTT door. A message is in the log before its PUBACK leaves: `authorizePublish` is the last moment at which
// "acknowledged" can still mean "durable", because Aedes writes the PUBACK before it stores or publishes anything.

import type { Duplex } from 'node:stream';
import { Aedes, type Client } from 'aedes';
import { type BrokerBody, type DisconnectedBody, type Id, type Notice, provisioningAnswerTopic } from '#contracts';
import {
  type Clock,
  type Downlink,
  factRecord,
  type Logger,
  type LogWriter,
  messageOf,
  SECOND,
  type Stage,
  type Tracer,
} from '#runtime';
import { mayPublish, maySubscribe } from './access.ts';
import { peerCertificate } from './certificate.ts';
import { grantedOn, sendNotice, sendTo } from './down.ts';
import { answerFirstContact } from './first-contact.ts';
import { guardFrames } from './frame-guard.ts';
import { isTooLong, type Listeners, type ListenOptions, openListeners } from './listeners.ts';
import { keepNotices, type Notices } from './notices.ts';
import { oversizeRecord } from './oversize.ts';
import type { Access } from './ports.ts';
import { type Knock, type Recognised, recognise } from './recognise.ts';
import { type Session, Sessions } from './sessions.ts';
import { AccessWatch } from './watch.ts';

export type BrokerDeps = {
  log: LogWriter;
  access: Access;
  clock: Clock;
  logger: Logger;
  tracer?: Tracer | undefined;
  listen: ListenOptions;
  /** Host that a new appliance is told; without it the one that is listened on. */
  publicHost?: string;
  /** Told in the log with every connection; no two brokers of a deployment share one. */
  brokerId: string;
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
  /** Looks whether everybody who is connected still may be; the broker does so every 10 s. Never throws. */
  lookAtAll(): Promise<void>;
};

const BEFORE_CONNECT_BYTES = 16 * 1024;
const TICK_EVERY_MS = 10 * SECOND;
/** Of real time: a faster clock makes no more work for the registry. */
const LOOK_AT_ALL_EVERY_MS = 10 * SECOND;

const DRAIN_TIMEOUT_MS = 10 * SECOND;
const PATIENCE_MS = 5 * SECOND;
/** More often than the shortest keep-alive, which is one second and half of it again. */
const EXCUSE_WAITING_EVERY_MS = SECOND / 2;
const MAX_TOPIC_LEVELS = 8;
const UNITS_OF_ONE_KEY = 100;
const REQUESTS_OF_ONE_UNIT = 5;

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
  readonly #id: string;
  readonly #aedes: Aedes;
  readonly #sessions: Sessions;
  readonly #oversize = oversizeRecord();
  readonly #notices: Notices;
  readonly #watch: AccessWatch;
  #listeners: Listeners | undefined;
  #stopTicking: (() => void) | undefined;
  #excusing: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(deps: BrokerDeps) {
    this.#deps = deps;
    this.#id = deps.brokerId;
    this.#notices = keepNotices((appliance, payload) => this.#sendNow(appliance, payload));
    this.#sessions = new Sessions({
      connected: (id) => this.#say('connected', id, { broker: this.#id } satisfies BrokerBody),
      disconnected: (id, cause) =>
        this.#say('disconnected', id, { broker: this.#id, cause } satisfies DisconnectedBody),
    });
    this.#watch = new AccessWatch({
      access: deps.access,
      sessions: this.#sessions,
      logger: deps.logger,
      cut: (session) => this.#cutOff(session),
      attached: (appliances) => {
        for (const appliance of appliances) this.#notices.subscribed(appliance);
      },
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
        const certificate = peerCertificate(client.conn as Duplex);
        void this.#recognise({ clientId: client.id, userName, password, certificate }).then((recognised) => {
          if ('refused' in recognised) return done(recognised.refused, false);
          this.#sessions.arriving(client, recognised.principal);
          done(null, true);
        });
      },
      authorizePublish: (client, packet, done) => this.#accept(client, packet, done),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, this.#mayHear(client, subscription.topic) ? subscription : null),
      authorizeForward: (client, packet) => (this.#mayHear(client, packet.topic) ? packet : null),
    });
    // Registered, and CONNACK not sent yet: nothing that the appliance says can come before it.
    this.#aedes.on('client', (client: Client) => this.#sessions.ready(client));
    this.#aedes.on('clientDisconnect', (client: Client) => this.#sessions.gone(client));
    this.#aedes.on('subscribe', (_subscriptions: unknown, client: Client) => this.#subscribed(client));
  }

  async start(): Promise<void> {
    await this.#aedes.listen();
    await this.#watch.start();
    await this.#append('started', { broker: this.#id } satisfies BrokerBody);
    await this.tick();
    this.#stopTicking = this.#deps.clock.every(TICK_EVERY_MS, () => {
      // When the log is gone the process ends by itself; a tick is then nobody's news.
      this.tick().catch(() => {});
    });
    this.#looking = setInterval(() => void this.lookAtAll(), LOOK_AT_ALL_EVERY_MS).unref();
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

  lookAtAll(): Promise<void> {
    return this.#watch.lookAtAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sessions.stop();
    this.#stopTicking?.();
    clearInterval(this.#excusing);
    clearInterval(this.#looking);
    this.#listeners?.stopListening();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await this.#listeners?.close();
    await this.#watch.stop();
  }

  #append(kind: 'started' | 'tick', body?: object): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#deps.log.append(factRecord(kind, this.#deps.clock.now(), '', body), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  #say(kind: 'connected' | 'disconnected', id: Id, body: object): void {
    this.#deps.log.append(factRecord(kind, this.#deps.clock.now(), id, body), () => {});
  }

  #open(connection: Duplex): void {
    let client: Client | undefined;
    const known = (): boolean => client !== undefined && this.#sessions.of(client) !== undefined;
    const trusted = (): boolean => known() && this.#sessions.of(client!)!.principal.kind !== 'provisioning';
    const limit = (): number => (trusted() ? this.#deps.maxPacketBytes : BEFORE_CONNECT_BYTES);
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
    const session = this.#sessions.of(client)!;
    if (!client.closed) session.cut = true;
    const { kind, id } = session.principal;
    this.#deps.logger.warn(
      { [kind]: id },
      `refused what ${kind === 'provisioning' ? 'a new unit' : kind} sent: ${what}`,
    );
    if (kind !== 'provisioning') this.#notices.keep(id, notice);
  }

  /** Its credential is over: nothing that it has said and that is not in the log yet counts any more. */
  #cutOff(session: Session): void {
    if (session.state === 'over' || session.revoked) return;
    session.cut = true;
    session.revoked = true;
    const { kind, id } = session.principal;
    this.#deps.logger.warn({ [kind]: id }, 'cut a connection: its credential is over');
    session.client.close();
    (session.client.conn as Duplex).destroy();
  }

  #recognise(knock: Knock): Promise<Recognised> {
    const { access, clock, logger } = this.#deps;
    return recognise(knock, {
      authenticate: (offer) => this.#watch.whileKnocking(offer.id, () => access.authenticate(offer)),
      refusedNow: (id) => this.#oversize.refusedUntil(id, clock.now()) !== null,
      full: (key) => this.#sessions.ofPrincipal(key).length >= UNITS_OF_ONE_KEY,
      away: (error) =>
        logger.error({ error: messageOf(error) }, 'cannot check credentials; appliances are asked to come back'),
    });
  }

  #mayHear(client: Client, topic: string): boolean {
    const session = this.#sessions.of(client);
    return session !== undefined && !session.revoked && maySubscribe(session.principal, client.id, topic);
  }

  /** Content is judged by the consumer, never here: an error here cuts the appliance, which would resend for ever. */
  #accept(
    client: Client | null,
    packet: { topic: string; payload: Buffer | string; qos: number },
    done: (error?: Error | null) => void,
  ): void {
    const session = client && this.#sessions.of(client);
    if (!client || !session || session.revoked) return done(new Error('not connected'));
    const at = this.#deps.clock.now();
    const verdict = mayPublish(session.principal, packet.topic);
    if (!verdict.allowed) {
      this.#refuse(client, 'a topic that is not its own', { code: 'rejected-message', at, reason: verdict.reason });
      return done(new Error('topic not allowed'));
    }
    const body = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    // Aedes keeps a QoS 2 packet until it is released, to know a repeat; it needs no payload for that.
    if (packet.qos === 2) packet.payload = NOTHING;
    if (verdict.what === 'first-contact') return void this.#firstContact(session, body).then(() => done(), done);
    const { appliance, channel, model } = verdict;
    session.waiting++;
    const accepted = this.#deps.tracer?.begin({ step: 'accept', heard: { appliance, heardAt: at } });
    this.#deps.log.append({ kind: 'message', at, appliance, channel, model, body }, (error) => {
      session.waiting--;
      if (!error) accepted?.({ channel, bytes: body.length });
      done(error);
    });
  }

  /** Rejects when the connection is to be cut. The answer would be lost on one that does not listen, so nothing is given there. */
  async #firstContact(session: Session, payload: Buffer): Promise<void> {
    const { client, principal } = session;
    const topic = provisioningAnswerTopic(client.id);
    if (client.closed || !grantedOn(client, topic)) {
      session.cut = true;
      throw new Error('subscribe to the answer first');
    }
    if (++session.requests > REQUESTS_OF_ONE_UNIT) {
      session.cut = true;
      throw new Error('too many requests');
    }
    const { access, clock, listen, logger, publicHost = listen.host } = this.#deps;
    const { mqtt: port, tls: tlsPort } = this.ports;
    try {
      const answer = await answerFirstContact(payload, {
        ask: (request) => access.firstContact(principal.id, request),
        address: { host: publicHost, port, tlsPort },
        now: clock.now(),
      });
      sendTo(client, topic, Buffer.from(JSON.stringify(answer)), grantedOn(client, topic)?.qos);
    } catch (error) {
      session.cut = true;
      logger.error({ error: messageOf(error) }, 'cannot answer a new unit; it is asked to come back');
      throw error;
    }
  }

  #subscribed(client: Client): void {
    const principal = this.#sessions.of(client)?.principal;
    if (!principal || principal.kind === 'provisioning') return;
    this.#notices.subscribed(principal.id);
    if (principal.kind === 'gateway') for (const id of principal.behind.keys()) this.#notices.subscribed(id);
  }

  /** `id` is an appliance's, or that of a gateway for what concerns the gateway itself. */
  #sendNow(id: Id, payload: Buffer): boolean {
    const itself = this.#sessions.online(id);
    for (const session of itself ? [itself] : this.#sessions.speakersFor(id)) {
      if (sendNotice(session, id, payload)) return true;
    }
    return false;
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
