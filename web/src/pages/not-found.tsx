// A path that leads nowhere.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { PageHead } from '../parts/shell/page-head.tsx';

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <div className="narrow">
      <PageHead title={t('error.noPage')} />
      <Link className="button" href="/">
        {t('error.toHome')}
      </Link>
    </div>
  );
}
