// HTTP bodies of commands to appliances.
import { z } from 'zod';
import { Iso } from './http.ts';
import type { RemoteSessionKind } from './http-people.ts';
import { Id } from './ids.ts';
import { CommandOutcome, CommandParameters } from './mqtt-commands.ts';
import { Phrase } from './phrase.ts';

/**
 * `unconfirmed`: waits for an owner's yes. `queued`: waits for the appliance to listen. `sent`: waits for its answer.
 * `failed`: it refused, or could not.
 */
export const CommandState = z.enum(['unconfirmed', 'queued', 'sent', 'answered', 'failed', 'expired', 'cancelled']);
export type CommandState = z.infer<typeof CommandState>;

export const NewCommand = z.object({
  kind: z.string().max(40).describe('One of those that the model of the appliance knows, see GET /api/v1/models'),
  parameters: CommandParameters.default({}),
});

export const Command = z
  .object({
    id: Id,
    appliance: Id,
    kind: z.string(),
    name: Phrase,
    parameters: CommandParameters,
    state: CommandState,
    by: z.object({ id: Id, name: z.string() }),
    askedAt: Iso,
    /** Until when it is sent; unconfirmed: until when it may be confirmed. */
    expiresAt: Iso,
    sentAt: Iso.nullable(),
    answeredAt: Iso.nullable(),
    result: z
      .object({
        outcome: CommandOutcome,
        detail: z.string().nullable(),
        values: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
      })
      .nullable(),
  })
  .meta({ id: 'Command' });
export type Command = z.infer<typeof Command>;

const WITHIN: Readonly<Record<RemoteSessionKind, (kind: string) => boolean>> = {
  'live-view': () => false,
  'self-test': (kind) => kind === 'self-test' || kind === 'report-now',
  commands: () => true,
};

/** What a household agreed to with a remote session of this kind, for service at a desk. */
export const mayBeSentWithin = (session: RemoteSessionKind, command: string): boolean => WITHIN[session](command);
