// What people do with appliances, alerts, cases and visits, and the session itself.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { CreatedAppliance, Household, Person } from '#contracts';
import { useAction, useCommand } from './action.ts';
import { type ApiProblem, call } from './http.ts';
import { forgetPerson } from './keys.ts';
import type { LogIn, NewAppliance, NewHousehold, NewPerson, Preferences, SetUp, VisitResult } from './shapes.ts';

export const logIn = (input: LogIn) => call<Person>('POST', '/sessions', input);
/** Makes the first administrator, who is logged in by it. */
export const setUp = (input: SetUp) => call<Person>('POST', '/setup', input);
export const savePreferences = (input: Preferences) => call<Person>('PATCH', '/me', input);

export const useSavePreferences = () => useAction(savePreferences);

/** Ends a session, or all, and forgets everything the person has seen. */
function useLeave(path: string) {
  const client = useQueryClient();
  const [, go] = useLocation();
  return useMutation<unknown, ApiProblem, void>({
    mutationFn: () => call('DELETE', path),
    onSuccess: () => {
      forgetPerson(client);
      go('/', { replace: true });
    },
  });
}

export const useLogOut = () => useLeave('/sessions/current');
export const useLogOutEverywhere = () => useLeave('/sessions');

export const useAddAppliance = () =>
  useAction((input: NewAppliance) => call<CreatedAppliance>('POST', '/appliances', input));
export const useAddHousehold = () => useAction((input: NewHousehold) => call<Household>('POST', '/households', input));
export const useAddPerson = () => useAction((input: NewPerson) => call<Person>('POST', '/people', input));

export const useAnswer = (alert: string) =>
  useAction((input: { question: string; answer: string }) => call('POST', `/alerts/${alert}/answers`, input));
export const useAcknowledge = (alert: string) => useCommand(`/alerts/${alert}/acknowledgement`);
export const useRequestService = (alert: string) => useCommand(`/alerts/${alert}/service-request`);

export const usePickSlot = (visit: string) =>
  useAction((start: string) => call('POST', `/visits/${visit}/slot`, { start }));
export const useAssign = (visit: string) =>
  useAction((technician: string) => call('POST', `/visits/${visit}/assignment`, { technician }));
export const useAcceptVisit = (visit: string) => useCommand(`/visits/${visit}/acceptance`);
export const useRefuseVisit = (visit: string) => useCommand(`/visits/${visit}/refusal`);
export const useFinishVisit = (visit: string) =>
  useAction((input: VisitResult) => call('POST', `/visits/${visit}/result`, input));

/** To a partner firm; null: back to us. */
export const useHandOverCase = (id: string) =>
  useAction((organisation: string | null) => call('POST', `/cases/${id}/hand-over`, { organisation }));
