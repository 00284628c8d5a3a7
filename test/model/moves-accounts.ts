// Moves with accounts: staff, erasure, sessions, keys.
import type { ApiScope, Id, Role } from '#contracts';
import {
  DAY,
  homesOf,
  isLastOwner,
  keyLives,
  MINUTE,
  type Model,
  type ModelPerson,
  type ModelUnit,
  sessionLives,
  standingOf,
} from './model.ts';
import { moveAlerts } from './model-alerts.ts';
import { free } from './model-service.ts';
import type { Mover } from './move.ts';
import { owners, release } from './moves-units.ts';
import { PASSWORD } from './system.ts';

const STAFF_ROLES: readonly Role[] = ['technician', 'dispatcher', 'call-agent', 'administrator'];

const editStaff: Mover = (model, choices) => {
  const administrators = model.people.filter(({ role, active }) => role === 'administrator' && active);
  const by = choices.from(administrators)!;
  const staff = model.people.filter(({ organisation, erased }) => !erased && organisation === by.organisation);
  const person = choices.from(staff)!;
  const role = choices.seldom(2) ? choices.from(STAFF_ROLES)! : person.role;
  const active = person.active ? !choices.seldom(4) : choices.seldom(2);
  const goes = person.role === 'administrator' && person.active && !(role === 'administrator' && active);
  const expects = goes && administrators.every((one) => one === person) ? 'last-administrator' : 'done';
  return {
    says: `${by.name} makes ${person.name} ${active ? 'an active' : 'an inactive'} ${role}`,
    expects,
    act: async (system) =>
      (await system.editStaff(by.id, { person: person.id, role, active })) ? 'done' : 'not-found',
    follows: () => {
      if (expects === 'done') change(model, person, role, active);
    },
    again: 'done',
  };
};

function change(model: Model, person: ModelPerson, role: Role, active: boolean): void {
  const promoted = person.role === 'call-agent' && role === 'dispatcher';
  const endsSessions = !active || (person.role !== role && !promoted);
  for (const session of model.sessions) if (session.person === person.id && endsSessions) session.over = true;
  Object.assign(person, { role, active });
  if (role !== 'technician' || !active) freeVisits(model, person);
}

function freeVisits(model: Model, { id }: ModelPerson): void {
  for (const visit of model.cases.flatMap(({ visits }) => visits)) {
    if (visit.technician === id && (visit.state === 'offered' || visit.state === 'accepted')) free(visit);
  }
}

const FEWEST_OWNERS = 2;

const erase: Mover = (model, choices) => {
  const person = choices.from(model.people)!;
  if (person.role === 'owner' && owners(model).length <= FEWEST_OWNERS) return null;
  const last =
    person.role === 'administrator' &&
    !model.people.some((one) => one !== person && one.active && one.role === 'administrator');
  const expects = person.erased ? 'not-found' : last ? 'last-administrator' : 'done';
  return {
    says: `${person.name} (${person.role}) is erased`,
    expects,
    act: async (system) => ((await system.erase(person.id)) ? 'done' : 'not-found'),
    follows: () => {
      if (expects === 'done') forget(model, person);
    },
    again: 'not-found',
  };
};

/** A household that he alone owned ends with him; what stood there has a code that nobody knows. */
function forget(model: Model, person: ModelPerson): void {
  Object.assign(person, { active: false, erased: true });
  freeVisits(model, person);
  for (const held of [...model.sessions, ...model.keys, ...model.grants])
    if (held.person === person.id) held.over = true;
  const own = homesOf(model, person.id).filter((home) => standingOf(model, person.id, home) === 'owner');
  const ended = own.filter((household) => isLastOwner(model, household, person.id)).sort();
  const left = ended.flatMap((household) => unitsIn(model, household));
  for (const unit of left) release(model, unit, null);
  for (const unit of left) moveAlerts(model, unit);
  for (const household of ended) model.households.delete(household);
  for (const members of model.households.values()) members.delete(person.id);
}

