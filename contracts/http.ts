// Bodies of the HTTP API. Times are ISO 8601 in UTC; numbers inside phrases carry their unit beside them.
import { z } from 'zod';
import { Evidence, Question, RankedCause, RemoteTest, Severity } from './findings.ts';
import { Id } from './ids.ts';
import { ApplianceKind, ModelCommand } from './model.ts';
import { Language, Phrase, TemperatureUnit } from './phrase.ts';

export const Iso = z.iso.datetime();
export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** What somebody is here for. `owner`: people of households. */
export const Role = z.enum([
  'owner',
  'technician',
  'dispatcher',
  'call-agent',
  'diagnosis-engineer',
  'administrator',
  'auditor',
  'repairer',
]);
export type Role = z.infer<typeof Role>;

/** What an API key may be narrowed to. What only a person may do with a session of his own is `account`; no key gets it. */
export const ApiScope = z.enum([
  'account',
  'account:read',
  'appliances:read',
  'appliances:write',
  'alerts:read',
  'alerts:write',
  'service:read',
  'service:write',
  'people:read',
  'people:write',
  'audit:read',
  'rules:read',
  'rules:write',
  'webhooks',
]);
export type ApiScope = z.infer<typeof ApiScope>;

/** RFC 9457. `code` is stable, `hint` says what to do next. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
    hint: z.string().optional(),
    problems: z.array(z.object({ where: z.string(), what: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

// --- people -----------------------------------------------------------------------------------------------------------
export const Person = z
  .object({
    id: Id,
    name: z.string(),
    email: z.string(),
    role: Role,
    /** Of staff; null for people of households. */
    organisation: Id.nullable(),
    language: Language,
    timeZone: z.string(),
    temperatureUnit: TemperatureUnit,
  })
  .meta({ id: 'Person' });
export type Person = z.infer<typeof Person>;

/** `code`: of the authenticator app, or a recovery code; needed by who has a second factor. */
export const LogIn = z.object({
  email: z.email(),
  password: z.string().min(1).max(200),
  code: z.string().min(6).max(40).optional(),
});
export const Preferences = z
  .object({ language: Language, timeZone: z.string(), temperatureUnit: TemperatureUnit })
  .partial();
export const SetUp = z.object({
  token: z.string(),
  name: z.string().min(1).max(120),
  email: z.email(),
  password: z.string().min(10).max(200),
  /** The name of the organisation that runs the platform. */
  organisation: z.string().min(1).max(120).optional(),
});
export const NewPerson = z.object({
  name: z.string().min(1).max(120),
  email: z.email(),
  password: z.string().min(10).max(200),
  role: Role,
  language: Language.default('en'),
  timeZone: z.string().default('UTC'),
  /** Staff: the organisation they work for; without it that of who makes the account. */
  organisation: Id.optional(),
  /** Owners: the household they belong to. */
  household: Id.optional(),
  /** Technicians: where they work and what they can do. */
  region: z.string().max(40).optional(),
  skills: z.array(z.string().max(40)).max(20).optional(),
});
export const NewHousehold = z.object({
  name: z.string().min(1).max(120),
  address: z.string().max(300).default(''),
  region: z.string().min(1).max(40).optional(),
  /** Finds the region where none is given. Not kept. */
  postcode: z.string().max(20).optional(),
});
export const Household = z
  .object({ id: Id, name: z.string(), address: z.string(), region: z.string() })
  .meta({ id: 'Household' });
export type Household = z.infer<typeof Household>;
export const Technician = z
  .object({
    id: Id,
    name: z.string(),
    region: z.string(),
    skills: z.array(z.string()),
    /** Visits that are assigned and not finished. */
    load: z.number().int(),
  })
  .meta({ id: 'Technician' });
export type Technician = z.infer<typeof Technician>;

// --- appliances -------------------------------------------------------------------------------------------------------
export const LatestValue = z.object({
  signal: z.string(),
  words: Phrase.nullable(),
  unit: z.string().nullable(),
  value: z.union([z.number(), z.boolean(), z.string()]),
  at: Iso,
});
/** In words an owner understands: fine, needs a look, needs action, not heard from, not connected yet. */
export const Condition = z.enum(['fine', 'attention', 'danger', 'silent', 'new']);
export type Condition = z.infer<typeof Condition>;

