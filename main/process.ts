// The composition root: which stages run in this process, in which thread, on which engines, started in order and stopped
// in reverse.
import type { DemoAccount } from '#api';
import { type Broker, sqlPeers, startBroker } from '#broker';
import { newId } from '#contracts';
import { shipRules } from '#diagnosis-rules';
import { startPgliteThread } from '#engines/postgres';
import { DoorCounts, type ReadingsStore } from '#ingest';
import { type ClockSpec, type Downlink, type Log, type Logger, migrate, openClock, type Sql } from '#runtime';
import type { Manifest } from './backup/manifest.ts';
import { refuseMoved } from './backup/moved.ts';
import { refuseHalfRestored } from './backup/restore.ts';
import { brokerAccess } from './broker-access.ts';
import { brokerCommands } from './broker-commands.ts';
import { brokerLimits } from './broker-limits.ts';
import { isShared, type Settings } from './config.ts';
import { countedLog, type Passed } from './counted-log.ts';
import { hearNotices, spreadNotices } from './downlink.ts';
import { exposureWarnings } from './exposure.ts';
import { freePort, listenOptions } from './listening.ts';
import { lockFolder } from './lock.ts';
import { type LogAccess, openLog } from './log-engine.ts';
import { openLogger } from './logger.ts';
import { openOpsDoor } from './ops/ops-door.ts';
import { type ProcessState, processFigures } from './ops/process-figures.ts';
import { ledgerState, readiness } from './ops/readiness.ts';
import { readPepper } from './secrets.ts';
import { type BackupWish, StageThreads } from './stage-threads.ts';
import type { StageName } from './stages.ts';
import { allTables } from './tables.ts';
import { DatabasePorts } from './threads/database-ports.ts';
import { openRegistry } from './threads/engines.ts';
import type { MainOffers, ThreadData } from './threads/offers.ts';
import { openTracing } from './threads/tracing.ts';
import { type Trimming, trimLog } from './trim-log.ts';

