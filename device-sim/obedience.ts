// How a simulated appliance takes commands: each is carried out once, however often it comes, and not behind its time.
import type { CommandParameters, CommandPayload, CommandResult, Id } from '#contracts';

/** `silent`: it hears commands and never answers. */
export const MANNERS = ['obeys', 'refuses', 'silent'] as const;
export type Manner = (typeof MANNERS)[number];

/** By the kind of command. */
export type Acts = Readonly<Record<string, (parameters: CommandParameters) => CommandResult>>;
/** Null: no answer. */
export type Obedience = (command: CommandPayload) => CommandResult | null;

const REMEMBERED = 50;

/** `now`: epoch ms. */
export function openObedience({ manner, acts, now }: { manner: Manner; acts: Acts; now: () => number }): Obedience {
  const answered = new Map<Id, CommandResult>();
  const carryOut = ({ kind, parameters }: CommandPayload): CommandResult => {
    if (manner === 'refuses') return { outcome: 'refused', detail: 'this simulated appliance refuses everything' };
    const act = Object.hasOwn(acts, kind) ? acts[kind] : undefined;
    return act?.(parameters) ?? { outcome: 'refused', detail: `this appliance cannot do "${kind}"` };
  };
  return (command) => {
    if (manner === 'silent') return null;
    const before = answered.get(command.command);
    if (before || command.expiresAt <= now()) return before ?? null;
    const result = carryOut(command);
    answered.set(command.command, result);
    if (answered.size > REMEMBERED) answered.delete(answered.keys().next().value!);
    return result;
  };
}
