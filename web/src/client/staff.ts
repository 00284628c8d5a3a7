// What staff administer: people, technicians, regions, organisations, imports, orders.
import { useQuery } from '@tanstack/react-query';
import type { ImportResult, Order, Region, StaffPerson } from '#contracts';
import { useAction, useCommand } from './action.ts';
import { ApiProblem, call, query, sendCsv } from './http.ts';
import { keys } from './keys.ts';
import { usePages } from './pages.ts';
import type {
  NewOrganisation,
  Organisation,
  OrganisationEdit,
  Page,
  PersonEdit,
  RegionEdit,
  TechnicianEdit,
  TechnicianFile,
} from './shapes.ts';

export const usePeople = () => usePages<StaffPerson>(keys.people, '/people');
export const useEditPerson = (id: string) =>
  useAction((input: PersonEdit) => call<StaffPerson>('PATCH', `/people/${id}`, input));
export const useRemovePersonsFactor = (id: string) => useCommand(`/people/${id}/second-factor`, 'DELETE');
export const useErasePerson = (id: string) => useCommand(`/people/${id}`, 'DELETE');

export const useTechnician = (id: string) =>
  useQuery({ queryKey: keys.technician(id), queryFn: () => call<TechnicianFile>('GET', `/technicians/${id}`) });
export const useEditTechnician = (id: string) =>
  useAction((input: TechnicianEdit) => call<TechnicianFile>('PATCH', `/technicians/${id}`, input));

export const useRegions = () =>
  useQuery({ queryKey: keys.regions, queryFn: () => call<Page<Region>>('GET', '/regions') });
export const useSaveRegion = () =>
  useAction(({ code, ...edit }: RegionEdit & { code: string }) => call<Region>('PUT', `/regions/${code}`, edit));
export const useRemoveRegion = (code: string) => useCommand(`/regions/${code}`, 'DELETE');

export const useOrganisations = () =>
  useQuery({ queryKey: keys.organisations, queryFn: () => call<Page<Organisation>>('GET', '/organisations') });
export const useAddOrganisation = () =>
  useAction((input: NewOrganisation) => call<Organisation>('POST', '/organisations', input));
export const useEditOrganisation = (id: string) =>
  useAction((input: OrganisationEdit) => call<Organisation>('PATCH', `/organisations/${id}`, input));

// --- import and orders ------------------------------------------------------------------------------------------------
export type Importable = 'units' | 'orders' | 'people';
export type ImportWish = { csv: string; check: boolean; skip: boolean };

/** Lines with errors are an answer, not a failure. */
export const useImport = (what: Importable) =>
  useAction(async ({ csv, check, skip }: ImportWish): Promise<ImportResult> => {
    const wish = { check: check ? 'true' : undefined, skip: skip ? 'errors' : undefined };
    try {
      return await sendCsv<ImportResult>(`/${what}/import${query(wish)}`, csv);
    } catch (error) {
      if (error instanceof ApiProblem && isImportResult(error.body)) return error.body;
      throw error;
    }
  });

const isImportResult = (body: unknown): body is ImportResult =>
  typeof body === 'object' && body !== null && 'errors' in body && 'lines' in body;

export const useOrders = (state: 'open' | 'claimed') => usePages<Order>(keys.orders, '/orders', { state });
