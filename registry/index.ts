// The door of the registry: who and what exists, and who may do what.
export { authenticateAppliance } from './appliance-secret.ts';
export {
  type ApplianceRecord,
  type ApplianceScope,
  applianceById,
  appliancesByIds,
  countAppliances,
  createAppliance,
  householdOf,
  listAppliances,
} from './appliances.ts';
export { createHousehold, listHouseholds } from './households.ts';
export { loadModels } from './models.ts';
export {
  createPerson,
  listPeople,
  membersOf,
  type PersonFields,
  peopleWithRole,
  personById,
  setPreferences,
  type TechnicianProfile,
  technicians,
} from './people.ts';
export { ACTIONS, type Action, may, NOBODYS, type PolicyObject, type Scope, scopeOf, type Viewer } from './policy.ts';
export { logIn, logOut, openSession, SESSION_ABSOLUTE_MS, sessionOf } from './sessions.ts';
export { issueSetUpToken, setUp } from './set-up.ts';
export { registryTables } from './tables.ts';
export { tryItLine } from './try-it.ts';
