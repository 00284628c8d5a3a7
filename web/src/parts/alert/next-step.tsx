// What we will do if nothing happens, and when.
import { useTranslation } from 'react-i18next';
import type { Alert } from '#contracts';
import { useSay, useTimes } from '../../reader.tsx';

export function NextStep({ next }: Pick<Alert, 'next'>) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  if (!next) return null;
  const saysWhen = Object.values(next.text.values ?? {}).some(({ unit }) => unit === 'instant');
  return (
    <section>
      <h3 className="label">{t('alert.next')}</h3>
      <p>
        {say.phrase(next.text)}{' '}
        {!saysWhen && <span className="soft">({t('alert.nextAt', { when: times.moment(next.at) })})</span>}
      </p>
    </section>
  );
}
