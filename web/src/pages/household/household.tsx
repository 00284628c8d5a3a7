// A household: who belongs to it, and its places. With several a switch leads to the others.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Household } from '#contracts';
import { useRenameHousehold, useStanding } from '../../client/household.ts';
import { useHouseholds } from '../../client/queries.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { MakeHousehold } from './make-household.tsx';
import { MembersCard } from './members.tsx';
import { PlacesCard } from './places.tsx';

export function HouseholdPage({ id }: { id?: string | undefined }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const households = useHouseholds();
  return (
    <Loaded from={households} lines={8}>
      {({ items }) => {
        const shown = items.find((household) => household.id === id) ?? items[0];
        if (!shown) return <NoHousehold />;
        return (
          <div className="narrow">
            <PageHead title={shown.name}>
              {items.length > 1 && (
                <Choice
                  label={t('household.other')}
                  value={shown.id}
                  choices={items.map((household) => ({ value: household.id, words: household.name }))}
                  onValue={(other) => go(`/household/${other}`)}
                />
              )}
            </PageHead>
            <Body key={shown.id} household={shown} />
          </div>
        );
      }}
    </Loaded>
  );
}

function Body({ household }: { household: Household }) {
  const owns = useStanding(household.id) === 'owner';
  return (
    <>
      <MembersCard household={household} owns={owns} />
      <PlacesCard household={household} owns={owns} />
      {owns && <Rename household={household} />}
    </>
  );
}

function Rename({ household }: { household: Household }) {
  const { t } = useTranslation();
  const [name, setName] = useState(household.name);
  const rename = useRenameHousehold(household.id);
  return (
    <section className="card">
      <h2>{t('household.rename')}</h2>
      <Form
        action={t('household.save')}
        busy={rename.isPending}
        error={rename.error}
        onSubmit={() => rename.mutate(name)}
      >
        <TextField label={t('household.name')} maxLength={120} value={name} onValue={setName} />
        <p className="saved" role="status">
          {rename.isSuccess ? t('settings.saved') : ''}
        </p>
      </Form>
    </section>
  );
}

function NoHousehold() {
  const { t } = useTranslation();
  return (
    <div className="narrow">
      <PageHead title={t('household.none')} lead={t('household.noneLead')} />
      <section className="card">
        <MakeHousehold />
      </section>
    </div>
  );
}
