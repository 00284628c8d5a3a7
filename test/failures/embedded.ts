// Kills of the whole embedded platform: at random, while it starts, and at each step of each hop.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openDuckdbReadings } from '#engines/duckdb';
import { listQuarantine } from '#ingest';
import { type Platform, readSettings, startPlatform } from '#main';
import { type ClockSpec, manualClock, openClock } from '#runtime';
import { Child } from '../main/child.ts';
import { freeEnvironment } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { accountOf, bySeries } from './account.ts';
import type { Aim } from './aims.ts';
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
import { killAt } from './steps.ts';

/** An hour of an appliance's life in a minute. */
const RATE = 60;
/** A step that is not reached in this life is given up, and the kill falls where it may. */
const STEP_PATIENCE_MS = 15_000;
/** A sick appliance stays so for so many lives: by then service has been asked. */
const MENDED_AFTER_LIVES = 25;
const HANDED_OVER_PATIENCE_MS = 90_000;
const WELL_PATIENCE_MS = 300_000;
const LOOK_EVERY_MS = 500;
const HANDED_OVER = 'select count(distinct appliance)::int as n from app.service_case';
const IS_OVER = "select count(distinct appliance)::int as n from app.alert where state = 'resolved'";

export type RunOptions = {
  aims: readonly Aim[];
  healthy: number;
  sick: number;
  /** Stops following when the sick were handed over to service, or when they are well again. */
  until: 'handed-over' | 'well';
  /** After so long no kill begins any more. */
  longestMs: number;
  hearKill?: (kill: Kill, round: number) => void;
};

