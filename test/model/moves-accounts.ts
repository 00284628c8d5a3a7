// Moves with people: households and who belongs to them, grants, staff, sessions, keys, and time itself.
import type { ApiScope, Id, Role } from '#contracts';
import {
  DAY,
  HOUR,
  homesOf,
  isLastOwner,
  keyLives,
  MINUTE,
  type Model,
  type ModelPerson,
  type ModelUnit,
  runs,
  sessionLives,
  standingOf,
} from './model.ts';
import { moveAlerts } from './model-alerts.ts';
import { asOwner, withMembers } from './model-rights.ts';
import { free } from './model-service.ts';
import type { Mover } from './move.ts';
import { owners, release } from './moves-units.ts';
import { PASSWORD } from './system.ts';

const createHousehold: Mover = (model, choices) => {
  const person = choices.from(owners(model))!;
  // A person with very many homes would only make the lists long.
  if (homesOf(model, person.id).length > 3) return null;
  return {
    says: `${person.name} founds a household`,
    expects: 'done',
    act: async (system) => {
      await system.createHousehold(person.id);
      return 'done';
    },
    async follows(system) {
      const households = (await system.viewer(person.id))!.households.map(({ household }) => household);
      model.households.set(households.find((id) => !model.households.has(id))!, new Map([[person.id, 'owner']]));
    },
  };
};

const join: Mover = (model, choices) => {
  const household = choices.from([...model.households.keys()]);
  const person = choices.from(owners(model))!;
  if (household === undefined || model.households.get(household)!.has(person.id)) return null;
  return {
    says: `${person.name} joins ${household}`,
    expects: 'done',
    act: async (system) => {
      await system.join(person.id, household);
      return 'done';
    },
    follows: () => void model.households.get(household)!.set(person.id, 'member'),
    again: 'done',
  };
};

const setStanding: Mover = (model, choices) => {
  const household = choices.from([...model.households.keys()]);
  if (household === undefined) return null;
  const [by, person] = [choices.from(owners(model))!, choices.from(owners(model))!];
  const as = choices.seldom(2) ? 'owner' : 'member';
  const verdict = withMembers(model, by, household);
  const isIn = standingOf(model, person.id, household) !== undefined;
  const last = as === 'member' && isLastOwner(model, household, person.id);
  const expects = verdict !== 'allowed' ? verdict : !isIn ? 'not-found' : last ? 'last-owner' : 'done';
  return {
    says: `${by.name} makes ${person.name} ${as} of ${household}`,
    expects,
    async act(system) {
      const said = await system.judge(by.id, 'edit-members', 'household', household);
      if (said !== 'allowed') return said;
      return (await system.setStanding(by.id, household, person.id, as)) ? 'done' : 'not-found';
    },
    follows: () => {
      if (expects === 'done') model.households.get(household)!.set(person.id, as);
    },
  };
};

const remove: Mover = (model, choices) => {
  const household = choices.from([...model.households.keys()]);
  if (household === undefined) return null;
  const [by, person] = [choices.from(owners(model))!, choices.from(owners(model))!];
  const leaves = by === person;
  const verdict = leaves
    ? standingOf(model, by.id, household) === undefined
      ? 'not-found'
      : 'allowed'
    : withMembers(model, by, household);
  const isIn = standingOf(model, person.id, household) !== undefined;
  const last = isLastOwner(model, household, person.id);
  const expects = verdict !== 'allowed' ? verdict : !isIn ? 'not-found' : last ? 'last-owner' : 'done';
  return {
    says: leaves ? `${by.name} leaves ${household}` : `${by.name} puts ${person.name} out of ${household}`,
    expects,
    async act(system) {
      const said = await system.judge(by.id, leaves ? 'read-household' : 'edit-members', 'household', household);
      if (said !== 'allowed') return said;
      return (await system.removeMember(by.id, household, person.id)) ? 'done' : 'not-found';
    },
    follows: () => {
      if (expects === 'done') model.households.get(household)!.delete(person.id);
    },
    again: 'not-found',
  };
};

