// Who may do what to which object. One table and one pure function; whatever the table does not name is denied.
import type { ApiScope, Id, Role } from '#contracts';

export type Membership = { household: Id; as: 'owner' | 'member' };

/** Somebody who asks: a person with a session, or a key that acts for its maker within its scopes. */
export type Viewer = {
  person: Id;
  role: Role;
  /** Of staff; null for people of households. */
  organisation: Id | null;
  households: readonly Membership[];
  /** Appliances that an independent repairer may see now. */
  grants: readonly Id[];
  /** Null: a session, which is not narrowed. */
  scopes: readonly ApiScope[] | null;
  key: Id | null;
};

/** What the rules look at: whose household an object belongs to, which organisations look after it, who has work on it. */
export type PolicyObject = {
  household: Id | null;
  organisations: readonly Id[];
  technicians: readonly Id[];
  appliance: Id | null;
};

/** For actions on no single object: a list (which is filtered by `scopeOf`) or something that belongs to nobody. */
export const NOBODYS: PolicyObject = { household: null, organisations: [], technicians: [], appliance: null };

/** A(ny object), o(wn): the household's, the organisation's, where there is work or a grant; - never. */
type Reach = 'A' | 'o' | '-';

const COLUMNS = [
  'owner',
  'member',
  'technician',
  'dispatcher',
  'call-agent',
  'diagnosis-engineer',
  'administrator',
  'auditor',
  'repairer',
] as const satisfies readonly (Role | 'member')[];

type Row = readonly [ApiScope, Reach, Reach, Reach, Reach, Reach, Reach, Reach, Reach, Reach];

