// Bodies of the HTTP API about people: accounts, organisations, households, grants, remote sessions, the audit log.
import { z } from 'zod';
import { ApiScope, Iso, Person, Role, Technician } from './http.ts';
import { Id } from './ids.ts';
import { Language } from './phrase.ts';

const Name = z.string().min(1).max(120);
const Password = z.string().min(10).max(200);
const Code = z.string().min(6).max(40);
const Token = z.string().min(1).max(200);
const Standing = z.enum(['owner', 'member']);

// --- accounts ---------------------------------------------------------------------------------------------------------
export const NewSignUp = z.object({
  email: z.email().max(254),
  name: Name,
  password: Password,
  language: Language.default('en'),
});
export const OneTimeToken = z.object({ token: Token });
export const NewPasswordReset = z.object({ email: z.email().max(254) });
export const PasswordResetConfirmation = z.object({ token: Token, password: Password });
/** Somebody who has no account yet gives a name and a password with the token. */
export const InvitationAnswer = z.object({
  token: Token,
  name: Name.optional(),
  password: Password.optional(),
  language: Language.optional(),
});
/** Said alike whether or not there is such an account. */
export const MailComing = z
  .object({ mail: z.literal('on its way if this address can be used') })
  .meta({ id: 'MailComing' });
/** `code`: of the authenticator app, or a recovery code; needed by who has a second factor. */
export const Reauthentication = z.object({ password: z.string().min(1).max(200), code: Code.optional() });
export const PasswordChange = z.object({
  current: z.string().min(1).max(200),
  password: Password,
  code: Code.optional(),
});

export const SessionView = z
  .object({ id: Id, createdAt: Iso, seenAt: Iso, endsAt: Iso, current: z.boolean() })
  .meta({ id: 'Session' });

/** What an authenticator app needs, once: the picture is an SVG as a data URL. */
export const SecondFactorSecret = z
  .object({ secret: z.string(), url: z.string(), picture: z.string() })
  .meta({ id: 'SecondFactorSecret' });
export const SecondFactorCode = z.object({ code: Code });
export const SecondFactorState = z
  .object({ on: z.boolean(), demanded: z.boolean(), recoveryCodesLeft: z.number().int() })
  .meta({ id: 'SecondFactorState' });
/** Each works once in the place of a code. Shown this once. */
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' });

export const NewApiKey = z.object({ name: Name, scopes: z.array(ApiScope).min(1).max(20), endsAt: Iso.optional() });
export const ApiKey = z
  .object({
    id: Id,
    name: z.string(),
    scopes: z.array(ApiScope),
    createdAt: Iso,
    endsAt: Iso.nullable(),
    usedAt: Iso.nullable(),
  })
  .meta({ id: 'ApiKey' });
/** The token is shown this once. */
export const CreatedApiKey = ApiKey.extend({ token: z.string() }).meta({ id: 'CreatedApiKey' });

// --- people and organisations -----------------------------------------------------------------------------------------
export const StaffPerson = Person.extend({ active: z.boolean(), secondFactor: z.boolean() }).meta({
  id: 'StaffPerson',
});
export type StaffPerson = z.infer<typeof StaffPerson>;

export const PersonEdit = z
  .object({
    role: Role.exclude(['owner', 'repairer']),
    organisation: Id,
    active: z.boolean(),
    /** For somebody who becomes a technician. */
    region: z.string().min(1).max(40),
  })
  .partial();

export const OrganisationView = z
  .object({
    id: Id,
    kind: z.enum(['brand', 'partner']),
    name: z.string(),
    brands: z.array(z.string()),
    parent: Id.nullable(),
    home: z.boolean(),
    secondFactorRequired: z.boolean(),
  })
  .meta({ id: 'Organisation' });
const Brands = z.array(z.string().min(1).max(80)).max(200);
export const NewOrganisation = z.object({
  kind: z.enum(['brand', 'partner']),
  name: Name,
  brands: Brands.optional(),
});
export const OrganisationEdit = z.object({ name: Name, brands: Brands, secondFactorRequired: z.boolean() }).partial();

const RegionCode = z.string().regex(/^[\w-]{1,40}$/);
const Postcodes = z.array(z.string().trim().min(1).max(20)).max(2_000);
/** `postcodes` are beginnings: "10" covers 10115. The longest that fits counts. */
export const Region = z.object({ code: RegionCode, name: Name, postcodes: z.array(z.string()) }).meta({ id: 'Region' });
export type Region = z.infer<typeof Region>;
export const RegionEdit = z.object({ name: Name, postcodes: Postcodes });
export const ByRegion = z.object({ code: RegionCode });

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** 1 is Monday. In the time zone of the technician. */
export const Shift = z
  .object({ weekday: z.number().int().min(1).max(7), from: TimeOfDay, to: TimeOfDay })
  .refine(({ from, to }) => from < to, { error: 'must end after it begins', path: ['to'] });
