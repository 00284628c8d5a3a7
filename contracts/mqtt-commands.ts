// Commands at the MQTT door: down to an appliance, and what came of them back up. The device guide says the same.
import { z } from 'zod';
import { Id } from './ids.ts';
import { gatewayTopic } from './mqtt.ts';

const RESULT_TOPIC =
  /^v1\/(?:gateways\/([0-9a-f-]{36})\/)?appliances\/([0-9a-f-]{36})\/commands\/([0-9a-f-]{36})\/result$/;

/** `gateway` is null when the appliance speaks for itself. */
export type ResultTopic = { gateway: Id | null; appliance: Id; command: Id };

/** `v1/appliances/{appliance}/commands/{command}/result`, also behind a gateway, taken apart; null for any other topic. */
export function parseResultTopic(topic: string): ResultTopic | null {
  const match = RESULT_TOPIC.exec(topic);
  return match ? { gateway: match[1] ?? null, appliance: match[2]!, command: match[3]! } : null;
}

export const commandsTopic = (appliance: Id, gateway: Id | null = null): string =>
  gateway === null ? `v1/appliances/${appliance}/commands` : gatewayTopic({ gateway, appliance, channel: 'commands' });

export const resultTopic = ({ gateway, appliance, command }: ResultTopic): string =>
  `${commandsTopic(appliance, gateway)}/${command}/result`;

export const CommandValue = z.union([z.number(), z.string().max(200)]);
export const CommandParameters = z.record(z.string().max(40), CommandValue);
export type CommandParameters = z.infer<typeof CommandParameters>;

/** Down. The same `command` may come again until it is answered: it is carried out once. Times are epoch ms. */
export const CommandPayload = z.object({
  command: Id,
  kind: z.string(),
  parameters: CommandParameters,
  /** Behind it the command is not to be carried out any more. */
  expiresAt: z.number(),
  /** Server time. */
  at: z.number(),
});
export type CommandPayload = z.infer<typeof CommandPayload>;

export const CommandOutcome = z.enum(['done', 'refused', 'failed']);
export type CommandOutcome = z.infer<typeof CommandOutcome>;

const MOST_VALUES = 500;
// A database keeps no U+0000, and a lone surrogate is no text.
const Text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((text) => text.isWellFormed() && !text.includes('\u0000'), 'is not text that can be kept');

/** Up: what came of it. `refused`: it was not tried; `failed`: it was. `values` is what was measured meanwhile. */
export const CommandResult = z.object({
  outcome: CommandOutcome,
  detail: Text(1_000).optional(),
  values: z
    .record(Text(80), z.union([z.number(), z.boolean(), Text(1_000)]))
    .refine((values) => Object.keys(values).length <= MOST_VALUES, `at most ${MOST_VALUES} values`)
    .optional(),
});
export type CommandResult = z.infer<typeof CommandResult>;

/** Of a `command-result` record: which command, and the payload as it came, in base64. */
export const CommandResultBody = z.object({ command: z.string(), payload: z.string() });
export type CommandResultBody = z.infer<typeof CommandResultBody>;
