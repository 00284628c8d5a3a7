// What webhooks need from the rest of the platform.
import type { Clock, Jobs, Logger, Sql } from '#runtime';
import type { WebhookSender } from './ports.ts';

export type WebhooksDeps = { sql: Sql; clock: Clock; jobs: Jobs; logger: Logger; webhookSender: WebhookSender };
