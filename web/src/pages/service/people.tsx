// The administrator adds households and people.
import { useTranslation } from 'react-i18next';
import { useHouseholds, usePeople, useTechnicians } from '../../client/queries.ts';
import { useSkillWords } from '../../parts/codes.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { AddHouseholdForm } from './add-household-form.tsx';
import { AddPersonForm } from './add-person-form.tsx';

export function PeoplePage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHead title={t('people.title')} lead={t('people.lead')} />
      <div className="columns even">
        <div className="stack">
          <section className="card">
            <h2>{t('people.households')}</h2>
            <HouseholdList />
          </section>
          <section className="card">
            <h2>{t('people.addHousehold')}</h2>
            <AddHouseholdForm />
          </section>
        </div>
        <div className="stack">
          <section className="card">
            <h2>{t('people.accounts')}</h2>
            <AccountList />
          </section>
          <section className="card">
            <h2>{t('people.technicians')}</h2>
            <TechnicianList />
          </section>
          <section className="card">
            <h2>{t('people.addPerson')}</h2>
            <AddPersonForm />
          </section>
        </div>
      </div>
    </>
  );
}

function HouseholdList() {
  const { t } = useTranslation();
  const households = useHouseholds();
  return (
    <Loaded from={households}>
      {({ items }) => (
        <ul className="rows">
          {items.length === 0 && <Empty>{t('people.noHouseholds')}</Empty>}
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
      )}
    </Loaded>
  );
}

function TechnicianList() {
  const { t } = useTranslation();
  const skillWords = useSkillWords();
  const technicians = useTechnicians();
  return (
    <Loaded from={technicians}>
      {({ items }) => (
        <ul className="rows">
          {items.length === 0 && <Empty>{t('people.noTechnicians')}</Empty>}
          {items.map((technician) => (
            <li key={technician.id}>
              <span>
                <strong>{technician.name}</strong>
                <span className="small block">{technician.skills.map(skillWords).join(' · ')}</span>
              </span>
              <span className="small">
                {technician.region} · {t('case.load', { count: technician.load })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

function AccountList() {
  const { t } = useTranslation();
  const people = usePeople();
  return (
    <Loaded from={people}>
      {({ items }) => (
        <ul className="rows">
          {items.map((person) => (
            <li key={person.id}>
              <span>
                <strong>{person.name}</strong>
                <span className="small block">{person.email}</span>
              </span>
              <span className="small">{t(`role.${person.role}`)}</span>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}