export const Appliance = z
  .object({
    id: Id,
    name: z.string(),
    serial: z.string().nullable(),
    model: z.object({ id: z.string(), kind: ApplianceKind, brand: z.string(), name: Phrase }),
    household: z.object({ id: Id, name: z.string(), region: z.string() }).nullable(),
    condition: Condition,
    connected: z.boolean(),
    /** When the newest message was received. */
    heardAt: Iso.nullable(),
    latest: z.array(LatestValue),
    openAlerts: z.array(z.object({ id: Id, problem: z.string(), severity: Severity, title: Phrase })),
  })
  .meta({ id: 'Appliance' });
export type Appliance = z.infer<typeof Appliance>;

export const NewAppliance = z.object({
  model: z.string(),
  name: z.string().min(1).max(120),
  serial: z.string().max(60).optional(),
  household: Id.optional(),
});
/** The secret is shown once. `tryIt` is a ready mosquitto_pub command line. */
export const CreatedAppliance = z
  .object({ id: Id, secret: z.string(), mqttUrl: z.string(), tryIt: z.string() })
  .meta({ id: 'CreatedAppliance' });
export type CreatedAppliance = z.infer<typeof CreatedAppliance>;

export const SeriesQuery = z.object({
  signal: z.string().max(80),
  from: Iso,
  to: Iso,
  /** How many buckets at most. */
  points: z.coerce.number().int().min(10).max(2000).default(300),
});
export const Series = z
  .object({
    signal: z.string(),
    unit: z.string().nullable(),
    bucketSeconds: z.number(),
    points: z.array(z.object({ at: Iso, mean: z.number(), min: z.number(), max: z.number() })),
  })
  .meta({ id: 'Series' });
export type Series = z.infer<typeof Series>;

/**
 * kept: aside. waiting: to be tried again. replayed: under way. accepted: all of it was taken then. refused: not, or not
 * all, with the new reason. unreadable: whose it was is erased.
 */
export const RejectedState = z.enum(['kept', 'waiting', 'replayed', 'accepted', 'refused', 'unreadable']);
export type RejectedState = z.infer<typeof RejectedState>;

export const QuarantinedMessage = z
  .object({
    id: z.string(),
    appliance: Id,
    receivedAt: Iso,
    channel: z.string(),
    reason: z.string(),
    state: RejectedState,
    /** The raw payload as text, cut at 2,000 characters. */
    payload: z.string(),
  })
  .meta({ id: 'QuarantinedMessage' });
export type QuarantinedMessage = z.infer<typeof QuarantinedMessage>;

export const ModelView = z
  .object({
    id: z.string(),
    kind: ApplianceKind,
    brand: z.string(),
    name: Phrase,
    /** What may be asked of an appliance of this model. */
    commands: z.array(ModelCommand),
  })
  .meta({ id: 'Model' });

// --- alerts -----------------------------------------------------------------------------------------------------------
export const AlertState = z.enum(['open', 'acknowledged', 'snoozed', 'resolved', 'withdrawn']);
export type AlertState = z.infer<typeof AlertState>;

export const NotificationView = z.object({
  id: Id,
  kind: z.string(),
  channel: z.string(),
  to: z.string(),
  toRole: Role,
  state: z.enum(['waiting', 'sent', 'not-sent']),
  /** Why it was not sent, e.g. "no mail server". */
  reason: z.string().nullable(),
  at: Iso,
});

export const AlertSummary = z
  .object({
    id: Id,
    appliance: Id,
    applianceName: z.string(),
    household: z.object({ id: Id, name: z.string(), region: z.string() }).nullable(),
    problem: z.string(),
    title: Phrase,
    summary: Phrase,
    severity: Severity,
    state: AlertState,
    openedAt: Iso,
    changedAt: Iso,
    closedAt: Iso.nullable(),
    topCause: z.object({ cause: z.string(), name: Phrase, probability: z.number() }),
    caseId: Id.nullable(),
  })
  .meta({ id: 'AlertSummary' });
