// Messages that were not accepted, and the counts that must balance.
import { useQuery } from '@tanstack/react-query';
import type { Ledger, NewReplay, RejectedMessage, Replay } from '#contracts';
import { useAction, useCommand } from './action.ts';
import { call } from './http.ts';
import { keys } from './keys.ts';
import { usePages } from './pages.ts';
import type { Page } from './shapes.ts';

const REPLAYS_EVERY_MS = 3_000;

export const useRejected = (filter: { appliance?: string | undefined; reason?: string | undefined }) =>
  usePages<RejectedMessage>(keys.rejected, '/quarantine', filter);

/** Asked for again while one is under way. */
export const useReplays = () =>
  useQuery({
    queryKey: keys.replays,
    queryFn: () => call<Page<Replay>>('GET', '/quarantine/replays'),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ waiting, replayed }) => waiting + replayed > 0) ? REPLAYS_EVERY_MS : false,
  });

export const useReplay = () => useAction((wish: NewReplay) => call<Replay>('POST', '/quarantine/replay', wish));

export const useLedger = () => useQuery({ queryKey: keys.ledger, queryFn: () => call<Ledger>('GET', '/ledger') });
export const useSettleDifference = (id: string) => useCommand(`/ledger/differences/${id}/settlement`);
