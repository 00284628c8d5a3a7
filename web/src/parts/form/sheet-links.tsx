// Sheets that were made just now; each is opened by a press of its own, since browsers stop pages that open windows by themselves.
import { useTranslation } from 'react-i18next';

export function SheetLinks({ urls }: { urls: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <div role="status">
      {t('access.labelReady')}{' '}
      {urls.map((url, place) => (
        <a key={url} className="sheet" href={url} target="_blank" rel="noreferrer">
          {t('access.openSheet')}
          {urls.length > 1 && ` ${place + 1}`}
        </a>
      ))}
    </div>
  );
}
