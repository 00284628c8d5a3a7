// The MQTT door. A message is in the log before its PUBACK leaves: `authorizePublish` is the last moment at which
// "acknowledged" can still mean "durable", because Aedes writes the PUBACK before it stores or publishes anything.

import type { Duplex } from 'node:stream';
import { Aedes, type Client } from 'aedes';
import { type BrokerBody, type DisconnectedBody, type Id, provisioningAnswerTopic } from '#contracts';
import {
  type Clock,
  type Downlink,
  factRecord,
  type Logger,
  type LogWriter,
  MINUTE,
  messageOf,
  SECOND,
  type Stage,
  type Tracer,
} from '#runtime';
import { Acceptance } from './accept.ts';
import { maySubscribe } from './access.ts';
import { peerCertificate } from './certificate.ts';
import { CommandsDown } from './commands.ts';
import { Conduct } from './conduct.ts';
import { type BrokerCounts, Discipline } from './discipline.ts';
import { acknowledged, grantedOn, sendNotice, sendTo } from './down.ts';
import { answerFirstContact } from './first-contact.ts';
import { type Guard, guardFrames } from './frame-guard.ts';
import { LIMITS, type Limits } from './limits.ts';
import { isTooLong, type Listeners, type ListenOptions, openListeners } from './listeners.ts';
import { Neighbours } from './neighbours.ts';
import { keepNotices, type Notices } from './notices.ts';
import { PACKET } from './packet-check.ts';
import type { Access, Commands, Peers } from './ports.ts';
import { type Knock, type Recognised, recognise } from './recognise.ts';
import { type Session, Sessions } from './sessions.ts';
import { AccessWatch } from './watch.ts';

export type BrokerDeps = {
  log: LogWriter;
  access: Access;
  /** Without it nothing is asked of anybody. */
  commands?: Commands;
  /** Other brokers of the deployment; without it there are none. */
  peers?: Peers;
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
  /** How much one appliance may say; default LIMITS. */
  limits?: Limits;
  /** How long a connection may take to say who it is; default 5 s. */
  patienceMs?: number;
};

