// A walk: moves drawn at random, each made on the product and on the model, and both compared after each. Now and then the
// process is killed within a move.
import type { Id } from '#contracts';
import { openMailSender, startMailSink } from '#engines/smtp';
import { manualClock } from '#runtime';
import { clearStage, enterCast } from './cast.ts';
import { crashingSql, Killed } from './crashing-sql.ts';
import type { MortalDatabase } from './databases.ts';
import type { Model, ModelPerson } from './model.ts';
import { seesAlert, seesCase, seesUnit } from './model-rights.ts';
import { Choices, type Move, type Mover } from './move.ts';
import { ACCOUNT_MOVES } from './moves-accounts.ts';
import { ALERT_MOVES, spanOf } from './moves-alerts.ts';
import { HOUSEHOLD_MOVES } from './moves-households.ts';
import { UNIT_MOVES } from './moves-units.ts';
import { VISIT_MOVES } from './moves-visits.ts';
import { compare, fingerprint, Violation } from './picture.ts';
import { makeTables, outcomeOf, type System, systemOn } from './system.ts';

/** A Tuesday in March. */
const START = Date.UTC(2026, 2, 3, 8);
const STEP_MS = 1_000;
const AUDIT_EVERY = 50;

const MOVERS = new Map<string, Mover>();
const weighted = Object.entries({
  ...UNIT_MOVES,
  ...HOUSEHOLD_MOVES,
  ...ACCOUNT_MOVES,
  ...ALERT_MOVES,
  ...VISIT_MOVES,
}).flatMap(([name, [weight, mover]]) => {
  MOVERS.set(name, mover);
  return Array.from({ length: weight }, () => name);
});
/** Each name as often as it is to be drawn. */
export const MOVE_NAMES: readonly string[] = [...weighted, ...Array.from({ length: 14 }, () => 'time')];

/** One step as it is drawn. `kill`: after so many points of the move, or null; `real`: the database dies too. */
export type Step = { move: string; drawn: readonly number[]; kill: number | null; real: boolean };

export type Tally = {
  steps: number;
  done: number;
  refused: number;
  killed: number;
  died: number;
  looks: number;
  refusals: Map<string, number>;
};

export const newTally = (): Tally => ({
  steps: 0,
  done: 0,
  refused: 0,
  killed: 0,
  died: 0,
  looks: 0,
  refusals: new Map(),
});

export type Ground = Awaited<ReturnType<typeof openGround>>;

/** The database with its tables; each walk on it begins with an empty stage. */
export async function openGround(database: MortalDatabase) {
  await using building = new AsyncDisposableStack();
  await makeTables(database.sql());
  const { clock, set } = manualClock(START);
  const sink = building.use(await startMailSink({ host: '127.0.0.1', port: 0, clock }));
  const mail = building.use(openMailSender({ smtpUrl: sink.url, from: 'Stethos <service@stethos.example.org>' }));
  let real = false;
  let died = false;
  const sql = crashingSql(database.sql, async (tx) => {
    if (!real) return;
    died = true;
    await database.die(tx);
  });
  const lifetime = building.move();
  return {
    clock,
    set,
    sql,
    system: systemOn(sql, clock, mail),
    /** Those that came at this moment. */
    mails: () => sink.mails().filter(({ at }) => at === clock.now()),
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
    killAfter(points: number, alsoDatabase: boolean) {
      real = alsoDatabase;
      died = false;
      sql.killAfter(points);
    },
    /** Returns whether somebody was killed, and the database too. */
    async restart(): Promise<{ killed: boolean; died: boolean }> {
      const killed = sql.restart();
      if (died) await database.recover();
      return { killed, died };
    },
  };
}

/** Throws a Violation with the way that led to it. */
export async function walk(ground: Ground, steps: readonly Step[], tally: Tally): Promise<void> {
  ground.set(START);
  ground.sql.restart();
  ground.system.errors.length = 0;
  await clearStage(ground.sql);
  const model = await enterCast(ground.system, ground.clock);
  const way: string[] = [];
  try {
    for (const [index, step] of steps.entries()) {
      await take(ground, model, step, way, tally);
      if (index % AUDIT_EVERY === 0) await auditHolds(ground.system);
    }
    await auditHolds(ground.system);
  } catch (error) {
    await ground.restart();
    const what = error instanceof Error ? (error instanceof Violation ? error.message : error.stack) : String(error);
    throw new Violation(`${what}\nThe way there:\n${way.map((line) => `  ${line}`).join('\n')}`);
  }
}

async function take(ground: Ground, model: Model, step: Step, way: string[], tally: Tally): Promise<void> {
  const choices = new Choices(step.drawn);
  model.now += step.move === 'time' ? spanOf(choices) : STEP_MS;
  ground.set(model.now);
  if (step.move === 'time') {
    way.push(`time: ${new Date(model.now).toISOString()}`);
  } else {
    const move = MOVERS.get(step.move)!(model, choices);
    if (!move) return;
    way.push(
      `${move.says} -> ${move.expects}${step.kill === null || move.races ? '' : ` (killed after ${step.kill})`}`,
    );
    if (step.kill === null || move.races) await make(ground.system, move);
    else await makeKilled(ground, move, step.kill, step.real, model, tally);
    if (move.expects === 'done' || move.expects === 'claimed') tally.done++;
    else refusedWith(tally, move.expects);
  }
  tally.steps++;
  await compare(ground.sql, model);
  noErrors(ground.system);
  if (step.move === 'sweepNotifications') noneIsToldOfOthers(ground, model);
  await look(ground.system, model, choices);
  tally.looks++;
}

const LONGEST_CODE = 30;

