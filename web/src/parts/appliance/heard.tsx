// Whether an appliance is connected and when it was last heard.
import { useTranslation } from 'react-i18next';
import type { Appliance } from '#contracts';
import { useTimes } from '../../reader.tsx';

export function Heard({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const times = useTimes();
  return (
    <p className="heard">
      <span className={`link-state ${appliance.connected ? 'on' : 'off'}`}>
        {t(appliance.connected ? 'connected.yes' : 'connected.no')}
      </span>
      <span>
        {appliance.heardAt ? t('time.heard', { ago: times.relative(appliance.heardAt) }) : t('time.neverHeard')}
      </span>
    </p>
  );
}
