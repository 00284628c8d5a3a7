// An invitation from a mail: into a household, to work here, to repair an appliance.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Person } from '#contracts';
import { useAcceptInvitation } from '../../client/account.ts';
import { useMe } from '../../client/queries.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { NewPasswordField } from '../../parts/form/password-field.tsx';
import { useLinkToken } from '../../parts/shell/link-token.ts';
import { useReader } from '../../reader.tsx';
import { BrokenLink } from './broken-link.tsx';
import { DoorFrame } from './door-frame.tsx';
import { LogInForm } from './log-in-form.tsx';

export function InvitationPage() {
  const { t } = useTranslation();
  const token = useLinkToken();
  const person = useMe().data ?? null;

  useEffect(() => {
    document.title = `${t('door.inviteTitle')} · ${t('brand')}`;
  }, [t]);

  if (!token) return <BrokenLink />;
  return (
    <DoorFrame title={t('door.inviteTitle')} lead={t('door.inviteLead')}>
      {person ? (
        <AcceptAs token={token} person={person} />
      ) : (
        <>
          <NewAccount token={token} />
          <section className="card">
            <h2 className="label">{t('logIn.own')}</h2>
            <LogInForm />
          </section>
        </>
      )}
    </DoorFrame>
  );
}

function AcceptAs({ token, person }: { token: string; person: Person }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const accept = useAcceptInvitation(() => go('/', { replace: true }));
  return (
    <section className="card">
      <Form
        action={t('door.acceptAs', { name: person.name })}
        busy={accept.isPending}
        error={accept.error}
        onSubmit={() => accept.mutate({ token })}
      >
        <p className="small">{person.email}</p>
      </Form>
    </section>
  );
}

function NewAccount({ token }: { token: string }) {
  const { t } = useTranslation();
  const { language } = useReader();
  const [, go] = useLocation();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const accept = useAcceptInvitation(() => go('/', { replace: true }));
  const send = () => accept.mutate({ token, name, password, language });
  return (
    <section className="card">
      <Form action={t('door.accept')} busy={accept.isPending} error={accept.error} onSubmit={send}>
        <p className="soft">{t('door.inviteNew')}</p>
        <TextField label={t('door.name')} autoComplete="name" maxLength={120} value={name} onValue={setName} />
        <NewPasswordField value={password} onValue={setPassword} />
      </Form>
    </section>
  );
}
