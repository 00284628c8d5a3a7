// The fold: log records in, changes of findings out. No I/O, and time only from the records, so a replay says what live said.
import {
  AnswerBody,
  type ApplianceKind,
  BrokerBody,
  CohortBody,
  CommandResultBody,
  type DecodedMessage,
  DisconnectedBody,
  type Finding,
  type FindingChange,
  type Id,
  type LogRecord,
  type Moment,
  PresenceBody,
  ReportBody,
  RulesBody,
} from '#contracts';
import { MINUTE } from '#runtime';
import { noteClock, noteLine, noteReport, noteRest } from './around.ts';
import { arrive, isOvertaken, isRepeated, NOTHING_LOST, noteLag, noteTime, overdue } from './arrival.ts';
import { type Catalogue, parseRule } from './catalogue.ts';
import { type Given, givenByTest } from './causes.ts';
import { freshState, remembered, type State, stateBytes } from './evaluator-state.ts';
import { noteLoss } from './losses.ts';
import { type Clocks, close, judge, live, type Patient, tell } from './patient.ts';
import { noteRestart } from './power-cut.ts';
import { takenOver } from './problem.ts';
import { rememberLate, type Surroundings } from './remember.ts';
import { type Published, type Role, RuleSet, samePublished } from './rule-set.ts';
import { type LateReadings, runAgain, settlePast } from './second-look.ts';
import { NEWEST, type NeutralCode, speaksOfUs } from './signals.ts';
import { orphans, takeOver } from './take-over.ts';
import { testResultOf } from './test-results.ts';
import { type Cohort, levelsOf } from './usual.ts';
import { carriedOn, clocksOf, noteRejected, type Watched, waitsForTime, watch } from './watched.ts';

/** The same function that feeds the readings store; rejected messages give null. */
export type ToReadings = (record: LogRecord, position: number) => DecodedMessage | null;

export type EvaluatorOptions = {
  /** Judged from the first record on, until a record publishes others; `trials`: silently. A snapshot knows its own. */
  catalogue: Catalogue;
  trials?: Catalogue | undefined;
  toReadings: ToReadings;
  /** What makers' fault codes mean; without it they say nothing. */
  neutralCode?: NeutralCode | undefined;
  /** What is usual for models, until a record says so. A snapshot knows its own. */
  cohorts?: ReadonlyMap<string, Cohort> | undefined;
  /** One that `snapshotFits`. */
  snapshot?: Buffer | undefined;
};

export type Evaluator = {
  /** Takes the record at `position` of the log; returns what changed. */
  take(record: LogRecord, position: number): FindingChange[];
  /** Takes a message that is decoded already. */
  hear(message: DecodedMessage): FindingChange[];
  /** Platform time passes to `at`, epoch ms. */
  pass(at: number): FindingChange[];
  /** Appliances whose readings came later than they could be judged, or whose rules are new, and the stamp of the oldest to look at; each is told once. */
  takeLate(): readonly LateReadings[];
  /** Appliances that were met for the first time; each is told once. */
  takeMet(): readonly Id[];
  /** Until when the appliance was judged, by its clock; null for one that was never heard. */
  judgedTo(appliance: Id): { kind: ApplianceKind; at: number } | null;
  /**
   * Judges again what lies behind `since`. `moments`: all readings of the appliance up to `judgedTo`, oldest first, from
   * `historyFrom` on; `known`: findings that were recorded of that span, and what is open.
   */
  lookAgain(look: {
    appliance: Id;
    since: number;
    moments: readonly Moment[];
    known: readonly Finding[];
  }): FindingChange[];
  /** The appliance as it is judged now, for explaining; null for one that was never heard. */
  patient(appliance: Id): { patient: Patient; clocks: Clocks; rules: RuleSet } | null;
  /** What each appliance has learned to be usual for itself, by model. */
  levels(): { appliance: Id; model: string; levels: Record<string, number> }[];
  /** Everything remembered, as bytes for `createEvaluator`. */
  snapshot(): Buffer;
};

/** Ticks come every 10 s. A longer gap than this means that the platform was down, not that appliances were silent. */
const DOWN_GAP_MS = 2 * MINUTE;
const LOOK_EVERY_MS = 1 * MINUTE;

const NONE: readonly never[] = [];
const ROLES: readonly Role[] = ['live', 'trial'];

const bodyOf = (record: LogRecord): unknown => JSON.parse(Buffer.from(record.body).toString('utf8'));

class Fold implements Evaluator {
  readonly #toReadings: ToReadings;
  readonly #neutralCode: NeutralCode;
  readonly #rules: RuleSet;
  readonly #state: State;
  readonly #late = new Map<Id, number>();
  #met: Id[] = [];

