// Kills among processes of their own on real engines. Each process of the platform carries its own aim and is started anew
// when it died; the servers are killed in between. Nobody waits for anybody.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openInfluxReadings } from '#engines/influxdb';
import { openPostgres } from '#engines/postgres';
import { listQuarantine } from '#ingest';
import { type ClockSpec, openClock, type Sql } from '#runtime';
import { Child } from '../main/child.ts';
import { freePort } from '../servers/process.ts';
import { present, startInfluxd, startPostgres, startRedis } from '../servers/servers.ts';
import { type Account, accountOf, byReadings } from './account.ts';
import {
  type Appliance,
  healthyAppliance,
  type Registered,
  registerAppliances,
  registerTechnicians,
  type SickAppliance,
  sickAppliance,
} from './appliances.ts';
import type { Kill, Result } from './kill.ts';
import { type Mailbox, repeatsOf, startMailbox } from './mailbox.ts';
import { type Outcome, outcomesOf } from './outcome.ts';
import { aimFor, killServer, MEMBERS, type Member, SERVER_KINDS, type Servers } from './victims.ts';

/** Half an hour of an appliance's life in a minute. */
const RATE = 30;
const PEPPER = 'a pepper that every process of this run knows';
const SERVER_KILL_EVERY_MS = 15_000;
/** Servers are killed while there is something to lose. */
const ACCEPTED_BETWEEN = 500;
const SICK_EVERY_MS = 20_000;
const MENDED_AFTER_MS = 240_000;
const HANDED_OVER_PATIENCE_MS = 240_000;
const WELL_PATIENCE_MS = 600_000;
const KEPT_PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 500;
const ALL_SAID = 'select count(*)::int as n from app.outbox where done_at is null';
const HANDED_OVER = 'select count(distinct appliance)::int as n from app.service_case';
const IS_OVER = "select count(distinct appliance)::int as n from app.alert where state = 'resolved'";

export type ClusteredOptions = {
  kills: number;
  healthy: number;
  sick: number;
  until: 'handed-over' | 'well';
  longestMs: number;
  hearKill?: (kill: Kill, round: number) => void;
};

class ClusteredRun implements AsyncDisposable {
  readonly #options: ClusteredOptions;
  readonly #stack = new AsyncDisposableStack();
  readonly #clock: Extract<ClockSpec, { kind: 'scaled' }> = { kind: 'scaled', rate: RATE, from: Date.now() };
  readonly #kills: Kill[] = [];
  readonly #endedThemselves: string[] = [];
  readonly #healthy: Appliance[] = [];
  readonly #sick: SickAppliance[] = [];
  readonly #brokerPorts: number[] = [];
  readonly #running = new Set<Child>();
  #waitingSick: Registered[] = [];
  #folder!: string;
  #environment!: Record<string, string>;
  #servers!: Servers;
  #mailbox!: Mailbox;
  #sql!: Sql;
  #acknowledgedBefore = 0;
  /** No kill begins any more, and whoever is started is spared. */
  #spare = false;

  constructor(options: ClusteredOptions) {
    this.#options = options;
  }