/** The only two owners leave at the same moment: one stays. */
const leaveAtOnce: Mover = (model, choices) => {
  const pairs = [...model.households].filter(
    ([, people]) => [...people.values()].filter((as) => as === 'owner').length === 2,
  );
  const pair = choices.from(pairs);
  if (!pair) return null;
  const [household, people] = pair;
  const two = [...people].filter(([, as]) => as === 'owner').map(([id]) => id);
  let left: Id;
  return {
    says: `both owners leave ${household} at once`,
    expects: 'done last-owner',
    races: true,
    async act(system) {
      const tries = await Promise.allSettled(two.map((id) => system.removeMember(id, household, id)));
      left = two[tries.findIndex(({ status }) => status === 'fulfilled')]!;
      const codes = tries.map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as { code: string }).code));
      return codes.sort().join(' ');
    },
    follows: () => void people.delete(left),
  };
};

const MOST_GRANTS = 10;

const grant: Mover = (model, choices) => {
  const unit = choices.from(model.units)!;
  const holder = owners(model).find(({ id }) => standingOf(model, id, unit.household) === 'owner');
  const person = (choices.seldom(4) ? undefined : holder) ?? choices.from(owners(model))!;
  const repairers = model.people.filter(({ role, active }) => active && role === 'repairer');
  if (repairers.length === 0) return null;
  const other = choices.seldom(6) ? choices.from(owners(model))! : choices.from(repairers)!;
  const hours = 1 + choices.below(72);
  const verdict = asOwner(model, person, unit);
  const running = model.grants.filter((one) => one.unit === unit && runs(model, one)).length;
  const expects =
    verdict !== 'allowed'
      ? verdict
      : running >= MOST_GRANTS
        ? 'too-many-grants'
        : other.role === 'repairer'
          ? 'done'
          : 'not-a-repairer';
  return {
    says: `${person.name} lets ${other.name} see ${unit.name} for ${hours} h`,
    expects,
    async act(system) {
      const said = await system.judge(person.id, 'grant-access', 'appliance', unit.id);
      if (said !== 'allowed') return said;
      await system.grant(person.id, unit.id, other.email, hours);
      return 'done';
    },
    async follows(system) {
      if (expects !== 'done') return;
      const [row] = await system.sql.query<{ id: Id }>('select id from app.repair_grant order by id desc limit 1');
      model.grants.push({ id: row!.id, unit, person: other.id, endsAt: model.now + hours * HOUR, over: false });
    },
  };
};

const revoke: Mover = (model, choices) => {
  const given = choices.from(model.grants);
  if (!given) return null;
  const holder = owners(model).find(({ id }) => standingOf(model, id, given.unit.household) === 'owner');
  const person = (choices.seldom(4) ? undefined : holder) ?? choices.from(owners(model))!;
  const verdict = asOwner(model, person, given.unit);
  const expects = verdict !== 'allowed' ? verdict : runs(model, given) ? 'done' : 'not-found';
  return {
    says: `${person.name} takes a grant on ${given.unit.name} back`,
    expects,
    async act(system) {
      const said = await system.judge(person.id, 'revoke-grant', 'appliance', given.unit.id);
      if (said !== 'allowed') return said;
      return (await system.revoke(person.id, given.unit.id, given.id)) ? 'done' : 'not-found';
    },
    follows: () => {
      if (expects === 'done') given.over = true;
    },
    again: 'not-found',
  };
};

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
  createHousehold: [2, createHousehold],
  join: [6, join],
  setStanding: [4, setStanding],
  remove: [5, remove],
  leaveAtOnce: [2, leaveAtOnce],
  grant: [5, grant],
  revoke: [2, revoke],
  editStaff: [3, editStaff],
  erase: [1, erase],
  logIn: [1, logIn],
  useSession: [3, useSession],
  logOut: [1, logOut],
  createKey: [1, createKey],
  useKey: [2, useKey],
  deleteKey: [1, deleteKey],
};
