// Moves with units: claims right and wrong, transfers, labels, modules.
import type { Id } from '#contracts';
import {
  guessedWrong,
  homesOf,
  type Model,
  type ModelPerson,
  type ModelUnit,
  rests,
  standingOf,
  tried,
} from './model.ts';
import { moveAlerts } from './model-alerts.ts';
import { asOwner, withLabels, withModules } from './model-rights.ts';
import type { Choices, Move, Mover } from './move.ts';
import type { System } from './system.ts';

export const owners = (model: Model): ModelPerson[] =>
  model.people.filter(({ role, active }) => active && role === 'owner');
/** Seldom somebody else, who may not. */
export function mostly(model: Model, choices: Choices, may: (person: ModelPerson) => boolean): ModelPerson {
  const active = model.people.filter((one) => one.active);
  const those = active.filter(may);
  return (choices.seldom(6) ? undefined : choices.from(those)) ?? choices.from(active)!;
}

const NEW_HOME = { name: 'New home', address: '1 Long Street', region: 'north' };
const NOBODYS_CODE = 'ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ';

type Attempt = { person: ModelPerson; unit: ModelUnit; code: string; household?: Id; makes: boolean };

function whatBecomesOf(model: Model, { person, unit, code, household, makes }: Attempt): string {
  const own = homesOf(model, person.id);
  if (household !== undefined && !own.includes(household)) return 'unknown-household';
  if (household === undefined && !makes && own.length > 1) return 'household-needed';
  if (rests(model, person.id)) return 'too-many';
  if (standingOf(model, person.id, unit.household) !== undefined) return 'already-claimed';
  if (rests(model, unit.id) || unit.household !== null || code !== unit.code) return 'wrong-code';
  return household === undefined && !makes && own.length === 0 ? 'household-needed' : 'claimed';
}

/** What an attempt leaves in the counts; one that was thrown out leaves nothing. */
function count(model: Model, { person, unit }: Attempt, outcome: string): void {
  if (outcome === 'unknown-household' || outcome === 'household-needed') return;
  tried(model, person.id);
  if (outcome === 'too-many') return;
  const unitRests = rests(model, unit.id);
  tried(model, unit.id);
  if (outcome !== 'wrong-code') return;
  guessedWrong(model, person.id);
  if (!unitRests) guessedWrong(model, unit.id);
}

function take(model: Model, { person, unit, code }: Attempt, household: Id): void {
  if (!model.households.has(household)) model.households.set(household, new Map([[person.id, 'owner']]));
  unit.household = household;
  unit.usedCodes.push(code);
  unit.code = null;
  unit.hasCode = false;
  moveAlerts(model, unit);
}

const ask = (attempt: Attempt) => ({
  model: attempt.unit.model,
  serial: attempt.unit.serial,
  code: attempt.code,
  ...(attempt.household === undefined ? {} : { household: attempt.household }),
  ...(attempt.makes ? { newHousehold: NEW_HOME } : {}),
});

const householdNow = async (system: System, unit: ModelUnit): Promise<Id> => {
  const [row] = await system.sql.query<{ household: Id }>('select household from app.appliance where id = $1', [
    unit.id,
  ]);
  return row!.household;
};

function attemptOf(model: Model, choices: Choices, person: ModelPerson, unit: ModelUnit): Attempt {
  const kind = choices.below(6);
  const others = model.units.filter((one) => one !== unit).map((one) => one.code);
  const codes = [
    unit.code,
    unit.code,
    unit.code,
    choices.from(unit.usedCodes),
    choices.from(others.filter((one) => one !== null)),
    NOBODYS_CODE,
  ];
  const where = choices.below(4);
  const base = { person, unit, code: codes[kind] ?? NOBODYS_CODE, makes: where === 1 };
  const named = where === 2 ? choices.from(homesOf(model, person.id)) : choices.from([...model.households.keys()]);
  return where >= 2 && named !== undefined ? { ...base, household: named } : base;
}

const claim: Mover = (model, choices) => {
  const attempt = attemptOf(model, choices, choices.from(owners(model))!, choices.from(model.units)!);
  return claimMove(model, attempt);
};

function claimMove(model: Model, attempt: Attempt): Move {
  const { person, unit } = attempt;
  const expects = whatBecomesOf(model, attempt);
  return {
    says: `${person.name} claims ${unit.name} with ${attempt.code} for ${attempt.household ?? (attempt.makes ? 'a new home' : 'his home')}`,
    expects,
    act: async (system) => (await system.claim(person.id, ask(attempt))).outcome,
    async follows(system) {
      count(model, attempt, expects);
      if (expects === 'claimed') take(model, attempt, await householdNow(system, unit));
    },
    // A refusal counts, and nobody can tell from outside whether it was counted.
    ...(expects === 'claimed' ? { again: 'already-claimed' } : { races: true }),
  };
}

