// What people say of an appliance in their own words, and when it rests.
import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { MadeReport, NewReport, Presence, Report, ReportReading } from '#contracts';
import { useAction } from './action.ts';
import { call } from './http.ts';
import { keys } from './keys.ts';
import type { Page } from './shapes.ts';

export const useReports = (appliance: string) =>
  useQuery({
    queryKey: keys.reports(appliance),
    queryFn: () => call<Page<Report>>('GET', `/appliances/${appliance}/reports?limit=10`),
  });

/** Nothing is kept by it. */
export const useUnderstanding = (appliance: string) =>
  useAction((text: string) => call<ReportReading>('POST', `/appliances/${appliance}/reports/understanding`, { text }));

export const useReport = (appliance: string) =>
  useAction((input: z.input<typeof NewReport>) => call<MadeReport>('POST', `/appliances/${appliance}/reports`, input));

export const usePresence = (appliance: string) =>
  useQuery({
    queryKey: keys.presence(appliance),
    queryFn: () => call<Presence>('GET', `/appliances/${appliance}/presence`),
  });

export const useSetPresence = (appliance: string) =>
  useAction((restsUntil: string | null) => call<Presence>('PUT', `/appliances/${appliance}/presence`, { restsUntil }));