  constructor({ catalogue, trials = [], toReadings, neutralCode, cohorts, snapshot }: EvaluatorOptions) {
    this.#toReadings = toReadings;
    this.#neutralCode = neutralCode ?? (() => null);
    this.#state = snapshot ? remembered(snapshot) : freshState(cohorts);
    const given = new Map<string, Published>();
    for (const rule of catalogue) given.set(rule.id, { live: rule, trial: null });
    for (const rule of trials) given.set(rule.id, { live: given.get(rule.id)?.live ?? null, trial: rule });
    this.#rules = new RuleSet(snapshot ? this.#state.rules : given);
  }

  snapshot(): Buffer {
    return stateBytes({ ...this.#state, rules: this.#rules.all() });
  }

  take(record: LogRecord, position: number): FindingChange[] {
    const changes = this.#changes(record, position);
    return changes.map((change) => ({ ...change, finding: { ...change.finding, heardAt: record.at } }));
  }

  #changes(record: LogRecord, position: number): FindingChange[] {
    switch (record.kind) {
      case 'message': {
        const message = this.#toReadings(record, position);
        return message ? this.hear(message) : this.#heardNothingOfUse(record.appliance);
      }
      case 'answer':
        return this.#answer(record);
      case 'command-result':
        return this.#testResult(record);
      case 'tick':
        return this.pass(record.at);
      case 'started':
        this.#state.tickAt = Math.max(this.#state.tickAt, record.at);
        return this.#brokerGone(record);
      case 'replayed':
        return this.#replayed(record, position);
      case 'rules':
        return this.#publish(RulesBody.parse(bodyOf(record)));
      case 'cohort': {
        const { model, usual } = CohortBody.parse(bodyOf(record));
        this.#state.cohorts.set(model, usual);
        return [];
      }
      case 'report':
        return this.#report(record);
      case 'presence':
        return this.#of(record, ({ memory }) => noteRest(memory, PresenceBody.parse(bodyOf(record)).restsUntil));
      case 'connected':
        this.#state.lines.set(record.appliance, BrokerBody.parse(bodyOf(record)).broker);
        return this.#of(record, ({ memory }) => noteLine(memory, 'connected', record.at));
      case 'disconnected':
        return this.#disconnected(record);
      case 'lost-broker':
        return this.#brokerGone(record);
    }
  }

  #disconnected(record: LogRecord): FindingChange[] {
    const { broker, cause } = DisconnectedBody.parse(bodyOf(record));
    // It may have come to another broker before the one that it left said so.
    if ((this.#state.lines.get(record.appliance) ?? broker) !== broker) return [];
    this.#state.lines.delete(record.appliance);
    return this.#of(record, ({ memory }) => noteLine(memory, cause, record.at));
  }

  /** It came up, or is gone: whoever was connected there is not, and that was our doing. */
  #brokerGone(record: LogRecord): FindingChange[] {
    const { lines, appliances } = this.#state;
    const { broker } = BrokerBody.parse(bodyOf(record));
    for (const [id, at] of lines) {
      if (at !== broker) continue;
      lines.delete(id);
      const appliance = appliances.get(id);
      if (appliance) noteLine(appliance.memory, 'our-side', record.at);
    }
    return [];
  }

  #of(record: LogRecord, note: (appliance: Watched) => void): FindingChange[] {
    const appliance = this.#state.appliances.get(record.appliance);
    if (appliance) note(appliance);
    return [];
  }

