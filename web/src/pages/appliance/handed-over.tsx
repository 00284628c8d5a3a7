// The code for the next owner. The appliance's own page is gone for the old one, so it has a page of its own.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Transferred } from '../../client/shapes.ts';
import { CopyLine } from '../../parts/form/copy-line.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { NotFoundPage } from '../not-found.tsx';

type HandedOver = Transferred & { name: string };

// In memory only: it is shown once, and a reload forgets it.
let last: HandedOver | null = null;
export const rememberHandOver = (given: HandedOver): void => {
  last = given;
};

export function HandedOverPage() {
  const { t } = useTranslation();
  if (!last) return <NotFoundPage />;
  return (
    <div className="narrow">
      <PageHead title={t('access.given')} lead={last.name} />
      <section className="card stack">
        <p className="note tone-attention">{t('access.givenLead')}</p>
        <CopyLine label={t('access.givenCode')} text={last.code} />
        <CopyLine label={t('access.givenUrl')} text={last.url} />
      </section>
      <Link className="button quiet" href="/">
        {t('nav.home')}
      </Link>
    </div>
  );
}
