// The clock of a visit: by when somebody should answer, and whether that is past.
import { useTranslation } from 'react-i18next';
import type { Visit } from '#contracts';
import { useSay, useTimes } from '../../reader.tsx';
import { Pill } from '../status/mark.tsx';

export function VisitClock({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  if (!visit.responseDueAt) return null;
  const leftMs = Date.parse(visit.responseDueAt) - times.now;
  const overdue = leftMs <= 0;
  const time = say.quantity({ value: Math.abs(leftMs), unit: 'duration' });
  return (
    <Pill tone={overdue ? 'danger' : 'new'} shape="clock">
      {t(overdue ? 'time.overdue' : 'time.due', { time })}
    </Pill>
  );
}
