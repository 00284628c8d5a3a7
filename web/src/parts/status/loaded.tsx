// What stands in the place of something that is not here yet.
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from './problem-note.tsx';

type LoadedProps<T> = { from: UseQueryResult<T>; lines?: number; children: (data: T) => React.ReactNode };

/** Shows a still outline of `lines` lines, then the data, or why there is none. */
export function Loaded<T>({ from, lines = 3, children }: LoadedProps<T>) {
  const { t } = useTranslation();
  if (from.data !== undefined) return children(from.data);
  if (from.isError) return <ProblemNote error={from.error} onRetry={from.refetch} />;
  return (
    <div className="outline" role="status" aria-label={t('say.loading')}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an outline have no identity
        <span key={line} />
      ))}
    </div>
  );
}

/** A quiet sentence where a list is empty. */
export function Empty({ children }: { children: React.ReactNode }) {
  return <p className="empty">{children}</p>;
}
