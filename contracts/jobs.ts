// Queue jobs. A job only wakes: what must happen is a row, and the sweep finds it with or without the job.
import { z } from 'zod';

export const Sweep = z.enum([
  'alerts',
  'notifications',
  'field-service',
  'webhooks',
  'rights',
  'commands',
  'replays',
  'rules',
  'backtests',
]);
export type Sweep = z.infer<typeof Sweep>;

/** Which stage does it; each stage has a queue of its own, so that a process is woken for nothing that it does not do. */
export const STAGE_OF = {
  alerts: 'alerts',
  notifications: 'alerts',
  'field-service': 'field-service',
  webhooks: 'api',
  rights: 'api',
  commands: 'api',
  replays: 'api',
  rules: 'api',
  backtests: 'diagnosis',
} as const satisfies Record<Sweep, string>;
export type SweepingStage = (typeof STAGE_OF)[Sweep];

export const WakeJob = z.object({ sweep: Sweep });
export type WakeJob = z.infer<typeof WakeJob>;
