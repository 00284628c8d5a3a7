import { describe, expect, it } from 'vitest';
import { type Id, newId, type Role } from '#contracts';
import { ACTIONS, type Action, may, NOBODYS, type PolicyObject, scopeOf, type Viewer } from '#registry';

const household: Id = newId();
const viewers: Record<Role, Viewer> = {
  owner: { person: newId(), role: 'owner', households: [household] },
  technician: { person: newId(), role: 'technician', households: [] },
  dispatcher: { person: newId(), role: 'dispatcher', households: [] },
  administrator: { person: newId(), role: 'administrator', households: [] },
};

const ownTo: Record<Role, PolicyObject> = {
  owner: { household, technicians: [] },
  technician: { household: newId(), technicians: [newId(), viewers.technician.person] },
  dispatcher: { household, technicians: [] },
  administrator: { household, technicians: [] },
};
const others: PolicyObject = { household: newId(), technicians: [newId()] };

/** Written by hand from what each role is for: o(wn thing), s(omebody else's thing), - neither. */
const EXPECTED: Record<Action, Record<Role, 'os' | 'o' | '-'>> = {
  'use-own-account': { owner: 'os', technician: 'os', dispatcher: 'os', administrator: 'os' },
  'list-models': { owner: 'os', technician: 'os', dispatcher: 'os', administrator: 'os' },
  'hear-changes': { owner: 'os', technician: 'os', dispatcher: 'os', administrator: 'os' },
  'list-people': { owner: '-', technician: '-', dispatcher: '-', administrator: 'os' },
  'create-person': { owner: '-', technician: '-', dispatcher: '-', administrator: 'os' },
  'list-households': { owner: 'os', technician: '-', dispatcher: 'os', administrator: 'os' },
  'create-household': { owner: '-', technician: '-', dispatcher: 'os', administrator: 'os' },
  'list-technicians': { owner: '-', technician: '-', dispatcher: 'os', administrator: 'os' },
  'read-fleet': { owner: '-', technician: '-', dispatcher: 'os', administrator: 'os' },
  'list-appliances': { owner: 'os', technician: 'os', dispatcher: 'os', administrator: 'os' },
  'create-appliance': { owner: 'o', technician: '-', dispatcher: 'os', administrator: 'os' },
  'read-appliance': { owner: 'o', technician: 'o', dispatcher: 'os', administrator: 'os' },
  'read-readings': { owner: 'o', technician: 'o', dispatcher: 'os', administrator: 'os' },
  'read-quarantine': { owner: 'o', technician: 'o', dispatcher: 'os', administrator: 'os' },
  'list-alerts': { owner: 'os', technician: 'os', dispatcher: 'os', administrator: 'os' },
  'read-alert': { owner: 'o', technician: 'o', dispatcher: 'os', administrator: 'os' },
  'answer-alert': { owner: 'o', technician: '-', dispatcher: 'os', administrator: 'os' },
  'acknowledge-alert': { owner: 'o', technician: '-', dispatcher: 'os', administrator: 'os' },
  'request-service': { owner: 'o', technician: '-', dispatcher: 'os', administrator: 'os' },
  'list-cases': { owner: 'os', technician: 'os', dispatcher: 'os', administrator: 'os' },
  'read-case': { owner: 'o', technician: 'o', dispatcher: 'os', administrator: 'os' },
  'pick-slot': { owner: 'o', technician: '-', dispatcher: 'os', administrator: 'os' },
  'assign-visit': { owner: '-', technician: '-', dispatcher: 'os', administrator: 'os' },
  'accept-visit': { owner: '-', technician: 'o', dispatcher: '-', administrator: '-' },
  'refuse-visit': { owner: '-', technician: 'o', dispatcher: '-', administrator: '-' },
  'finish-visit': { owner: '-', technician: 'o', dispatcher: '-', administrator: '-' },
};

const roles = Object.keys(viewers) as Role[];

describe('the policy', () => {
  it('has an expected answer for every action', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...ACTIONS].sort());
  });

  for (const action of Object.keys(EXPECTED) as Action[]) {
    for (const role of roles) {
      const expected = EXPECTED[action][role];
      it(`${action}: ${role} ${expected === 'os' ? 'may' : expected === 'o' ? 'may for own' : 'may not'}`, () => {
        expect(may(viewers[role], action, ownTo[role])).toBe(expected.includes('o'));
        expect(may(viewers[role], action, others)).toBe(expected.includes('s'));
      });
    }
  }

  it('gives an owner nothing that belongs to no household, even without a household of his own', () => {
    expect(may(viewers.owner, 'read-appliance', NOBODYS)).toBe(false);
    expect(may({ ...viewers.owner, households: [] }, 'read-appliance', NOBODYS)).toBe(false);
  });

  it('gives a technician nothing for standing in the household of an appliance', () => {
    const viewer: Viewer = { ...viewers.technician, households: [household] };
    expect(may(viewer, 'read-appliance', { household, technicians: [] })).toBe(false);
  });

  it('filters lists by role', () => {
    expect(roles.map((role) => scopeOf(viewers[role]))).toEqual([
      { households: [household] },
      { technician: viewers.technician.person },
      { all: true },
      { all: true },
    ]);
  });
});