export type Shift = z.infer<typeof Shift>;
export const Certificate = z.object({ code: z.string().min(1).max(60), until: z.iso.date() });
export type Certificate = z.infer<typeof Certificate>;
export const TechnicianFile = Technician.extend({
  organisation: Id,
  certificates: z.array(Certificate),
  shifts: z.array(Shift),
}).meta({ id: 'TechnicianFile' });
export const TechnicianEdit = z
  .object({
    region: z.string().min(1).max(40),
    skills: z.array(z.string().min(1).max(40)).max(20),
    certificates: z.array(Certificate).max(50),
    shifts: z.array(Shift).max(50),
  })
  .partial();

// --- households -------------------------------------------------------------------------------------------------------
export const HouseholdEdit = z.object({ name: Name });
export const Site = z.object({ id: Id, address: z.string(), region: z.string() }).meta({ id: 'Site' });
export type Site = z.infer<typeof Site>;
export const NewSite = z.object({
  address: z.string().max(300).default(''),
  region: z.string().min(1).max(40).optional(),
  /** Finds the region where none is given. Not kept. */
  postcode: z.string().max(20).optional(),
});
export const SiteEdit = NewSite.extend({ address: z.string().max(300).optional() });
export const Member = z.object({ id: Id, name: z.string(), email: z.string(), as: Standing }).meta({ id: 'Member' });
export const MemberEdit = z.object({ as: Standing });
export const NewInvitation = z.object({ email: z.email().max(254), as: Standing.default('member') });

/** `site`: a place of the household that the appliance belongs to. */
export const ApplianceEdit = z.object({ name: Name, site: Id }).partial();

// --- grants and remote sessions ---------------------------------------------------------------------------------------
export const LONGEST_GRANT_HOURS = 30 * 24;
export const NewGrant = z.object({
  email: z.email().max(254),
  hours: z.number().int().min(1).max(LONGEST_GRANT_HOURS),
});
export const Grant = z
  .object({
    id: Id,
    appliance: Id,
    email: z.string(),
    createdAt: Iso,
    endsAt: Iso,
    revokedAt: Iso.nullable(),
    running: z.boolean(),
  })
  .meta({ id: 'Grant' });
export type Grant = z.infer<typeof Grant>;

export const RemoteSessionReason = z.enum(['customer-call', 'fault-diagnosis', 'before-visit', 'after-repair']);
export type RemoteSessionReason = z.infer<typeof RemoteSessionReason>;
export const RemoteSessionKind = z.enum(['live-view', 'self-test', 'commands']);
export type RemoteSessionKind = z.infer<typeof RemoteSessionKind>;
export const RemoteSessionState = z.enum(['asked', 'running', 'refused', 'ended']);
export type RemoteSessionState = z.infer<typeof RemoteSessionState>;
export const NewRemoteSession = z.object({
  reason: RemoteSessionReason,
  minutes: z.number().int().min(1).max(60),
  what: RemoteSessionKind,
});
export const RemoteSessionAnswer = z.object({ answer: z.enum(['yes', 'no']) });
export const RemoteSession = z
  .object({
    id: Id,
    appliance: Id,
    reason: RemoteSessionReason,
    what: RemoteSessionKind,
    minutes: z.number().int(),
    state: RemoteSessionState,
    by: z.object({ id: Id, name: z.string() }),
    askedAt: Iso,
    /** Asked: until when it may be answered. Running: until when it runs. Over: when it ended. */
    endsAt: Iso,
    looks: z.number().int(),
  })
  .meta({ id: 'RemoteSession' });

/** What an appliance said in the last minute. */
export const LiveView = z
  .object({
    at: Iso,
    connected: z.boolean(),
    heardAt: Iso.nullable(),
    values: z.array(z.object({ signal: z.string(), value: z.union([z.number(), z.boolean(), z.string()]), at: Iso })),
  })
  .meta({ id: 'LiveView' });

// --- audit ------------------------------------------------------------------------------------------------------------
export const AuditEntryView = z
  .object({
    position: z.number().int(),
    at: Iso,
    organisation: Id.nullable(),
    actor: z.string(),
    action: z.string(),
    kind: z.string(),
    object: z.string(),
    detail: z.record(z.string(), z.unknown()),
    previous: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export const AuditVerification = z
  .object({
    entries: z.number().int(),
    /** The first position that does not fit; null when all do. */
    brokenAt: z.number().int().nullable(),
    head: z.string(),
  })
  .meta({ id: 'AuditVerification' });

export const HandOver = z.object({ organisation: Id.nullable() });