const unitsIn = (model: Model, household: Id): ModelUnit[] =>
  model.units.filter((unit) => unit.household === household).sort((a, b) => (a.id < b.id ? -1 : 1));

const logIn: Mover = (model, choices) => {
  const person = choices.from(model.people)!;
  const right = !choices.seldom(4);
  const expects = right && person.active ? 'done' : 'refused';
  let token: string | null = null;
  return {
    says: `${person.name} logs in with ${right ? 'his' : 'a wrong'} password`,
    expects,
    async act(system) {
      token = await system.logIn(person.email, right ? PASSWORD : 'wrong battery staple');
      return token === null ? 'refused' : 'done';
    },
    follows: () => {
      if (token === null) return;
      model.sessions.push({ token, person: person.id, createdAt: model.now, seenAt: model.now, over: false });
    },
  };
};

const TOUCH_AFTER = 10 * MINUTE;

const useSession: Mover = (model, choices) => {
  const session = choices.from(model.sessions);
  if (!session) return null;
  const lives = sessionLives(model, session);
  return {
    says: `a session of ${session.person} is used`,
    expects: lives ? session.person : 'nobody',
    act: async (system) => (await system.session(session.token))?.person ?? 'nobody',
    follows: () => {
      if (lives && model.now - session.seenAt > TOUCH_AFTER) session.seenAt = model.now;
    },
  };
};

const logOut: Mover = (model, choices) => {
  const session = choices.from(model.sessions);
  if (!session) return null;
  return {
    says: `${session.person} logs out`,
    expects: 'done',
    act: async (system) => {
      await system.logOut(session.token);
      return 'done';
    },
    follows: () => {
      session.over = true;
    },
    again: 'done',
  };
};

const createKey: Mover = (model, choices) => {
  const person = choices.from(model.people.filter(({ active }) => active))!;
  const scope: ApiScope = choices.seldom(4) ? 'audit:read' : 'appliances:read';
  const endsAt = choices.seldom(2) ? model.now + 2 * DAY : null;
  const expects = scope === 'audit:read' && person.role !== 'administrator' ? 'wrong-scope' : 'done';
  let made: { id: Id; token: string } | undefined;
  return {
    says: `${person.name} makes a key for ${scope}`,
    expects,
    async act(system) {
      made = await system.createKey(person.id, [scope], endsAt);
      return 'done';
    },
    follows: () => {
      if (made) model.keys.push({ ...made, person: person.id, endsAt, over: false });
    },
  };
};

const useKey: Mover = (model, choices) => {
  const key = choices.from(model.keys);
  if (!key) return null;
  return {
    says: `a key of ${key.person} is used`,
    expects: keyLives(model, key) ? key.person : 'nobody',
    act: async (system) => (await system.key(key.token))?.person ?? 'nobody',
  };
};

const deleteKey: Mover = (model, choices) => {
  const key = choices.from(model.keys);
  if (!key) return null;
  const maker = model.people.find(({ id }) => id === key.person)!;
  const person = choices.seldom(4) ? choices.from(owners(model))! : maker;
  if (!person.active) return null;
  const expects = person === maker && !key.over ? 'done' : 'not-found';
  return {
    says: `${person.name} deletes a key of ${key.person}`,
    expects,
    act: async (system) => ((await system.deleteKey(person.id, key.id)) ? 'done' : 'not-found'),
    follows: () => {
      if (expects === 'done') key.over = true;
    },
    again: 'not-found',
  };
};

export const ACCOUNT_MOVES: Record<string, readonly [weight: number, Mover]> = {
  editStaff: [3, editStaff],
  erase: [1, erase],
  logIn: [1, logIn],
  useSession: [3, useSession],
  logOut: [1, logOut],
  createKey: [1, createKey],
  useKey: [2, useKey],
  deleteKey: [1, deleteKey],
};
