// The threads of a process: which there are is decided by its stages. They are started together and stopped in reverse.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { DemoAccount } from '#api';
import { oneAtATime, PlatformError, SECOND } from '#runtime';
import type { Manifest } from './backup/manifest.ts';
import type { LogAccess } from './log-engine.ts';
import type { StageName } from './stages.ts';
import { startThread, type Thread, type ThreadName } from './thread.ts';
import type { BackupAsks } from './threads/backup-thread.ts';
import type { DatabasePorts } from './threads/database-ports.ts';
import { endEngineWork, newEngineWork } from './threads/engine-work.ts';
import type {
  BacktestData,
  BacktestOffers,
  BackupData,
  BackupOffers,
  DiagnosisData,
  DiagnosisOffers,
  MainOffers,
  PeopleData,
  PeopleOffers,
  ReadingsData,
  ReadingsOffers,
  ThreadData,
} from './threads/offers.ts';

export type StageThreadsDeps = {
  /** What every thread is given. */
  common: Omit<ThreadData, 'main' | 'database'>;
  log: LogAccess;
  database: DatabasePorts;
  web: { root: string | null; demo: { accounts: DemoAccount[] } | null };
  /** What the threads may ask of the main one. */
  offers: MainOffers;
  /** A thread died: half a platform would lie. */
  died: (why: string) => void;
};

/** Folders that do not exist yet; `said` is told of each step. */
export type BackupWish = { to: string; keysTo: string; said: (line: string) => void };

const LONGEST_PAUSE_MS = 25;
/** Longer than a batch or a chart takes. */
const ENGINE_PATIENCE_MS = 2 * SECOND;

/** `series`: ports that go to the thread with its data. */
type More = { series?: readonly MessagePort[]; offers?: object; died?: (why: string) => void };

/** Disposing ends them at once; `stop` comes before it, while the engines that they use are still there. */
export class StageThreads implements AsyncDisposable {
  readonly readings: Thread<ReadingsOffers> | null = null;
  readonly diagnosis: Thread<DiagnosisOffers> | null = null;
  readonly people: Thread<PeopleOffers> | null = null;
  readonly #backtest: Thread<BacktestOffers> | null = null;
  readonly #deps: StageThreadsDeps;
  readonly #stack = new AsyncDisposableStack();
  readonly #started = new AsyncDisposableStack();
  readonly #backups = oneAtATime();

  /** The threads load their code at once, and begin with `start`. */
  constructor(deps: StageThreadsDeps) {
    this.#deps = deps;
    const { log, web } = deps;
    const fromPeople = this.#askingForHistory('api');
    const fromDiagnosis = this.#askingForHistory('diagnosis');
    const fromBacktests = this.#askingForHistory('diagnosis');
    if (this.#runs('ingest')) {
      const engineWork = this.#endingWithTheProcess();
      const series = [fromPeople, fromDiagnosis, fromBacktests].flatMap((ports) => (ports ? [ports.readings] : []));
      const data: Omit<ReadingsData, 'main'> = { ...this.#data(), log, series, engineWork };
      this.readings = this.#thread<ReadingsOffers>('readings', data, { series });
    }
    if (this.#runs('diagnosis')) {
      const series = fromDiagnosis?.asking ?? null;
      const data: Omit<DiagnosisData, 'main'> = { ...this.#data(), log, series };
      this.diagnosis = this.#thread<DiagnosisOffers>('diagnosis', data, { series: series ? [series] : [] });
      const history = fromBacktests?.asking ?? null;
      const past: Omit<BacktestData, 'main'> = { ...this.#data(), series: history };
      this.#backtest = this.#thread<BacktestOffers>('backtest', past, { series: history ? [history] : [] });
    }
    if (this.#runs('alerts', 'field-service', 'api')) {
      const { PUBLIC_MQTT_HOST, HOST, MQTT_PORT } = deps.common.settings;
      const mqtt = { host: PUBLIC_MQTT_HOST ?? HOST, port: MQTT_PORT };
      const series = fromPeople?.asking ?? null;
      const data: Omit<PeopleData, 'main'> = { ...this.#data(), series, mqtt, webRoot: web.root, demo: web.demo };
      this.people = this.#thread<PeopleOffers>('people', data, { series: series ? [series] : [] });
    }
  }

  /** Where the API listens, where it runs. */
  async start(): Promise<{ url: string | null; setUpToken: string | null }> {
    const { readings, diagnosis, people } = this;
    const past = this.#backtest;
    for (const thread of [people, diagnosis, readings, past]) if (thread) this.#started.defer(() => thread.stop());
    const begun = [readings?.call.start(), diagnosis?.call.start(), past?.call.start()];
    const [door] = await Promise.all([people?.call.start(), ...begun]);
    return door ?? { url: null, setUpToken: null };
  }

  /** Lets each end its work. */
  stop(): Promise<void> {
    return this.#started.disposeAsync();
  }

  /** Resolves when the consumers of this process have taken what is in the log now. */
  async caughtUp(): Promise<void> {
    const all = async (): Promise<boolean> =>
      ((await this.readings?.call.caughtUp()) ?? true) && ((await this.diagnosis?.call.caughtUp()) ?? true);
    // Asking must not take the time that the consumers need.
    for (let pauseMs = 1; !(await all()); pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2))
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }

  /** In a thread of its own, so that nothing waits for it. */
  backup({ said, ...wish }: BackupWish): Promise<Manifest> {
    return this.#backups(async () => {
      const asks: BackupAsks = { said, copyReadings: (file) => this.readings!.call.copyTo(file) };
      const gone = Promise.withResolvers<never>();
      const died = (why: string): void =>
        gone.reject(new PlatformError('backup-failed', 'retry', `The backup was not made: ${why}.`));
      const data: Omit<BackupData, 'main'> = { ...this.#data(), log: this.#deps.log };
      const thread = this.#thread<BackupOffers>('backup', data, { offers: asks, died });
      try {
        return await Promise.race([thread.call.make(wish), gone.promise]);
      } finally {
        await thread.end();
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  #runs(...stages: StageName[]): boolean {
    return stages.some((stage) => this.#deps.common.settings.STAGES.includes(stage));
  }

  #data(): Omit<ThreadData, 'main'> {
    return { ...this.#deps.common, database: this.#deps.database.next() };
  }

  /** From a stage that asks for history to the readings of this process. */
  #askingForHistory(stage: StageName): { asking: MessagePort; readings: MessagePort } | null {
    if (!this.#runs('ingest') || !this.#runs(stage)) return null;
    const { port1, port2 } = new MessageChannel();
    return { asking: port1, readings: port2 };
  }

  /** However the process ends, as long as it says so. */
  #endingWithTheProcess(): SharedArrayBuffer {
    const work = newEngineWork();
    const end = (): void => endEngineWork(work, ENGINE_PATIENCE_MS);
    process.once('exit', end);
    this.#stack.defer(() => void process.off('exit', end));
    return work;
  }

  #thread<Offers extends { stop(): Promise<void> }>(
    name: Exclude<ThreadName, 'demo'>,
    data: Omit<ThreadData, 'main'>,
    { series = [], offers = this.#deps.offers, died = this.#deps.died }: More,
  ): Thread<Offers> {
    const { port1, port2 } = new MessageChannel();
    const database = data.database ? [data.database.sql, data.database.jobs] : [];
    const transfer = [...database, ...series];
    const thread = startThread<Offers>(name, { ...data, main: port2 }, { port: port1, transfer, offers, died });
    this.#stack.defer(() => thread.end());
    return thread;
  }
}
