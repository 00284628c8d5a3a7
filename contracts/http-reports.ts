// HTTP bodies of what people say of an appliance in their own words, and of whether it is expected to say anything itself.
import { z } from 'zod';
import { Iso } from './http.ts';
import { Id } from './ids.ts';
import { Phrase } from './phrase.ts';

/** What somebody may mean. Diagnosis hears these; the words themselves it never hears. */
export const ReportCode = z.enum([
  'not-cold',
  'too-cold',
  'frost',
  'noise',
  'water',
  'door-not-closing',
  'freezer-warm',
  'runs-all-the-time',
  'does-not-run',
  'burnt-smell',
  'works-fine',
]);
export type ReportCode = z.infer<typeof ReportCode>;

export const ReportChoice = z.object({ code: ReportCode, words: Phrase }).meta({ id: 'ReportChoice' });
export type ReportChoice = z.infer<typeof ReportChoice>;

const Words = z.string().trim().max(2_000);

export const ReportWords = z.object({ text: Words.min(1) });

/** What was understood, what else can be meant, and what must be done at once if it is so. */
export const ReportReading = z
  .object({ understood: z.array(ReportCode), choices: z.array(ReportChoice), safety: z.array(Phrase) })
  .meta({ id: 'ReportReading' });
export type ReportReading = z.infer<typeof ReportReading>;

/** With `codes` the words are kept and not read: who wrote them has said what they mean. */
export const NewReport = z
  .object({ text: Words.default(''), codes: z.array(ReportCode).max(ReportCode.options.length).optional() })
  .refine(({ text, codes }) => text !== '' || (codes ?? []).length > 0, {
    error: 'Say something: "text", "codes", or both.',
  });
export type NewReport = z.infer<typeof NewReport>;

/** `safety`: what must be done at once, before anything else. Nothing in `said`: it was not understood, and is kept for the service. */
export const MadeReport = z
  .object({ id: Id, at: Iso, said: z.array(ReportChoice), choices: z.array(ReportChoice), safety: z.array(Phrase) })
  .meta({ id: 'MadeReport' });
export type MadeReport = z.infer<typeof MadeReport>;

export const Report = z
  .object({
    id: Id,
    at: Iso,
    /** Null: who wrote it was erased. */
    by: z.object({ id: Id, name: z.string() }).nullable(),
    /** Null: there were none, they were erased, or are no longer kept. */
    text: z.string().nullable(),
    said: z.array(ReportChoice),
  })
  .meta({ id: 'Report' });
export type Report = z.infer<typeof Report>;

/** Until when it rests and nothing is expected of it; null: it is expected to say something. */
export const Presence = z.object({ restsUntil: Iso.nullable() }).meta({ id: 'Presence' });
export type Presence = z.infer<typeof Presence>;
