// Every appliance of the fleet, with a search.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Appliance } from '#contracts';
import { useFleetAppliances, usePerson } from '../../client/queries.ts';
import { Heard } from '../../parts/appliance/heard.tsx';
import { TextField } from '../../parts/form/fields.tsx';
import { offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { More } from '../../parts/status/more.tsx';
import { ConditionPill } from '../../parts/status/pills.tsx';
import { useSay } from '../../reader.tsx';

export function ServiceAppliancesPage() {
  const { t } = useTranslation();
  const say = useSay();
  const appliances = useFleetAppliances();
  const [wanted, setWanted] = useState('');
  const matches = (appliance: Appliance) =>
    [
      appliance.name,
      appliance.serial,
      appliance.id,
      appliance.model.brand,
      say.phrase(appliance.model.name),
      appliance.household?.name,
      appliance.household?.region,
    ].some((text) => text?.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <>
      <PageHead title={t('appliance.title')}>
        <Ways />
      </PageHead>
      <div className="search">
        <TextField
          label={t('appliance.search')}
          hint={t('appliance.searchHint')}
          type="search"
          required={false}
          value={wanted}
          onValue={setWanted}
        />
      </div>
      <Loaded from={appliances} lines={8}>
        {({ items }) => <ApplianceList appliances={items.filter(matches)} />}
      </Loaded>
      <More of={appliances} />
    </>
  );
}

function Ways() {
  const { t } = useTranslation();
  const { role } = usePerson();
  if (role === 'repairer') return null;
  return (
    <div className="actions">
      {offers(role, 'orders') && (
        <Link className="button quiet" href="/orders">
          {t('order.title')}
        </Link>
      )}
      {offers(role, 'printLabels') && (
        <Link className="button quiet" href="/appliances/labels">
          {t('labels.title')}
        </Link>
      )}
      {offers(role, 'importUnits') && (
        <Link className="button quiet" href="/appliances/import">
          {t('import.units')}
        </Link>
      )}
      {offers(role, 'addAppliance') && (
        <Link className="button" href="/appliances/new">
          {t('home.add')}
        </Link>
      )}
    </div>
  );
}

function ApplianceList({ appliances }: { appliances: Appliance[] }) {
  const { t } = useTranslation();
  if (appliances.length === 0) return <Empty>{t('appliance.none')}</Empty>;
  return (
    <ul className="card rows list">
      {appliances.map((appliance) => (
        <ApplianceRow key={appliance.id} appliance={appliance} />
      ))}
    </ul>
  );
}

function ApplianceRow({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const say = useSay();
  const where = appliance.household
    ? `${appliance.household.name} · ${appliance.household.region}`
    : t('appliance.noHousehold');
  return (
    <li>
      <Link className="row-link three" href={`/appliances/${appliance.id}`}>
        <span>
          <strong>{appliance.name}</strong>
          <span className="small block">
            {appliance.model.brand} {say.phrase(appliance.model.name)}
          </span>
        </span>
        <span>
          <span className="block">{where}</span>
          <Heard appliance={appliance} />
        </span>
        <ConditionPill condition={appliance.condition} />
      </Link>
    </li>
  );
}
