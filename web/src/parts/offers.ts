// What a role finds on its pages. The API judges; this only keeps away what it would refuse.
import type { Role } from '#contracts';

const SERVICE = ['dispatcher', 'call-agent', 'diagnosis-engineer', 'administrator', 'auditor'] as const;

const OFFERS = {
  fleet: SERVICE,
  readings: ['owner', 'technician', 'dispatcher', 'call-agent', 'diagnosis-engineer', 'administrator', 'repairer'],
  quarantine: ['owner', 'technician', 'dispatcher', 'diagnosis-engineer', 'administrator', 'repairer'],
  passport: ['owner', 'technician', 'dispatcher', 'call-agent', 'administrator', 'auditor', 'repairer'],
  noteConsumable: ['owner', 'technician', 'dispatcher', 'call-agent', 'administrator'],
  editPassport: ['dispatcher', 'call-agent', 'administrator'],
  addAppliance: ['owner', 'dispatcher', 'administrator'],
  importUnits: ['administrator'],
  printLabels: ['dispatcher', 'administrator'],
  orders: ['dispatcher', 'call-agent', 'administrator', 'auditor'],
  importOrders: ['dispatcher', 'call-agent', 'administrator'],
  swapModule: ['technician', 'dispatcher', 'administrator'],
  remoteSessions: ['owner', 'technician', 'dispatcher', 'call-agent', 'administrator', 'auditor'],
  commands: [
    'owner',
    'technician',
    'dispatcher',
    'call-agent',
    'diagnosis-engineer',
    'administrator',
    'auditor',
    'repairer',
  ],
  sendCommand: ['technician', 'dispatcher', 'call-agent'],
  askRemoteSession: ['technician', 'dispatcher', 'call-agent'],
  exportAppliance: ['diagnosis-engineer', 'administrator', 'repairer'],
  reportAppliance: ['owner', 'dispatcher', 'call-agent'],
  reports: ['owner', 'technician', 'dispatcher', 'call-agent', 'diagnosis-engineer', 'administrator'],
  actOnAlert: ['owner', 'dispatcher', 'call-agent', 'administrator'],
  cases: ['owner', 'technician', ...SERVICE],
  pickSlot: ['dispatcher', 'call-agent', 'administrator'],
  assign: ['dispatcher', 'administrator'],
  handOverCase: ['dispatcher', 'administrator'],
  staff: ['dispatcher', 'call-agent', 'administrator', 'auditor'],
  people: ['administrator', 'auditor'],
  editPeople: ['administrator'],
  editTechnician: ['dispatcher', 'administrator'],
  organisations: ['dispatcher', 'administrator', 'auditor'],
  editOrganisations: ['administrator'],
  regions: ['dispatcher', 'administrator', 'auditor'],
  editRegions: ['dispatcher', 'administrator'],
  addHousehold: ['dispatcher', 'call-agent', 'administrator'],
  audit: ['administrator', 'auditor'],
  provisioning: ['administrator', 'auditor'],
  editProvisioning: ['administrator'],
  retention: ['administrator', 'auditor'],
  rejected: ['diagnosis-engineer', 'administrator'],
  ledger: ['administrator', 'auditor'],
  rules: SERVICE,
  editRules: ['diagnosis-engineer', 'administrator'],
  settleLedger: ['administrator'],
  editRetention: ['administrator'],
  webhooks: ['owner', 'administrator'],
} as const satisfies Record<string, readonly Role[]>;

export type Offer = keyof typeof OFFERS;

export const offers = (role: Role, what: Offer): boolean => (OFFERS[what] as readonly Role[]).includes(role);
