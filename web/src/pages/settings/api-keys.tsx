// Keys with which programs act for a person.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiScope, Role } from '#contracts';
import { useApiKeys, useMakeApiKey, useRevokeApiKey } from '../../client/account.ts';
import { usePerson } from '../../client/queries.ts';
import type { ApiKey, CreatedApiKey } from '../../client/shapes.ts';
import { useScopeWords } from '../../parts/codes.ts';
import { Checks } from '../../parts/form/checks.tsx';
import { CopyLine } from '../../parts/form/copy-line.tsx';
import { endOfDay, useEntry } from '../../parts/form/entry.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { useTimes } from '../../reader.tsx';

const EVERYBODY: readonly ApiScope[] = ['account:read', 'appliances:read', 'alerts:read'];
const MORE: Partial<Record<Role, readonly ApiScope[]>> = {
  owner: [
    'appliances:write',
    'alerts:write',
    'service:read',
    'service:write',
    'people:read',
    'people:write',
    'webhooks',
  ],
  technician: ['appliances:write', 'service:read', 'service:write'],
  dispatcher: [
    'appliances:write',
    'alerts:write',
    'service:read',
    'service:write',
    'people:read',
    'people:write',
    'rules:read',
  ],
  'call-agent': [
    'appliances:write',
    'alerts:write',
    'service:read',
    'service:write',
    'people:read',
    'people:write',
    'rules:read',
  ],
  'diagnosis-engineer': ['service:read', 'people:read', 'rules:read', 'rules:write'],
  administrator: [
    'appliances:write',
    'alerts:write',
    'service:read',
    'service:write',
    'people:read',
    'people:write',
    'audit:read',
    'rules:read',
    'rules:write',
    'webhooks',
  ],
  auditor: ['service:read', 'people:read', 'audit:read', 'rules:read'],
};

export function ApiKeysPage() {
  const { t } = useTranslation();
  const list = useApiKeys();
  const [made, setMade] = useState<CreatedApiKey | null>(null);
  return (
    <div className="narrow">
      <PageHead title={t('keys.title')} lead={t('keys.lead')} back={{ to: '/settings', words: t('settings.title') }} />
      {made && (
        <section className="card stack">
          <h2>{made.name}</h2>
          <p className="note tone-attention">{t('keys.once')}</p>
          <CopyLine label={t('keys.token')} text={made.token} />
        </section>
      )}
      <section className="card">
        <Loaded from={list}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty>{t('keys.none')}</Empty>
            ) : (
              <ul className="rows wrap">
                {items.map((key) => (
                  <KeyRow key={key.id} of={key} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
      <section className="card">
        <h2>{t('keys.add')}</h2>
        <MakeKey onMade={setMade} />
      </section>
    </div>
  );
}

function KeyRow({ of: key }: { of: ApiKey }) {
  const { t } = useTranslation();
  const times = useTimes();
  const scopeWords = useScopeWords();
  const revoke = useRevokeApiKey(key.id);
  return (
    <li>
      <span>
        <strong>{key.name}</strong>
        <span className="small block">{key.scopes.map(scopeWords).join(' · ')}</span>
        <span className="small block">
          {t('keys.made', { when: times.moment(key.createdAt) })} ·{' '}
          {key.usedAt ? t('keys.used', { when: times.relative(key.usedAt) }) : t('keys.unused')} ·{' '}
          {key.endsAt ? t('keys.until', { when: times.moment(key.endsAt) }) : t('keys.endsNever')}
        </span>
      </span>
      <SureButton words={t('keys.revoke')} sure={t('keys.revokeSure')} action={revoke} of={key.name} />
    </li>
  );
}

function MakeKey({ onMade }: { onMade: (made: CreatedApiKey) => void }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const scopeWords = useScopeWords();
  const make = useMakeApiKey();
  const { entry, set, clear } = useEntry({ name: '', scopes: [] as ApiScope[], until: '' });
  const choices = [...EVERYBODY, ...(MORE[role] ?? [])].map((value) => ({ value, words: scopeWords(value) }));
  const send = () =>
    make.mutate(
      {
        name: entry.name,
        scopes: entry.scopes,
        ...(entry.until ? { endsAt: endOfDay(entry.until) } : {}),
      },
      {
        onSuccess: (made) => {
          onMade(made);
          clear();
        },
      },
    );
  return (
    <Form action={t('keys.make')} busy={make.isPending} error={make.error} onSubmit={send}>
      <TextField
        label={t('keys.name')}
        hint={t('keys.nameHint')}
        maxLength={120}
        value={entry.name}
        onValue={(name) => set({ name })}
      />
      <Checks label={t('keys.scopes')} chosen={entry.scopes} choices={choices} onChosen={(scopes) => set({ scopes })} />
      <TextField label={t('keys.ends')} type="date" optional value={entry.until} onValue={(until) => set({ until })} />
    </Form>
  );
}
