// The first administrator's page, reached by the one-time link that the platform prints.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { savePreferences, setUp } from '../../client/actions.ts';
import type { ApiProblem } from '../../client/http.ts';
import { keys } from '../../client/keys.ts';
import type { SetUp } from '../../client/shapes.ts';
import { given } from '../../parts/form/entry.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { NewPasswordField } from '../../parts/form/password-field.tsx';
import { useReader } from '../../reader.tsx';
import { DoorFrame } from './door-frame.tsx';

export function SetUpPage() {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  const token = parameters.get('token');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [organisation, setOrganisation] = useState('');
  const enter = useSetUp();

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
  return (
    <DoorFrame title={t('setUp.title')} lead={t('setUp.lead')}>
      <section className="card">
        <Form
          action={t('setUp.action')}
          busy={enter.isPending}
          error={enter.error}
          onSubmit={() => enter.mutate({ token, name, email, password, ...given({ organisation }) })}
        >
          <TextField label={t('setUp.name')} autoComplete="name" value={name} onValue={setName} />
          <TextField label={t('logIn.email')} type="email" autoComplete="username" value={email} onValue={setEmail} />
          <NewPasswordField value={password} onValue={setPassword} />
          <TextField
            label={t('setUp.organisation')}
            hint={t('setUp.organisationHint')}
            optional
            autoComplete="organization"
            maxLength={120}
            value={organisation}
            onValue={setOrganisation}
          />
        </Form>
      </section>
    </DoorFrame>
  );
}

/** The new administrator is logged in at once, and reads as on this page. */
function useSetUp() {
  const client = useQueryClient();
  const { language, timeZone } = useReader();
  return useMutation<void, ApiProblem, SetUp>({
    mutationFn: async (input) => {
      await setUp(input);
      client.setQueryData(keys.me, await savePreferences({ language, timeZone }));
    },
  });
}
