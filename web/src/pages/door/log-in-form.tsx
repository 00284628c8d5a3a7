// Mail address and password; who has a second factor is asked for its code as well.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { logIn, savePreferences } from '../../client/actions.ts';
import { type ApiProblem, problemCode } from '../../client/http.ts';
import { keys } from '../../client/keys.ts';
import type { LogIn } from '../../client/shapes.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { CodeField, PasswordField } from '../../parts/form/password-field.tsx';
import { useReader } from '../../reader.tsx';

export function LogInForm() {
  const { t } = useTranslation();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const enter = useLogIn();
  const send = () =>
    enter.mutate(
      { email, password, ...(code ? { code } : {}) },
      { onError: (error) => problemCode(error) === 'second-factor-needed' && setCode('') },
    );
  const asksForCode = code !== null;
  return (
    <Form
      action={t('logIn.action')}
      busy={enter.isPending}
      // The first time it is no mistake, only one more question.
      error={asksForCode && problemCode(enter.error) === 'second-factor-needed' ? null : enter.error}
      onSubmit={send}
    >
      {asksForCode ? (
        <>
          <p>
            <strong>{t('door.secondFactor')}</strong>
            <span className="small block">{email}</span>
          </p>
          <CodeField value={code} onValue={setCode} />
          <button type="button" className="link" onClick={() => setCode(null)}>
            {t('door.otherAccount')}
          </button>
        </>
      ) : (
        <>
          <TextField label={t('logIn.email')} type="email" autoComplete="username" value={email} onValue={setEmail} />
          <PasswordField value={password} onValue={setPassword} />
        </>
      )}
    </Form>
  );
}

/** Logs in. A language chosen on this page becomes the person's, so that messages follow it too. */
export function useLogIn() {
  const client = useQueryClient();
  const { language } = useReader();
  return useMutation<void, ApiProblem, LogIn>({
    mutationFn: async (input) => {
      const person = await logIn(input);
      // Whoever has to set up a second factor first may not save anything yet.
      client.setQueryData(keys.me, await savePreferences({ language }).catch(() => person));
    },
  });
}
