// What is asked of an appliance from afar.
import { useQuery } from '@tanstack/react-query';
import type { Command, ModelCommand } from '#contracts';
import { useAction, useCommand } from './action.ts';
import { call } from './http.ts';
import { keys } from './keys.ts';
import { useModels } from './queries.ts';
import type { NewCommand, Page } from './shapes.ts';

const WHILE_WAITING_MS = 5_000;
const OPEN: readonly Command['state'][] = ['unconfirmed', 'queued', 'sent'];

export const useCommands = (appliance: string) =>
  useQuery({
    queryKey: keys.commands(appliance),
    queryFn: () => call<Page<Command>>('GET', `/appliances/${appliance}/commands?limit=20`),
    refetchInterval: ({ state }) =>
      state.data?.items.some((command) => OPEN.includes(command.state)) ? WHILE_WAITING_MS : false,
  });

/** What may be asked of an appliance of this model; undefined while it is not known. */
export function useModelCommands(model: string): readonly ModelCommand[] | undefined {
  return useModels().data?.items.find(({ id }) => id === model)?.commands;
}

/** An owner who asks for something hazardous himself has said yes to it with that. */
export const useSendCommand = (appliance: string, { confirms }: { confirms: boolean }) =>
  useAction(async (input: NewCommand) => {
    const asked = await call<Command>('POST', `/appliances/${appliance}/commands`, input);
    if (!confirms || asked.state !== 'unconfirmed') return asked;
    return call<Command>('POST', `/commands/${asked.id}/confirmation`, {});
  });

export const useConfirmCommand = (command: string) => useCommand(`/commands/${command}/confirmation`);
export const useCancelCommand = (command: string) => useCommand(`/commands/${command}/cancellation`);
