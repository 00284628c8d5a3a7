// Households: their people and places.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Household, Site } from '#contracts';
import { useAction, useCommand } from './action.ts';
import { type ApiProblem, call } from './http.ts';
import { keys } from './keys.ts';
import { usePerson } from './queries.ts';
import type { Member, NewInvitation, NewSite, Page } from './shapes.ts';

export const useRenameHousehold = (id: string) =>
  useAction((name: string) => call<Household>('PATCH', `/households/${id}`, { name }));

export const useMembers = (id: string | null) =>
  useQuery({
    queryKey: [...keys.household(id ?? ''), 'members'],
    queryFn: () => call<Page<Member>>('GET', `/households/${id}/members`),
    enabled: id !== null,
  });

/** What the reader is in a household; null until it is known, and for who is not of it. */
export function useStanding(household: string | null): Member['as'] | null {
  const person = usePerson();
  const members = useMembers(person.role === 'owner' ? household : null);
  return members.data?.items.find(({ id }) => id === person.id)?.as ?? null;
}

export const useInvite = (id: string) =>
  useAction((input: NewInvitation) => call('POST', `/households/${id}/invitations`, input));
export const useEditMember = (id: string, member: string) =>
  useAction((as: Member['as']) => call('PATCH', `/households/${id}/members/${member}`, { as }));
export const useRemoveMember = (id: string, member: string) =>
  useCommand(`/households/${id}/members/${member}`, 'DELETE');

/** Whoever left sees nothing of it any more: `onLeft` is called before anything is asked for again. */
export function useLeaveHousehold(id: string, onLeft: () => void) {
  const client = useQueryClient();
  return useMutation<unknown, ApiProblem, void>({
    mutationFn: () => call('DELETE', `/households/${id}/membership`),
    onSuccess: () => {
      onLeft();
      client.removeQueries({ queryKey: keys.household(id) });
      void client.invalidateQueries();
    },
  });
}

export const useSites = (id: string) =>
  useQuery({
    queryKey: [...keys.household(id), 'sites'],
    queryFn: () => call<Page<Site>>('GET', `/households/${id}/sites`),
  });
export const useAddSite = (id: string) =>
  useAction((input: NewSite) => call<Site>('POST', `/households/${id}/sites`, input));
export const useEditSite = (id: string, site: string) =>
  useAction((input: Partial<NewSite>) => call<Site>('PATCH', `/households/${id}/sites/${site}`, input));
export const useRemoveSite = (id: string, site: string) => useCommand(`/households/${id}/sites/${site}`, 'DELETE');
