// A forgotten password: ask for a link by mail, and choose a new one with it.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useAskReset, useReset } from '../../client/account.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { NewPasswordField } from '../../parts/form/password-field.tsx';
import { forgetFragment, useLinkToken } from '../../parts/shell/link-token.ts';
import { BrokenLink } from './broken-link.tsx';
import { DoorFrame } from './door-frame.tsx';
import { MailComing } from './mail-coming.tsx';

export function ForgotPasswordPage() {
  const { t } = useTranslation();
  const [email, setEmail] = useState('');
  const ask = useAskReset();

  useEffect(() => {
    document.title = `${t('door.forgotTitle')} · ${t('brand')}`;
  }, [t]);

  if (ask.isSuccess) return <MailComing email={email} />;
  return (
    <DoorFrame title={t('door.forgotTitle')} lead={t('door.forgotLead')}>
      <section className="card">
        <Form action={t('door.sendLink')} busy={ask.isPending} error={ask.error} onSubmit={() => ask.mutate({ email })}>
          <TextField label={t('logIn.email')} type="email" autoComplete="username" value={email} onValue={setEmail} />
        </Form>
        <p className="ways">
          <Link href="/">{t('door.toLogIn')}</Link>
        </p>
      </section>
    </DoorFrame>
  );
}

export function ResetPage() {
  const { t } = useTranslation();
  const token = useLinkToken();
  const [password, setPassword] = useState('');
  const reset = useReset();
  if (!token) return <BrokenLink />;
  if (reset.isSuccess) {
    return (
      <DoorFrame title={t('door.resetTitle')} lead={t('door.resetDone')}>
        <section className="card">
          <Link className="button" href="/">
            {t('door.toLogIn')}
          </Link>
        </section>
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title={t('door.resetTitle')} lead={t('door.resetLead')}>
      <section className="card">
        <Form
          action={t('door.reset')}
          busy={reset.isPending}
          error={reset.error}
          onSubmit={() => reset.mutate({ token, password }, { onSuccess: forgetFragment })}
        >
          <NewPasswordField label={t('door.newPassword')} value={password} onValue={setPassword} />
        </Form>
      </section>
    </DoorFrame>
  );
}