function refusedWith(tally: Tally, expected: string): void {
  tally.refused++;
  // Guesses in a row, and names of whom a session belongs to.
  const outcome = expected.length > LONGEST_CODE ? 'other answers' : expected;
  tally.refusals.set(outcome, (tally.refusals.get(outcome) ?? 0) + 1);
}

async function make(system: System, move: Move): Promise<void> {
  const outcome = await outcomeOf(() => move.act(system));
  if (outcome !== move.expects) throw new Violation(`the outcome is ${outcome}, ought to be ${move.expects}`);
  await move.follows?.(system);
}

/** Afterwards the state is the one before or the one after; done once more, it ends as it should. */
async function makeKilled(
  ground: Ground,
  move: Move,
  points: number,
  real: boolean,
  model: Model,
  tally: Tally,
): Promise<void> {
  const before = await fingerprint(ground.sql);
  ground.killAfter(points, real);
  const outcome = await outcomeOf(() => move.act(ground.system)).catch((error: unknown) => {
    if (isDeath(error)) return 'killed';
    throw error;
  });
  const { killed, died } = await ground.restart();
  if (!killed) {
    if (outcome !== move.expects) throw new Violation(`the outcome is ${outcome}, ought to be ${move.expects}`);
    return void (await move.follows?.(ground.system));
  }
  tally.killed++;
  if (died) tally.died++;
  ground.system.errors.length = 0;
  if (move.sweeps || (await fingerprint(ground.sql)) === before) return make(ground.system, move);
  await move.follows?.(ground.system);
  await compare(ground.sql, model);
  if (move.again === undefined) return;
  const again = await outcomeOf(() => move.act(ground.system));
  if (again !== move.again) throw new Violation(`done once more the outcome is ${again}, ought to be ${move.again}`);
}

/** What a caller hears: the kill itself, or that the database is gone. */
const isDeath = (error: unknown): boolean =>
  error instanceof Killed || (error as { code?: string }).code === 'database-unreachable';

function noErrors({ errors }: System): void {
  if (errors.length > 0) throw new Violation(`a sweep met errors: ${JSON.stringify(errors)}`);
}

/** Of what happens in a household only those hear who belong to it when the mail goes out. */
function noneIsToldOfOthers(ground: Ground, model: Model): void {
  for (const { to, text, subject } of ground.mails()) {
    const person = model.people.find(({ email }) => to.includes(email));
    const [, kind, id] = /\/(alerts|cases|visits)\/([0-9a-f-]{36})/.exec(text) ?? [];
    if (!person || id === undefined) continue;
    if (!person.active) throw new Violation(`${person.name} was sent away and is told of ${kind} ${id}: ${subject}`);
    // Service is also told what is not its work any more.
    if (person.role !== 'owner') continue;
    const alert = kind === 'alerts' ? model.alerts.find((one) => one.id === id) : undefined;
    const file = kind === 'cases' ? model.cases.find((one) => one.id === id) : undefined;
    const sees = (alert && seesAlert(model, person, alert)) || (file && seesCase(model, person, file));
    if (!sees) throw new Violation(`${person.name} is told of ${kind} ${id}, which are not his: ${subject}`);
  }
}

async function auditHolds(system: System): Promise<void> {
  const { brokenAt } = await system.audit();
  if (brokenAt !== null) throw new Violation(`the audit log is broken at ${brokenAt}`);
}

/** Somebody looks around: at one of his lists, or at one thing by its name. */
async function look(system: System, model: Model, choices: Choices): Promise<void> {
  const person = choices.from(model.people)!;
  if (!person.active) {
    if ((await system.viewer(person.id)) !== null) throw new Violation(`${person.name} was sent away and still comes`);
    return;
  }
  const what = choices.from(LOOKS)!;
  const things = what.of(model);
  const sees = (thing: Thing): boolean => what.sees(model, person, thing as never);
  if (choices.seldom(2)) {
    shows(person, what.kind, await system.list(person.id, what.kind), ids(things.filter(sees)));
  } else {
    const thing = choices.from(things);
    if (thing) await asks(system, person, what, thing.id!, sees(thing));
  }
}

type Thing = { id: Id | null };
type Look = {
  kind: 'appliance' | 'alert' | 'serviceCase';
  action: 'read-appliance' | 'read-alert' | 'read-case';
  of: (model: Model) => readonly Thing[];
  sees: (model: Model, person: ModelPerson, thing: never) => boolean;
};
const LOOKS: readonly Look[] = [
  { kind: 'appliance', action: 'read-appliance', of: ({ units }) => units, sees: seesUnit },
  { kind: 'alert', action: 'read-alert', of: ({ alerts }) => alerts, sees: seesAlert },
  { kind: 'serviceCase', action: 'read-case', of: ({ cases }) => cases, sees: seesCase },
];

const ids = (things: readonly Thing[]): Id[] => things.map(({ id }) => id!);

function shows(person: ModelPerson, what: string, real: readonly Id[], expected: readonly Id[]): void {
  const more = real.filter((id) => !expected.includes(id));
  const less = expected.filter((id) => !real.includes(id));
  if (more.length > 0) throw new Violation(`${person.name} (${person.role}) is shown ${what} he must not see: ${more}`);
  if (less.length > 0) throw new Violation(`${person.name} (${person.role}) is not shown ${what} of his: ${less}`);
}

async function asks(system: System, person: ModelPerson, { action, kind }: Look, id: Id, sees: boolean): Promise<void> {
  const may = (await system.judge(person.id, action, kind, id)) === 'allowed';
  if (may !== sees) throw new Violation(`${person.name} (${person.role}) ${may ? 'may' : 'may not'} ${action} ${id}`);
}
