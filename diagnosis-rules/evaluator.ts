// The fold: log records in, changes of findings out. No I/O, and time only from the records, so a replay says what live said.
import { deserialize, serialize } from 'node:v8';
import {
  AnswerBody,
  type ApplianceKind,
  type DecodedMessage,
  type Finding,
  type FindingChange,
  type Id,
  type LogRecord,
  type Moment,
} from '#contracts';
import { HOUR, MINUTE } from '#runtime';
import { type Arrival, arrive, newArrival, noteLag, noteTime, overdue } from './arrival.ts';
import type { Catalogue } from './catalogue.ts';
import { emptyMemory, FRESH_MS, flattened, type Memory, remember } from './memory.ts';
import { judgeProblem, type ProblemMemory, type ProblemScene, quietProblem, tellProblem } from './problem.ts';
import type { Rule } from './rule.ts';
import { goesOn, type LateReadings, type Life, runAgain, settleOpen, settlePast } from './second-look.ts';

/** The same function that feeds the readings store; rejected messages give null. */
export type ToReadings = (record: LogRecord, position: number) => DecodedMessage | null;

type ApplianceMemory = {
  kind: ApplianceKind;
  arrival: Arrival;
  memory: Memory;
  /** The appliance's time of the last judgement. */
  judgedAt: number;
  /** The platform's time of the last look at it. */
  lookedAt: number;
  /** The platform's time while it was up, at the last message: silence is counted on that clock. */
  heardUpMs: number;
  problems: Record<string, ProblemMemory>;
};

type State = {
  catalogue: string;
  upMs: number;
  tickAt: number;
  lookedAt: number;
  appliances: Map<Id, ApplianceMemory>;
};

export type Evaluator = {
  /** Takes the record at `position` of the log; returns what changed. */
  take(record: LogRecord, position: number): FindingChange[];
  /** Appliances whose readings came later than they could be judged, and the stamp of the oldest; each is told once. */
  takeLate(): readonly LateReadings[];
  /** Until when the appliance was judged, by its clock; null for one that was never heard. */
  judgedTo(appliance: Id): { kind: ApplianceKind; at: number } | null;
  /**
   * Judges again what lies behind `since`. `moments`: all readings of the appliance up to `judgedTo`, oldest first, from
   * `WARM_UP_MS` before it on; `known`: findings that were recorded of that span, and what is open.
   */
  lookAgain(look: {
    appliance: Id;
    since: number;
    moments: readonly Moment[];
    known: readonly Finding[];
  }): FindingChange[];
  /** Everything remembered, as bytes for `createEvaluator`. */
  snapshot(): Buffer;
};

/** Ticks come every 10 s. A longer gap than this means that the platform was down, not that appliances were silent. */
const DOWN_GAP_MS = 2 * MINUTE;
const LOOK_EVERY_MS = 1 * MINUTE;
/** Silence is not judged before this; it saves looking at every healthy appliance every minute. */
const SILENCE_MATTERS_MS = 1 * HOUR;

const NONE: readonly LateReadings[] = [];

const versionsOf = (catalogue: Catalogue): string => catalogue.map((rule) => `${rule.id}@${rule.version}`).join(' ');

class Fold implements Evaluator {
  readonly #catalogue: Catalogue;
  readonly #toReadings: ToReadings;
  /** By kind of appliance. */
  readonly #rules = new Map<string, readonly Rule[]>();
  #state: State;
  readonly #late = new Map<Id, number>();

  constructor(options: { catalogue: Catalogue; toReadings: ToReadings; snapshot?: Buffer | undefined }) {
    this.#catalogue = options.catalogue;
    this.#toReadings = options.toReadings;
    const fresh: State = {
      catalogue: versionsOf(options.catalogue),
      upMs: 0,
      tickAt: 0,
      lookedAt: 0,
      appliances: new Map(),
    };
    this.#state = options.snapshot ? remembered(options.snapshot) : fresh;
  }

