// Starts the pages.
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { ApiProblem, problemCode } from './client/http.ts';
import { keys } from './client/keys.ts';
import { startWords } from './words/i18n.ts';
import './style/index.css';

const RETRIES = 2;
const isRefusal = (error: Error): boolean => error instanceof ApiProblem && error.status >= 400 && error.status < 500;

const client = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The session ended: back to the door, and to the same page after the next log-in.
      if (error instanceof ApiProblem && error.status === 401) client.setQueryData(keys.me, null);
      if (problemCode(error) === 'second-factor-required') client.setQueryData(keys.factorNeeded, true);
    },
  }),
  defaultOptions: { queries: { staleTime: 10_000, retry: (count, error) => count < RETRIES && !isRefusal(error) } },
});

await startWords();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
