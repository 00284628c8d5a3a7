// Why and why not; and what is usual for healthy appliances of a model.
import { useQuery } from '@tanstack/react-query';
import type { Cohort, Explanation } from '#contracts';
import { call } from './http.ts';
import { keys } from './keys.ts';
import type { Page } from './shapes.ts';

/** It takes the platform seconds, so that it is not asked again by itself. `at` null: now. */
export const useExplanation = (appliance: string, at: string | null) =>
  useQuery({
    queryKey: keys.explanation(appliance, at),
    queryFn: () =>
      call<Explanation>(
        'GET',
        `/appliances/${appliance}/diagnosis${at === null ? '' : `?at=${encodeURIComponent(at)}`}`,
      ),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

export const useCohorts = () =>
  useQuery({ queryKey: keys.cohorts, queryFn: () => call<Page<Cohort>>('GET', '/cohorts') });