// biome-ignore format: a table is read by its columns
const TABLE = {
  //                            API key's scope     own  mem  tec  dis  cal  eng  adm  aud  rep
  'use-own-account':          ['account',           'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'],
  'read-own-account':         ['account:read',      'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'],
  'hear-changes':             ['alerts:read',       'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'],
  'list-models':              ['appliances:read',   'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'],

  'list-people':              ['people:read',       '-', '-', '-', '-', '-', '-', 'A', 'A', '-'],
  'create-person':            ['people:write',      '-', '-', '-', '-', '-', '-', 'o', '-', '-'],
  'edit-person':              ['people:write',      '-', '-', '-', '-', '-', '-', 'o', '-', '-'],
  'list-technicians':         ['people:read',       '-', '-', '-', 'A', 'A', '-', 'A', 'A', '-'],
  'edit-technician':          ['people:write',      '-', '-', '-', 'o', '-', '-', 'o', '-', '-'],
  'list-organisations':       ['people:read',       '-', '-', 'A', 'A', 'A', 'A', 'A', 'A', '-'],
  'create-organisation':      ['people:write',      '-', '-', '-', '-', '-', '-', 'A', '-', '-'],
  'edit-organisation':        ['people:write',      '-', '-', '-', '-', '-', '-', 'o', '-', '-'],
  'list-regions':             ['people:read',       '-', '-', 'A', 'A', 'A', 'A', 'A', 'A', '-'],
  'edit-region':              ['people:write',      '-', '-', '-', 'A', '-', '-', 'A', '-', '-'],
  'read-audit':               ['audit:read',        '-', '-', '-', '-', '-', '-', 'A', 'A', '-'],
  'read-retention':           ['people:read',       '-', '-', '-', '-', '-', '-', 'A', 'A', '-'],
  'edit-retention':           ['people:write',      '-', '-', '-', '-', '-', '-', 'o', '-', '-'],

  'list-households':          ['people:read',       'A', 'A', '-', 'A', 'A', '-', 'A', 'A', '-'],
  'create-household':         ['people:write',      'A', 'A', '-', 'A', 'A', '-', 'A', '-', '-'],
  'read-household':           ['people:read',       'o', 'o', '-', 'o', 'o', '-', 'o', 'o', '-'],
  'edit-household':           ['people:write',      'o', '-', '-', 'o', 'o', '-', 'o', '-', '-'],
  'edit-members':             ['people:write',      'o', '-', '-', '-', '-', '-', '-', '-', '-'],

  'read-fleet':               ['appliances:read',   '-', '-', '-', 'A', 'A', 'A', 'A', 'A', '-'],
  'list-appliances':          ['appliances:read',   'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'],
  'create-appliance':         ['appliances:write',  'o', '-', '-', 'o', '-', '-', 'o', '-', '-'],
  'read-appliance':           ['appliances:read',   'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o'],
  'edit-appliance':           ['appliances:write',  'o', '-', '-', 'o', '-', '-', 'o', '-', '-'],
  'read-readings':            ['appliances:read',   'o', 'o', 'o', 'o', 'o', 'o', 'o', '-', 'o'],
  'read-quarantine':          ['appliances:read',   'o', 'o', 'o', 'o', '-', 'o', 'o', '-', 'o'],
  'list-rejected':            ['appliances:read',   '-', '-', '-', '-', '-', 'o', 'o', '-', '-'],
  'replay-rejected':          ['appliances:write',  '-', '-', '-', '-', '-', 'o', 'o', '-', '-'],
  'read-ledger':              ['audit:read',        '-', '-', '-', '-', '-', '-', 'o', 'o', '-'],
  'settle-ledger':            ['appliances:write',  '-', '-', '-', '-', '-', '-', 'o', '-', '-'],
  'export-appliance':         ['appliances:read',   'o', '-', '-', '-', '-', 'o', 'o', '-', 'o'],
  'import-units':             ['appliances:write',  '-', '-', '-', '-', '-', '-', 'A', '-', '-'],
  'print-labels':             ['appliances:write',  '-', '-', '-', 'o', '-', '-', 'o', '-', '-'],
  'read-passport':            ['appliances:read',   'o', 'o', 'o', 'o', 'o', '-', 'o', 'o', 'o'],
  'edit-passport':            ['appliances:write',  '-', '-', '-', 'o', 'o', '-', 'o', '-', '-'],
  'note-consumable':          ['appliances:write',  'o', 'o', 'o', 'o', 'o', '-', 'o', '-', '-'],
  'claim-appliance':          ['account',           'A', 'A', '-', '-', '-', '-', '-', '-', '-'],
  'transfer-appliance':       ['account',           'o', '-', '-', '-', '-', '-', '-', '-', '-'],
  'swap-module':              ['appliances:write',  '-', '-', 'o', 'o', '-', '-', 'o', '-', '-'],
  'list-orders':              ['appliances:read',   '-', '-', '-', 'A', 'A', '-', 'A', 'A', '-'],
  'import-orders':            ['appliances:write',  '-', '-', '-', 'A', 'A', '-', 'A', '-', '-'],

  'read-credentials':         ['appliances:read',   'o', '-', '-', '-', '-', '-', 'o', 'o', '-'],
  'issue-credential':         ['appliances:write',  'o', '-', '-', '-', '-', '-', 'o', '-', '-'],
  'revoke-credential':        ['appliances:write',  'o', '-', '-', '-', '-', '-', 'o', '-', '-'],
  'list-gateways':            ['appliances:read',   'A', 'A', '-', 'A', '-', '-', 'A', 'A', '-'],
  'create-gateway':           ['appliances:write',  'o', '-', '-', '-', '-', '-', 'o', '-', '-'],
  'read-gateway':             ['appliances:read',   'o', 'o', '-', 'o', '-', '-', 'o', 'o', '-'],
  'edit-gateway':             ['appliances:write',  'o', '-', '-', '-', '-', '-', 'o', '-', '-'],
  'list-provisioning-keys':   ['appliances:read',   '-', '-', '-', '-', '-', '-', 'A', 'A', '-'],
  'create-provisioning-key':  ['appliances:write',  '-', '-', '-', '-', '-', '-', 'A', '-', '-'],
  'revoke-provisioning-key':  ['appliances:write',  '-', '-', '-', '-', '-', '-', 'o', '-', '-'],

  'list-grants':              ['appliances:read',   'o', '-', '-', '-', '-', '-', '-', '-', '-'],
  'grant-access':             ['account',           'o', '-', '-', '-', '-', '-', '-', '-', '-'],
  'revoke-grant':             ['account',           'o', '-', '-', '-', '-', '-', '-', '-', '-'],
  'read-remote-sessions':     ['service:read',      'o', 'o', 'o', 'o', 'o', '-', 'o', 'o', '-'],
  'ask-remote-session':       ['account',           '-', '-', 'o', 'o', 'o', '-', '-', '-', '-'],
  'answer-remote-session':    ['account',           'o', 'o', '-', '-', '-', '-', '-', '-', '-'],
  'read-commands':            ['appliances:read',   'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o'],
  'send-command':             ['appliances:write',  'o', '-', 'o', 'o', 'o', '-', '-', '-', '-'],
  'confirm-command':          ['account',           'o', '-', '-', '-', '-', '-', '-', '-', '-'],

  'report-appliance':         ['appliances:write',  'o', 'o', '-', 'o', 'o', '-', '-', '-', '-'],
  'read-reports':             ['appliances:read',   'o', 'o', 'o', 'o', 'o', 'o', 'o', '-', '-'],
  'set-presence':             ['appliances:write',  'o', '-', '-', '-', '-', '-', '-', '-', '-'],

  'list-alerts':              ['alerts:read',       'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'],
  'read-alert':               ['alerts:read',       'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o'],
  'answer-alert':             ['alerts:write',      'o', 'o', '-', 'o', 'o', '-', 'o', '-', '-'],
  'acknowledge-alert':        ['alerts:write',      'o', 'o', '-', 'o', 'o', '-', 'o', '-', '-'],
  'request-service':          ['alerts:write',      'o', 'o', '-', 'o', 'o', '-', 'o', '-', '-'],

  'list-cases':               ['service:read',      'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', '-'],
  'read-case':                ['service:read',      'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', '-'],
  'hand-over-case':           ['service:write',     '-', '-', '-', 'o', '-', '-', 'o', '-', '-'],
  'pick-slot':                ['service:write',     'o', 'o', '-', 'o', 'o', '-', 'o', '-', '-'],
  'assign-visit':             ['service:write',     '-', '-', '-', 'o', '-', '-', 'o', '-', '-'],
  'accept-visit':             ['service:write',     '-', '-', 'o', '-', '-', '-', '-', '-', '-'],
  'refuse-visit':             ['service:write',     '-', '-', 'o', '-', '-', '-', '-', '-', '-'],
  'finish-visit':             ['service:write',     '-', '-', 'o', '-', '-', '-', '-', '-', '-'],

  'read-rules':               ['rules:read',        '-', '-', '-', 'o', 'o', 'o', 'o', 'o', '-'],
  'edit-rules':               ['rules:write',       '-', '-', '-', '-', '-', 'o', 'o', '-', '-'],
  'publish-rules':            ['rules:write',       '-', '-', '-', '-', '-', 'o', 'o', '-', '-'],
  'try-rules':                ['rules:write',       '-', '-', '-', '-', '-', 'o', 'o', '-', '-'],
  'read-backtests':           ['rules:read',        '-', '-', '-', '-', '-', 'o', 'o', '-', '-'],

  'list-webhooks':            ['webhooks',          'A', '-', '-', '-', '-', '-', 'A', '-', '-'],
  'create-webhook':           ['webhooks',          'o', '-', '-', '-', '-', '-', 'o', '-', '-'],
  'edit-webhook':             ['webhooks',          'o', '-', '-', '-', '-', '-', 'o', '-', '-'],
} as const satisfies Record<string, Row>;

