// Who may do what to which object. One table and one pure function; whatever the table does not name is denied.
import type { Id, Role } from '#contracts';

export type Viewer = { person: Id; role: Role; households: readonly Id[] };

/** What the rules look at: the household that an object belongs to, and the technicians who have work on it. */
export type PolicyObject = { household: Id | null; technicians: readonly Id[] };

/** For actions on no single object: a list (which is filtered by `scopeOf`) or something that belongs to nobody. */
export const NOBODYS: PolicyObject = { household: null, technicians: [] };

/** `any`: every object. `own`: a household's own things for its owner, the things he has work on for a technician. */
type Reach = 'any' | 'own' | 'none';

type Row = readonly [owner: Reach, technician: Reach, dispatcher: Reach, administrator: Reach];

const COLUMNS: Record<Role, 0 | 1 | 2 | 3> = { owner: 0, technician: 1, dispatcher: 2, administrator: 3 };

// biome-ignore format: a table is read by its columns
const TABLE = {
  //                       owner   technician  dispatcher  administrator
  'use-own-account':      ['any',  'any',      'any',      'any'],
  'list-models':          ['any',  'any',      'any',      'any'],
  'hear-changes':         ['any',  'any',      'any',      'any'],
  'list-people':          ['none', 'none',     'none',     'any'],
  'create-person':        ['none', 'none',     'none',     'any'],
  'list-households':      ['any',  'none',     'any',      'any'],
  'create-household':     ['none', 'none',     'any',      'any'],
  'list-technicians':     ['none', 'none',     'any',      'any'],
  'read-fleet':           ['none', 'none',     'any',      'any'],
  'list-appliances':      ['any',  'any',      'any',      'any'],
  'create-appliance':     ['own',  'none',     'any',      'any'],
  'read-appliance':       ['own',  'own',      'any',      'any'],
  'read-readings':        ['own',  'own',      'any',      'any'],
  'read-quarantine':      ['own',  'own',      'any',      'any'],
  'list-alerts':          ['any',  'any',      'any',      'any'],
  'read-alert':           ['own',  'own',      'any',      'any'],
  'answer-alert':         ['own',  'none',     'any',      'any'],
  'acknowledge-alert':    ['own',  'none',     'any',      'any'],
  'request-service':      ['own',  'none',     'any',      'any'],
  'list-cases':           ['any',  'any',      'any',      'any'],
  'read-case':            ['own',  'own',      'any',      'any'],
  'pick-slot':            ['own',  'none',     'any',      'any'],
  'assign-visit':         ['none', 'none',     'any',      'any'],
  'accept-visit':         ['none', 'own',      'none',     'none'],
  'refuse-visit':         ['none', 'own',      'none',     'none'],
  'finish-visit':         ['none', 'own',      'none',     'none'],
} as const satisfies Record<string, Row>;

export type Action = keyof typeof TABLE;
export const ACTIONS = Object.keys(TABLE) as readonly Action[];

/** The one answer for routes, lists, exports and live updates. */
export function may(viewer: Viewer, action: Action, object: PolicyObject): boolean {
  const reach: Reach = TABLE[action][COLUMNS[viewer.role]];
  return reach === 'any' || (reach === 'own' && isOwn(viewer, object));
}

function isOwn(viewer: Viewer, object: PolicyObject): boolean {
  if (viewer.role === 'technician') return object.technicians.includes(viewer.person);
  return object.household !== null && viewer.households.includes(object.household);
}

/** What a list may show, for the room that filters it in SQL. */
export type Scope = { all: true } | { households: readonly Id[] } | { technician: Id };

export function scopeOf(viewer: Viewer): Scope {
  switch (viewer.role) {
    case 'dispatcher':
    case 'administrator':
      return { all: true };
    case 'technician':
      return { technician: viewer.person };
    case 'owner':
      return { households: viewer.households };
  }
}
