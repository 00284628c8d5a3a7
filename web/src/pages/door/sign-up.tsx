// An owner makes an account: details, then a mail with a link that confirms the address.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useConfirmSignUp, useSignUp } from '../../client/account.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { NewPasswordField } from '../../parts/form/password-field.tsx';
import { useLinkToken } from '../../parts/shell/link-token.ts';
import { useReader } from '../../reader.tsx';
import { afterEntry } from '../claim/claim-link.ts';
import { BrokenLink } from './broken-link.tsx';
import { DoorFrame } from './door-frame.tsx';
import { MailComing } from './mail-coming.tsx';

export function SignUpPage() {
  const { t } = useTranslation();
  const { language } = useReader();
  const signUp = useSignUp();
  const { entry, set } = useEntry({ name: '', email: '', password: '' });

  useEffect(() => {
    document.title = `${t('door.signUp')} · ${t('brand')}`;
  }, [t]);

  if (signUp.isSuccess) return <MailComing email={entry.email} />;
  return (
    <DoorFrame title={t('door.signUpTitle')} lead={t('door.signUpLead')}>
      <section className="card">
        <Form
          action={t('door.signUp')}
          busy={signUp.isPending}
          error={signUp.error}
          onSubmit={() => signUp.mutate({ ...entry, language })}
        >
          <TextField
            label={t('door.name')}
            autoComplete="name"
            maxLength={120}
            value={entry.name}
            onValue={(name) => set({ name })}
          />
          <TextField
            label={t('logIn.email')}
            type="email"
            autoComplete="username"
            value={entry.email}
            onValue={(email) => set({ email })}
          />
          <NewPasswordField value={entry.password} onValue={(password) => set({ password })} />
        </Form>
        <p className="ways">
          <Link href="/">{t('door.toLogIn')}</Link>
        </p>
      </section>
    </DoorFrame>
  );
}

/** Opened from the mail. It waits for a press: mail programs open links by themselves. */
export function ConfirmSignUpPage() {
  const { t } = useTranslation();
  const token = useLinkToken();
  const [, go] = useLocation();
  const [next] = useState(afterEntry);
  const confirm = useConfirmSignUp(() => go(next, { replace: true }));
  if (!token) return <BrokenLink />;
  return (
    <DoorFrame title={t('door.confirmTitle')} lead={t('door.confirmLead')}>
      <section className="card">
        <Form
          action={t('door.confirm')}
          busy={confirm.isPending}
          error={confirm.error}
          onSubmit={() => confirm.mutate({ token })}
        >
          {null}
        </Form>
      </section>
    </DoorFrame>
  );
}
