// What every file of routes shares: the typed app, and the shapes of paths and pages.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Id } from '#contracts';
import type { ApiDeps } from './deps.ts';

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
/** Adds the routes of one thing. */
export type Routes = (app: Api, deps: ApiDeps) => void;

export const ById = z.object({ id: Id });

const Limit = z.coerce.number().int().min(1).max(200).default(50);

/** A page of a list that is sorted by id. A list extends it by what narrows it further. */
export const IdPage = z.object({ cursor: Id.optional().transform((cursor) => cursor ?? null), limit: Limit });

export const EMPTY = z.undefined().describe('Done');

/** A list that is short enough to come whole. */
export const whole = <T>(items: T[]): { items: T[]; next: null } => ({ items, next: null });

/** A page of a list that is sorted by time, newest first. A list extends it by what narrows it further. */
export const TimePage = z.object({
  state: z.enum(['open', 'closed', 'all']).default('open'),
  cursor: z
    .string()
    .max(80)
    .optional()
    .transform((cursor) => cursor ?? null),
  limit: Limit,
});
