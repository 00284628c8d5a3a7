// Rows that one stage leaves for the next in the outbox, by topic. The topic `finding` carries a FindingChange.
import { z } from 'zod';
import { RankedCause, Severity } from './findings.ts';
import { Id } from './ids.ts';
import { Phrase } from './phrase.ts';

/** Topic `service-request`: alerts -> field-service. An alert that the owner cannot close. Its id is the alert's. */
export const ServiceRequest = z.object({
  alert: Id,
  appliance: Id,
  /** The alert's. By the time the request is heard the appliance may stand elsewhere. Rows of earlier versions lack it. */
  household: Id.nullable().optional(),
  problem: z.string(),
  title: Phrase,
  summary: Phrase,
  severity: Severity,
  cause: RankedCause,
  reason: z.enum(['needs-technician', 'owner-asked', 'not-recovered']),
});
export type ServiceRequest = z.infer<typeof ServiceRequest>;

/** Topic `alert-over`: alerts -> field-service. Telemetry proved recovery, or the alert was withdrawn. */
export const AlertOver = z.object({ alert: Id, how: z.enum(['resolved', 'withdrawn', 'moved']), at: z.number() });
export type AlertOver = z.infer<typeof AlertOver>;

/**
 * Topic `message`: any stage -> alerts, which renders it for the person and sends it. `path` is the page to open. `about`:
 * whose name stands in the place of `{person}`; a name itself is in no message.
 */
export const OutgoingMessage = z.object({
  person: Id,
  kind: z.string(),
  subject: Phrase,
  lines: z.array(Phrase),
  path: z.string(),
  alert: Id.nullable(),
  about: Id.optional(),
});
export type OutgoingMessage = z.infer<typeof OutgoingMessage>;