export type Broker = Stage & {
  ports: Listeners['ports'];
  /** Messages that could not be read pass here too, and count against who sent them. */
  downlink: Downlink;
  counts: BrokerCounts;
  /** Ends the appliance's connection, if there is one. */
  disconnect(appliance: Id): void;
  /** Appends the heartbeat that carries time to the consumers; resolves when it is durable. */
  tick(): Promise<void>;
  /** Looks whether everybody who is connected still may be, and what waits for them; the broker does so every 10 s. Never throws. */
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
const FORGET_EVERY_MS = MINUTE;
const UNITS_OF_ONE_KEY = 100;
const REQUESTS_OF_ONE_UNIT = 5;

/** Limits protect the machine, which lives in real time; the platform's clock may run faster, stand or jump. */
const steadyNow = (): number => performance.now();

/** CONNACK has left. */
const isAnswered = (client: Client): boolean => (client as Client & { connackSent: boolean }).connackSent;

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
  readonly #conduct: Conduct;
  readonly #acceptance: Acceptance;
  readonly #discipline: Discipline;
  readonly #notices: Notices;
  readonly #watch: AccessWatch;
  readonly #commands: CommandsDown | null;
  readonly #neighbours: Neighbours | null;
  #listeners: Listeners | undefined;
  #stopTicking: (() => void) | undefined;
  #excusing: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #forgetting: NodeJS.Timeout | undefined;

  constructor(deps: BrokerDeps) {
    this.#deps = deps;
    this.#id = deps.brokerId;
    const limits = deps.limits ?? LIMITS;
    this.#conduct = new Conduct(limits);
    this.#notices = keepNotices((appliance, payload) => this.#sendNow(appliance, payload));
    this.#acceptance = new Acceptance({
      log: deps.log,
      clock: deps.clock,
      tracer: deps.tracer,
      conduct: this.#conduct,
      steadyNow,
      refuse: (session, what, notice) => this.#discipline.refuse(session, what, notice),
      tooFast: (session) => this.#discipline.tooFast(session),
      firstContact: (session, payload) => this.#firstContact(session, payload),
    });
    this.#sessions = new Sessions({
      steadyNow,
      connected: (id) => this.#say('connected', id, { broker: this.#id } satisfies BrokerBody),
      disconnected: (id, cause) =>
        this.#say('disconnected', id, { broker: this.#id, cause } satisfies DisconnectedBody),
    });
    const { clock, commands, logger, maxPacketBytes, peers } = deps;
    this.#discipline = new Discipline({
      ...{ clock, steadyNow, logger, limits, maxPacketBytes },
      ...{ conduct: this.#conduct, sessions: this.#sessions, notices: this.#notices },
    });
    this.#neighbours = peers ? this.#neighboursOver(peers) : null;
    this.#commands = commands ? new CommandsDown({ commands, sessions: this.#sessions, logger }) : null;
    this.#watch = new AccessWatch({
      access: deps.access,
      sessions: this.#sessions,
      logger: deps.logger,
      cut: (session) => this.#discipline.cutOff(session),
      attached: (appliances) => {
        for (const appliance of appliances) this.#notices.subscribed(appliance);
        this.#commands?.attached(appliances);
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
      authorizePublish: (client, packet, done) =>
        this.#acceptance.accept(client, client ? this.#sessions.of(client) : undefined, packet, done),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, this.#mayHear(client, subscription.topic) ? subscription : null),
      authorizeForward: (client, packet) => (this.#mayHear(client, packet.topic) ? packet : null),
    });
    // Registered, and CONNACK not sent yet: nothing that the appliance says can come before it.
    this.#aedes.on('client', (client: Client) => this.#ready(client));
    this.#aedes.on('clientDisconnect', (client: Client) => this.#sessions.gone(client));
    this.#aedes.on('subscribe', (subscriptions: readonly { topic: string }[], client: Client) =>
      this.#subscribed(client, subscriptions),
    );
  }

  async start(): Promise<void> {
    await this.#aedes.listen();
    await this.#watch.start();
    await this.#commands?.start();
    await this.#neighbours?.start();
    await this.#append('started', { broker: this.#id } satisfies BrokerBody);
    await this.tick();
    this.#stopTicking = this.#deps.clock.every(TICK_EVERY_MS, () => {
      // When the log is gone the process ends by itself; a tick is then nobody's news.
      this.tick().catch(() => {});
    });
    this.#looking = setInterval(() => void this.lookAtAll(), LOOK_AT_ALL_EVERY_MS).unref();
    this.#forgetting = setInterval(() => this.#conduct.forget(steadyNow()), FORGET_EVERY_MS).unref();
    this.#excusing = setInterval(() => this.#sessions.excuseWaiting(), EXCUSE_WAITING_EVERY_MS).unref();
    const { listen, maxPacketBytes: packetBytes, patienceMs = PATIENCE_MS } = this.#deps;
    this.#listeners = await openListeners(listen, { packetBytes, patienceMs }, (connection) => this.#open(connection));
  }

  get ports(): Listeners['ports'] {
    return this.#listeners!.ports;
  }

  get downlink(): Downlink {
    return {
      notify: (appliance, notice) => {
        if (notice.code === 'rejected-message') this.#discipline.rejected(appliance);
        this.#notices.notify(appliance, notice);
      },
    };
  }

  get counts(): BrokerCounts {
    return this.#discipline.counts;
  }

  disconnect(appliance: Id): void {
    const session = this.#sessions.online(appliance);
    if (session) this.#discipline.cut(session);
  }

  tick(): Promise<void> {
    return this.#append('tick');
  }

  async lookAtAll(): Promise<void> {
    await Promise.all([this.#watch.lookAtAll(), this.#commands?.look()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sessions.stop();
    this.#stopTicking?.();
    clearInterval(this.#excusing);
    clearInterval(this.#looking);
    clearInterval(this.#forgetting);
    this.#listeners?.stopListening();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await this.#listeners?.close();
    await this.#commands?.stop();
    await this.#neighbours?.stop();
    await this.#watch.stop();
  }

  #append(kind: 'started' | 'tick' | 'lost-broker', body?: object): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#deps.log.append(factRecord(kind, this.#deps.clock.now(), '', body), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  #say(kind: 'connected' | 'disconnected', id: Id, body: object): void {
    this.#deps.log.append(factRecord(kind, this.#deps.clock.now(), id, body), () => {});
  }

  #neighboursOver(peers: Peers): Neighbours {
    return new Neighbours({
      peers,
      sessions: this.#sessions,
      logger: this.#deps.logger,
      steadyNow,
      moved: (session) => {
        session.moved = true;
        session.client.close();
      },
      lost: (broker) => this.#append('lost-broker', { broker } satisfies BrokerBody),
      sayAgain: () => {
        for (const id of this.#sessions.appliances())
          this.#say('connected', id, { broker: this.#id } satisfies BrokerBody);
      },
    });
  }

  #ready(client: Client): void {
    this.#sessions.ready(client);
    const session = this.#sessions.of(client);
    if (session?.state === 'online' && session.principal.kind !== 'provisioning') this.#neighbours?.arrived(session);
  }

  #open(connection: Duplex): void {
    // Heard before Aedes hears of it and ends the session.
    connection.once('error', (error) => isTooLong(error) && this.#discipline.tooLarge(this.#sessions.of(client)));
    const guarded = guardFrames(
      connection,
      this.#guard(() => client),
    );
    const client: Client = this.#aedes.handle(guarded as never);
    connection.once('close', () => this.#sessions.gone(client));
  }

  #guard(clientOf: () => Client): Guard {
    const session = (): Session | undefined => this.#sessions.of(clientOf());
    const trusted = (): boolean => (session()?.principal.kind ?? 'provisioning') !== 'provisioning';
    return {
      limit: () => (trusted() ? this.#deps.maxPacketBytes : BEFORE_CONNECT_BYTES),
      // Behind CONNECT nothing is read before it is answered: who says it is not known until then.
      room: () => (isAnswered(clientOf()) ? this.#discipline.room(session()) : Number(!clientOf().connecting)),
      owed: (type) => type === PACKET.puback && acknowledged(clientOf()),
      others: (packets, bytes) => this.#discipline.others(session(), packets, bytes),
      tooLarge: () => this.#discipline.tooLarge(session()),
      broken: (reason) => this.#discipline.broken(session(), reason),
    };
  }

  #recognise(knock: Knock): Promise<Recognised> {
    const { access, logger } = this.#deps;
    return recognise(knock, {
      authenticate: (offer) => this.#watch.whileKnocking(offer.id, () => access.authenticate(offer)),
      refusedNow: (id) => this.#discipline.refusedNow(id),
      mayConnect: (principal) => this.#discipline.mayConnect(principal),
      full: (key) => this.#sessions.ofPrincipal(key).length >= UNITS_OF_ONE_KEY,
      away: (error) =>
        logger.error({ error: messageOf(error) }, 'cannot check credentials; appliances are asked to come back'),
    });
  }

  #mayHear(client: Client, topic: string): boolean {
    const session = this.#sessions.of(client);
    return session !== undefined && !session.revoked && maySubscribe(session.principal, client.id, topic);
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

  #subscribed(client: Client, subscriptions: readonly { topic: string }[]): void {
    const session = this.#sessions.of(client);
    const principal = session?.principal;
    if (!session || !principal || principal.kind === 'provisioning') return;
    this.#commands?.subscribed(
      session,
      subscriptions.map(({ topic }) => topic),
    );
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
