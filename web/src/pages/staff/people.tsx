// Colleagues: their accounts, roles, second factor.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { StaffPerson } from '#contracts';
import { usePerson } from '../../client/queries.ts';
import { useOrganisations, usePeople } from '../../client/staff.ts';
import { offers } from '../../parts/offers.ts';
import { Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { More } from '../../parts/status/more.tsx';
import { AddPersonForm } from './add-person-form.tsx';
import { EditPerson } from './edit-person.tsx';
import { StaffHead } from './staff-tabs.tsx';

export function PeoplePage() {
  const { t } = useTranslation();
  const { role } = usePerson();
  const editable = offers(role, 'editPeople');
  return (
    <>
      <StaffHead title={t('people.title')}>
        {editable && (
          <Link className="button quiet" href="/people/import">
            {t('people.import')}
          </Link>
        )}
      </StaffHead>
      <div className={editable ? 'columns' : ''}>
        <section className="card">
          <h2>{t('people.accounts')}</h2>
          <AccountList editable={editable} />
        </section>
        {editable && (
          <section className="card">
            <h2>{t('people.addPerson')}</h2>
            <AddPersonForm />
          </section>
        )}
      </div>
    </>
  );
}

function AccountList({ editable }: { editable: boolean }) {
  const people = usePeople();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <Loaded from={people} lines={6}>
        {({ items }) => (
          <ul className="rows">
            {items.map((person) => (
              <li key={person.id} className="block">
                <AccountRow person={person} onEdit={editable ? () => setOpen(person.id) : null} />
                {open === person.id && <EditPerson person={person} onDone={() => setOpen(null)} />}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <More of={people} />
    </>
  );
}

function AccountRow({ person, onEdit }: { person: StaffPerson; onEdit: (() => void) | null }) {
  const { t } = useTranslation();
  const organisations = useOrganisations().data?.items ?? [];
  const firm = organisations.find(({ id }) => id === person.organisation)?.name;
  const factor = person.organisation !== null && t(person.secondFactor ? 'people.factor' : 'people.noFactor');
  return (
    <div className="card-head">
      <span>
        <strong>{person.name}</strong>
        <span className="small block">{person.email}</span>
        <span className="small block">{[t(`role.${person.role}`), firm, factor].filter(Boolean).join(' · ')}</span>
      </span>
      <span className="actions">
        {!person.active && <Pill tone="silent">{t('people.inactive')}</Pill>}
        {onEdit && (
          <button
            type="button"
            className="button quiet small"
            aria-label={`${t('people.edit')}: ${person.name}`}
            onClick={onEdit}
          >
            {t('people.edit')}
          </button>
        )}
      </span>
    </div>
  );
}
