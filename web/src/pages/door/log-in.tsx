// The log-in page; in a demo it offers the demo's accounts as buttons.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { logIn, savePreferences } from '../../client/actions.ts';
import type { ApiProblem } from '../../client/http.ts';
import { keys } from '../../client/keys.ts';
import { useDemo } from '../../client/queries.ts';
import type { DemoAccount } from '../../client/shapes.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useReader } from '../../reader.tsx';
import { DoorFrame } from './door-frame.tsx';

export function LogInPage() {
  const { t } = useTranslation();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const own = useLogIn();
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
          <Form
            action={t('logIn.action')}
            busy={own.isPending}
            error={own.error}
            onSubmit={() => own.mutate({ email, password })}
          >
            <TextField label={t('logIn.email')} type="email" autoComplete="username" value={email} onValue={setEmail} />
            <TextField
              label={t('logIn.password')}
              type="password"
              autoComplete="current-password"
              value={password}
              onValue={setPassword}
            />
          </Form>
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

/** Logs in. A language chosen on this page becomes the person's, so that messages follow it too. */
function useLogIn() {
  const client = useQueryClient();
  const { language } = useReader();
  return useMutation<void, ApiProblem, { email: string; password: string }>({
    mutationFn: async (input) => {
      await logIn(input);
      client.setQueryData(keys.me, await savePreferences({ language }));
    },
  });
}
