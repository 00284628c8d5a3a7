// Queue jobs. A job only wakes: what must happen is a row, and the sweep finds it with or without the job.
import { z } from 'zod';

export const Sweep = z.enum(['alerts', 'notifications', 'field-service', 'webhooks', 'rights']);
export type Sweep = z.infer<typeof Sweep>;

export const WakeJob = z.object({ sweep: Sweep });
export type WakeJob = z.infer<typeof WakeJob>;
