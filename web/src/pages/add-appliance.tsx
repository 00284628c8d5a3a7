// Adds an appliance and shows what it needs to connect.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { CreatedAppliance, Person } from '#contracts';
import { useAddAppliance } from '../client/actions.ts';
import { useAppliance, useHouseholds, useModels } from '../client/queries.ts';
import type { ApplianceModel } from '../client/shapes.ts';
import { CopyLine } from '../parts/form/copy-line.tsx';
import { Choice, TextField } from '../parts/form/fields.tsx';
import { Form } from '../parts/form/form.tsx';
import { PageHead } from '../parts/shell/page-head.tsx';
import { Loaded } from '../parts/status/loaded.tsx';
import { Pill } from '../parts/status/mark.tsx';
import { useSay } from '../reader.tsx';

export function AddAppliancePage({ person }: { person: Person }) {
  const { t } = useTranslation();
  const models = useModels();
  const add = useAddAppliance();
  if (add.data) return <Created made={add.data} name={add.variables.name} onAnother={add.reset} />;
  return (
    <div className="narrow">
      <PageHead title={t('add.title')} lead={t('add.lead')} />
      <section className="card">
        <Loaded from={models} lines={6}>
          {({ items }) => <AddForm models={items} person={person} add={add} />}
        </Loaded>
      </section>
    </div>
  );
}

type AddFormProps = { models: ApplianceModel[]; person: Person; add: ReturnType<typeof useAddAppliance> };

function AddForm({ models, person, add }: AddFormProps) {
  const { t } = useTranslation();
  const say = useSay();
  const households = useHouseholds().data?.items ?? [];
  const [name, setName] = useState('');
  const [model, setModel] = useState(models[0]?.id ?? '');
  const [serial, setSerial] = useState('');
  const [chosen, setChosen] = useState('');
  // An owner adds to a household of theirs; service may add one that belongs to nobody yet.
  const isOwner = person.role === 'owner';
  const household = chosen || (isOwner ? households[0]?.id : undefined);
  const submit = () => add.mutate({ name, model, ...(serial ? { serial } : {}), ...(household ? { household } : {}) });
  return (
    <Form action={t('add.action')} busy={add.isPending} error={add.error} onSubmit={submit}>
      <TextField label={t('add.name')} hint={t('add.nameHint')} maxLength={120} value={name} onValue={setName} />
      <Choice
        label={t('add.model')}
        value={model}
        choices={models.map((m) => ({ value: m.id, words: `${m.brand} ${say.phrase(m.name)}` }))}
        onValue={setModel}
      />
      <TextField label={t('add.serial')} optional maxLength={60} value={serial} onValue={setSerial} />
      {households.length > (isOwner ? 1 : 0) && (
        <Choice
          label={t('add.household')}
          optional={!isOwner}
          value={household ?? ''}
          choices={households.map((h) => ({ value: h.id, words: `${h.name} · ${h.region}` }))}
          onValue={setChosen}
        />
      )}
    </Form>
  );
}

function Created({ made, name, onAnother }: { made: CreatedAppliance; name: string; onAnother: () => void }) {
  const { t } = useTranslation();
  const heard = useAppliance(made.id).data?.heardAt ?? null;
  return (
    <div className="narrow">
      <PageHead title={t('add.done', { name })} />
      <section className="card stack">
        <p className="note tone-attention">{t('add.once')}</p>
        <CopyLine label={t('appliance.id')} text={made.id} />
        <CopyLine label={t('add.secret')} text={made.secret} />
        <CopyLine label={t('add.server')} text={made.mqttUrl} />
      </section>
      <section className="card stack">
        <div>
          <h2>{t('add.tryIt')}</h2>
          <p className="soft">{t('add.tryItHint')}</p>
        </div>
        <CopyLine label="mosquitto_pub" text={made.tryIt} />
        <div role="status">
          <Pill tone={heard ? 'fine' : 'new'}>{t(heard ? 'add.heard' : 'add.listening')}</Pill>
        </div>
      </section>
      <div className="actions">
        <Link className="button" href={`/appliances/${made.id}`}>
          {t('add.toAppliance')}
        </Link>
        <button type="button" className="button quiet" onClick={onAnother}>
          {t('add.another')}
        </button>
      </div>
    </div>
  );
}