export type ProcessOptions = {
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

export type MqttAddress = { host: string; port: number; webSocketPort: number; tlsPort: number | null };

/** Null is what a process of other stages does not have. */
export type RunningProcess = AsyncDisposable & {
  /** Web page and API. */
  url: string | null;
  mqtt: MqttAddress | null;
  opsPort: number | null;
  /** Present while there is no administrator. */
  setUpToken: string | null;
  sql: Sql;
  pepper: string;
  /** Appends the heartbeat that carries time; on a manual clock nobody else does. */
  tick(): Promise<void>;
  /**
   * Resolves when every consumer of this process has taken what is in the log now, no sweep finds more to do, and what
   * nobody needs of the log is gone.
   */
  settle(): Promise<void>;
  /** Of the readings that this process keeps; it runs the stage `ingest`. */
  countReadings: ReadingsStore['count'];
  /** While everything goes on; one at a time. Throws a PlatformError with a hint when it cannot. */
  backup(wish: BackupWish): Promise<Manifest>;
};

function exitOnFatal(why: string): void {
  process.stderr.write(`Stethos must end: ${why}\n`);
  process.exit(70);
}

class Composition {
  readonly #options: ProcessOptions;
  readonly #settings: Settings;
  readonly #stack = new AsyncDisposableStack();
  readonly #clock: ClockSpec;
  readonly #logger: Logger;
  readonly #member: ThreadData['member'];
  readonly #pepper: string;
  readonly #fatal: (why: string) => void;
  #broker: Broker | undefined;
  #log: Log | undefined;
  #trimming: Trimming | undefined;
  #spread: Downlink | undefined;
  #sql: Sql | undefined;
  #ledger: DoorCounts | undefined;
  #threads: StageThreads | undefined;
  #passed: Passed = { messagesAccepted: 0, connections: 0 };
  #stopping = false;

  constructor(options: ProcessOptions, settings: Settings) {
    this.#options = options;
    this.#settings = settings;
    this.#clock = options.clock ?? { kind: 'system' };
    this.#member = isShared(settings) ? { id: newId(), alone: false } : { id: 'alone', alone: true };
    this.#logger = openLogger({ folder: options.folder, thread: 'main', terminalToo: options.terminalToo ?? true });
    this.#pepper = readPepper(options.folder, settings.SECRET_PEPPER);
    this.#fatal = (why) => {
      if (this.#stopping) return;
      this.#logger.error({ why }, 'the platform must end');
      (options.onFatal ?? exitOnFatal)(why);
    };
  }

  async start(): Promise<RunningProcess> {
    try {
      return await this.#start();
    } catch (error) {
      await this.#stop();
      throw error;
    }
  }

  async #start(): Promise<RunningProcess> {
    const settings = this.#settings;
    for (const warning of exposureWarnings(settings)) this.#logger.warn({}, warning);
    const { log, access } = await openLog(settings, {
      folder: this.#options.folder,
      logger: this.#logger,
      onFatal: this.#fatal,
    });
    this.#log = this.#stack.use(log);
    const ports = new DatabasePorts(settings.DATABASE_URL === undefined);
    // The threads load their code while the database opens and the tables are brought up to date.
    const threads = this.#stack.use(this.#newThreads(access, ports));
    this.#threads = threads;
    const own = ports.next();
    if (ports.embedded) ports.attach(this.#stack.use(await startPgliteThread({ dir: this.#options.folder })));
    const { sql } = await openRegistry({ settings, database: own }, this.#stack);
    this.#sql = sql;
    await refuseHalfRestored(sql);
    await migrate(sql, allTables);
    await shipRules({ sql, logger: this.#logger }, openClock(this.#clock).now());
    if (!this.#member.alone) this.#spread = spreadNotices(sql, this.#logger);
    this.#stack.defer(() => threads.stop());
    const { url, setUpToken } = await threads.start();
    const mqtt = this.#runs('broker') ? await this.#openBroker(log, sql) : null;
    const opsPort = await this.#openOps();
    return {
      url,
      mqtt,
      opsPort,
      setUpToken,
      sql,
      pepper: this.#pepper,
      tick: async () => this.#broker?.tick(),
      settle: () => this.#settle(),
      countReadings: (query) => threads.readings!.call.count(query),
      backup: (wish) => threads.backup(wish),
      [Symbol.asyncDispose]: () => this.#stop(),
    };
  }

  #runs(...stages: StageName[]): boolean {
    return stages.some((stage) => this.#settings.STAGES.includes(stage));
  }

  #newThreads(log: LogAccess, database: DatabasePorts): StageThreads {
    const { folder, terminalToo = true, webRoot = null, demo = null } = this.#options;
    return new StageThreads({
      common: {
        settings: this.#settings,
        folder,
        clock: this.#clock,
        terminalToo,
        pepper: this.#pepper,
        member: this.#member,
      },
      log,
      database,
      web: { root: webRoot, demo },
      offers: this.#offers,
      died: this.#fatal,
    });
  }

  readonly #offers: MainOffers = {
    append: (record) =>
      new Promise((resolve, reject) => this.#log!.append(record, (error) => (error ? reject(error) : resolve()))),
    notify: (appliance, notice) => (this.#spread ?? this.#broker?.downlink)?.notify(appliance, notice),
    ready: () => this.#ready(),
    figures: () => this.#figures(),
    rollLog: () => {
      this.#log!.roll();
      void this.#trimming?.trim();
    },
  };

  async #openBroker(log: Log, sql: Sql): Promise<MqttAddress> {
    const { HOST, MAX_PACKET_BYTES, PUBLIC_MQTT_HOST } = this.#settings;
    const clock = openClock(this.#clock);
    const ledger = await DoorCounts.open({ sql, clock, logger: this.#logger, broker: this.#member.id });
    this.#ledger = ledger;
    const counted = countedLog(log, this.#stack.use(ledger));
    this.#passed = counted.passed;
    this.#trimming = this.#stack.use(trimLog({ log, sql, logger: this.#logger }));
    const tracer = await openTracing(
      { settings: this.#settings, clock: this.#clock },
      'main',
      this.#logger,
      this.#stack,
    );
    const broker = this.#stack.use(
      await startBroker({
        log: counted,
        brokerId: this.#member.id,
        access: brokerAccess(sql, { pepper: this.#pepper, clock }),
        commands: brokerCommands(sql, { broker: this.#member.id, clock }),
        ...(this.#member.alone ? {} : { peers: sqlPeers(sql, { id: this.#member.id }) }),
        limits: brokerLimits(this.#settings),
        clock,
        logger: this.#logger,
        tracer,
        listen: listenOptions(this.#settings),
        ...(PUBLIC_MQTT_HOST === undefined ? {} : { publicHost: PUBLIC_MQTT_HOST }),
        maxPacketBytes: MAX_PACKET_BYTES,
      }),
    );
    this.#broker = broker;
    if (this.#spread) this.#stack.defer(await hearNotices(sql, broker.downlink));
    const { mqtt: port, webSocket: webSocketPort, tls: tlsPort } = broker.ports;
    return { host: PUBLIC_MQTT_HOST ?? HOST, port, webSocketPort, tlsPort };
  }

  async #openOps(): Promise<number | null> {
    const { HOST, OPS_PORT } = this.#settings;
    if (OPS_PORT === undefined) return null;
    const figures = async (): Promise<string> =>
      [await this.#figures(), (await this.#threads?.people?.call.figures()) ?? ''].join('\n');
    const door = await openOpsDoor({
      host: HOST,
      port: OPS_PORT,
      ready: () => this.#ready(),
      figures,
      logger: this.#logger,
    });
    return this.#stack.use(door).port;
  }

  /** The parts of this process, each asked itself. */
  #ready(): Promise<Record<string, string>> {
    const { readings, people } = this.#threads!;
    return readiness({
      database: async () => {
        await this.#sql!.query('select 1');
        return null;
      },
      ...(people && {
        jobs: async () =>
          (await people.call.state()).queueAway
            ? 'the queue does not answer; work is found by the periodic sweeps'
            : null,
      }),
      ...(this.#runs('broker') && {
        log: () => this.#log!.blocked,
        broker: () => (this.#broker === undefined ? 'not listening yet' : null),
      }),
      ...(readings && { readings: async () => (await readings.call.state()).waiting }),
      ...(this.#runs('api') && { ledger: () => ledgerState(this.#sql!) }),
    });
  }

  readonly #figures = processFigures(async (): Promise<ProcessState> => {
    const { readings, diagnosis, people } = this.#threads!;
    return {
      broker: this.#broker ? { ...this.#passed, turnedAway: this.#broker.counts, blocked: this.#log!.blocked } : null,
      readings: (await readings?.call.state()) ?? null,
      diagnosis: (await diagnosis?.call.state()) ?? null,
      people: (await people?.call.state()) ?? null,
    };
  });

  async #settle(): Promise<void> {
    const threads = this.#threads!;
    await threads.caughtUp();
    await threads.readings?.call.flush();
    await this.#ledger?.write();
    await threads.people?.call.sweepAll();
    await this.#trimming?.trim();
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    await this.#stack.disposeAsync();
  }
}

/**
 * Starts the stages of this process on a data folder. Throws a PlatformError with a hint when it cannot; nothing stays
 * behind then. Disposing stops them in reverse order; what was acknowledged is kept.
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const lock = lockFolder(options.folder);
  try {
    refuseMoved(options.folder);
    const { HOST, HTTP_PORT, MQTT_PORT } = options.settings;
    const settings = {
      ...options.settings,
      HTTP_PORT: HTTP_PORT === 0 ? await freePort(HOST) : HTTP_PORT,
      MQTT_PORT: MQTT_PORT === 0 ? await freePort(HOST) : MQTT_PORT,
    };
    const running = await new Composition(options, settings).start();
    return {
      ...running,
      async [Symbol.asyncDispose]() {
        await running[Symbol.asyncDispose]();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
