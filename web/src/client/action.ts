// How pages act: after an action everything on the page is asked for again.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ApiProblem, call } from './http.ts';

export function useAction<Input, Output>(act: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation<Output, ApiProblem, Input>({ mutationFn: act, onSuccess: () => client.invalidateQueries() });
}

/** An action that needs no more than its address. */
export function useCommand<Output = unknown>(path: string, method: 'POST' | 'DELETE' = 'POST') {
  const client = useQueryClient();
  return useMutation<Output, ApiProblem, void>({
    mutationFn: () => call<Output>(method, path, method === 'POST' ? {} : undefined),
    onSuccess: () => client.invalidateQueries(),
  });
}