class Run implements AsyncDisposable {
  readonly #options: RunOptions;
  readonly #stack = new AsyncDisposableStack();
  readonly #clock: ClockSpec = { kind: 'scaled', rate: RATE, from: Date.now() };
  readonly #kills: Kill[] = [];
  readonly #healthy: Appliance[] = [];
  readonly #sick: SickAppliance[] = [];
  #waitingSick: Registered[] = [];
  #folder!: string;
  #environment!: Record<string, string>;
  #mailbox!: Mailbox;
  #heard: (() => void) | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  async run(): Promise<Result> {
    this.#folder = this.#stack.use(await databaseDir()).path;
    this.#mailbox = this.#stack.use(await startMailbox());
    this.#environment = await freeEnvironment({ SMTP_URL: this.#mailbox.url });
    await this.#register();
    for (const { publisher } of this.#healthy) publisher.start();
    if (this.#options.aims.length === 0) while (this.#waitingSick.length > 0) this.#fallSick();
    const startedAt = performance.now();
    for (const [index, aim] of this.#options.aims.entries()) {
      if (performance.now() - startedAt > this.#options.longestMs) break;
      await this.#killOnce(aim);
      this.#options.hearKill?.(this.#kills.at(-1)!, index + 1);
    }
    await Promise.all(this.#healthy.map(({ publisher }) => publisher.stop()));
    return this.#takeStock();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  get #ports(): number[] {
    return [Number(this.#environment.MQTT_PORT)];
  }

  #startHere(clock: ClockSpec): Promise<Platform> {
    const settings = readSettings({ environment: this.#environment, demo: false });
    return startPlatform({ settings, folder: this.#folder, clock, terminalToo: false });
  }

  async #register(): Promise<void> {
    await using platform = await this.#startHere(this.#clock);
    const { sql, pepper } = platform;
    const now = openClock(this.#clock).now();
    await registerTechnicians(sql, now);
    const healthy = await registerAppliances(sql, { count: this.#options.healthy, pepper, now, name: 'healthy' });
    this.#waitingSick = await registerAppliances(sql, { count: this.#options.sick, pepper, now, name: 'sick' });
    const told = (): void => this.#heard?.();
    // Its stamps go on by the millisecond, an hour ago: they never reach the present.
    const load = { ports: this.#ports, firstAt: Math.floor(now) - 3_600_000, told };
    this.#healthy.push(...healthy.map((one) => healthyAppliance(one, load)));
  }

  #fallSick(): void {
    const registered = this.#waitingSick.pop();
    if (registered === undefined) return;
    const appliance = sickAppliance(registered, { ports: this.#ports, clock: openClock(this.#clock), rate: RATE });
    this.#sick.push(appliance);
    appliance.publisher.start();
  }

  async #killOnce(aim: Aim): Promise<void> {
    const wordFile = path.join(this.#folder, 'killed-at');
    fs.rmSync(wordFile, { force: true });
    const step = aim.what === 'under load' || aim.what === 'while starting' ? null : aim.what;
    const before = this.#acknowledged();
    const child = this.#child(step ? killAt(step, aim.after, wordFile) : {});
    this.#fallSick();
    if (this.#options.until === 'well') this.#sick.at(-MENDED_AFTER_LIVES)?.mend();
    if (step) await Promise.race([child.ended, this.#upFor(child, STEP_PATIENCE_MS)]);
    else if (aim.what === 'while starting') await pause(aim.after);
    else await Promise.race([this.#acknowledgedMore(aim.after), child.ended]);
    child.process.kill('SIGKILL');
    const inFlight = this.#inFlight();
    const { signal, code, err } = await child.ended;
    if (signal !== 'SIGKILL') throw new Error(`the platform ended by itself with code ${code}:\n${err}`);
    this.#mailbox.nextLife();
    const hit = fs.existsSync(wordFile) ? fs.readFileSync(wordFile, 'utf8') : step ? 'at random' : aim.what;
    this.#kills.push({ kind: 'whole platform', hit, inFlight, acknowledged: this.#acknowledged() - before });
  }

  /** How long a start takes is the machine's affair. */
  async #upFor(child: Child, ms: number): Promise<void> {
    await child.says('up on').catch(() => {});
    await pause(ms);
  }

  #child(more: Record<string, string>): Child {
    const { kind: _, ...clock } = this.#clock as Extract<ClockSpec, { kind: 'scaled' }>;
    const program = ['--import', './test/failures/wrap-engines.ts', 'test/failures/killed-platform.ts'];
    const args = [...program, this.#folder, String(clock.rate), String(clock.from)];
    return this.#stack.use(new Child(args, { ...this.#environment, ...more }));
  }

  #acknowledgedMore(count: number): Promise<void> {
    let left = count;
    return new Promise((resolve) => {
      this.#heard = () => {
        if (--left > 0) return;
        this.#heard = undefined;
        resolve();
      };
    });
  }

  readonly #sum = (of: (appliance: Appliance) => number): number =>
    [...this.#healthy, ...this.#sick].reduce((sum, appliance) => sum + of(appliance), 0);
  readonly #acknowledged = (): number => this.#sum(({ publisher }) => publisher.acknowledged);
  readonly #inFlight = (): number => this.#sum(({ publisher }) => publisher.inFlight);

  async #takeStock(): Promise<Result> {
    const seen = await this.#followToTheEnd();
    await using store = await openDuckdbReadings({ file: path.join(this.#folder, 'readings.duckdb') });
    const account = await accountOf(bySeries(store), [...this.#healthy, ...this.#sick]);
    return { kills: this.#kills, endedThemselves: [], account, mails: repeatsOf(this.#mailbox), ...seen };
  }

  async #followToTheEnd(): Promise<Pick<Result, 'outcomes' | 'quarantined'>> {
    await this.#untilWell();
    // Time stands still now: there is an end to what is left to do.
    await using platform = await this.#startHere(manualClock(openClock(this.#clock).now()).spec);
    await platform.settle();
    const quarantined = (await listQuarantine(platform.sql, { limit: 5 })).map(({ reason }) => reason);
    const outcomes = await outcomesOf(platform.sql);
    const nothing: Outcome = { findings: 0, alerts: 0, cases: 0, visits: 0, firstMessages: 0 };
    return { quarantined, outcomes: this.#sick.map(({ publisher }) => outcomes.get(publisher.id) ?? nothing) };
  }

  async #untilWell(): Promise<void> {
    await using platform = await this.#startHere(this.#clock);
    await this.#everySick(platform, HANDED_OVER, HANDED_OVER_PATIENCE_MS);
    if (this.#options.until === 'well') {
      for (const appliance of this.#sick) appliance.mend();
      await this.#everySick(platform, IS_OVER, WELL_PATIENCE_MS);
    }
    await Promise.all(this.#sick.map(({ publisher }) => publisher.stop()));
  }

  /** Until `text` counts them all, or for so long: then what is missing shows in the outcomes. */
  async #everySick({ sql }: Platform, text: string, patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      const [row] = await sql.query<{ n: number }>(text);
      if (row!.n >= this.#sick.length) return;
      await pause(LOOK_EVERY_MS);
    }
  }
}

/** Kills the platform at each aim in turn, then follows it to the end and counts. */
export async function runEmbedded(options: RunOptions): Promise<Result> {
  await using run = new Run(options);
  return await run.run();
}
