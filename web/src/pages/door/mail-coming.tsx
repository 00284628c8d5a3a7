// After something was asked for by mail. It says the same whether or not the address has an account.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useDemo } from '../../client/queries.ts';
import { DoorFrame } from './door-frame.tsx';

export function MailComing({ email }: { email: string }) {
  const { t } = useTranslation();
  const demo = useDemo();
  return (
    <DoorFrame title={t('door.mailTitle')} lead={t('door.mailLead', { email })}>
      <section className="card stack">
        {demo.data && (
          <p>
            {t('door.mailDemo')} <a href="/demo/mail">{t('door.demoMailbox')}</a>
          </p>
        )}
        <Link className="button quiet" href="/">
          {t('door.toLogIn')}
        </Link>
      </section>
    </DoorFrame>
  );
}
