// Who may call what: every route, written by hand from what each role is for, not from the policy's own table.
import { ruleText } from '../diagnosis-rules/rule-text.ts';
import type { Things } from './access-world.ts';

/**
 * Everybody who asks, besides strangers: `own`er and `mem`ber of the household with the appliance, `nei`ghbour;
 * `tec`hnician at work there, one who is `idl`e, one whose work is long `pas`t; `dis`patcher, `cal`l agent, diagnosis
 * `eng`ineer, `adm`inistrator and `aud`itor of the brand; dispatcher of the `par`tner firm that has the case; dispatcher
 * (`for`) and administrator (`fad`) of another brand; independent `rep`airer with a grant, and one whose grant has ended
 * (`pre`).
 */
// biome-ignore format: the columns of the table below
export const ASKERS = ['own', 'mem', 'nei', 'tec', 'idl', 'pas', 'dis', 'cal', 'eng', 'adm', 'aud', 'par', 'for', 'fad', 'rep', 'pre'] as const;
export type Asker = (typeof ASKERS)[number];

/** y: may. n: may not, and is told so. -: for him the thing does not exist. */
export type Verdict = 'y' | 'n' | '-';

export type Row = {
  who: string;
  path?: (things: Things) => Record<string, string>;
  body?: object | ((things: Things) => object);
  query?: Record<string, string>;
  /** Sent instead of JSON. */
  csv?: string;
};

const on =
  (thing: keyof Things) =>
  (things: Things): Record<string, string> => ({ id: things[thing] });
const appliance = on('appliance');
const home = on('home');
const gateway = on('gateway');
const webhook = on('webhook');

const PASSWORD = 'correct horse battery';
const DAY = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' };
const VISITS = on('visit');
const BACKTEST = on('backtest');
const RULE = () => ({ rule: 'test-warm', version: '1' });

/** They stay open; their own tests hold them to the same policy. */
export const STREAMS: ReadonlySet<string> = new Set(['hearChanges']);