export type Action = keyof typeof TABLE;
export const ACTIONS = Object.keys(TABLE) as readonly Action[];

/** The one answer for routes, lists, exports and live updates. */
export function may(viewer: Viewer, action: Action, object: PolicyObject): boolean {
  const [scope, ...reaches] = TABLE[action];
  if (viewer.scopes !== null && !viewer.scopes.includes(scope)) return false;
  const reach: Reach = reaches[COLUMNS.indexOf(columnOf(viewer, object))]!;
  return reach === 'A' || (reach === 'o' && isOwn(viewer, object));
}

/** A person may own one household and only be a member of another. */
function columnOf(viewer: Viewer, object: PolicyObject): (typeof COLUMNS)[number] {
  return viewer.role === 'owner' ? (membershipIn(viewer, object.household)?.as ?? 'owner') : viewer.role;
}

const membershipIn = (viewer: Viewer, household: Id | null): Membership | undefined =>
  viewer.households.find((membership) => membership.household === household);

function isOwn(viewer: Viewer, object: PolicyObject): boolean {
  switch (viewer.role) {
    case 'owner':
      return membershipIn(viewer, object.household) !== undefined;
    case 'technician':
      return object.technicians.includes(viewer.person);
    case 'repairer':
      return object.appliance !== null && viewer.grants.includes(object.appliance);
    default:
      return viewer.organisation !== null && object.organisations.includes(viewer.organisation);
  }
}

/** What a list may show, for the room that filters it in SQL. */
export type Scope =
  | { households: readonly Id[] }
  | { technician: Id }
  | { organisation: Id }
  | { appliances: readonly Id[] };

export function scopeOf(viewer: Viewer): Scope {
  switch (viewer.role) {
    case 'owner':
      return { households: viewer.households.map(({ household }) => household) };
    case 'technician':
      return { technician: viewer.person };
    case 'repairer':
      return { appliances: viewer.grants };
    default:
      return viewer.organisation === null ? { appliances: [] } : { organisation: viewer.organisation };
  }
}

/** What a key of somebody in this role can be narrowed to: where at least one action is his. Never `account`. */
export function scopesOf(role: Role): ApiScope[] {
  const scopes = new Set<ApiScope>();
  for (const [scope, ...reaches] of Object.values<Row>(TABLE)) {
    if (reaches[COLUMNS.indexOf(role)] !== '-') scopes.add(scope);
  }
  scopes.delete('account');
  return [...scopes].sort();
}

const REACHES: Record<Reach, number> = { '-': 0, o: 1, A: 2 };

/** Whether a change of role takes anything away. */
export const rightsShrink = (from: Role, to: Role): boolean =>
  Object.values<Row>(TABLE).some(([, ...reaches]) => {
    const reach = (role: Role): number => REACHES[reaches[COLUMNS.indexOf(role)]!];
    return reach(from) > reach(to);
  });
