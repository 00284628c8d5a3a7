// What an import said, line by line.
import { useTranslation } from 'react-i18next';
import type { ImportResult } from '#contracts';
import { Mark } from '../../parts/status/mark.tsx';
import { useSay } from '../../reader.tsx';

export function ImportAnswer({ result }: { result: ImportResult }) {
  const { t } = useTranslation();
  const say = useSay();
  const { written, lines, made, errors, moreErrors } = result;
  const wrong = errors.length + moreErrors;
  const title = written
    ? t('import.written', { count: made.length, lines })
    : wrong > 0
      ? t('import.nothing', { count: wrong })
      : t('import.checked', { count: lines });
  return (
    <>
      <div className={`note tone-${written ? 'fine' : wrong > 0 ? 'danger' : 'new'}`} role="status">
        <Mark shape={written ? 'fine' : wrong > 0 ? 'danger' : 'info'} />
        <div className="stack-tight">
          <strong>{title}</strong>
          {wrong === 0 && !written && <p>{t('import.fine')}</p>}
        </div>
      </div>
      {errors.length > 0 && (
        <ul className="rows">
          {errors.map((error) => (
            <li key={`${error.line} ${error.column} ${error.code}`} className="block">
              <strong>
                {t('import.line', { line: error.line })}
                {error.column && ` · ${error.column}`}
              </strong>
              <span className="block">{say.phrase(error.what)}</span>
            </li>
          ))}
        </ul>
      )}
      {moreErrors > 0 && <p className="small">{t('import.moreErrors', { count: moreErrors })}</p>}
    </>
  );
}
