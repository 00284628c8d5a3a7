// An appliance's file: claim, passport, sharing, remote sessions, handing over, labels.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Grant, Passport } from '#contracts';
import { useAction, useCommand } from './action.ts';
import { type ApiProblem, call, callForText } from './http.ts';
import { keys } from './keys.ts';
import type {
  LiveView,
  NewClaim,
  NewGrant,
  NewRemoteSession,
  Page,
  PassportEdit,
  RemoteSession,
  SwappedModule,
  Transferred,
} from './shapes.ts';

const LIVE_EVERY_MS = 10_000;

export const useClaim = () => useAction((input: NewClaim) => call<Passport>('POST', '/claims', input));

export const usePassport = (id: string) =>
  useQuery({ queryKey: keys.passport(id), queryFn: () => call<Passport>('GET', `/appliances/${id}/passport`) });
export const useEditPassport = (id: string) =>
  useAction((input: PassportEdit) => call<Passport>('PATCH', `/appliances/${id}/passport`, input));
export const useNoteConsumable = (id: string) =>
  useAction((consumable: string) => call<Passport>('PUT', `/appliances/${id}/consumables/${consumable}`, {}));

export const useGrants = (id: string) =>
  useQuery({ queryKey: keys.grants(id), queryFn: () => call<Page<Grant>>('GET', `/appliances/${id}/grants`) });
export const useShare = (id: string) =>
  useAction((input: NewGrant) => call<Grant>('POST', `/appliances/${id}/grants`, input));
export const useTakeBack = (id: string, grant: string) => useCommand(`/appliances/${id}/grants/${grant}`, 'DELETE');

export const useRemoteSessions = (id: string) =>
  useQuery({
    queryKey: keys.remoteSessions(id),
    queryFn: () => call<Page<RemoteSession>>('GET', `/appliances/${id}/remote-sessions`),
    refetchInterval: LIVE_EVERY_MS,
  });
export const useAskRemoteSession = (id: string) =>
  useAction((input: NewRemoteSession) => call<RemoteSession>('POST', `/appliances/${id}/remote-sessions`, input));
export const useAnswerRemoteSession = (session: string) =>
  useAction((answer: 'yes' | 'no') => call('POST', `/remote-sessions/${session}/answer`, { answer }));
export const useEndRemoteSession = (session: string) => useCommand(`/remote-sessions/${session}`, 'DELETE');
/** Each answer is a look that is logged, so nothing is asked before somebody wants it. */
export const useLiveValues = (id: string) =>
  useQuery({
    queryKey: [...keys.remoteSessions(id), 'live'],
    queryFn: () => call<LiveView>('GET', `/appliances/${id}/live`),
    refetchInterval: LIVE_EVERY_MS,
    staleTime: Infinity,
  });

/** The page of the appliance is gone with it: `onGiven` is called before anything is asked for again. */
export function useHandOver(id: string, onGiven: (given: Transferred) => void) {
  const client = useQueryClient();
  return useMutation<Transferred, ApiProblem, void>({
    mutationFn: () => call<Transferred>('POST', `/appliances/${id}/transfer`, {}),
    onSuccess: (given) => {
      onGiven(given);
      void client.invalidateQueries();
    },
  });
}
export const useSwapModule = (id: string) =>
  useAction((input: { firmware?: string }) => call<SwappedModule>('POST', `/appliances/${id}/module`, input));
export const useCutOff = (id: string) => useCommand(`/appliances/${id}/revocation`);

/** As many as fit on one sheet of A4 with three in a row. */
const LABELS_A_SHEET = 21;
const sheetsOf = (appliances: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(appliances.length / LABELS_A_SHEET) }, (_, sheet) =>
    appliances.slice(sheet * LABELS_A_SHEET, (sheet + 1) * LABELS_A_SHEET),
  );

/** Resolves to the addresses of the sheets (SVG), which this page can open. */
export const usePrintLabels = () =>
  useAction(async (appliances: readonly string[]) => {
    const sheets: string[] = [];
    for (const sheet of sheetsOf(appliances)) {
      const svg = await callForText('/labels', { appliances: sheet });
      sheets.push(URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' })));
    }
    return sheets;
  });
