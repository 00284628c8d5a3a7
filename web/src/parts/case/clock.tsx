// The clock of a visit: by when somebody should answer, and whether that is past.
import { useTranslation } from 'react-i18next';
import type { Visit } from '#contracts';
import { useTimes } from '../../reader.tsx';
import { Pill } from '../status/mark.tsx';

export function VisitClock({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const times = useTimes();
  if (!visit.responseDueAt) return null;
  const overdue = Date.parse(visit.responseDueAt) <= times.now;
  const when = times.relative(visit.responseDueAt);
  return (
    <Pill tone={overdue ? 'danger' : 'new'}>
      {overdue ? t('time.overdue', { ago: when }) : t('time.due', { in: when })}
    </Pill>
  );
}
