// What has to be changed or cleaned from time to time, and when it was done last.
import { useTranslation } from 'react-i18next';
import type { Passport } from '#contracts';
import { useNoteConsumable } from '../../client/file.ts';
import { usePerson } from '../../client/queries.ts';
import { offers } from '../../parts/offers.ts';
import { Empty } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useSay, useTimes } from '../../reader.tsx';

const SOON_DAYS = 14;

type Consumable = Passport['consumables'][number];

export function ConsumablesCard({ passport }: { passport: Passport }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const note = useNoteConsumable(passport.appliance);
  return (
    <section className="card">
      <h2>{t('file.consumables')}</h2>
      {passport.consumables.length === 0 && <Empty>{t('file.noConsumables')}</Empty>}
      <ul className="rows wrap">
        {passport.consumables.map((consumable) => (
          <li key={consumable.id}>
            <ConsumableWords of={consumable} />
            {offers(role, 'noteConsumable') && (
              <button
                type="button"
                className="button quiet small"
                disabled={note.isPending}
                onClick={() => note.mutate(consumable.id)}
              >
                {t('file.changedToday')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <ProblemNote error={note.error} />
    </section>
  );
}

function ConsumableWords({ of: consumable }: { of: Consumable }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  return (
    <span>
      <strong>{say.phrase(consumable.name)}</strong>
      <span className="small block">
        {t('file.every', { count: consumable.intervalDays })} ·{' '}
        {consumable.lastChanged
          ? t('file.lastChanged', { day: times.date(consumable.lastChanged) })
          : t('file.neverChanged')}
      </span>
      <Due of={consumable} />
    </span>
  );
}

function Due({ of: { due, daysLeft } }: { of: Consumable }) {
  const { t } = useTranslation();
  const times = useTimes();
  if (due === null || daysLeft === null) return null;
  if (daysLeft <= 0) return <Pill tone="attention">{t('file.overdue', { day: times.date(due) })}</Pill>;
  if (daysLeft <= SOON_DAYS) {
    return (
      <Pill tone="new" shape="clock">
        {t('file.dueSoon', { count: daysLeft })}
      </Pill>
    );
  }
  return <span className="small block">{t('file.due', { day: times.date(due) })}</span>;
}
