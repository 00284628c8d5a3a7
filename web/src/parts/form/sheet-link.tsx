// A sheet that was made just now; it is opened by a press of its own, since browsers stop pages that open windows by themselves.
import { useTranslation } from 'react-i18next';

export function SheetLink({ url }: { url: string }) {
  const { t } = useTranslation();
  return (
    <span role="status">
      {t('access.labelReady')}{' '}
      <a href={url} target="_blank" rel="noreferrer">
        {t('access.openSheet')}
      </a>
    </span>
  );
}
