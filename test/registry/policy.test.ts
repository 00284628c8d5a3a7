import { describe, expect, it } from 'vitest';
import { ApiScope, type Id, newId, type Role } from '#contracts';
import { ACTIONS, may, NOBODYS, type PolicyObject, scopeOf, type Viewer } from '#registry';

const STAFF: readonly Role[] = ['dispatcher', 'call-agent', 'diagnosis-engineer', 'administrator', 'auditor'];
const [household, elsewhere, brand, partner, otherBrand, appliance, technician] = Array.from({ length: 7 }, newId);
const nobody: Viewer = {
  person: newId(),
  role: 'owner',
  organisation: null,
  households: [],
  grants: [],
  scopes: null,
  key: null,
};
const home: PolicyObject = {
  household: household!,
  organisations: [brand!, partner!],
  technicians: [technician!],
  appliance: appliance!,
};
const staff = (role: Role, organisation: Id = brand!): Viewer => ({ ...nobody, role, organisation });
const OWNER: Viewer = { ...nobody, households: [{ household: household!, as: 'owner' }] };
const MEMBER: Viewer = { ...nobody, households: [{ household: household!, as: 'member' }] };
const TECHNICIAN: Viewer = { ...staff('technician'), person: technician! };
const REPAIRER: Viewer = { ...nobody, role: 'repairer', grants: [appliance!] };
const everybody = [OWNER, MEMBER, TECHNICIAN, REPAIRER, ...STAFF.map((role) => staff(role))];

describe('the policy', () => {
  it('shows an appliance to its household, its brand, the partner at work, the technician at work and a repairer with a grant', () => {
    for (const viewer of everybody)
      expect([viewer.role, may(viewer, 'read-appliance', home)]).toEqual([viewer.role, true]);
    expect(may(staff('dispatcher', partner!), 'read-appliance', home)).toBe(true);
  });

  it('shows it to nobody else', () => {
    const strangers: Viewer[] = [
      nobody,
      { ...nobody, households: [{ household: elsewhere!, as: 'owner' }] },
      staff('technician'),
      { ...REPAIRER, grants: [newId()] },
      ...STAFF.map((role) => staff(role, otherBrand!)),
    ];
    for (const viewer of strangers) {
      for (const action of ACTIONS) {
        const anything = may(viewer, action, NOBODYS);
        expect([viewer.role, action, may(viewer, action, home)]).toEqual([viewer.role, action, anything]);
      }
    }
  });

  it('takes from a member what only an owner may do', () => {
    const owners = ACTIONS.filter((action) => may(OWNER, action, home) && !may(MEMBER, action, home));
    expect(owners).toEqual(
      expect.arrayContaining([
        'transfer-appliance',
        'grant-access',
        'revoke-credential',
        'edit-members',
        'create-appliance',
      ]),
    );
    expect(ACTIONS.filter((action) => may(MEMBER, action, home) && !may(OWNER, action, home))).toEqual([]);
  });

  it('lets somebody own one household and be a member of another', () => {
    const both: Viewer = { ...OWNER, households: [...OWNER.households, { household: elsewhere!, as: 'member' }] };
    expect(may(both, 'transfer-appliance', home)).toBe(true);
    expect(may(both, 'transfer-appliance', { ...home, household: elsewhere! })).toBe(false);
    expect(may(both, 'read-appliance', { ...home, household: elsewhere! })).toBe(true);
  });

  it('lets an auditor change nothing', () => {
    const changes = ACTIONS.filter((action) => !/^(read|list|hear)-/.test(action));
    expect(changes.filter((action) => may(staff('auditor'), action, home))).toEqual(['use-own-account']);
  });

  it('gives nothing on an object to who has no household, organisation, work or grant', () => {
    const orphan: PolicyObject = { household: null, organisations: [], technicians: [], appliance: null };
    for (const viewer of everybody) expect(may(viewer, 'read-appliance', orphan)).toBe(false);
  });

  it('narrows a key to its scopes, and never gives it what only a session may do', () => {
    for (const viewer of everybody) {
      const key: Viewer = { ...viewer, key: newId(), scopes: ApiScope.options.filter((scope) => scope !== 'account') };
      const lost = ACTIONS.filter((action) => may(viewer, action, home) && !may(key, action, home));
      expect(lost).toContain('use-own-account');
      const none: Viewer = { ...key, scopes: [] };
      expect(ACTIONS.filter((action) => may(none, action, home))).toEqual([]);
    }
    const reader: Viewer = { ...OWNER, key: newId(), scopes: ['appliances:read'] };
    expect(may(reader, 'read-readings', home)).toBe(true);
    expect(may(reader, 'create-appliance', home)).toBe(false);
    expect(may(reader, 'read-alert', home)).toBe(false);
  });

  it('filters lists by role', () => {
    expect(scopeOf(OWNER)).toEqual({ households: [household] });
    expect(scopeOf(TECHNICIAN)).toEqual({ technician });
    expect(scopeOf(REPAIRER)).toEqual({ appliances: [appliance] });
    for (const role of STAFF) expect(scopeOf(staff(role))).toEqual({ organisation: brand });
    expect(scopeOf({ ...staff('dispatcher'), organisation: null })).toEqual({ appliances: [] });
  });
});
