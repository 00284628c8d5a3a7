// The brand that runs the platform, other brands, and the firms that work for them.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePerson } from '../../client/queries.ts';
import type { Organisation } from '../../client/shapes.ts';
import { useAddOrganisation, useEditOrganisation, useOrganisations } from '../../client/staff.ts';
import { Checks } from '../../parts/form/checks.tsx';
import { useEntry } from '../../parts/form/entry.ts';
import { Segments, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { offers } from '../../parts/offers.ts';
import { Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { StaffHead } from './staff-tabs.tsx';

export function OrganisationsPage() {
  const { t } = useTranslation();
  const { role } = usePerson();
  const organisations = useOrganisations();
  const editable = offers(role, 'editOrganisations');
  return (
    <>
      <StaffHead title={t('people.title')} lead={t('organisation.lead')} />
      <div className={editable ? 'columns' : ''}>
        <section className="card">
          <h2>{t('organisation.title')}</h2>
          <Loaded from={organisations}>
            {({ items }) => (
              <ul className="rows">
                {items.map((one) => (
                  <OrganisationRow key={one.id} of={one} editable={editable} />
                ))}
              </ul>
            )}
          </Loaded>
        </section>
        {editable && (
          <section className="card">
            <h2>{t('organisation.add')}</h2>
            <AddOrganisation />
          </section>
        )}
      </div>
    </>
  );
}

function OrganisationRow({ of: one, editable }: { of: Organisation; editable: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <li className="block">
      <div className="card-head">
        <span>
          <strong>{one.name}</strong>
          <span className="small block">
            {[t(`organisation.kind.${one.kind}`), one.home && t('organisation.home'), one.brands.join(', ')]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </span>
        <span className="actions">
          {one.secondFactorRequired && <Pill tone="fine">{t('organisation.factor')}</Pill>}
          {editable && !open && (
            <button
              type="button"
              className="button quiet small"
              aria-label={`${t('people.edit')}: ${one.name}`}
              onClick={() => setOpen(true)}
            >
              {t('people.edit')}
            </button>
          )}
        </span>
      </div>
      {open && <EditOrganisation of={one} onDone={() => setOpen(false)} />}
    </li>
  );
}

const FACTOR = 'factor';
const listOf = (text: string): string[] =>
  text
    .split(/[,，、]/)
    .map((part) => part.trim())
    .filter(Boolean);

function EditOrganisation({ of: one, onDone }: { of: Organisation; onDone: () => void }) {
  const { t } = useTranslation();
  const edit = useEditOrganisation(one.id);
  const { entry, set } = useEntry({
    name: one.name,
    brands: one.brands.join(', '),
    secondFactorRequired: one.secondFactorRequired,
  });
  // Only what was changed is sent: some of it asks for the password again.
  const send = () =>
    edit.mutate(
      {
        name: entry.name,
        ...(entry.brands === one.brands.join(', ') ? {} : { brands: listOf(entry.brands) }),
        ...(entry.secondFactorRequired === one.secondFactorRequired
          ? {}
          : { secondFactorRequired: entry.secondFactorRequired }),
      },
      { onSuccess: onDone },
    );
  return (
    <Form action={t('organisation.save')} busy={edit.isPending} error={edit.error} onSubmit={send}>
      <TextField label={t('organisation.name')} maxLength={120} value={entry.name} onValue={(name) => set({ name })} />
      {one.kind === 'brand' && (
        <TextField
          label={t('organisation.brands')}
          hint={t('organisation.brandsHint')}
          optional
          value={entry.brands}
          onValue={(brands) => set({ brands })}
        />
      )}
      <Checks
        label={t('security.factor')}
        chosen={entry.secondFactorRequired ? [FACTOR] : []}
        choices={[{ value: FACTOR, words: t('organisation.factor') }]}
        onChosen={(chosen) => set({ secondFactorRequired: chosen.includes(FACTOR) })}
      />
    </Form>
  );
}

function AddOrganisation() {
  const { t } = useTranslation();
  const add = useAddOrganisation();
  const { entry, set, clear } = useEntry({ kind: 'partner' as Organisation['kind'], name: '', brands: '' });
  const send = () =>
    add.mutate(
      {
        kind: entry.kind,
        name: entry.name,
        ...(entry.kind === 'brand' ? { brands: listOf(entry.brands) } : {}),
      },
      { onSuccess: clear },
    );
  return (
    <Form action={t('organisation.add')} busy={add.isPending} error={add.error} onSubmit={send}>
      <Segments
        label={t('organisation.kindLabel')}
        value={entry.kind}
        choices={[
          { value: 'partner', words: t('organisation.kind.partner') },
          { value: 'brand', words: t('organisation.kind.brand') },
        ]}
        onValue={(kind) => set({ kind: kind as Organisation['kind'] })}
      />
      <TextField label={t('organisation.name')} maxLength={120} value={entry.name} onValue={(name) => set({ name })} />
      {entry.kind === 'brand' && (
        <TextField
          label={t('organisation.brands')}
          hint={t('organisation.brandsHint')}
          optional
          value={entry.brands}
          onValue={(brands) => set({ brands })}
        />
      )}
    </Form>
  );
}
