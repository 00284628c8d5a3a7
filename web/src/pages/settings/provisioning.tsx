// Keys with which new units get their own credential at their first connection.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CreatedProvisioningKey, ProvisioningKey } from '#contracts';
import { useMakeProvisioningKey, useProvisioningKeys, useRevokeProvisioningKey } from '../../client/administration.ts';
import { useModels, usePerson } from '../../client/queries.ts';
import { CopyLine } from '../../parts/form/copy-line.tsx';
import { endOfDay, given, useEntry } from '../../parts/form/entry.ts';
import { Choice, TextArea, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { useSay, useTimes } from '../../reader.tsx';

export function ProvisioningPage() {
  const { t } = useTranslation();
  const { role } = usePerson();
  const list = useProvisioningKeys();
  const [made, setMade] = useState<CreatedProvisioningKey | null>(null);
  const editable = offers(role, 'editProvisioning');
  return (
    <div className="narrow">
      <PageHead
        title={t('provisioning.title')}
        lead={t('provisioning.lead')}
        back={{ to: '/settings', words: t('settings.title') }}
      />
      {made && (
        <section className="card stack">
          <p className="note tone-attention">{t('provisioning.once')}</p>
          <CopyLine label={t('provisioning.userName')} text={made.userName} />
          <CopyLine label={t('provisioning.secret')} text={made.secret} />
        </section>
      )}
      <section className="card">
        <Loaded from={list}>
          {({ items }) => (
            <>
              {items.length === 0 && <Empty>{t('provisioning.none')}</Empty>}
              <ul className="rows wrap">
                {items.map((key) => (
                  <KeyRow key={key.id} of={key} editable={editable} />
                ))}
              </ul>
            </>
          )}
        </Loaded>
      </section>
      {editable && (
        <section className="card">
          <h2>{t('provisioning.add')}</h2>
          <MakeKey onMade={setMade} />
        </section>
      )}
    </div>
  );
}

function KeyRow({ of: key, editable }: { of: ProvisioningKey; editable: boolean }) {
  const { t } = useTranslation();
  const times = useTimes();
  const revoke = useRevokeProvisioningKey(key.id);
  return (
    <li>
      <span>
        <strong>{[key.model, key.batch].filter(Boolean).join(' · ')}</strong>
        <span className="small block">
          {t('provisioning.made', { made: key.made, most: key.most })}
          {key.serials !== null && ` · ${t('provisioning.forSerials', { count: key.serials })}`} ·{' '}
          {t('provisioning.rate', { count: key.perMinute })} ·{' '}
          {t('provisioning.until', { when: times.moment(key.endsAt) })}
        </span>
      </span>
      {editable && (
        <SureButton
          words={t('provisioning.revoke')}
          sure={t('provisioning.revokeSure')}
          action={revoke}
          of={key.batch ?? key.model}
        />
      )}
    </li>
  );
}

function MakeKey({ onMade }: { onMade: (made: CreatedProvisioningKey) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const models = useModels().data?.items ?? [];
  const make = useMakeProvisioningKey();
  const { entry, set, clear } = useEntry({
    model: '',
    batch: '',
    serials: '',
    most: '100',
    perMinute: '60',
    until: '',
  });
  const serials = entry.serials.split(/[\s,;]+/).filter(Boolean);
  const send = () =>
    make.mutate(
      {
        model: entry.model,
        ...given({ batch: entry.batch }),
        ...(serials.length > 0 ? { serials } : {}),
        most: Number(entry.most),
        perMinute: Number(entry.perMinute),
        endsAt: endOfDay(entry.until),
      },
      {
        onSuccess: (made) => {
          onMade(made);
          clear();
        },
      },
    );
  return (
    <Form action={t('provisioning.make')} busy={make.isPending} error={make.error} onSubmit={send}>
      <Choice
        label={t('provisioning.model')}
        value={entry.model}
        choices={models.map(({ id, brand, name }) => ({ value: id, words: `${brand} ${say.phrase(name)}` }))}
        onValue={(model) => set({ model })}
      />
      <TextField
        label={t('provisioning.batch')}
        optional
        maxLength={60}
        value={entry.batch}
        onValue={(batch) => set({ batch })}
      />
      <TextArea
        label={t('provisioning.serials')}
        hint={t('provisioning.serialsHint')}
        optional
        value={entry.serials}
        onValue={(value) => set({ serials: value })}
      />
      <TextField
        label={t('provisioning.most')}
        type="number"
        min={1}
        max={1_000_000}
        value={entry.most}
        onValue={(most) => set({ most })}
      />
      <TextField
        label={t('provisioning.perMinute')}
        type="number"
        min={1}
        max={6_000}
        value={entry.perMinute}
        onValue={(perMinute) => set({ perMinute })}
      />
      <TextField label={t('provisioning.ends')} type="date" value={entry.until} onValue={(until) => set({ until })} />
    </Form>
  );
}
