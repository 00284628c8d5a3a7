// Whether the appliance is expected to say anything: its owner says when it is switched off for long.
import { useTranslation } from 'react-i18next';
import type { Appliance } from '#contracts';
import { useStanding } from '../../client/household.ts';
import { usePresence, useSetPresence } from '../../client/reports.ts';
import { useNow } from '../../clock.ts';
import { endOfDay, useEntry } from '../../parts/form/entry.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useTimes } from '../../reader.tsx';

const LONGEST_DAYS = 399;
const DAY_MS = 86_400_000;

export function PresenceCard({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const times = useTimes();
  const owns = useStanding(appliance.household?.id ?? null) === 'owner';
  const until = usePresence(appliance.id).data?.restsUntil;
  if (until === undefined || (until === null && !owns)) return null;
  return (
    <section className="card">
      <h2>{t('presence.title')}</h2>
      <p className="soft">{until ? t('presence.rests', { day: times.date(until) }) : t('presence.lead')}</p>
      {owns && (until ? <EndForm appliance={appliance.id} /> : <RestForm appliance={appliance.id} />)}
    </section>
  );
}

function RestForm({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const set = useSetPresence(appliance);
  const { entry, set: enter } = useEntry({ day: '' });
  const inDays = (days: number): string => new Date(now + days * DAY_MS).toISOString().slice(0, 10);
  const save = () => set.mutate(endOfDay(entry.day));
  return (
    <Form action={t('presence.save')} busy={set.isPending} error={set.error} onSubmit={save}>
      <TextField
        label={t('presence.until')}
        type="date"
        min={inDays(1)}
        max={inDays(LONGEST_DAYS)}
        value={entry.day}
        onValue={(day) => enter({ day })}
      />
    </Form>
  );
}

function EndForm({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const set = useSetPresence(appliance);
  return (
    <div className="actions">
      <button type="button" className="button quiet" disabled={set.isPending} onClick={() => set.mutate(null)}>
        {t('presence.end')}
      </button>
      <ProblemNote error={set.error} />
    </div>
  );
}
