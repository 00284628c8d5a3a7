// How pages act: after an action everything on the page is asked for again.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ApiProblem, call } from './http.ts';

/** What follows from an action is not kept waiting for the page to be renewed: that may take away the part that asked. */
export function useAction<Input, Output>(act: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation<Output, ApiProblem, Input>({
    mutationFn: act,
    onSuccess: () => {
      void client.invalidateQueries();
    },
  });
}

/** An action that needs no more than its address. */
export const useCommand = <Output = unknown>(path: string, method: 'POST' | 'DELETE' = 'POST') =>
  useAction<void, Output>(() => call<Output>(method, path, method === 'POST' ? {} : undefined));
