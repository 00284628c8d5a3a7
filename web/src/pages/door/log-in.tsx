// The log-in page; in a demo it offers the demo's accounts as buttons.
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useDemo } from '../../client/queries.ts';
import type { DemoAccount } from '../../client/shapes.ts';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { rememberClaim } from '../claim/claim-link.ts';
import { DoorFrame } from './door-frame.tsx';
import { LogInForm, useLogIn } from './log-in-form.tsx';

export function LogInPage() {
  const { t } = useTranslation();
  const demo = useDemo();
  const accounts = demo.data?.items ?? [];

  useEffect(() => {
    document.title = `${t('logIn.action')} · ${t('brand')}`;
  }, [t]);

  return (
    <DoorFrame title={t('logIn.title')} lead={t('logIn.lead')}>
      {accounts.length > 0 && <DemoButtons accounts={accounts} />}
      {/* Until it is known whether this is a demo nothing below is shown, so that nothing moves. */}
      {!demo.isPending && (
        <section className="card">
          {accounts.length > 0 && <h2 className="label">{t('logIn.own')}</h2>}
          <LogInForm />
          <p className="ways">
            <Link href="/sign-up" onClick={rememberClaim}>
              {t('door.toSignUp')}
            </Link>
            <Link href="/forgot-password" onClick={rememberClaim}>
              {t('door.forgot')}
            </Link>
          </p>
        </section>
      )}
    </DoorFrame>
  );
}

function DemoButtons({ accounts }: { accounts: DemoAccount[] }) {
  const { t } = useTranslation();
  const demo = useLogIn();
  return (
    <section className="card">
      <h2 className="label">{t('logIn.demo')}</h2>
      <div className="demo">
        {accounts.map(({ email, password, name, role }) => (
          <button
            key={email}
            type="button"
            className="demo-account"
            disabled={demo.isPending}
            onClick={() => demo.mutate({ email, password })}
          >
            <strong>{t(`role.${role}`)}</strong>
            <span className="small">{[name, t(`roleLead.${role}`)].filter(Boolean).join(' · ')}</span>
          </button>
        ))}
      </div>
      <ProblemNote error={demo.error} />
    </section>
  );
}
