// After an account was deleted.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { DoorFrame } from './door-frame.tsx';

export function ErasedPage() {
  const { t } = useTranslation();
  return (
    <DoorFrame title={t('privacy.erased')} lead={t('privacy.erasedLead')}>
      <section className="card">
        <Link className="button quiet" href="/">
          {t('door.toLogIn')}
        </Link>
      </section>
    </DoorFrame>
  );
}
