// The door of the registry: who and what exists, and who may do what.
export { onAccessChange } from './access-changes.ts';
export { type ApiKeyRecord, createApiKey, deleteApiKey, listApiKeys } from './api-keys.ts';
export { editAppliance } from './appliance-edit.ts';
export {
  type ApplianceRecord,
  type ApplianceScope,
  applianceById,
  appliancesByIds,
  createAppliance,
  fleetOf,
  holdAppliance,
  householdOf,
  householdsOf,
  listAppliances,
  nameFor,
} from './appliances.ts';
export { type AttemptLimit, attempt, forgetAttempts } from './attempts.ts';
export { type Actor, type AuditScope, actorOf, audit, listAudit, verifyAudit } from './audit.ts';
export { claimUrl } from './claim-codes.ts';
export { type ClaimOutcome, claimAppliance } from './claims.ts';
export { CONSENT_TEXTS, type Consent, consentsOf, hasConsent, PURPOSES, type Purpose, sayConsent } from './consents.ts';
export {
  type Credential,
  type Given,
  type Holder,
  importCredential,
  issueCredential,
  listCredentials,
  revokeAll,
  revokeCredential,
} from './credentials.ts';
export { type Erased, erasePerson, finishErasures, unfinishedErasures } from './erasure.ts';
export {
  applianceMoved,
  attachAppliance,
  createGateway,
  detachAppliance,
  type Gateway,
  type GatewayScope,
  gatewayById,
  listGateways,
} from './gateways.ts';
export { grantAccess, listGrants, revokeGrant } from './grants.ts';
export {
  addSite,
  editSite,
  membersWithStanding,
  removeMember,
  removeSite,
  renameHousehold,
  setStanding,
  sitesOf,
} from './household-edit.ts';
export {
  createHousehold,
  type HouseholdScope,
  householdById,
  listHouseholds,
  organisationsOfHousehold,
} from './households.ts';
export { type Acceptance, acceptInvitation, inviteToHousehold } from './invitations.ts';
export { printLabels } from './labels.ts';
export { mailPerson, sealedPart } from './mail-person.ts';
export { loadModels } from './models.ts';
export { swapModule } from './modules.ts';
export { eraseOrdersOf } from './order-claim.ts';
export { importOrders } from './order-import.ts';
export { listOrders, type OrderFilter } from './orders.ts';
export {
  createOrganisation,
  editOrganisation,
  homeOrganisation,
  type Organisation,
  organisationById,
  organisationsAround,
  organisationsUnder,
} from './organisations.ts';
export { type OwnData, ownDataOf } from './own-data.ts';
export { editPassport, noteConsumable, type PassportRecord, passportOf } from './passport.ts';
export { askPasswordReset, changePassword, resetPassword } from './password-reset.ts';
export {
  createPerson,
  joinHousehold,
  listPeople,
  membersOf,
  type PersonFields,
  peopleWithRole,
  personById,
  setPreferences,
  type TechnicianProfile,
  technicians,
} from './people.ts';
export { importPeople } from './people-import.ts';
export {
  ACTIONS,
  type Action,
  type Membership,
  may,
  NOBODYS,
  type PolicyObject,
  rightsShrink,
  type Scope,
  scopeOf,
  scopesOf,
  type Viewer,
} from './policy.ts';
export {
  authenticatePrincipal,
  credentialsOver,
  type Offer,
  type Principal,
  principalAgain,
} from './principals.ts';
export {
  createProvisioningKey,
  type FirstContact,
  firstContact,
  listProvisioningKeys,
  openFirstContact,
  organisationOfModel,
  type ProvisioningKey,
  provisioningKeyById,
  revokeProvisioningKey,
} from './provisioning.ts';
export { deleteRegion, listRegions, putRegion, regionOfPostcode } from './regions.ts';
export {
  answerRemoteSession,
  askRemoteSession,
  endRemoteSession,
  listRemoteSessions,
  lookWithin,
  REMOTE_SESSION_LIFE,
  type RemoteSessionEvent,
  type RemoteSessionRecord,
  remoteSessionById,
} from './remote-sessions.ts';
export { forgetOld, KEPT, type Kept, RETENTION, retentionOf, setRetention } from './retention.ts';
export { openParts } from './sealed-parts.ts';
export {
  confirmSecondFactor,
  enrolSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
  secondFactorOf,
} from './second-factor.ts';
export {
  authenticateAgain,
  endSession,
  endSessions,
  isFresh,
  listSessions,
  logIn,
  logOut,
  openSession,
  SESSION_ABSOLUTE_MS,
  type Session,
  sessionOf,
  viewerOfKey,
  viewerOfPerson,
} from './sessions.ts';
export { issueSetUpToken, setUp } from './set-up.ts';
export { confirmSignUp, dropUnconfirmed, type SignUp, signUp } from './sign-up.ts';
export { editStaff, listStaff, mustLeaveAnAdministrator, staffById } from './staff.ts';
export { registryTables } from './tables.ts';
export { editTechnician, technicianById } from './technician-profile.ts';
export { transferAppliance } from './transfer.ts';
export { tryItLine } from './try-it.ts';
export { type Importing, importUnits } from './unit-import.ts';
export { deleteKey, keyOf, openBytes, openSealed, seal, sealForAppliances, unseal } from './vault.ts';
