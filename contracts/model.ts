// A model of appliance, as data: what it is called, how often it speaks, and what its signals may plausibly say.
import { z } from 'zod';
import { Phrase } from './phrase.ts';

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
});
export type Model = z.infer<typeof Model>;