// biome-ignore format: a table is read by its columns
export const ROWS: Record<string, Row> = {
  // --- my own account           own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  getMe:                  { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  setPreferences:         { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ', body: { language: 'zh' } },
  changePassword:         { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ', body: { current: PASSWORD, password: 'another long password' } },
  listSessions:           { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  logOut:                 { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  logOutEverywhere:       { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  endSession:             { who: ' y   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: on('session') },
  authenticateAgain:      { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ', body: { password: PASSWORD } },
  getSecondFactor:        { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  enrolSecondFactor:      { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  confirmSecondFactor:    { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ', body: { code: '123456' } },
  removeSecondFactor:     { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  renewRecoveryCodes:     { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  listApiKeys:            { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  createApiKey:           { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ', body: { name: 'script', scopes: ['account:read'] } },
  deleteApiKey:           { who: ' y   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: on('apiKey') },
  getConsents:            { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  sayConsents:            { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ', body: { marketing: true } },
  exportMe:               { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ', body: { format: 'json' } },
  listExports:            { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  getExport:              { who: ' y   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: on('export') },
  getExportFile:          { who: ' -   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: ({ export: id }) => ({ id, name: 'not-there.json' }) },
  eraseMe:                { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },

  // --- people and firms         own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listPeople:             { who: ' n   n   n   n   n   n   n   n   n   y   y   n   n   y   n   n ' },
  createPerson:           { who: ' n   n   n   n   n   n   n   n   n   y   n   n   n   y   n   n ', body: { name: 'New', email: 'new@example.org', password: PASSWORD, role: 'dispatcher' } },
  importPeople:           { who: ' n   n   n   n   n   n   n   n   n   y   n   n   n   y   n   n ', csv: 'name,email,role\nNew,new@example.org,dispatcher\n' },
  editPerson:             { who: ' -   -   -   -   -   -   -   -   -   y   -   -   -   -   -   - ', path: on('staff'), body: { role: 'auditor' } },
  erasePerson:            { who: ' -   -   -   -   -   -   -   -   -   y   -   -   -   -   -   - ', path: on('staff') },
  removeSecondFactorOf:   { who: ' -   -   -   -   -   -   -   -   -   y   -   -   -   -   -   - ', path: on('staff') },
  listOrganisations:      { who: ' n   n   n   y   y   y   y   y   y   y   y   y   y   y   n   n ' },
  createOrganisation:     { who: ' n   n   n   n   n   n   n   n   n   y   n   n   n   y   n   n ', body: { kind: 'partner', name: 'Fixers' } },
  editOrganisation:       { who: ' -   -   -   -   -   -   -   -   -   y   -   -   -   -   -   - ', path: on('partner'), body: { name: 'Fixers' } },
  listRegions:            { who: ' n   n   n   y   y   y   y   y   y   y   y   y   y   y   n   n ' },
  putRegion:              { who: ' n   n   n   n   n   n   y   n   n   y   n   y   y   y   n   n ', path: () => ({ code: 'north' }), body: { name: 'North', postcodes: ['10'] } },
  deleteRegion:           { who: ' n   n   n   n   n   n   y   n   n   y   n   -   -   -   n   n ', path: ({ region }) => ({ code: region }) },
  listTechnicians:        { who: ' n   n   n   n   n   n   y   y   n   y   y   y   y   y   n   n ' },
  getTechnician:          { who: ' -   -   -   -   -   -   y   y   -   y   y   -   -   -   -   - ', path: on('brandTechnician') },
  editTechnician:         { who: ' -   -   -   -   -   -   y   n   -   y   n   -   -   -   -   - ', path: on('brandTechnician'), body: { skills: ['general'] } },
  listAudit:              { who: ' n   n   n   n   n   n   n   n   n   y   y   n   n   y   n   n ' },
  verifyAudit:            { who: ' n   n   n   n   n   n   n   n   n   y   y   n   n   y   n   n ' },
  getRetention:           { who: ' n   n   n   n   n   n   n   n   n   y   y   n   n   y   n   n ' },
  setRetention:           { who: ' n   n   n   n   n   n   n   n   n   y   n   n   n   n   n   n ', body: { exports: 3 } },

  // --- households               own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listHouseholds:         { who: ' y   y   y   n   n   n   y   y   n   y   y   y   y   y   n   n ' },
  createHousehold:        { who: ' y   y   y   n   n   n   y   y   n   y   n   y   y   y   n   n ', body: { name: 'Hut', region: 'north' } },
  getHousehold:           { who: ' y   y   -   -   -   -   y   y   -   y   y   -   -   -   -   - ', path: home },
  editHousehold:          { who: ' y   n   -   -   -   -   y   y   -   y   n   -   -   -   -   - ', path: home, body: { name: 'Nest' } },
  listSites:              { who: ' y   y   -   -   -   -   y   y   -   y   y   -   -   -   -   - ', path: home },
  addSite:                { who: ' y   n   -   -   -   -   y   y   -   y   n   -   -   -   -   - ', path: home, body: { address: 'By the lake', region: 'north' } },
  editSite:               { who: ' y   n   -   -   -   -   y   y   -   y   n   -   -   -   -   - ', path: (t) => ({ id: t.home, site: t.site }), body: { address: 'Elsewhere' } },
  removeSite:             { who: ' y   n   -   -   -   -   y   y   -   y   n   -   -   -   -   - ', path: (t) => ({ id: t.home, site: t.site }) },
  listMembers:            { who: ' y   y   -   -   -   -   y   y   -   y   y   -   -   -   -   - ', path: home },
  inviteMember:           { who: ' y   n   -   -   -   -   n   n   -   n   n   -   -   -   -   - ', path: home, body: { email: 'aunt@example.org', as: 'member' } },
  editMember:             { who: ' y   n   -   -   -   -   n   n   -   n   n   -   -   -   -   - ', path: (t) => ({ id: t.home, person: t.member }), body: { as: 'owner' } },
  removeMember:           { who: ' y   n   -   -   -   -   n   n   -   n   n   -   -   -   -   - ', path: (t) => ({ id: t.home, person: t.member }) },
  leaveHousehold:         { who: ' y   y   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: home },

  // --- appliances               own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listModels:             { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  getFleet:               { who: ' n   n   n   n   n   n   y   y   y   y   y   y   y   y   n   n ' },
  listAppliances:         { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  createAppliance:        { who: ' y   n   n   n   n   n   y   n   n   y   n   n   n   n   n   n ', body: ({ home: household }: Things) => ({ model: 'metered-fridge', name: 'Second', household }) },
  getAppliance:           { who: ' y   y   -   y   -   -   y   y   y   y   y   y   -   -   y   - ', path: appliance },
  editAppliance:          { who: ' y   n   -   n   -   -   y   n   n   y   n   y   -   -   n   - ', path: appliance, body: { name: 'Larder' } },
  getReadings:            { who: ' y   y   -   y   -   -   y   y   y   y   n   y   -   -   y   - ', path: appliance, query: { signal: 'power', ...DAY } },
  lookLive:               { who: ' y   y   -   y   -   -   y   y   y   y   n   y   -   -   y   - ', path: appliance },
  listQuarantine:         { who: ' y   y   -   y   -   -   y   n   y   y   n   y   -   -   y   - ', path: appliance },
  exportAppliance:        { who: ' y   n   -   n   -   -   n   n   y   y   n   n   -   -   y   - ', path: appliance, body: { format: 'csv' } },
  importUnits:            { who: ' n   n   n   n   n   n   n   n   n   y   n   n   n   y   n   n ', csv: 'model,serial\nmetered-fridge,M-1\n' },
  printLabel:             { who: ' n   n   -   n   -   -   y   n   n   y   n   y   -   -   n   - ', path: appliance, body: { perRow: 2 } },
  printLabels:            { who: ' n   n   n   n   n   n   y   n   n   y   n   y   -   -   n   n ', body: ({ appliance: id }: Things) => ({ appliances: [id] }) },
  claimAppliance:         { who: ' y   y   y   n   n   n   n   n   n   n   n   n   n   n   n   n ', body: { model: 'metered-fridge', serial: 'M-2', code: 'NONE' } },
  transferAppliance:      { who: ' y   n   -   n   -   -   n   n   n   n   n   n   -   -   n   - ', path: appliance },
  getPassport:            { who: ' y   y   -   y   -   -   y   y   n   y   y   y   -   -   y   - ', path: appliance },
  editPassport:           { who: ' n   n   -   n   -   -   y   y   n   y   n   y   -   -   n   - ', path: appliance, body: { purchasedOn: '2026-01-02' } },
  noteConsumable:         { who: ' y   y   -   y   -   -   y   y   n   y   n   y   -   -   n   - ', path: (t) => ({ id: t.appliance, consumable: 'water-filter' }), body: {} },
  swapModule:             { who: ' n   n   -   y   -   -   y   n   n   y   n   y   -   -   n   - ', path: appliance, body: {} },
  listOrders:             { who: ' n   n   n   n   n   n   y   y   n   y   y   y   y   y   n   n ' },
  importOrders:           { who: ' n   n   n   n   n   n   y   y   n   y   n   y   y   y   n   n ', csv: 'number,model,name,email,address,region\n1,metered-fridge,A,a@example.org,Road 1,north\n' },

  // --- how they prove themselves own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listApplianceCredentials:  { who: ' y   n   -   n   -   -   n   n   n   y   y   -   -   -   n   - ', path: appliance },
  issueApplianceCredential:  { who: ' y   n   -   n   -   -   n   n   n   y   n   -   -   -   n   - ', path: appliance, body: {} },
  revokeApplianceCredential: { who: ' y   n   -   n   -   -   n   n   n   y   n   -   -   -   n   - ', path: (t) => ({ id: t.appliance, credential: t.credential }) },
  revokeAppliance:           { who: ' y   n   -   n   -   -   n   n   n   y   n   -   -   -   n   - ', path: appliance },
  openFirstContact:          { who: ' n   n   -   n   -   -   n   n   n   y   n   -   -   -   n   - ', path: appliance },
  listGateways:              { who: ' y   y   y   n   n   n   y   n   n   y   y   y   y   y   n   n ' },
  createGateway:             { who: ' y   n   n   n   n   n   n   n   n   y   n   n   n   n   n   n ', body: ({ home: household }: Things) => ({ household }) },
  getGateway:                { who: ' y   y   -   -   -   -   y   -   -   y   y   -   -   -   -   - ', path: gateway },
  attachAppliance:           { who: ' y   n   -   -   -   -   n   -   -   y   n   -   -   -   -   - ', path: (t) => ({ id: t.gateway, appliance: t.appliance }) },
  detachAppliance:           { who: ' y   n   -   -   -   -   n   -   -   y   n   -   -   -   -   - ', path: (t) => ({ id: t.gateway, appliance: t.appliance }) },
  listGatewayCredentials:    { who: ' y   n   -   -   -   -   n   -   -   y   y   -   -   -   -   - ', path: gateway },
  issueGatewayCredential:    { who: ' y   n   -   -   -   -   n   -   -   y   n   -   -   -   -   - ', path: gateway, body: {} },
  revokeGatewayCredential:   { who: ' y   n   -   -   -   -   n   -   -   y   n   -   -   -   -   - ', path: (t) => ({ id: t.gateway, credential: t.gatewayCredential }) },
  revokeGateway:             { who: ' y   n   -   -   -   -   n   -   -   y   n   -   -   -   -   - ', path: gateway },
  listProvisioningKeys:      { who: ' n   n   n   n   n   n   n   n   n   y   y   n   n   y   n   n ' },
  createProvisioningKey:     { who: ' n   n   n   n   n   n   n   n   n   y   n   n   n   n   n   n ', body: { model: 'metered-fridge', most: 10, endsAt: '2026-04-01T00:00:00Z' } },
  revokeProvisioningKey:     { who: ' -   -   -   -   -   -   -   -   -   y   -   -   -   -   -   - ', path: on('provisioningKey') },

  // --- letting others look      own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listGrants:             { who: ' y   n   -   n   -   -   n   n   n   n   n   n   -   -   n   - ', path: appliance },
  grantAccess:            { who: ' y   n   -   n   -   -   n   n   n   n   n   n   -   -   n   - ', path: appliance, body: { email: 'fix@example.org', hours: 24 } },
  revokeGrant:            { who: ' y   n   -   n   -   -   n   n   n   n   n   n   -   -   n   - ', path: (t) => ({ id: t.appliance, grant: t.grant }) },
  listRemoteSessions:     { who: ' y   y   -   y   -   -   y   y   n   y   y   y   -   -   n   - ', path: appliance },
  askRemoteSession:       { who: ' n   n   -   y   -   -   y   y   n   n   n   y   -   -   n   - ', path: appliance, body: { reason: 'customer-call', minutes: 10, what: 'live-view' } },
  answerRemoteSession:    { who: ' y   y   -   n   -   -   n   n   -   n   n   n   -   -   -   - ', path: on('remoteSession'), body: { answer: 'yes' } },
  endRemoteSession:       { who: ' y   y   -   n   -   -   n   y   -   n   n   n   -   -   -   - ', path: on('remoteSession') },

  // --- commands                 own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listCommands:           { who: ' y   y   -   y   -   -   y   y   y   y   y   y   -   -   y   - ', path: appliance },
  sendCommand:            { who: ' y   n   -   y   -   -   y   y   n   n   n   y   -   -   n   - ', path: appliance, body: { kind: 'self-test' } },
  getCommand:             { who: ' y   y   -   y   -   -   y   y   y   y   y   y   -   -   y   - ', path: on('command') },
  confirmCommand:         { who: ' y   n   -   n   -   -   n   n   n   n   n   n   -   -   n   - ', path: on('command') },
  cancelCommand:          { who: ' y   n   -   n   -   -   n   n   n   n   n   n   -   -   n   - ', path: on('command') },

  // --- what people say of it    own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  understandReport:       { who: ' y   y   -   n   -   -   y   y   n   n   n   y   -   -   n   - ', path: appliance, body: { text: 'it is not cold' } },
  reportAppliance:        { who: ' y   y   -   n   -   -   y   y   n   n   n   y   -   -   n   - ', path: appliance, body: { text: 'it is not cold' } },
  explainAppliance:       { who: ' y   y   -   y   -   -   y   y   y   y   n   y   -   -   y   - ', path: appliance },
  listReports:            { who: ' y   y   -   y   -   -   y   y   y   y   n   y   -   -   n   - ', path: appliance },
  getPresence:            { who: ' y   y   -   y   -   -   y   y   y   y   y   y   -   -   y   - ', path: appliance },
  setPresence:            { who: ' y   n   -   n   -   -   n   n   n   n   n   n   -   -   n   - ', path: appliance, body: { restsUntil: null } },

  // --- alerts and service       own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listAlerts:             { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   y   y ' },
  getAlert:               { who: ' y   y   -   y   -   -   y   y   y   y   y   y   -   -   y   - ', path: on('alert') },
  answerAlert:            { who: ' y   y   -   n   -   -   y   y   n   y   n   y   -   -   n   - ', path: on('alert'), body: { question: 'door-closed', answer: 'it-is-closed' } },
  acknowledgeAlert:       { who: ' y   y   -   n   -   -   y   y   n   y   n   y   -   -   n   - ', path: on('alert') },
  requestService:         { who: ' y   y   -   n   -   -   y   y   n   y   n   y   -   -   n   - ', path: on('alert') },
  listCases:              { who: ' y   y   y   y   y   y   y   y   y   y   y   y   y   y   n   n ' },
  getCase:                { who: ' y   y   -   y   -   -   y   y   y   y   y   y   -   -   -   - ', path: on('case') },
  handOverCase:           { who: ' n   n   -   n   -   -   y   n   n   y   n   y   -   -   -   - ', path: on('case'), body: { organisation: null } },
  listSlots:              { who: ' y   y   -   n   -   -   y   y   n   y   n   y   -   -   -   - ', path: VISITS },
  pickSlot:               { who: ' y   y   -   n   -   -   y   y   n   y   n   y   -   -   -   - ', path: VISITS, body: { start: '2026-03-03T09:00:00Z' } },
  assignVisit:            { who: ' n   n   -   n   -   -   y   n   n   y   n   y   -   -   -   - ', path: VISITS, body: ({ technician }: Things) => ({ technician }) },
  acceptVisit:            { who: ' n   n   -   y   -   -   n   n   n   n   n   n   -   -   -   - ', path: VISITS },
  refuseVisit:            { who: ' n   n   -   y   -   -   n   n   n   n   n   n   -   -   -   - ', path: VISITS },
  finishVisit:            { who: ' n   n   -   y   -   -   n   n   n   n   n   n   -   -   -   - ', path: VISITS, body: { outcome: 'repaired' } },

  // --- what does not fit        own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listRejected:           { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ' },
  replayRejected:         { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ', body: { reason: 'nothing like it' } },
  listReplays:            { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ' },
  getLedger:              { who: ' n   n   n   n   n   n   n   n   n   y   y   n   n   n   n   n ' },
  settleLedgerDifference: { who: ' -   -   -   -   -   -   -   -   -   y   n   -   -   -   -   - ', path: on('difference') },

  // --- rules of diagnosis       own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listRules:              { who: ' n   n   n   n   n   n   y   y   y   y   y   n   n   n   n   n ' },
  listCohorts:            { who: ' n   n   n   n   n   n   y   y   y   y   y   n   n   n   n   n ' },
  getRule:                { who: ' n   n   n   n   n   n   y   y   y   y   y   n   n   n   n   n ', path: RULE },
  getRuleReportCards:     { who: ' n   n   n   n   n   n   y   y   y   y   y   n   n   n   n   n ', path: RULE },
  diffRuleVersions:       { who: ' n   n   n   n   n   n   y   y   y   y   y   n   n   n   n   n ', path: RULE, query: { from: '1', to: '1' } },
  getRuleVersion:         { who: ' n   n   n   n   n   n   y   y   y   y   y   n   n   n   n   n ', path: RULE },
  getRuleFile:            { who: ' n   n   n   n   n   n   y   y   y   y   y   n   n   n   n   n ', path: RULE },
  checkRule:              { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ', body: { text: ruleText() } },
  writeRuleVersion:       { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ', body: { text: ruleText({ version: 2 }) } },
  editRuleDraft:          { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ', path: RULE, body: { text: ruleText({ above: 9 }) } },
  moveRuleVersion:        { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ', path: RULE, body: { move: 'publish' } },
  askBacktest:            { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ', body: { rule: 'test-warm', version: 1, ...DAY } },
  listBacktests:          { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ' },
  getBacktest:            { who: ' -   -   -   -   -   -   -   -   y   y   -   -   -   -   -   - ', path: BACKTEST },
  listBacktestFindings:   { who: ' -   -   -   -   -   -   -   -   y   y   -   -   -   -   -   - ', path: BACKTEST },
  getBacktestFile:        { who: ' -   -   -   -   -   -   -   -   y   y   -   -   -   -   -   - ', path: BACKTEST },
  interruptBacktest:      { who: ' -   -   -   -   -   -   -   -   y   y   -   -   -   -   -   - ', path: BACKTEST },
  resumeBacktest:         { who: ' -   -   -   -   -   -   -   -   y   y   -   -   -   -   -   - ', path: BACKTEST },
  getRuleTrial:           { who: ' n   n   n   n   n   n   n   n   y   y   n   n   n   n   n   n ', path: RULE },

  // --- webhooks                 own mem nei tec idl pas dis cal eng adm aud par for fad rep pre
  listWebhooks:           { who: ' y   y   y   n   n   n   n   n   n   y   n   n   n   y   n   n ' },
  createWebhook:          { who: ' y   n   y   n   n   n   n   n   n   y   n   n   n   y   n   n ', body: { url: 'https://example.org/hook', events: ['alert.opened'] } },
  getWebhook:             { who: ' y   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: webhook },
  editWebhook:            { who: ' y   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: webhook, body: { description: 'mine' } },
  removeWebhook:          { who: ' y   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: webhook },
  testWebhook:            { who: ' y   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: webhook },
  listWebhookDeliveries:  { who: ' y   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: webhook },
  rotateWebhookSecret:    { who: ' y   -   -   -   -   -   -   -   -   -   -   -   -   -   -   - ', path: webhook, body: {} },
};