  snapshot(): Buffer {
    return serialize(this.#state);
  }

  take(record: LogRecord, position: number): FindingChange[] {
    const changes = this.#changes(record, position);
    return changes.map((change) => ({ ...change, finding: { ...change.finding, heardAt: record.at } }));
  }

  #changes(record: LogRecord, position: number): FindingChange[] {
    switch (record.kind) {
      case 'message':
        return this.#message(record, position);
      case 'answer':
        return this.#answer(record);
      case 'tick':
        return this.#tick(record.at);
      case 'started':
        this.#state.tickAt = Math.max(this.#state.tickAt, record.at);
        return [];
      case 'replayed':
        return this.#replayed(record, position);
      case 'command-result':
      case 'connected':
      case 'disconnected':
      case 'lost-broker':
      case 'rules':
      case 'cohort':
      case 'report':
      case 'presence':
        return [];
    }
  }

  #message(record: LogRecord, position: number): FindingChange[] {
    const message = this.#toReadings(record, position);
    const known = this.#state.appliances.get(record.appliance);
    if (known) known.heardUpMs = this.#state.upMs;
    if (!message) return known ? this.#tell(record.appliance, known) : [];
    const appliance = known ?? this.#meet(message);
    if (!appliance) return [];
    const changes = this.#judgeMessages(record.appliance, appliance, arrive(appliance.arrival, message));
    return [...changes, ...this.#tell(record.appliance, appliance)];
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

  judgedTo(id: Id): { kind: ApplianceKind; at: number } | null {
    const appliance = this.#state.appliances.get(id);
    return appliance ? { kind: appliance.kind, at: appliance.memory.at } : null;
  }

  lookAgain({ appliance: id, since, moments, known }: Parameters<Evaluator['lookAgain']>[0]): FindingChange[] {
    const appliance = this.#state.appliances.get(id);
    if (!appliance || moments.length === 0) return [];
    const rules = this.#rulesFor(appliance).filter(({ kind }) => kind !== 'any');
    const life = runAgain(moments, ({ memory, problems }, at) =>
      rules.flatMap((rule) => {
        problems[rule.id] ??= quietProblem(rule);
        return (
          judgeProblem({ appliance: id, rule, memory: problems[rule.id]!, view: { memory, at, silentMs: 0 } }) ?? []
        );
      }),
    );
    const changes = settlePast(life, known, since);
    for (const rule of rules) changes.push(...this.#takeOver(appliance, rule, life, known));
    appliance.memory = life.memory;
    appliance.judgedAt = life.judgedAt;
    return [...changes, ...this.#tell(id, appliance)];
  }

  /** The problem as the second look left it; what people know of it goes on, or is over. */
  #takeOver(appliance: ApplianceMemory, rule: Rule, life: Life, known: readonly Finding[]): FindingChange[] {
    const before = appliance.problems[rule.id]?.episode;
    const now = life.problems[rule.id]!;
    appliance.problems[rule.id] = now;
    if (!before?.announced) return [];
    if (now.episode) {
      now.episode = goesOn(before, now.episode);
      return [];
    }
    const open = known.find(({ id }) => id === before.id);
    return open ? [settleOpen(life, open, before.changes)] : [];
  }

  #meet(message: DecodedMessage): ApplianceMemory | null {
    const first = message.moments[0];
    if (!first) return null;
    const met: ApplianceMemory = {
      kind: first.kind,
      arrival: newArrival(),
      memory: emptyMemory(first.at),
      judgedAt: first.at,
      lookedAt: 0,
      heardUpMs: this.#state.upMs,
      problems: {},
    };
    this.#state.appliances.set(message.appliance, met);
    return met;
  }

  #judgeMessages(id: Id, appliance: ApplianceMemory, messages: readonly DecodedMessage[]): FindingChange[] {
    const changes: FindingChange[] = [];
    for (const message of messages) {
      for (const moment of message.moments) {
        // Older than what was judged: it is judged again with its span, once the store holds it.
        if (moment.at < appliance.memory.at) {
          this.#cameLate(id, moment.at);
          continue;
        }
        remember(appliance.memory, moment);
        this.#judge(id, appliance, moment.at, changes);
      }
    }
    if (messages.length > 0) noteLag(appliance.arrival, appliance.memory.at);
    return changes;
  }

  /** `at` is the appliance's time. Rules for any kind of appliance are about its messages, so the time of receipt counts for them. */
  #judge(id: Id, appliance: ApplianceMemory, at: number, changes: FindingChange[]): void {
    appliance.judgedAt = at;
    for (const rule of this.#rulesFor(appliance)) {
      const change = judgeProblem(this.#scene(id, appliance, rule));
      if (change) changes.push(change);
    }
  }

