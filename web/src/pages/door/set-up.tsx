// The first administrator's page, reached by the one-time link that the platform prints.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'wouter';
import { useSetUp } from '../../client/actions.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { DoorFrame } from './door-frame.tsx';

const LEAST_PASSWORD = 10;

export function SetUpPage() {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  const token = parameters.get('token');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const setUp = useSetUp();

  useEffect(() => {
    document.title = `${t('setUp.title')} · ${t('brand')}`;
  }, [t]);

  if (!token) {
    return (
      <DoorFrame title={t('setUp.noToken')} lead={t('setUp.noTokenHint')}>
        {null}
      </DoorFrame>
    );
  }
  if (setUp.isSuccess) {
    return (
      <DoorFrame title={t('setUp.done')}>
        <Link className="button" href="/">
          {t('setUp.toLogIn')}
        </Link>
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title={t('setUp.title')} lead={t('setUp.lead')}>
      <section className="card">
        <Form
          action={t('setUp.action')}
          busy={setUp.isPending}
          error={setUp.error}
          onSubmit={() => setUp.mutate({ token, name, email, password })}
        >
          <TextField label={t('setUp.name')} autoComplete="name" value={name} onValue={setName} />
          <TextField label={t('logIn.email')} type="email" autoComplete="username" value={email} onValue={setEmail} />
          <TextField
            label={t('setUp.password')}
            hint={t('setUp.passwordHint')}
            type="password"
            autoComplete="new-password"
            minLength={LEAST_PASSWORD}
            value={password}
            onValue={setPassword}
          />
        </Form>
      </section>
    </DoorFrame>
  );
}
