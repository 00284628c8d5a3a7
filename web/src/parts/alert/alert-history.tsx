// What was measured around an alert.
import { useTranslation } from 'react-i18next';
import type { Alert } from '#contracts';
import { useAppliance, usePerson } from '../../client/queries.ts';
import { ApplianceHistory } from '../appliance/appliance-history.tsx';
import { offers } from '../offers.ts';
import { Loaded } from '../status/loaded.tsx';

export function AlertHistory({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const appliance = useAppliance(alert.appliance);
  if (!offers(role, 'readings')) return null;
  return (
    <section className="card">
      <h2>{t('alert.history')}</h2>
      <Loaded from={appliance} lines={8}>
        {(data) => <ApplianceHistory appliance={data} alerts={[alert]} alert={alert} />}
      </Loaded>
    </section>
  );
}