export type AlertSummary = z.infer<typeof AlertSummary>;

export const Alert = AlertSummary.extend({
  findingId: Id,
  rule: z.object({ id: z.string(), version: z.number().int() }),
  reviewedBy: z.string().nullable(),
  wouldClear: Phrase,
  causes: z.array(RankedCause),
  evidence: z.array(Evidence),
  question: Question.nullable(),
  /** A command whose result would tell the causes apart; it is sent as any other command, see POST /api/v1/appliances/{id}/commands. */
  test: RemoteTest.nullable(),
  answers: z.array(z.object({ question: z.string(), answer: z.string(), at: Iso })),
  notifications: z.array(NotificationView),
  /** What we will do if nothing happens, and when. */
  next: z.object({ text: Phrase, at: Iso }).nullable(),
}).meta({ id: 'Alert' });
export type Alert = z.infer<typeof Alert>;

export const NewAnswer = z.object({ question: z.string().max(60), answer: z.string().max(60) });

// --- cases and visits -------------------------------------------------------------------------------------------------
export const CaseState = z.enum(['open', 'verifying', 'closed']);
export type CaseState = z.infer<typeof CaseState>;
export const VisitState = z.enum(['unassigned', 'offered', 'accepted', 'done', 'cancelled']);
export type VisitState = z.infer<typeof VisitState>;

export const Slot = z.object({ start: Iso, end: Iso });

export const Visit = z
  .object({
    id: Id,
    caseId: Id,
    state: VisitState,
    technician: z.object({ id: Id, name: z.string() }).nullable(),
    slot: Slot.nullable(),
    skill: z.string(),
    parts: z.array(Phrase),
    /** By when the technician should answer the offer; null when no answer is due. */
    responseDueAt: Iso.nullable(),
    reminders: z.number().int(),
    escalatedAt: Iso.nullable(),
  })
  .meta({ id: 'Visit' });
export type Visit = z.infer<typeof Visit>;

export const TimelineEntry = z.object({ at: Iso, what: z.string(), text: Phrase, by: z.string().nullable() });

export const ServiceCase = z
  .object({
    id: Id,
    alertId: Id,
    appliance: Id,
    applianceName: z.string(),
    household: z.object({ id: Id, name: z.string(), region: z.string(), address: z.string() }).nullable(),
    problem: z.string(),
    title: Phrase,
    severity: Severity,
    state: CaseState,
    openedAt: Iso,
    closedAt: Iso.nullable(),
    visits: z.array(Visit),
    timeline: z.array(TimelineEntry),
  })
  .meta({ id: 'ServiceCase' });
export type ServiceCase = z.infer<typeof ServiceCase>;

export const PickSlot = z.object({ start: Iso });
export const Assign = z.object({ technician: Id });
export const VisitResult = z.object({
  outcome: z.enum(['repaired', 'nothing-found', 'part-needed']),
  /** A code of the catalogue, never free text. */
  cause: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/)
    .optional(),
  note: z.string().max(2000).default(''),
});

// --- fleet and live updates -------------------------------------------------------------------------------------------
export const Fleet = z
  .object({
    appliances: z.number().int(),
    conditions: z.record(Condition, z.number().int()),
    openAlerts: z.array(z.object({ problem: z.string(), title: Phrase, severity: Severity, count: z.number().int() })),
    openCases: z.number().int(),
    /** Visits that nobody has accepted in time. */
    overdueVisits: z.number().int(),
    quarantinedToday: z.number().int(),
  })
  .meta({ id: 'Fleet' });
export type Fleet = z.infer<typeof Fleet>;

/** One SSE message: what changed. The page asks again for what it shows. */
export const Change = z.object({
  what: z.enum(['appliance', 'alert', 'case', 'readings']),
  id: Id,
});
export type Change = z.infer<typeof Change>;

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable().describe('Cursor of the next page; null at the end') });
