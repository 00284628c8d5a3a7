// Where the appliance of a case stands.
import { useTranslation } from 'react-i18next';
import type { ServiceCase } from '#contracts';

export function Place({ of: { household, applianceName } }: { of: ServiceCase }) {
  const { t } = useTranslation();
  return (
    <dl className="facts">
      <div>
        <dt>{t('table.appliance')}</dt>
        <dd>{applianceName}</dd>
      </div>
      <div>
        <dt>{t('table.home')}</dt>
        <dd>{household ? `${household.name} · ${household.region}` : t('appliance.noHousehold')}</dd>
      </div>
      <div>
        <dt>{t('case.address')}</dt>
        <dd>{household?.address || t('case.noAddress')}</dd>
      </div>
    </dl>
  );
}
