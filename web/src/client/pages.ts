// Lists that come page by page.
import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { type ApiProblem, call, query } from './http.ts';
import type { Page } from './shapes.ts';

const PAGE_SIZE = 100;

/** `items` holds what has come so far; `fetchNextPage` brings more. */
export const usePages = <T>(
  key: readonly string[],
  path: string,
  parameters: Record<string, string | undefined> = {},
) =>
  useInfiniteQuery<
    Page<T>,
    ApiProblem,
    { items: T[] },
    readonly (string | Record<string, string | undefined>)[],
    string | undefined
  >({
    queryKey: [...key, 'pages', parameters],
    queryFn: ({ pageParam }) =>
      call<Page<T>>('GET', `${path}${query({ ...parameters, cursor: pageParam, limit: PAGE_SIZE })}`),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: ({ pages }: InfiniteData<Page<T>, string | undefined>) => ({ items: pages.flatMap(({ items }) => items) }),
  });