  #heardNothingOfUse(id: Id): FindingChange[] {
    const known = this.#state.appliances.get(id);
    if (!known) return [];
    known.heardUpMs = this.#state.upMs;
    return this.#tell(known);
  }

  hear(message: DecodedMessage): FindingChange[] {
    const appliance = this.#state.appliances.get(message.appliance) ?? this.#meet(message);
    if (!appliance) return [];
    appliance.heardUpMs = this.#state.upMs;
    const changes = this.#judgeMessages(appliance, arrive(appliance.arrival, message));
    noteRejected(appliance, message);
    const newest = message.moments.at(-1);
    if (newest && !isOvertaken(appliance.arrival, message))
      noteClock(appliance.memory, message.receivedAt - newest.at, message.receivedAt);
    return [...changes, ...this.#tell(appliance)];
  }

  /** What was rejected once is no news of the present, whatever its stamps. */
  #replayed(record: LogRecord, position: number): FindingChange[] {
    const first = this.#toReadings(record, position)?.moments[0];
    if (first && this.#state.appliances.has(record.appliance)) this.#cameLate(record.appliance, first.at);
    return [];
  }

  #cameLate(appliance: Id, at: number): void {
    this.#late.set(appliance, Math.min(at, this.#late.get(appliance) ?? at));
  }

  takeLate(): readonly LateReadings[] {
    if (this.#late.size === 0) return NONE;
    const late = [...this.#late].map(([appliance, from]) => ({ appliance, from }));
    this.#late.clear();
    return late;
  }

  takeMet(): readonly Id[] {
    if (this.#met.length === 0) return NONE;
    const met = this.#met;
    this.#met = [];
    return met;
  }

  judgedTo(id: Id): { kind: ApplianceKind; at: number } | null {
    const appliance = this.#state.appliances.get(id);
    return appliance ? { kind: appliance.kind, at: appliance.memory.exact[NEWEST]! } : null;
  }

  patient(id: Id): { patient: Patient; clocks: Clocks; rules: RuleSet } | null {
    const patient = this.#state.appliances.get(id);
    return patient ? { patient, clocks: this.#clocks(patient), rules: this.#rules } : null;
  }

  levels(): { appliance: Id; model: string; levels: Record<string, number> }[] {
    return [...this.#state.appliances.values()].flatMap(({ id, model, memory }) => {
      const levels = levelsOf(memory);
      return levels ? [{ appliance: id, model, levels }] : [];
    });
  }

  #around({ model }: Patient): Pick<Surroundings, 'codeOf' | 'cohort'> {
    return {
      codeOf: (code) => this.#neutralCode(model, code),
      cohort: this.#state.cohorts.get(model) ?? null,
    };
  }

  lookAgain({ appliance: id, since, moments, known }: Parameters<Evaluator['lookAgain']>[0]): FindingChange[] {
    const appliance = this.#state.appliances.get(id);
    if (!appliance || moments.length === 0) return [];
    const aboutReadings = new RuleSet(this.#rules.all().filter(([, versions]) => isOfKind(versions, appliance.kind)));
    const life = runAgain(appliance, moments, aboutReadings, this.#around(appliance));
    const changes = settlePast(life, known, since);
    changes.push(...orphans(appliance, life, known));
    for (const role of ROLES) changes.push(...takeOver(appliance, life, known, role));
    appliance.memory = life.patient.memory;
    appliance.judgedAt = Math.max(appliance.judgedAt, life.judgedAt);
    return [...changes, ...this.#tell(appliance)];
  }

  /** Another version of a rule: what is open goes on with it at once, and history is run through as soon as it can be read. */
  #publish(body: RulesBody): FindingChange[] {
    const before = this.#rules.get(body.rule);
    const parse = (version: RulesBody['live']) => version && parseRule(version.text, `${body.rule}.yaml`);
    const now: Published = { live: parse(body.live), trial: parse(body.trial) };
    if (samePublished(before, now)) return [];
    const changes: FindingChange[] = [];
    for (const appliance of this.#state.appliances.values()) {
      const known = before?.live ?? before?.trial ?? now.live ?? now.trial;
      if (!known || (known.kind !== 'any' && known.kind !== appliance.kind)) continue;
      for (const role of ROLES)
        changes.push(...this.#change(appliance, role, before?.[role] ?? null, now[role], body.rule));
    }
    this.#rules.publish(body.rule, now);
    for (const appliance of this.#state.appliances.values()) changes.push(...this.#tell(appliance));
    return changes;
  }

  #change(appliance: Watched, role: Role, before: Published[Role], now: Published[Role], id: string): FindingChange[] {
    const problem = appliance.problems[role][id];
    if (!problem || !before) return [];
    if (!now) {
      const closed = close(appliance, this.#rules.compiled(before), role, this.#clocks(appliance));
      delete appliance.problems[role][id];
      return closed ? [closed] : [];
    }
    if (JSON.stringify(before) === JSON.stringify(now)) return [];
    const [old, next] = [this.#rules.compiled(before), this.#rules.compiled(now)];
    const at = appliance.memory.exact[NEWEST]!;
    appliance.problems[role][id] = takenOver(problem, old, next, at);
    if (now.kind === 'any') appliance.problems[role][id].takenOverAt = null;
    else this.#cameLate(appliance.id, at - next.longestForMs);
    return [];
  }

  #meet(message: DecodedMessage): Watched | null {
    const met = watch(message, this.#state.upMs);
    if (!met) return null;
    this.#state.appliances.set(met.id, met);
    this.#met.push(met.id);
    return met;
  }

  #judgeMessages(appliance: Watched, messages: readonly DecodedMessage[]): FindingChange[] {
    if (messages.length === 0) return [];
    const changes: FindingChange[] = [];
    const around = this.#around(appliance);
    let spoke = false;
    for (const message of messages) {
      appliance.model = message.model;
      if (isRepeated(appliance.arrival, message)) continue;
      const first = message.moments[0];
      const newest = appliance.memory.exact[NEWEST]!;
      if (first && appliance.arrival.restarted && first.at > newest) noteRestart(appliance.memory, first.at);
      if (first && message.seq !== null && appliance.arrival.afterLoss.includes(message.seq))
        noteLoss(appliance.memory, first.at);
      appliance.arrival.restarted = false;
      for (const moment of message.moments) {
        if (!speaksOfUs(moment)) continue;
        spoke = true;
        // Older than what was judged: it is judged again with its span, once the store holds it.
        if (moment.at < appliance.memory.exact[NEWEST]!) {
          this.#cameLate(appliance.id, moment.at);
          rememberLate(appliance.memory, moment, around.codeOf);
          continue;
        }
        changes.push(
          ...live(appliance, this.#rules, moment, around, (at) => {
            appliance.judgedAt = at;
            return this.#clocks(appliance);
          }),
        );
      }
    }
    appliance.arrival.afterLoss = NOTHING_LOST;
    // What nobody knows is no sign of how current it is.
    if (spoke) noteLag(appliance.arrival, appliance.memory.exact[NEWEST]!);
    return changes;
  }

  /** Only an appliance that is current has news for people: an episode that ends while it catches up is history. */
  #tell(appliance: Watched): FindingChange[] {
    return appliance.arrival.current ? tell(appliance, this.#rules, this.#clocks(appliance)) : [];
  }

  #answer(record: LogRecord): FindingChange[] {
    const parsed = AnswerBody.safeParse(bodyOf(record));
    if (!parsed.success) return [];
    const { problem, question, answer } = parsed.data;
    return this.#given(record.appliance, problem, [{ question, answer, at: record.at }]);
  }

  #testResult(record: LogRecord): FindingChange[] {
    const parsed = CommandResultBody.safeParse(bodyOf(record));
    const result = parsed.success ? testResultOf(parsed.data) : null;
    if (!result) return [];
    const given = givenByTest(result.test, result.result, record.at);
    const problems = this.#state.appliances.get(record.appliance)?.problems.live ?? {};
    return Object.keys(problems).flatMap((problem) => this.#given(record.appliance, problem, given));
  }

  #given(id: Id, problem: string, given: readonly Given[]): FindingChange[] {
    const appliance = this.#state.appliances.get(id);
    if (!appliance) return [];
    for (const role of ROLES) {
      const episode = appliance.problems[role][problem]?.episode;
      if (!episode) continue;
      const asked = new Set(given.map(({ question }) => question));
      episode.answers = [...episode.answers.filter(({ question }) => !asked.has(question)), ...given];
      episode.told = '';
      episode.news = true;
    }
    return this.#tell(appliance);
  }

  /** In the appliance's time, as far as that is known: what is said now is about now. */
  #report(record: LogRecord): FindingChange[] {
    const appliance = this.#state.appliances.get(record.appliance);
    if (!appliance) return [];
    const at = carriedOn(appliance, record.at);
    for (const code of ReportBody.parse(bodyOf(record)).codes) noteReport(appliance.memory, code, at);
    appliance.judgedAt = Math.max(appliance.judgedAt, at);
    const changes = judge(appliance, this.#rules, this.#clocks(appliance), 'all');
    // Whoever reports is there now, whatever the appliance still buffers.
    return [...changes, ...tell(appliance, this.#rules, this.#clocks(appliance))];
  }

  pass(at: number): FindingChange[] {
    const state = this.#state;
    const gap = at - state.tickAt;
    // Several brokers tick, by clocks that differ a little.
    if (gap <= 0) return [];
    if (gap <= DOWN_GAP_MS) state.upMs += gap;
    state.tickAt = at;
    if (at - state.lookedAt < LOOK_EVERY_MS) return [];
    state.lookedAt = at;
    const changes: FindingChange[] = [];
    for (const appliance of state.appliances.values()) changes.push(...this.#timePassed(appliance, at));
    return changes;
  }

  #timePassed(appliance: Watched, at: number): FindingChange[] {
    const changes = this.#judgeMessages(appliance, overdue(appliance.arrival, at));
    noteTime(appliance.arrival, at);
    appliance.lookedAt = at;
    if (appliance.arrival.current && waitsForTime(appliance, this.#state.upMs)) {
      appliance.judgedAt = Math.max(appliance.judgedAt, carriedOn(appliance, at));
      changes.push(...judge(appliance, this.#rules, this.#clocks(appliance), 'all'));
    }
    changes.push(...this.#tell(appliance));
    return changes;
  }

  #clocks(appliance: Watched): Clocks {
    return clocksOf(appliance, this.#state.upMs);
  }
}

const isOfKind = ({ live: of, trial }: Published, kind: string): boolean =>
  of?.kind === kind || (of === null && trial?.kind === kind);

/** Judges nothing before it is told to `take`. */
export const createEvaluator = (options: EvaluatorOptions): Evaluator => new Fold(options);
