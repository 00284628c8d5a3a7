// The composition root: which rooms run in which thread, on which engines, started in order and stopped in reverse.
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { alertsTables } from '#alerts';
import { apiTables, type DemoAccount } from '#api';
import { type Broker, type ListenOptions, startBroker } from '#broker';
import { diagnosisTables } from '#diagnosis-rules';
import { startPgliteThread } from '#engines/postgres';
import { openSegmentLogWriter, type SegmentLogWriter } from '#engines/segment-log';
import { fieldServiceTables } from '#field-service';
import { ingestTables } from '#ingest';
import { registryTables } from '#registry';
import { type ClockSpec, checkpointTables, type Logger, migrate, openClock, SECOND, type Sql } from '#runtime';
import { brokerAccess } from './broker-access.ts';
import type { Settings } from './config.ts';
import { countedLog, type Passed } from './counted-log.ts';
import { exposureWarnings, plainMqttHost } from './exposure.ts';
import { lockFolder } from './lock.ts';
import { openLogger } from './logger.ts';
import { readPepper } from './secrets.ts';
import { startThread, type Thread } from './thread.ts';
import { DatabasePorts } from './threads/database-ports.ts';
import { endEngineWork, newEngineWork } from './threads/engine-work.ts';
import { openRegistry } from './threads/engines.ts';
import type {
  DiagnosisData,
  DiagnosisOffers,
  MainOffers,
  PeopleData,
  PeopleOffers,
  PlatformState,
  ReadingsData,
  ReadingsOffers,
  ThreadData,
} from './threads/offers.ts';
import { openTracing } from './threads/tracing.ts';

export type PlatformOptions = {
  settings: Settings;
  /** The data folder. */
  folder: string;
  clock?: ClockSpec;
  webRoot?: string | null;
  demo?: { accounts: DemoAccount[] } | null;
  terminalToo?: boolean;
  /** Called when nothing can be believed any more; the process must end. */
  onFatal?: (why: string) => void;
};

export type Platform = AsyncDisposable & {
  /** Web page and API. */
  url: string;
  mqtt: { host: string; port: number; webSocketPort: number; tlsPort: number | null };
  /** Present while there is no administrator. */
  setUpToken: string | null;
  sql: Sql;
  pepper: string;
  /** Appends the heartbeat that carries time; on a manual clock nobody else does. */
  tick(): Promise<void>;
  /** Resolves when every consumer has taken what is in the log now, and no sweep finds more to do. */
  settle(): Promise<void>;
};

const MEBIBYTE = 1024 * 1024;
const LONGEST_PAUSE_MS = 25;
/** Longer than a batch or a chart takes. */
const ENGINE_PATIENCE_MS = 2 * SECOND;

export const allTables = [
  checkpointTables,
  ...registryTables,
  ...ingestTables,
  ...diagnosisTables,
  ...alertsTables,
  ...fieldServiceTables,
  ...apiTables,
];

function exitOnFatal(why: string): void {
  process.stderr.write(`Stethos must end: ${why}\n`);
  process.exit(70);
}

async function freePort(host: string): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function readTls(settings: Settings): ListenOptions['tls'] {
  const { TLS_CERT_FILE, TLS_KEY_FILE, MQTT_CLIENT_CA_FILE, MQTT_TLS_PORT } = settings;
  if (!TLS_CERT_FILE || !TLS_KEY_FILE) return null;
  return {
    port: MQTT_TLS_PORT,
    certificate: fs.readFileSync(TLS_CERT_FILE, 'utf8'),
    key: fs.readFileSync(TLS_KEY_FILE, 'utf8'),
    ...(MQTT_CLIENT_CA_FILE ? { clientIssuers: fs.readFileSync(MQTT_CLIENT_CA_FILE, 'utf8') } : {}),
  };
}

/** The log is kept until every consumer has passed. */
function trimmer(log: SegmentLogWriter): MainOffers['passed'] {
  const passed = { readings: 0, diagnosis: 0 };
  return (consumer, position) => {
    passed[consumer] = position;
    void log.trim(0, Math.min(passed.readings, passed.diagnosis));
  };
}

