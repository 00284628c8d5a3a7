// The door of the API: the platform over HTTP.
export { buildApp } from './app.ts';
export type { ApiDeps, DemoAccount, KeptMail } from './deps.ts';
export { forgetAttempts, IDEMPOTENCY_KEPT_MS } from './idempotency-records.ts';
export { DEGRADED, maySucceed } from './ready.ts';
export { type Rights, type RightsDeps, startRights } from './rights/start.ts';
export { startApi } from './start.ts';
export { apiTables } from './tables.ts';
export { forgetDeliveries } from './webhooks/deliveries.ts';
export type { WebhookAnswer, WebhookSender } from './webhooks/ports.ts';
export { startWebhooks, type Webhooks } from './webhooks/start.ts';
