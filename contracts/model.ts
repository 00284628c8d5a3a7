// A model of appliance, as data: what it is called, how often it speaks, and what its signals may plausibly say.
import { z } from 'zod';
import { Language, Phrase } from './phrase.ts';

export const ApplianceKind = z.enum(['refrigerator']);
export type ApplianceKind = z.infer<typeof ApplianceKind>;

export const Model = z.object({
  id: z.string().regex(/^[a-z0-9-]{2,60}$/),
  kind: ApplianceKind,
  brand: z.string(),
  name: Phrase,
  /** Expected seconds between messages in normal life. */
  cadenceSeconds: z.number().positive(),
  /** Plausible range per signal, in the signal's unit; a value outside is rejected with a reason. `absent` lists sentinels that mean "no value". */
  signals: z.record(
    z.string(),
    z.object({
      min: z.number().optional(),
      max: z.number().optional(),
      absent: z.array(z.number()).default([]),
    }),
  ),
  /** Counted from the purchase, else the installation, else the first claim. 0: none. */
  warrantyMonths: z.number().int().nonnegative().default(24),
  /** The last day with updates and parts. */
  supportEndsOn: z.iso.date().nullable().default(null),
  manuals: z.array(z.object({ language: Language, title: z.string(), url: z.url() })).default([]),
  /** What has to be changed or cleaned every so many days. */
  consumables: z
    .array(
      z.object({ id: z.string().regex(/^[a-z0-9-]{2,60}$/), name: Phrase, intervalDays: z.number().int().positive() }),
    )
    .default([]),
});
export type Model = z.infer<typeof Model>;
