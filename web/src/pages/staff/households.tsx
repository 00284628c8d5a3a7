// Households that the service looks after.
import { useTranslation } from 'react-i18next';
import { useFleetHouseholds, usePerson } from '../../client/queries.ts';
import { offers } from '../../parts/offers.ts';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { More } from '../../parts/status/more.tsx';
import { AddHouseholdForm } from './add-household-form.tsx';
import { StaffHead } from './staff-tabs.tsx';

export function HouseholdsPage() {
  const { t } = useTranslation();
  const { role } = usePerson();
  const addable = offers(role, 'addHousehold');
  return (
    <>
      <StaffHead title={t('people.title')} />
      <div className={addable ? 'columns' : ''}>
        <section className="card">
          <h2>{t('people.households')}</h2>
          <HouseholdList />
        </section>
        {addable && (
          <section className="card">
            <h2>{t('people.addHousehold')}</h2>
            <AddHouseholdForm />
          </section>
        )}
      </div>
    </>
  );
}

function HouseholdList() {
  const { t } = useTranslation();
  const households = useFleetHouseholds();
  return (
    <>
      <Loaded from={households}>
        {({ items }) => (
          <>
            {items.length === 0 && <Empty>{t('people.noHouseholds')}</Empty>}
            <ul className="rows">
              {items.map((household) => (
                <li key={household.id}>
                  <span>
                    <strong>{household.name}</strong>
                    <span className="small block">{household.address || t('case.noAddress')}</span>
                  </span>
                  <span className="small">{household.region}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <More of={households} />
    </>
  );
}
