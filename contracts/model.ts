// A model of appliance, as data: what it is called, how often it speaks, and what its signals may plausibly say.
import { z } from 'zod';
import { Language, Phrase, PhraseUnit } from './phrase.ts';

export const ApplianceKind = z.enum(['refrigerator']);
export type ApplianceKind = z.infer<typeof ApplianceKind>;

/** One value that a command takes. A number lies within its bounds, in steps from the least. */
export const CommandParameter = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('number'),
    name: Phrase,
    min: z.number(),
    max: z.number(),
    step: z.number().positive().default(1),
    unit: PhraseUnit.nullable().default(null),
  }),
  z.object({
    type: z.literal('choice'),
    name: Phrase,
    choices: z.array(z.object({ value: z.string().regex(/^[a-z0-9-]{1,60}$/), name: Phrase })).min(1),
  }),
]);
export type CommandParameter = z.infer<typeof CommandParameter>;

/** What may be asked of an appliance of this model, and nothing else may. */
export const ModelCommand = z.object({
  kind: z.string().regex(/^[a-z0-9-]{2,40}$/),
  name: Phrase,
  /** What happens, for whoever is about to ask it. */
  about: Phrase,
  /** It is sent only after an owner has said yes to it. */
  hazardous: z.boolean().default(false),
  /** After so long it is of no use any more, and expires. */
  goodForMinutes: z
    .number()
    .int()
    .positive()
    .max(7 * 24 * 60),
  parameters: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), CommandParameter).default({}),
});
export type ModelCommand = z.infer<typeof ModelCommand>;

/** What a maker's fault code may point to. */
export const FaultCode = z.enum([
  'cabinet-sensor',
  'evaporator-sensor',
  'freezer-sensor',
  'ambient-sensor',
  'door-open',
  'temperature',
  'defrost',
  'fan',
  'compressor',
  'refrigerant',
  'control-board',
  'communication',
  'mains',
]);
export type FaultCode = z.infer<typeof FaultCode>;

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
      absent: z.array(z.number().nullable()).default([]),
    }),
  ),
  /** The maker's fault codes in plain terms, e.g. `{ "E4": "defrost" }`: evidence, not truth. */
  faultCodes: z.record(z.string(), FaultCode).default({}),
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
  commands: z.array(ModelCommand).default([]),
});
export type Model = z.infer<typeof Model>;
