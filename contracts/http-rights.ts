// Bodies of the HTTP API about people's rights: exports, erasure, consents, and how long things are kept.
import { z } from 'zod';
import { Iso } from './http.ts';
import { Id } from './ids.ts';
import { Language, Phrase } from './phrase.ts';

export const ExportFormat = z.enum(['json', 'csv', 'parquet']);
export type ExportFormat = z.infer<typeof ExportFormat>;

export const NewExport = z.object({ format: ExportFormat.default('json') });

export const Export = z
  .object({
    id: Id,
    /** Null: about the person who asked. */
    appliance: Id.nullable(),
    format: ExportFormat,
    state: z.enum(['waiting', 'ready', 'failed']),
    askedAt: Iso,
    /** When its files are deleted. */
    deletedAt: Iso,
    files: z.array(z.object({ name: z.string(), bytes: z.number().int(), path: z.string() })),
  })
  .meta({ id: 'Export' });
export type Export = z.infer<typeof Export>;

export const ExportFilePath = z.object({ id: Id, name: z.string().regex(/^[a-z-]{1,40}\.(json|csv|parquet)$/) });

/** What ended with an erasure. */
export const ErasureView = z.object({ households: z.array(Id), appliances: z.array(Id) }).meta({ id: 'Erasure' });
export type ErasureView = z.infer<typeof ErasureView>;

export const ConsentPurpose = z.enum(['service-messages', 'diagnosis-improvement', 'remote-support', 'marketing']);
export const ConsentView = z
  .object({
    purpose: ConsentPurpose,
    /** Of the text as it stands now. */
    version: z.number().int(),
    text: Phrase,
    given: z.boolean(),
    /** What the person said, newest first. */
    said: z.array(z.object({ version: z.number().int(), language: Language, given: z.boolean(), at: Iso })),
  })
  .meta({ id: 'Consent' });
export const Consents = z.object({ items: z.array(ConsentView) });
/** What is not named stays as it is. */
export const ConsentWish = z.partialRecord(ConsentPurpose, z.boolean());

const Kept = z.enum(['messages', 'quarantine', 'case-notes', 'exports', 'unclaimed-orders', 'commands', 'reports']);
export const RetentionRule = z
  .object({
    what: Kept,
    days: z.number().int(),
    least: z.number().int(),
    most: z.number().int(),
  })
  .meta({ id: 'RetentionRule' });
export const Retention = z.object({ items: z.array(RetentionRule) });
/** Days; what is not named stays as it is. */
export const RetentionWish = z.partialRecord(Kept, z.number().int().positive());
