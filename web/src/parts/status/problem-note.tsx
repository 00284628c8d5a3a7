// An error in words: the reader's own for what is refused often, else as the API words it.
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../client/http.ts';
import { useProblemWords } from '../codes.ts';
import { Mark } from './mark.tsx';

type ProblemNoteProps = { error: unknown; onRetry?: () => unknown };

export function ProblemNote({ error, onRetry }: ProblemNoteProps) {
  const { t } = useTranslation();
  const words = useProblemWords();
  if (!error) return null;
  const problem = error instanceof ApiProblem ? error.problem : null;
  const offline = error instanceof ApiProblem && error.status === 0;
  const known = problem && words(problem);
  const title = known ?? problem?.title ?? t(offline ? 'error.offline' : 'error.unknown');
  const lines = known ? [] : [problem?.detail, problem?.hint, offline && t('error.offlineHint')];
  const parts = problem?.problems?.map(({ where, what }) => `${where}: ${what}`) ?? [];
  return (
    <div className="note tone-danger" role="alert">
      <Mark shape="danger" />
      <div className="stack-tight">
        <strong>{title}</strong>
        {[...parts, ...lines.filter((line) => !!line)].map((line) => (
          <p key={line as string}>{line}</p>
        ))}
        {onRetry && (
          <button type="button" className="button quiet small" onClick={() => void onRetry()}>
            {t('error.again')}
          </button>
        )}
      </div>
    </div>
  );
}
