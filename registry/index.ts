// The door of the registry: who and what exists, and who may do what.
export { onAccessChange } from './access/access-changes.ts';
export { type ApiKeyRecord, createApiKey, deleteApiKey, listApiKeys } from './access/api-keys.ts';
export { type Actor, type AuditScope, actorOf, audit, listAudit, verifyAudit } from './access/audit.ts';
export { grantAccess, listGrants, revokeGrant } from './access/grants.ts';
export {
  ACTIONS,
  type Action,
  may,
  NOBODYS,
  type PolicyObject,
  rightsShrink,
  type Scope,
  scopeOf,
  scopesOf,
  type Viewer,
} from './access/policy.ts';
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
  runningSessions,
} from './access/remote-sessions.ts';
export { editAppliance } from './appliances/appliance-edit.ts';
export {
  type ApplianceRecord,
  type ApplianceScope,
  applianceById,
  appliancesByIds,
  createAppliance,
  type FleetUnit,
  fleetOf,
  fleetUnits,
  holdAppliance,
  householdOf,
  householdsOf,
  listAppliances,
  nameFor,
} from './appliances/appliances.ts';
export {
  type Credential,
  type Given,
  type Holder,
  importCredential,
  issueCredential,
  listCredentials,
  revokeAll,
  revokeCredential,
} from './appliances/credentials.ts';
export {
  applianceMoved,
  attachAppliance,
  createGateway,
  detachAppliance,
  type Gateway,
  type GatewayScope,
  gatewayById,
  gatewaysChanged,
  listGateways,
} from './appliances/gateways.ts';
export { loadModels, type NeutralCode, neutralCode } from './appliances/models.ts';
export {
  authenticatePrincipal,
  credentialsOver,
  type Offer,
  type Principal,
  principalAgain,
} from './appliances/principals.ts';
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
} from './appliances/provisioning.ts';
export { tryItLine } from './appliances/try-it.ts';
export { type Importing, importUnits } from './appliances/unit-import.ts';
export { askCommand, cancelCommand, confirmCommand, expireCommands } from './commands/ask-command.ts';
export {
  type AnsweredCommand,
  answersHeard,
  type CommandRecord,
  commandById,
  forgetCommands,
  listCommands,
  openCommands,
} from './commands/command-record.ts';
export {
  appliancesWithCommands,
  onCommand,
  takeCommands,
} from './commands/deliver-commands.ts';
export { COMMAND_LIFE, type CommandEvent } from './commands/life-cycle.ts';
export { type CommandAnswer, type RefusedAnswer, takeCommandAnswers } from './commands/take-answers.ts';
export {
  addSite,
  editSite,
  membersWithStanding,
  removeMember,
  removeSite,
  renameHousehold,
  setStanding,
  sitesOf,
} from './households/household-edit.ts';
export {
  createHousehold,
  type HouseholdScope,
  householdById,
  listHouseholds,
  organisationsOfHousehold,
} from './households/households.ts';
export {
  createOrganisation,
  editOrganisation,
  homeOrganisation,
  type Organisation,
  organisationById,
  organisationsAround,
  organisationsUnder,
} from './organisations/organisations.ts';
export { deleteRegion, listRegions, putRegion } from './organisations/regions.ts';
export { claimUrl } from './passport/claim-codes.ts';
export { type ClaimOutcome, claimAppliance } from './passport/claims.ts';
export { printLabels } from './passport/labels.ts';
export { swapModule } from './passport/modules.ts';
export {} from './passport/order-claim.ts';
export { importOrders } from './passport/order-import.ts';
export { listOrders } from './passport/orders.ts';
export { editPassport, noteConsumable, type PassportRecord, passportOf } from './passport/passport.ts';
export { transferAppliance } from './passport/transfer.ts';
export { type AttemptLimit, attempt, forgetAttempts } from './people/attempts.ts';
export { acceptInvitation, inviteToHousehold } from './people/invitations.ts';
export {} from './people/mail-person.ts';
export { askPasswordReset, changePassword, resetPassword } from './people/password-reset.ts';
export {
  createPerson,
  joinHousehold,
  listPeople,
  membersOf,
  peopleWithRole,
  personById,
  setPreferences,
  type TechnicianProfile,
  technicians,
} from './people/people.ts';
export { importPeople } from './people/people-import.ts';
export {
  confirmSecondFactor,
  enrolSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
  secondFactorOf,
} from './people/second-factor.ts';
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
} from './people/sessions.ts';
export { issueSetUpToken, setUp } from './people/set-up.ts';
export { confirmSignUp, signUp } from './people/sign-up.ts';
export { editStaff, listStaff, staffById } from './people/staff.ts';
export { editTechnician, technicianById } from './people/technician-profile.ts';
export {
  mustBeARest,
  type PresenceSaid,
  presenceHeard,
  restsUntil,
  setPresence,
  standingRest,
} from './reports/presence.ts';
export {
  forgetReportWords,
  keepReport,
  listReports,
  type ReportRecord,
  reportsHeard,
  type SaidOf,
} from './reports/reports.ts';
export {
  consentsOf,
  hasConsent,
  type Purpose,
  sayConsent,
} from './rights/consents.ts';
export { type Erased, erasePerson, finishErasures, unfinishedErasures } from './rights/erasure.ts';
export { ownDataOf } from './rights/own-data.ts';
export { forgetOld, KEPT, type Kept, RETENTION, retentionOf, setRetention } from './rights/retention.ts';
export { registryTables } from './tables.ts';
export { openParts } from './vault/sealed-parts.ts';
export {
  deleteKey,
  keyOf,
  openBytes,
  openSealed,
  seal,
  sealForAppliances,
  sealIfKnown,
} from './vault/vault.ts';
