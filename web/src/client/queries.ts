// What the pages read.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type {
  Alert,
  AlertSummary,
  Appliance,
  Fleet,
  Household,
  Person,
  QuarantinedMessage,
  Series,
  ServiceCase,
  Technician,
} from '#contracts';
import { ApiProblem, call, query } from './http.ts';
import { keys } from './keys.ts';
import { usePages } from './pages.ts';
import type { ApplianceModel, DemoAccount, Page, Slot } from './shapes.ts';

const PAGE_SIZE = 100;

/** The person who is logged in; null for a visitor. */
export const useMe = () =>
  useQuery({ queryKey: keys.me, queryFn: () => orNull(call<Person>('GET', '/me'), 401), staleTime: Infinity });

/** For pages that only people who are logged in see. */
export function usePerson(): Person {
  const { data } = useMe();
  if (!data) throw new Error('a page for people who are logged in was shown to a visitor');
  return data;
}

/** Accounts to try the demo with; null outside a demo. */
export const useDemo = () =>
  useQuery({
    queryKey: keys.demo,
    queryFn: () => orNull(call<Page<DemoAccount>>('GET', '/demo'), 404),
    staleTime: Infinity,
  });

export const useModels = () =>
  useQuery({ queryKey: keys.models, queryFn: () => call<Page<ApplianceModel>>('GET', '/models'), staleTime: Infinity });

export const useFleet = () => useQuery({ queryKey: keys.fleet, queryFn: () => call<Fleet>('GET', '/fleet') });

export const useHouseholds = () =>
  useQuery({
    queryKey: keys.households,
    queryFn: () => call<Page<Household>>('GET', `/households${query({ limit: PAGE_SIZE })}`),
  });

export const useTechnicians = () =>
  useQuery({ queryKey: keys.technicians, queryFn: () => call<Page<Technician>>('GET', '/technicians') });

export const useAppliances = () =>
  useQuery({
    queryKey: keys.appliances,
    queryFn: () => call<Page<Appliance>>('GET', `/appliances${query({ limit: PAGE_SIZE })}`),
  });

/** The fleet, page by page. */
export const useFleetAppliances = () => usePages<Appliance>(keys.appliances, '/appliances');
/** Households of the service, page by page. */
export const useFleetHouseholds = () => usePages<Household>(keys.households, '/households');

export const useAppliance = (id: string) =>
  useQuery({ queryKey: keys.appliance(id), queryFn: () => call<Appliance>('GET', `/appliances/${id}`) });

export const useQuarantine = (id: string) =>
  useQuery({
    queryKey: keys.quarantine(id),
    queryFn: () => call<Page<QuarantinedMessage>>('GET', `/appliances/${id}/quarantine`),
  });

/** The last `hours` of one signal, at most `points` buckets. */
export const useReadings = (appliance: string, signal: string, hours: number, points: number) =>
  useQuery({
    queryKey: [...keys.readings(appliance), signal, hours, points],
    placeholderData: keepPreviousData,
    queryFn: () => {
      const to = new Date();
      const from = new Date(to.getTime() - hours * 3_600_000);
      const span = { from: from.toISOString(), to: to.toISOString() };
      return call<Series>('GET', `/appliances/${appliance}/readings${query({ signal, ...span, points })}`);
    },
  });

export const useAlerts = (state: 'open' | 'closed' | 'all') =>
  useQuery({
    queryKey: [...keys.alerts, state],
    queryFn: () => call<Page<AlertSummary>>('GET', `/alerts${query({ state, limit: PAGE_SIZE })}`),
  });

export const useAlert = (id: string | undefined) =>
  useQuery({
    queryKey: keys.alert(id ?? ''),
    queryFn: () => call<Alert>('GET', `/alerts/${id}`),
    enabled: id !== undefined,
  });

export const useCases = (state: 'open' | 'closed' | 'all') =>
  useQuery({
    queryKey: [...keys.cases, state],
    queryFn: () => call<Page<ServiceCase>>('GET', `/cases${query({ state, limit: PAGE_SIZE })}`),
  });

export const useCase = (id: string | undefined) =>
  useQuery({
    queryKey: keys.case(id ?? ''),
    queryFn: () => call<ServiceCase>('GET', `/cases/${id}`),
    enabled: id !== undefined,
  });

export const useSlots = (visit: string) =>
  useQuery({ queryKey: [...keys.slots, visit], queryFn: () => call<Page<Slot>>('GET', `/visits/${visit}/slots`) });

async function orNull<T>(answer: Promise<T>, status: number): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === status) return null;
    throw error;
  }
}