/** A dozen wrong codes in a row: from the eleventh on nobody looks at them. */
const guess: Mover = (model, choices) => {
  const person = choices.from(owners(model))!;
  const unit = choices.from(model.units)!;
  const attempt: Attempt = { person, unit, code: NOBODYS_CODE, makes: true };
  const outcomes: string[] = [];
  for (let i = 0; i < 12; i++) {
    outcomes.push(whatBecomesOf(model, attempt));
    count(model, attempt, outcomes.at(-1)!);
  }
  return {
    says: `${person.name} guesses at ${unit.name}`,
    expects: outcomes.join(' '),
    async act(system) {
      const heard: string[] = [];
      for (let i = 0; i < 12; i++) heard.push((await system.claim(person.id, ask(attempt))).outcome);
      return heard.join(' ');
    },
    races: true,
  };
};

/** Two with the same label at the same moment: one gets it. */
const claimAtOnce: Mover = (model, choices) => {
  const [first, second] = [choices.from(owners(model))!, choices.from(owners(model))!];
  const unit = choices.from(model.units.filter(({ household, code }) => household === null && code !== null));
  if (!unit || first === second || [first.id, second.id, unit.id].some((subject) => rests(model, subject))) return null;
  const attempts = [first, second].map((person): Attempt => ({ person, unit, code: unit.code!, makes: true }));
  let winner: Attempt;
  return {
    says: `${first.name} and ${second.name} claim ${unit.name} at once`,
    expects: 'claimed wrong-code',
    races: true,
    async act(system) {
      const heard = await Promise.all(attempts.map((one) => system.claim(one.person.id, ask(one))));
      const outcomes = heard.map(({ outcome }) => outcome);
      winner = attempts[outcomes.indexOf('claimed')]!;
      return outcomes.sort().join(' ');
    },
    async follows(system) {
      for (const attempt of attempts) count(model, attempt, attempt === winner ? 'claimed' : 'wrong-code');
      take(model, winner, await householdNow(system, unit));
    },
  };
};

/** It stands in no household any more, and whom that one let look looks no longer. */
export function release(model: Model, unit: ModelUnit, code: string | null): void {
  Object.assign(unit, { household: null, code, hasCode: true });
  for (const grant of model.grants) if (grant.unit === unit) grant.over = true;
}

const transfer: Mover = (model, choices) => {
  const unit = choices.from(model.units)!;
  const person = mostly(model, choices, (one) => asOwner(model, one, unit) === 'allowed');
  const verdict = asOwner(model, person, unit);
  let code: string | null = null;
  return {
    says: `${person.name} gives ${unit.name} away`,
    expects: verdict === 'allowed' ? 'done' : verdict,
    async act(system) {
      const said = await system.judge(person.id, 'transfer-appliance', 'appliance', unit.id);
      if (said !== 'allowed') return said;
      code = await system.transfer(person.id, unit.id);
      return 'done';
    },
    follows() {
      if (verdict !== 'allowed') return;
      release(model, unit, code);
      moveAlerts(model, unit);
    },
    again: 'not-found',
  };
};

const label: Mover = (model, choices) => {
  const unit = choices.from(model.units)!;
  const person = mostly(model, choices, (one) => withLabels(model, one, unit) === 'allowed');
  const verdict = withLabels(model, person, unit);
  const expects = verdict !== 'allowed' ? verdict : unit.household === null ? 'done' : 'in-a-household';
  let code: string | null = null;
  return {
    says: `${person.name} prints a label for ${unit.name}`,
    expects,
    async act(system) {
      const said = await system.judge(person.id, 'print-labels', 'appliance', unit.id);
      if (said !== 'allowed') return said;
      code = await system.printLabel(person.id, unit.id);
      return 'done';
    },
    follows() {
      if (expects !== 'done') return;
      if (unit.code !== null) unit.usedCodes.push(unit.code);
      Object.assign(unit, { code, hasCode: true });
    },
    again: 'done',
  };
};

const module: Mover = (model, choices) => {
  const unit = choices.from(model.units)!;
  const person = mostly(model, choices, (one) => withModules(model, one, unit) === 'allowed');
  const verdict = withModules(model, person, unit);
  let secret: string | null = null;
  return {
    says: `${person.name} swaps the module of ${unit.name}`,
    expects: verdict === 'allowed' ? 'done' : verdict,
    async act(system) {
      const said = await system.judge(person.id, 'swap-module', 'appliance', unit.id);
      if (said !== 'allowed') return said;
      secret = await system.swapModule(person.id, unit.id);
      return 'done';
    },
    follows() {
      if (verdict !== 'allowed') return;
      if (unit.secret !== null) unit.oldSecrets.push(unit.secret);
      unit.secret = secret;
    },
  };
};

/** The unit knocks at the broker, with what it has or with what it had. */
const knock: Mover = (model, choices) => {
  const unit = choices.from(model.units)!;
  const secret = choices.from([unit.secret, ...unit.oldSecrets].filter((one) => one !== null));
  if (secret === undefined) return null;
  return {
    says: `${unit.name} shows ${secret === unit.secret ? 'its' : 'an old'} secret`,
    expects: secret === unit.secret ? 'let in' : 'kept out',
    act: async (system) => ((await system.letsIn(unit.id, secret)) ? 'let in' : 'kept out'),
  };
};

export const UNIT_MOVES: Record<string, readonly [weight: number, Mover]> = {
  claim: [12, claim],
  guess: [1, guess],
  claimAtOnce: [3, claimAtOnce],
  transfer: [5, transfer],
  label: [3, label],
  module: [2, module],
  knock: [2, knock],
};
