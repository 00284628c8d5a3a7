// A person's own account: before log-in, security, keys, consents, export, erasure.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Person } from '#contracts';
import { useAction, useCommand } from './action.ts';
import { type ApiProblem, call } from './http.ts';
import { keys } from './keys.ts';
import type {
  ApiKey,
  CreatedApiKey,
  InvitationAnswer,
  NewApiKey,
  NewSignUp,
  Page,
  PasswordChange,
  Reauthentication,
  RecoveryCodes,
  SecondFactorSecret,
  SecondFactorState,
  Session,
} from './shapes.ts';

// --- before log-in ----------------------------------------------------------------------------------------------------
const mutation = <Input, Output>(act: (input: Input) => Promise<Output>) => ({ mutationFn: act });

export const useSignUp = () =>
  useMutation<unknown, ApiProblem, NewSignUp>(mutation((input) => call('POST', '/sign-ups', input)));
export const useAskReset = () =>
  useMutation<unknown, ApiProblem, { email: string }>(mutation((input) => call('POST', '/password-resets', input)));
export const useReset = () =>
  useMutation<unknown, ApiProblem, { token: string; password: string }>(
    mutation((input) => call('POST', '/password-resets/confirmation', input)),
  );

/** Opens a link from a mail that ends in a session; who is there now is asked for again. `onEntered`: the page is another one by then. */
function useEntry<Input>(path: string, onEntered: () => void) {
  const client = useQueryClient();
  return useMutation<unknown, ApiProblem, Input>({
    mutationFn: (input) => call('POST', path, input),
    onSuccess: async () => {
      client.setQueryData(keys.me, await call<Person>('GET', '/me'));
      onEntered();
      await client.invalidateQueries();
    },
  });
}

export const useConfirmSignUp = (onEntered: () => void) =>
  useEntry<{ token: string }>('/sign-ups/confirmation', onEntered);
export const useAcceptInvitation = (onEntered: () => void) =>
  useEntry<InvitationAnswer>('/invitations/acceptance', onEntered);

// --- security ---------------------------------------------------------------------------------------------------------
export const authenticateAgain = (input: Reauthentication) => call('POST', '/sessions/current/authentication', input);

export const useSessions = () =>
  useQuery({ queryKey: keys.sessions, queryFn: () => call<Page<Session>>('GET', '/sessions') });
export const useEndSession = (id: string) => useCommand(`/sessions/${id}`, 'DELETE');
export const useChangePassword = () => useAction((input: PasswordChange) => call('PUT', '/me/password', input));

export const useSecondFactor = () =>
  useQuery({ queryKey: keys.secondFactor, queryFn: () => call<SecondFactorState>('GET', '/me/second-factor') });
export const useEnrolSecondFactor = () => useCommand<SecondFactorSecret>('/me/second-factor');
export const useConfirmSecondFactor = () =>
  useAction((code: string) => call<RecoveryCodes>('POST', '/me/second-factor/confirmation', { code }));
export const useRenewRecoveryCodes = () => useCommand<RecoveryCodes>('/me/second-factor/recovery-codes');
export const useRemoveSecondFactor = () => useCommand('/me/second-factor', 'DELETE');

// --- keys -------------------------------------------------------------------------------------------------------------
export const useApiKeys = () =>
  useQuery({ queryKey: keys.apiKeys, queryFn: () => call<Page<ApiKey>>('GET', '/api-keys') });
export const useMakeApiKey = () => useAction((input: NewApiKey) => call<CreatedApiKey>('POST', '/api-keys', input));
export const useRevokeApiKey = (id: string) => useCommand(`/api-keys/${id}`, 'DELETE');