  /** Only an appliance that is current has news for people: an episode that ends while it catches up is history. */
  #tell(id: Id, appliance: ApplianceMemory): FindingChange[] {
    if (!appliance.arrival.current) return [];
    const changes: FindingChange[] = [];
    for (const rule of this.#rulesFor(appliance)) {
      if (!appliance.problems[rule.id]?.episode) continue;
      const change = tellProblem(this.#scene(id, appliance, rule));
      if (change) changes.push(change);
    }
    return changes;
  }

  #answer(record: LogRecord): FindingChange[] {
    const appliance = this.#state.appliances.get(record.appliance);
    const parsed = AnswerBody.safeParse(JSON.parse(Buffer.from(record.body).toString('utf8')));
    const episode = parsed.success ? appliance?.problems[parsed.data.problem]?.episode : null;
    if (!appliance || !parsed.success || !episode) return [];
    const { question, answer } = parsed.data;
    episode.answers = [
      ...episode.answers.filter((given) => given.question !== question),
      { question, answer, at: record.at },
    ];
    episode.told = '';
    return this.#tell(record.appliance, appliance);
  }

  #tick(at: number): FindingChange[] {
    const state = this.#state;
    const gap = at - state.tickAt;
    // Several brokers tick, by clocks that differ a little.
    if (gap <= 0) return [];
    if (gap <= DOWN_GAP_MS) state.upMs += gap;
    state.tickAt = at;
    if (at - state.lookedAt < LOOK_EVERY_MS) return [];
    state.lookedAt = at;
    const changes: FindingChange[] = [];
    for (const [id, appliance] of state.appliances) changes.push(...this.#timePassed(id, appliance, at));
    return changes;
  }

  #timePassed(id: Id, appliance: ApplianceMemory, at: number): FindingChange[] {
    const changes = this.#judgeMessages(id, appliance, overdue(appliance.arrival, at));
    noteTime(appliance.arrival, at);
    appliance.lookedAt = at;
    // The appliance's own clock, carried on from its newest stamp; not further than its last values are good for.
    const elapsedMs = Math.min(FRESH_MS + 1, Math.max(0, at - appliance.arrival.receivedAt));
    if (appliance.arrival.current && this.#waitsForTime(appliance))
      this.#judge(id, appliance, appliance.memory.at + elapsedMs, changes);
    changes.push(...this.#tell(id, appliance));
    return changes;
  }

  #waitsForTime(appliance: ApplianceMemory): boolean {
    if (appliance.memory.door) return true;
    if (this.#state.upMs - appliance.heardUpMs >= SILENCE_MATTERS_MS) return true;
    return Object.values(appliance.problems).some(
      (problem) => problem.episode || Object.values(problem.symptoms).some((symptom) => symptom.state !== 'absent'),
    );
  }

  #rulesFor(appliance: ApplianceMemory): readonly Rule[] {
    const { kind } = appliance;
    const rules = this.#rules.get(kind) ?? this.#catalogue.filter((rule) => rule.kind === 'any' || rule.kind === kind);
    this.#rules.set(kind, rules);
    return rules;
  }

  #scene(id: Id, appliance: ApplianceMemory, rule: Rule): ProblemScene {
    appliance.problems[rule.id] ??= quietProblem(rule);
    const memory = appliance.problems[rule.id]!;
    const silentMs = this.#state.upMs - appliance.heardUpMs;
    const at = rule.kind === 'any' ? Math.max(appliance.arrival.receivedAt, appliance.lookedAt) : appliance.judgedAt;
    return { appliance: id, rule, memory, view: { memory: appliance.memory, at, silentMs } };
  }
}

function remembered(snapshot: Buffer): State {
  const state = deserialize(snapshot) as State;
  for (const appliance of state.appliances.values()) appliance.memory = flattened(appliance.memory);
  return state;
}

/** A snapshot of another set of rule versions is not used: `snapshotFits` says so beforehand. */
export const createEvaluator = (options: {
  catalogue: Catalogue;
  toReadings: ToReadings;
  snapshot?: Buffer | undefined;
}): Evaluator => new Fold(options);

export const snapshotFits = (snapshot: Buffer, catalogue: Catalogue): boolean =>
  (deserialize(snapshot) as Partial<State>).catalogue === versionsOf(catalogue);
