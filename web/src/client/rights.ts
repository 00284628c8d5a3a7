// A person's rights: consents, exports, erasure; and how long things are kept.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Export, ExportFormat } from '#contracts';
import { useAction } from './action.ts';
import { type ApiProblem, call } from './http.ts';
import { forgetPerson, keys } from './keys.ts';
import type { Consent, Page, RetentionRule, RetentionWish } from './shapes.ts';

const WAITING_EVERY_MS = 3_000;

export const useConsents = () =>
  useQuery({ queryKey: keys.consents, queryFn: () => call<{ items: Consent[] }>('GET', '/me/consents') });
export const useConsent = () =>
  useAction((wish: Partial<Record<Consent['purpose'], boolean>>) => call('PUT', '/me/consents', wish));

/** Asked again by itself while one is being prepared. */
export const useExports = () =>
  useQuery({
    queryKey: keys.exports,
    queryFn: () => call<Page<Export>>('GET', '/exports'),
    refetchInterval: (query) =>
      query.state.data?.items.some(({ state }) => state === 'waiting') ? WAITING_EVERY_MS : false,
  });
/** About an appliance, or without one about the person. */
export const useStartExport = (appliance: string | null) =>
  useAction((format: ExportFormat) =>
    call<Export>('POST', appliance === null ? '/me/exports' : `/appliances/${appliance}/exports`, { format }),
  );

/** Nobody is there afterwards: what was seen is forgotten, and `onErased` shows the last page. */
export function useErase(onErased: () => void) {
  const client = useQueryClient();
  return useMutation<unknown, ApiProblem, void>({
    mutationFn: () => call('POST', '/me/erasure', {}),
    onSuccess: () => {
      onErased();
      forgetPerson(client);
    },
  });
}

export const useRetention = () =>
  useQuery({ queryKey: keys.retention, queryFn: () => call<{ items: RetentionRule[] }>('GET', '/retention') });
export const useEditRetention = () => useAction((wish: RetentionWish) => call('PUT', '/retention', wish));
