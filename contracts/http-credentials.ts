// Bodies of the routes about what speaks for appliances: credentials, gateways, provisioning keys.
import { z } from 'zod';
import { Iso } from './http.ts';
import { Id } from './ids.ts';

/** What it proves is never shown again. `usedAt` is known to the day. */
export const Credential = z
  .object({
    id: Id,
    kind: z.enum(['secret', 'certificate']),
    createdAt: Iso,
    usedAt: Iso.nullable(),
    endsAt: Iso.nullable(),
  })
  .meta({ id: 'Credential' });
export type Credential = z.infer<typeof Credential>;

const Fingerprint = z
  .string()
  .regex(/^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i)
  .describe('SHA-256 of the certificate (DER) in hex, with or without colons');

/** Without a fingerprint a secret is made. */
export const NewCredential = z.object({ fingerprint: Fingerprint.optional() });
/** The secret is shown once; null for a certificate. `overlapEndsAt`: until then the one in use so far stays good. */
export const CreatedCredential = z
  .object({ id: Id, secret: z.string().nullable(), overlapEndsAt: Iso.nullable() })
  .meta({ id: 'CreatedCredential' });
export type CreatedCredential = z.infer<typeof CreatedCredential>;

const Serial = z.string().min(1).max(60);

/** With a household it serves appliances of that household, without one those of the organisation. */
export const Gateway = z
  .object({
    id: Id,
    organisation: Id,
    household: Id.nullable(),
    serial: z.string().nullable(),
    createdAt: Iso,
    /** Those that stand behind it now. */
    appliances: z.array(Id),
  })
  .meta({ id: 'Gateway' });
export type Gateway = z.infer<typeof Gateway>;

export const NewGateway = z.object({ household: Id.optional(), serial: Serial.optional() });
/** The secret is shown once. */
export const CreatedGateway = z.object({ id: Id, secret: z.string() }).meta({ id: 'CreatedGateway' });
export type CreatedGateway = z.infer<typeof CreatedGateway>;

export const ProvisioningKey = z
  .object({
    id: Id,
    organisation: Id,
    model: z.string(),
    batch: z.string().nullable(),
    /** For how many serials it is; null: for any. */
    serials: z.number().int().nullable(),
    most: z.number().int(),
    /** Credentials given so far. */
    made: z.number().int(),
    perMinute: z.number().int(),
    createdAt: Iso,
    endsAt: Iso,
  })
  .meta({ id: 'ProvisioningKey' });
export type ProvisioningKey = z.infer<typeof ProvisioningKey>;

/** `most` is how many credentials it may give, `perMinute` how many requests it answers in a minute. */
export const NewProvisioningKey = z.object({
  model: z.string().max(80),
  batch: z.string().min(1).max(60).optional(),
  serials: z.array(Serial).min(1).max(3_000).optional(),
  most: z.number().int().min(1).max(1_000_000),
  perMinute: z.number().int().min(1).max(6_000).default(60),
  endsAt: Iso,
});
/** The secret is shown once; units connect with `userName` and the secret as password. */
export const CreatedProvisioningKey = z
  .object({ id: Id, userName: z.string(), secret: z.string() })
  .meta({ id: 'CreatedProvisioningKey' });
export type CreatedProvisioningKey = z.infer<typeof CreatedProvisioningKey>;
