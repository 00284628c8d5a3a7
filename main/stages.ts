// The stages of the platform. One process runs all of them, or some: then they meet in the engines that they share.
import { z } from 'zod';

export const STAGES = ['broker', 'ingest', 'diagnosis', 'alerts', 'field-service', 'api'] as const;
export type StageName = (typeof STAGES)[number];

/** `broker,ingest` as a list in the order of the flow. */
export const StageList = z.string().transform((text, context): readonly StageName[] => {
  const names = text.split(',').map((name) => name.trim());
  const strangers = names.filter((name) => !(STAGES as readonly string[]).includes(name));
  if (strangers.length > 0)
    context.addIssue(`there is no stage "${strangers.join('", "')}"; the stages are ${STAGES.join(', ')}`);
  return STAGES.filter((stage) => names.includes(stage));
});