  async run(): Promise<Result> {
    await this.#open();
    const keepers = MEMBERS.map((member, index) => this.#keep(member, index));
    for (const { publisher } of this.#healthy) publisher.start();
    await this.#killUntilEnough();
    this.#spare = true;
    for (const child of this.#running) child.process.kill('SIGKILL');
    await Promise.all(this.#healthy.map(({ publisher }) => publisher.stop()));
    const seen = await this.#followToTheEnd();
    this.#stopping = true;
    for (const child of this.#running) child.process.kill('SIGKILL');
    await Promise.all(keepers);
    const mails = repeatsOf(this.#mailbox);
    return { kills: this.#kills, endedThemselves: this.#endedThemselves, mails, ...seen };
  }

  #stopping = false;

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    for (const { publisher } of [...this.#healthy, ...this.#sick]) await publisher.stop();
    await this.#stack.disposeAsync();
  }

  async #open(): Promise<void> {
    const use = <Server extends AsyncDisposable>(server: Server | null): Server => this.#stack.use(present(server));
    const postgres = use(await startPostgres());
    const jobs = use(await startRedis());
    const log = use(await startRedis({ appendOnly: true }));
    const influx = use(await startInfluxd());
    this.#servers = { PostgreSQL: postgres, 'Redis of jobs': jobs, 'Redis of the log': log, InfluxDB: influx };
    this.#mailbox = this.#stack.use(await startMailbox());
    this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-killed-'));
    this.#stack.defer(() => fs.rmSync(this.#folder, { recursive: true, force: true }));
    this.#environment = {
      DATABASE_URL: postgres.url,
      REDIS_URL: jobs.url,
      LOG_REDIS_URL: log.url,
      LOG_PARTITIONS: '4',
      INFLUX_URL: influx.url,
      INFLUX_TOKEN: influx.token,
      INFLUX_ORG: influx.org,
      INFLUX_BUCKET: influx.bucket,
      SMTP_URL: this.#mailbox.url,
      SECRET_PEPPER: PEPPER,
      CLOCK_RATE: String(RATE),
      HTTP_PORT: '0',
      MQTT_WS_PORT: '0',
    };
    this.#sql = this.#stack.use(await openPostgres({ url: postgres.url })).sql;
    for (const { stage } of MEMBERS) this.#brokerPorts.push(stage === 'broker' ? await freePort() : 0);
    await this.#makeTables();
    await this.#register();
  }

  /** The first process makes the tables. */
  async #makeTables(): Promise<void> {
    const first = this.#child({ stage: 'alerts', hops: [] }, 0, {});
    await first.says('Ctrl-C stops.');
    await first.kill('SIGTERM');
  }

  async #register(): Promise<void> {
    const now = openClock(this.#clock).now();
    const common = { pepper: PEPPER, now };
    await registerTechnicians(this.#sql, now);
    const healthy = await registerAppliances(this.#sql, { ...common, count: this.#options.healthy, name: 'healthy' });
    this.#waitingSick = await registerAppliances(this.#sql, { ...common, count: this.#options.sick, name: 'sick' });
    const load = { ports: this.#ports, firstAt: Math.floor(now) - 3_600_000 };
    this.#healthy.push(...healthy.map((one) => healthyAppliance(one, load)));
  }

  get #ports(): number[] {
    return this.#brokerPorts.filter((port) => port > 0);
  }

  #child({ stage }: Member, index: number, more: Record<string, string>): Child {
    const folder = path.join(this.#folder, `${stage}-${index}`);
    fs.mkdirSync(folder, { recursive: true });
    // All of them live in the same time.
    fs.writeFileSync(path.join(folder, 'clock.json'), JSON.stringify({ from: this.#clock.from }));
    const args = ['--import', './test/failures/wrap-engines.ts', 'main/start.ts', '--data', folder];
    const own = { STAGES: stage, MQTT_PORT: String(this.#brokerPorts[index] ?? 0), OPS_PORT: '0' };
    return this.#stack.use(new Child(args, { ...this.#environment, ...own, ...more }));
  }

  /** As a supervisor would: whoever ends is started anew, with a new aim. */
  async #keep(member: Member, index: number): Promise<void> {
    while (!this.#stopping) {
      const wordFile = path.join(this.#folder, `killed-at-${index}`);
      fs.rmSync(wordFile, { force: true });
      const aim = this.#spare ? null : aimFor(member, wordFile);
      const child = this.#child(member, index, aim?.environment ?? {});
      this.#running.add(child);
      const over = new AbortController();
      if (aim) void this.#loseCalled(child, aim.patienceMs, over.signal);
      const { signal, code, out, err } = await child.ended;
      over.abort();
      this.#running.delete(child);
      if (member.stage === 'alerts') this.#mailbox.nextLife();
      if (this.#stopping) return;
      if (signal === 'SIGKILL') {
        if (!this.#spare)
          this.#count(member.stage, fs.existsSync(wordFile) ? fs.readFileSync(wordFile, 'utf8') : 'at random');
      } else this.#endedThemselves.push(`${member.stage} with code ${code}: ${`${out}${err}`.trim().slice(-300)}`);
    }
  }

  /** A step that is not reached, or none aimed at: it dies where it is. */
  async #loseCalled(child: Child, patienceMs: number, over: AbortSignal): Promise<void> {
    await child.says('Ctrl-C stops.').catch(() => {});
    await pause(patienceMs, undefined, { signal: over }).catch(() => {});
    if (!over.aborted && !this.#spare) child.process.kill('SIGKILL');
  }

  #accepted(): number {
    return [...this.#healthy, ...this.#sick].reduce((sum, { publisher }) => sum + publisher.acknowledged, 0);
  }

  #count(kind: string, hit: string): void {
    const all = [...this.#healthy, ...this.#sick].map(({ publisher }) => publisher);
    const acknowledged = this.#accepted();
    const inFlight = all.reduce((sum, publisher) => sum + publisher.inFlight, 0);
    this.#kills.push({ kind, hit, inFlight, acknowledged: acknowledged - this.#acknowledgedBefore });
    this.#acknowledgedBefore = acknowledged;
    this.#options.hearKill?.(this.#kills.at(-1)!, this.#kills.length);
  }

  async #killUntilEnough(): Promise<void> {
    const startedAt = performance.now();
    const { kills, longestMs } = this.#options;
    const fellSickAt: number[] = [];
    let acceptedBefore = 0;
    let serverKillAt = startedAt + SERVER_KILL_EVERY_MS;
    for (let turn = 0; this.#kills.length < kills && performance.now() - startedAt < longestMs; ) {
      const now = performance.now();
      if (now - (fellSickAt.at(-1) ?? Number.NEGATIVE_INFINITY) > SICK_EVERY_MS && this.#fallSick())
        fellSickAt.push(now);
      const well = fellSickAt.filter((at) => now - at > MENDED_AFTER_MS).length;
      if (this.#options.until === 'well') for (const appliance of this.#sick.slice(0, well)) appliance.mend();
      if (now > serverKillAt && this.#accepted() - acceptedBefore > ACCEPTED_BETWEEN) {
        acceptedBefore = this.#accepted();
        await this.#killServer(SERVER_KINDS[turn++ % SERVER_KINDS.length]!);
        serverKillAt = performance.now() + SERVER_KILL_EVERY_MS;
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  async #killServer(kind: (typeof SERVER_KINDS)[number]): Promise<void> {
    this.#mailbox.nextMark();
    await killServer(kind, this.#servers, this.#sql, () => this.#count(kind, 'at random'));
    this.#mailbox.nextMark();
  }

  #fallSick(): boolean {
    const registered = this.#waitingSick.pop();
    if (registered === undefined) return false;
    const appliance = sickAppliance(registered, { ports: this.#ports, clock: openClock(this.#clock), rate: RATE });
    this.#sick.push(appliance);
    appliance.publisher.start();
    return true;
  }

  async #followToTheEnd(): Promise<Pick<Result, 'outcomes' | 'quarantined' | 'account'>> {
    if (this.#options.kills === 0) while (this.#fallSick());
    const all = this.#sick.length;
    await this.#until(HANDED_OVER, (n) => n >= all, HANDED_OVER_PATIENCE_MS);
    if (this.#options.until === 'well') {
      for (const appliance of this.#sick) appliance.mend();
      await this.#until(IS_OVER, (n) => n >= all, WELL_PATIENCE_MS);
    }
    await Promise.all(this.#sick.map(({ publisher }) => publisher.stop()));
    await this.#until(ALL_SAID, (n) => n === 0, KEPT_PATIENCE_MS);
    const account = await this.#account();
    const quarantined = (await listQuarantine(this.#sql, { limit: 5 })).map(({ reason }) => reason);
    const outcomes = await outcomesOf(this.#sql);
    const nothing: Outcome = { findings: 0, alerts: 0, cases: 0, visits: 0, firstMessages: 0 };
    return { account, quarantined, outcomes: this.#sick.map(({ publisher }) => outcomes.get(publisher.id) ?? nothing) };
  }

  /** Or for so long: then what is missing shows in what is counted. */
  async #until(text: string, enough: (n: number) => boolean, patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      const [row] = await this.#sql.query<{ n: number }>(text);
      if (enough(row!.n)) return;
      await pause(LOOK_EVERY_MS);
    }
  }

  /** The last readings are still on their way into the store. */
  async #account(): Promise<Account> {
    const { INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG, INFLUX_BUCKET } = this.#environment;
    const refuse = async (): Promise<never> => {
      throw new Error('the test only reads');
    };
    const quiet = { info() {}, warn() {}, error() {} };
    const where = { url: INFLUX_URL!, token: INFLUX_TOKEN!, org: INFLUX_ORG!, bucket: INFLUX_BUCKET! };
    const checkpoint = { load: async () => 0, save: refuse };
    await using store = await openInfluxReadings({ ...where, checkpoint, refused: refuse, logger: quiet });
    const deadline = performance.now() + KEPT_PATIENCE_MS;
    for (;;) {
      const account = await accountOf(byReadings(store), [...this.#healthy, ...this.#sick]);
      if (account.lost === 0 || performance.now() > deadline) return account;
      await pause(LOOK_EVERY_MS);
    }
  }
}

/** Kills processes and servers until there were enough, then follows what is left to do to its end and counts. */
export async function runClustered(options: ClusteredOptions): Promise<Result> {
  await using run = new ClusteredRun(options);
  return await run.run();
}
