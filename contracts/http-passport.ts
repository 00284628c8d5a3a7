// HTTP bodies about units and their passports: import, labels, claims, transfer, orders.
import { z } from 'zod';
import { Severity } from './findings.ts';
import { Iso, NewHousehold } from './http.ts';
import { Id } from './ids.ts';
import { ApplianceKind } from './model.ts';
import { Language, Phrase } from './phrase.ts';

const Day = z.iso.date();

/** Where and how an appliance stands. Climate classes as in IEC 62552: 10-32, 16-32, 16-38 and 16-43 °C. */
export const Environment = z
  .object({
    ambientClass: z.enum(['SN', 'N', 'ST', 'T']),
    placement: z.enum(['built-in', 'free-standing']),
    waterConnection: z.boolean(),
    floor: z.number().int().min(-10).max(200),
    lift: z.boolean(),
  })
  .partial()
  .meta({ id: 'Environment' });
export type Environment = z.infer<typeof Environment>;

// --- import -----------------------------------------------------------------------------------------------------------
/** `line` counts from 1; in CSV the header is line 1, in JSON it is the place in the array. `column` null: the whole line. */
export const ImportError = z.object({
  line: z.number().int(),
  column: z.string().nullable(),
  code: z.string(),
  what: Phrase,
});
export type ImportError = z.infer<typeof ImportError>;

/** `written` false: nothing was, because it was only a check or because of the errors. */
export const ImportResult = z
  .object({
    written: z.boolean(),
    lines: z.number().int(),
    made: z.array(z.object({ line: z.number().int(), id: Id })),
    errors: z.array(ImportError),
    /** More errors than are listed. */
    moreErrors: z.number().int(),
  })
  .meta({ id: 'ImportResult' });
export type ImportResult = z.infer<typeof ImportResult>;

export const ImportQuery = z.object({
  /** Only says what would happen. */
  check: z.enum(['true', 'false']).default('false'),
  /** Write the good lines although others are wrong. */
  skip: z.enum(['errors']).optional(),
});

// --- labels and claims ------------------------------------------------------------------------------------------------
const PerRow = z.number().int().min(1).max(4);

/** `perRow`: how many labels stand side by side on the sheet (A4). */
export const PrintLabel = z.object({ perRow: PerRow.default(3) });
export const PrintLabels = PrintLabel.extend({ appliances: z.array(Id).min(1).max(100) });

export const NewClaim = z.object({
  model: z.string().min(1).max(60),
  serial: z.string().min(1).max(60),
  /** As on the label; blanks, hyphens and capitals do not matter. */
  code: z.string().min(1).max(100),
  /** What the household calls it; without it the model's name. */
  name: z.string().min(1).max(120).optional(),
  /** Without it the only household of whoever claims. */
  household: Id.optional(),
  /** For whoever has no household yet. */
  newHousehold: NewHousehold.optional(),
});

/** The code for the next owner, shown this once. `url` is what a QR code of it holds. */
export const Transferred = z.object({ code: z.string(), url: z.string() }).meta({ id: 'Transferred' });

/** `fingerprint`: SHA-256 of the new module's certificate; without it the module gets a secret. */
export const NewModule = z.object({
  fingerprint: z.string().max(100).optional(),
  firmware: z.string().min(1).max(60).optional(),
});
/** `secret` is shown this once; null with a certificate. */
export const SwappedModule = z.object({ secret: z.string().nullable() }).meta({ id: 'SwappedModule' });

// --- passport ---------------------------------------------------------------------------------------------------------
export const Warranty = z.object({
  start: Day.nullable(),
  /** What the start is taken from. */
  startsWith: z.enum(['purchase', 'installation', 'claim']).nullable(),
  months: z.number().int(),
  /** The first day without it. */
  ends: Day.nullable(),
  daysLeft: z.number().int().nullable(),
  inWarranty: z.boolean(),
});

export const ConsumableView = z.object({
  id: z.string(),
  name: Phrase,
  intervalDays: z.number().int(),
  lastChanged: Day.nullable(),
  due: Day.nullable(),
  daysLeft: z.number().int().nullable(),
});

export const HistoryEntry = z.object({
  at: Iso,
  what: z.enum(['made', 'claimed', 'transferred', 'module-swapped', 'firmware-changed', 'alert', 'visit', 'report']),
  text: Phrase,
  endedAt: Iso.nullable(),
  /** Of an alert. */
  severity: Severity.nullable(),
});

export const Passport = z
  .object({
    appliance: Id,
    name: z.string(),
    model: z.object({ id: z.string(), kind: ApplianceKind, brand: z.string(), name: Phrase }),
    serial: z.string().nullable(),
    batch: z.string().nullable(),
    firmware: z.string().nullable(),
    purchasedOn: Day.nullable(),
    installedOn: Day.nullable(),
    /** When the household's hold began. */
    ownedSince: Iso.nullable(),
    site: z.object({ address: z.string(), region: z.string() }).nullable(),
    environment: Environment,
    warranty: Warranty,
    supportEndsOn: Day.nullable(),
    manuals: z.array(z.object({ language: Language, title: z.string(), url: z.string() })),
    consumables: z.array(ConsumableView),
    /** The machine's, newest first; what a former household said or wrote is not in it. */
    history: z.array(HistoryEntry),
  })
  .meta({ id: 'Passport' });
export type Passport = z.infer<typeof Passport>;

export const PassportEdit = z
  .object({
    purchasedOn: Day.nullable(),
    installedOn: Day.nullable(),
    firmware: z.string().min(1).max(60),
    environment: Environment,
  })
  .partial();

/** Without a day: today. */
export const ConsumableChanged = z.object({ changedOn: Day.optional() });

// --- orders -----------------------------------------------------------------------------------------------------------
/** `customer` null: it was claimed, and the customer's data stand in his own file now; or it was erased. */
export const Order = z
  .object({
    id: Id,
    number: z.string(),
    model: z.string(),
    appliance: Id.nullable(),
    serial: z.string().nullable(),
    customer: z.object({ name: z.string(), email: z.string(), address: z.string() }).nullable(),
    region: z.string(),
    wishDate: Day.nullable(),
    environment: Environment,
    createdAt: Iso,
    claimedAt: Iso.nullable(),
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof Order>;

export const OrderState = z.enum(['open', 'claimed', 'all']);
