// An independent repairer sees the appliance for some days; the owner takes it back when he likes.
import { useTranslation } from 'react-i18next';
import type { Grant } from '#contracts';
import { useGrants, useShare, useTakeBack } from '../../client/file.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { useTimes } from '../../reader.tsx';

const DAYS = [1, 3, 7, 14, 30] as const;
const HOURS_A_DAY = 24;

export function ShareCard({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const grants = useGrants(appliance);
  return (
    <section className="card">
      <h2>{t('access.share')}</h2>
      <p className="soft">{t('access.shareLead')}</p>
      <Loaded from={grants} lines={2}>
        {({ items }) => (
          <ul className="rows wrap">
            {items.length === 0 && (
              <li>
                <Empty>{t('access.noShares')}</Empty>
              </li>
            )}
            {items.map((grant) => (
              <GrantRow key={grant.id} grant={grant} />
            ))}
          </ul>
        )}
      </Loaded>
      <ShareForm appliance={appliance} />
    </section>
  );
}

function GrantRow({ grant }: { grant: Grant }) {
  const { t } = useTranslation();
  const times = useTimes();
  const takeBack = useTakeBack(grant.appliance, grant.id);
  const over = grant.revokedAt ?? grant.endsAt;
  return (
    <li>
      <span>
        <strong>{grant.email}</strong>
        <span className="small block">
          {grant.running
            ? t('access.sharedUntil', { when: times.moment(grant.endsAt) })
            : t('access.shareOver', { when: times.moment(over) })}
        </span>
      </span>
      {grant.running && (
        <SureButton
          words={t('access.takeBack')}
          sure={t('access.takeBackSure', { email: grant.email })}
          action={takeBack}
          of={grant.email}
        />
      )}
    </li>
  );
}

function ShareForm({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const share = useShare(appliance);
  const { entry, set, clear } = useEntry({ email: '', days: '7' });
  const send = () =>
    share.mutate({ email: entry.email, hours: Number(entry.days) * HOURS_A_DAY }, { onSuccess: clear });
  return (
    <Form action={t('access.shareAction')} busy={share.isPending} error={share.error} onSubmit={send}>
      <TextField
        label={t('access.email')}
        type="email"
        autoComplete="off"
        value={entry.email}
        onValue={(email) => set({ email })}
      />
      <Choice
        label={t('access.days')}
        value={entry.days}
        choices={DAYS.map((count) => ({ value: `${count}`, words: t('access.forDays', { count }) }))}
        onValue={(days) => set({ days })}
      />
      <p className="saved" role="status">
        {share.isSuccess ? t('access.shared') : ''}
      </p>
    </Form>
  );
}
