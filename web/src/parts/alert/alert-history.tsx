// What was measured around an alert.
import { useTranslation } from 'react-i18next';
import type { Alert } from '#contracts';
import { useAppliance } from '../../client/queries.ts';
import { ApplianceHistory } from '../appliance/appliance-history.tsx';
import { Loaded } from '../status/loaded.tsx';

export function AlertHistory({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const appliance = useAppliance(alert.appliance);
  return (
    <section className="card">
      <h2>{t('alert.history')}</h2>
      <Loaded from={appliance} lines={8}>
        {(data) => <ApplianceHistory appliance={data} alerts={[alert]} alert={alert} />}
      </Loaded>
    </section>
  );
}
