// A link of a mail without its secret part.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { DoorFrame } from './door-frame.tsx';

export function BrokenLink() {
  const { t } = useTranslation();
  return (
    <DoorFrame title={t('door.brokenTitle')} lead={t('door.brokenLead')}>
      <section className="card">
        <Link className="button" href="/">
          {t('door.toLogIn')}
        </Link>
      </section>
    </DoorFrame>
  );
}