class Composition {
  readonly #options: PlatformOptions;
  readonly #stack = new AsyncDisposableStack();
  readonly #clock: ClockSpec;
  readonly #logger: Logger;
  readonly #settings: Settings;
  readonly #fatal: (why: string) => void;
  #broker: Broker | undefined;
  #passed: Passed = { messagesAccepted: 0, connections: 0 };
  #stopping = false;

  constructor(options: PlatformOptions, settings: Settings) {
    this.#options = options;
    this.#settings = settings;
    this.#clock = options.clock ?? { kind: 'system' };
    this.#logger = openLogger({ folder: options.folder, thread: 'main', terminalToo: options.terminalToo ?? true });
    this.#fatal = (why) => {
      if (this.#stopping) return;
      this.#logger.error({ why }, 'the platform must end');
      (options.onFatal ?? exitOnFatal)(why);
    };
  }

  async start(): Promise<Platform> {
    try {
      return await this.#start();
    } catch (error) {
      await this.#stop();
      throw error;
    }
  }

  async #start(): Promise<Platform> {
    const settings = this.#settings;
    for (const warning of exposureWarnings(settings)) this.#logger.warn({}, warning);
    const pepper = readPepper(this.#options.folder, settings.SECRET_PEPPER);
    const log = this.#openLog();
    const mqtt = { host: settings.PUBLIC_MQTT_HOST ?? settings.HOST, port: settings.MQTT_PORT };
    const ports = new DatabasePorts(settings.DATABASE_URL === undefined);
    // The threads load their code while the database opens and the tables are brought up to date.
    const threads = this.#startThreads(log, ports, pepper, mqtt);
    const own = ports.next();
    if (ports.embedded) ports.attach(this.#stack.use(await startPgliteThread({ dir: this.#options.folder })));
    const { sql } = await openRegistry({ settings, database: own }, this.#stack);
    await migrate(sql, allTables);
    for (const thread of [threads.people, threads.diagnosis, threads.readings]) this.#stack.defer(() => thread.stop());
    const [, , { url, setUpToken }] = await Promise.all([
      threads.readings.call.start(),
      threads.diagnosis.call.start(),
      threads.people.call.start(),
    ]);
    this.#broker = await this.#openBroker(log, sql, pepper);
    const { ports: open } = this.#broker;
    return {
      url,
      mqtt: { host: mqtt.host, port: open.mqtt, webSocketPort: open.webSocket, tlsPort: open.tls },
      setUpToken,
      sql,
      pepper,
      tick: () => this.#broker!.tick(),
      settle: () => settle(log, threads),
      [Symbol.asyncDispose]: () => this.#stop(),
    };
  }

  #startThreads(
    log: SegmentLogWriter,
    ports: DatabasePorts,
    pepper: string,
    mqtt: { host: string; port: number },
  ): Threads {
    const threads: { all?: Threads } = {};
    const offers: MainOffers = {
      append: (record) =>
        new Promise((resolve, reject) => log.append(record, (error) => (error ? reject(error) : resolve()))),
      notify: (appliance, notice) => this.#broker?.downlink.notify(appliance, notice),
      passed: trimmer(log),
      rollLog: () => log.roll(),
      state: () => this.#state(log, threads.all!),
    };
    const common = (): Omit<ThreadData, 'main'> => ({
      settings: this.#settings,
      folder: this.#options.folder,
      clock: this.#clock,
      terminalToo: this.#options.terminalToo ?? true,
      pepper,
      database: ports.next(),
    });
    const access = { folder: path.join(this.#options.folder, 'log'), shared: log.shared };
    const { port1, port2 } = new MessageChannel();
    const { webRoot = null, demo = null } = this.#options;
    const engineWork = this.#endingWithTheProcess();
    const readings: Omit<ReadingsData, 'main'> = { ...common(), log: access, series: port1, engineWork };
    const people: Omit<PeopleData, 'main'> = { ...common(), series: port2, mqtt, webRoot, demo };
    const diagnosis: Omit<DiagnosisData, 'main'> = { ...common(), log: access };
    threads.all = {
      readings: this.#thread<ReadingsOffers>('readings', readings, [port1], offers),
      diagnosis: this.#thread<DiagnosisOffers>('diagnosis', diagnosis, [], offers),
      people: this.#thread<PeopleOffers>('people', people, [port2], offers),
    };
    return threads.all;
  }

  /** However the process ends, as long as it says so. */
  #endingWithTheProcess(): SharedArrayBuffer {
    const work = newEngineWork();
    const end = (): void => endEngineWork(work, ENGINE_PATIENCE_MS);
    process.once('exit', end);
    this.#stack.defer(() => void process.off('exit', end));
    return work;
  }

  async #state(log: SegmentLogWriter, { readings, diagnosis }: Threads): Promise<PlatformState> {
    return {
      ...this.#passed,
      log: { end: Number(new BigInt64Array(log.shared)[0]), blocked: log.blocked },
      broker: this.#broker === undefined ? 'not listening yet' : null,
      readings: await readings.call.state(),
      diagnosis: await diagnosis.call.position(),
    };
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    await this.#stack.disposeAsync();
  }

  #openLog(): SegmentLogWriter {
    const log = openSegmentLogWriter({
      folder: path.join(this.#options.folder, 'log'),
      logger: this.#logger,
      maxBytes: this.#settings.LOG_MAX_MIB * MEBIBYTE,
      onFatal: (error) => this.#fatal(`the log cannot be flushed to disk: ${error.message}`),
    });
    this.#stack.defer(() => log.close());
    return log;
  }

  async #openBroker(log: SegmentLogWriter, sql: Sql, pepper: string): Promise<Broker> {
    const { HOST, MQTT_PORT, MQTT_WS_PORT, MAX_PACKET_BYTES, PUBLIC_MQTT_HOST } = this.#settings;
    const clock = openClock(this.#clock);
    const counted = countedLog(log);
    this.#passed = counted.passed;
    const tracer = await openTracing(
      { settings: this.#settings, clock: this.#clock },
      'main',
      this.#logger,
      this.#stack,
    );
    return this.#stack.use(
      await startBroker({
        log: counted,
        brokerId: 'embedded',
        access: brokerAccess(sql, { pepper, clock }),
        clock,
        logger: this.#logger,
        tracer,
        listen: {
          host: HOST,
          plainHost: plainMqttHost(this.#settings),
          mqttPort: MQTT_PORT,
          webSocketPort: MQTT_WS_PORT,
          tls: readTls(this.#settings),
        },
        ...(PUBLIC_MQTT_HOST === undefined ? {} : { publicHost: PUBLIC_MQTT_HOST }),
        maxPacketBytes: MAX_PACKET_BYTES,
      }),
    );
  }

  #thread<Offers extends { stop(): Promise<void> }>(
    name: 'readings' | 'diagnosis' | 'people',
    data: Omit<ThreadData, 'main'>,
    ports: MessagePort[],
    offers: MainOffers,
  ): Thread<Offers> {
    const { port1, port2 } = new MessageChannel();
    const thread = startThread<Offers>(
      name,
      { ...data, main: port2 },
      {
        port: port1,
        transfer: [...ports, ...(data.database ? [data.database.sql, data.database.jobs] : [])],
        offers,
        died: (why) => this.#fatal(why),
      },
    );
    this.#stack.defer(() => thread.end());
    return thread;
  }
}

type Threads = { readings: Thread<ReadingsOffers>; diagnosis: Thread<DiagnosisOffers>; people: Thread<PeopleOffers> };

async function settle(log: SegmentLogWriter, { readings, diagnosis, people }: Threads): Promise<void> {
  const end = Number(new BigInt64Array(log.shared)[0]);
  // Asking must not take the time that the consumers need.
  for (let pauseMs = 1; (await readings.call.position()) < end || (await diagnosis.call.position()) < end; ) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
  await readings.call.flush();
  await people.call.sweepAll();
}

/**
 * Starts the platform on a data folder. Throws a PlatformError with a hint when it cannot; nothing stays behind then.
 * Disposing stops it in reverse order; what was acknowledged is kept.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const lock = lockFolder(options.folder);
  try {
    const { HOST, HTTP_PORT, MQTT_PORT } = options.settings;
    const settings = {
      ...options.settings,
      HTTP_PORT: HTTP_PORT === 0 ? await freePort(HOST) : HTTP_PORT,
      MQTT_PORT: MQTT_PORT === 0 ? await freePort(HOST) : MQTT_PORT,
    };
    const platform = await new Composition(options, settings).start();
    return {
      ...platform,
      async [Symbol.asyncDispose]() {
        await platform[Symbol.asyncDispose]();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
