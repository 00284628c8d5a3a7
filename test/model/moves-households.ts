// Moves with households: who belongs to them, and whom they let look.
import type { Id } from '#contracts';
import { HOUR, homesOf, isLastOwner, runs, standingOf } from './model.ts';
import { asOwner, withMembers } from './model-rights.ts';
import type { Mover } from './move.ts';
import { owners } from './moves-units.ts';

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

export const HOUSEHOLD_MOVES: Record<string, readonly [weight: number, Mover]> = {
  createHousehold: [2, createHousehold],
  join: [6, join],
  setStanding: [4, setStanding],
  remove: [5, remove],
  leaveAtOnce: [2, leaveAtOnce],
  grant: [5, grant],
  revoke: [2, revoke],
};
