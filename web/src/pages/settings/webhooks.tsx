// Webhooks: where our messages go, what was sent, and how to switch them.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CreatedWebhook, Webhook, WebhookEvent } from '#contracts';
import {
  useAddWebhook,
  useEditWebhook,
  useRemoveWebhook,
  useRotateWebhook,
  useTestWebhook,
  useWebhooks,
} from '../../client/administration.ts';
import { useHouseholds, usePerson } from '../../client/queries.ts';
import { useEventWords } from '../../parts/codes.ts';
import { Checks } from '../../parts/form/checks.tsx';
import { CopyLine } from '../../parts/form/copy-line.tsx';
import { useEntry } from '../../parts/form/entry.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useSay, useTimes } from '../../reader.tsx';
import { Deliveries } from './deliveries.tsx';

const EVENTS: readonly WebhookEvent[] = [
  'appliance.changed',
  'alert.opened',
  'alert.changed',
  'alert.closed',
  'case.opened',
  'case.changed',
  'case.closed',
];

export function WebhooksPage() {
  const { t } = useTranslation();
  const webhooks = useWebhooks();
  const [made, setMade] = useState<CreatedWebhook | null>(null);
  return (
    <div className="narrow">
      <PageHead
        title={t('webhook.title')}
        lead={t('webhook.lead')}
        back={{ to: '/settings', words: t('settings.title') }}
      />
      {made && <SecretOnce secret={made.secret} />}
      <Loaded from={webhooks}>
        {({ items }) => (
          <>
            {items.length === 0 && <Empty>{t('webhook.none')}</Empty>}
            {items.map((webhook) => (
              <WebhookCard key={webhook.id} of={webhook} />
            ))}
          </>
        )}
      </Loaded>
      <section className="card">
        <h2>{t('webhook.add')}</h2>
        <AddWebhook onMade={setMade} />
      </section>
    </div>
  );
}

function SecretOnce({ secret }: { secret: string }) {
  const { t } = useTranslation();
  return (
    <section className="card stack">
      <p className="note tone-attention">{t('webhook.once')}</p>
      <CopyLine label={t('webhook.secret')} text={secret} />
    </section>
  );
}

function WebhookCard({ of: webhook }: { of: Webhook }) {
  const { t } = useTranslation();
  const eventWords = useEventWords();
  const say = useSay();
  const times = useTimes();
  return (
    <section className="card">
      <div className="card-head">
        <h2>{webhook.description || new URL(webhook.url).host}</h2>
        <Pill tone={webhook.enabled ? 'fine' : 'silent'}>{t(webhook.enabled ? 'webhook.on' : 'webhook.off')}</Pill>
      </div>
      <code>{webhook.url}</code>
      <p className="small">
        {webhook.events.map(eventWords).join(' · ')} ·{' '}
        {webhook.arrivedAt
          ? t('webhook.arrived', { when: times.relative(webhook.arrivedAt) })
          : t('webhook.neverArrived')}
      </p>
      {webhook.reason && <p>{say.phrase(webhook.reason.text)}</p>}
      <Buttons webhook={webhook} />
      <details className="fold">
        <summary>{t('webhook.deliveries')}</summary>
        <Deliveries webhook={webhook.id} />
      </details>
    </section>
  );
}

function Buttons({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const test = useTestWebhook(webhook.id);
  const edit = useEditWebhook(webhook.id);
  const rotate = useRotateWebhook(webhook.id);
  const remove = useRemoveWebhook(webhook.id);
  return (
    <>
      <div className="actions">
        <button type="button" className="button quiet small" disabled={test.isPending} onClick={() => test.mutate()}>
          {t('webhook.test')}
        </button>
        <button
          type="button"
          className="button quiet small"
          disabled={edit.isPending}
          onClick={() => edit.mutate({ enabled: !webhook.enabled })}
        >
          {t(webhook.enabled ? 'webhook.switchOff' : 'webhook.switchOn')}
        </button>
        <SureButton words={t('webhook.rotate')} sure={t('webhook.rotateSure')} action={rotate} />
        <SureButton words={t('webhook.remove')} sure={t('webhook.removeSure')} action={remove} />
      </div>
      <p className="saved" role="status">
        {test.isSuccess ? t('webhook.tested') : ''}
      </p>
      <ProblemNote error={test.error ?? edit.error} />
      {rotate.data && <CopyLine label={t('webhook.secret')} text={rotate.data.secret} />}
    </>
  );
}

function AddWebhook({ onMade }: { onMade: (made: CreatedWebhook) => void }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const households = useHouseholds().data?.items ?? [];
  const eventWords = useEventWords();
  const add = useAddWebhook();
  const { entry, set, clear } = useEntry({
    url: '',
    description: '',
    events: ['alert.opened', 'alert.closed'] as WebhookEvent[],
    household: '',
  });
  const several = role === 'owner' && households.length > 1;
  const send = () => {
    const { household, ...rest } = entry;
    add.mutate(
      { ...rest, ...(several ? { household } : {}) },
      {
        onSuccess: (made) => {
          onMade(made);
          clear();
        },
      },
    );
  };
  return (
    <Form action={t('webhook.create')} busy={add.isPending} error={add.error} onSubmit={send}>
      <TextField
        label={t('webhook.url')}
        hint={t('webhook.urlHint')}
        type="url"
        maxLength={2000}
        value={entry.url}
        onValue={(url) => set({ url })}
      />
      <TextField
        label={t('webhook.description')}
        optional
        maxLength={200}
        value={entry.description}
        onValue={(description) => set({ description })}
      />
      {several && (
        <Choice
          label={t('webhook.household')}
          value={entry.household}
          choices={households.map(({ id, name }) => ({ value: id, words: name }))}
          onValue={(household) => set({ household })}
        />
      )}
      <Checks
        label={t('webhook.events')}
        chosen={entry.events}
        choices={EVENTS.map((value) => ({ value, words: eventWords(value) }))}
        onChosen={(events) => set({ events })}
      />
    </Form>
  );
}
