// Password, second factor, and where the account is logged in.
import { useTranslation } from 'react-i18next';
import { useChangePassword, useEndSession, useSessions } from '../../client/account.ts';
import { useLogOutEverywhere } from '../../client/actions.ts';
import { problemCode } from '../../client/http.ts';
import type { Session } from '../../client/shapes.ts';
import { given, useEntry } from '../../parts/form/entry.ts';
import { Form } from '../../parts/form/form.tsx';
import { CodeField, NewPasswordField, PasswordField } from '../../parts/form/password-field.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useTimes } from '../../reader.tsx';
import { SecondFactorCard } from './second-factor.tsx';

export function SecurityPage() {
  const { t } = useTranslation();
  return (
    <div className="narrow">
      <PageHead title={t('security.title')} back={{ to: '/settings', words: t('settings.title') }} />
      <PasswordCard />
      <SecondFactorCard />
      <SessionsCard />
    </div>
  );
}

function PasswordCard() {
  const { t } = useTranslation();
  const change = useChangePassword();
  const { entry, set, clear } = useEntry({ current: '', password: '', code: '' });
  const codeWanted =
    entry.code !== '' || ['second-factor-needed', 'wrong-code'].includes(problemCode(change.error) ?? '');
  const send = () => change.mutate({ ...entry, ...given({ code: entry.code }) }, { onSuccess: clear });
  return (
    <section className="card">
      <h2>{t('security.password')}</h2>
      <Form action={t('security.change')} busy={change.isPending} error={change.error} onSubmit={send}>
        <PasswordField label={t('security.current')} value={entry.current} onValue={(current) => set({ current })} />
        <NewPasswordField label={t('security.next')} value={entry.password} onValue={(password) => set({ password })} />
        {codeWanted && <CodeField value={entry.code} onValue={(code) => set({ code })} />}
        <p className="saved" role="status">
          {change.isSuccess ? t('security.changed') : ''}
        </p>
      </Form>
    </section>
  );
}

function SessionsCard() {
  const { t } = useTranslation();
  const sessions = useSessions();
  const everywhere = useLogOutEverywhere();
  return (
    <section className="card">
      <h2>{t('security.sessions')}</h2>
      <Loaded from={sessions}>
        {({ items }) => (
          <ul className="rows wrap">
            {items.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </ul>
        )}
      </Loaded>
      <div className="actions">
        <SureButton words={t('security.endAll')} sure={t('security.endAllSure')} action={everywhere} />
      </div>
    </section>
  );
}

function SessionRow({ session }: { session: Session }) {
  const { t } = useTranslation();
  const times = useTimes();
  const end = useEndSession(session.id);
  return (
    <li>
      <span>
        <strong>{t(session.current ? 'security.thisOne' : 'security.otherOne')}</strong>
        <span className="small block">
          {t('security.sessionTimes', {
            since: times.moment(session.createdAt),
            seen: times.relative(session.seenAt),
          })}
        </span>
      </span>
      {!session.current && (
        <button type="button" className="button quiet small" disabled={end.isPending} onClick={() => end.mutate()}>
          {t('security.end')}
        </button>
      )}
      <ProblemNote error={end.error} />
    </li>
  );
}
