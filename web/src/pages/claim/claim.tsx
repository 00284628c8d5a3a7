// Claims an appliance with what stands on its label. The label's QR code opens this page with everything filled in.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { Household } from '#contracts';
import { useClaim } from '../../client/file.ts';
import { problemCode } from '../../client/http.ts';
import { useHouseholds } from '../../client/queries.ts';
import { given, useEntry } from '../../parts/form/entry.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { PlaceFields } from '../household/make-household.tsx';
import { forgetClaim, readClaimLink } from './claim-link.ts';

export function ClaimPage() {
  const { t } = useTranslation();
  const households = useHouseholds();
  const [label, setLabel] = useState(readClaimLink);
  // A second label scanned into the open page changes only what stands behind "#".
  useEffect(() => {
    const read = () => setLabel(readClaimLink());
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  const scanned = label.code !== '';
  return (
    <div className="narrow">
      <PageHead
        title={t('claim.title')}
        lead={t(scanned ? 'claim.scanned' : 'claim.lead')}
        back={{ to: '/', words: t('nav.home') }}
      />
      <section className="card">
        <Loaded from={households} lines={6}>
          {({ items }) => <ClaimForm key={label.code} label={label} households={items} />}
        </Loaded>
      </section>
      <p className="ways">
        <Link href="/appliances/new">{t('claim.noLabel')}</Link>
      </p>
    </div>
  );
}

const BLANK = { name: '', household: '', householdName: '', address: '', postcode: '' };
const NEW = 'new';

type ClaimFormProps = { label: ReturnType<typeof readClaimLink>; households: Household[] };

function ClaimForm({ label, households }: ClaimFormProps) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const claim = useClaim();
  const { entry, set } = useEntry({ ...BLANK, ...label, household: households[0]?.id ?? NEW });
  const send = () =>
    claim.mutate(claimOf(entry), {
      onSuccess: ({ appliance }) => {
        forgetClaim();
        go(`/appliances/${appliance}/file`, { replace: true });
      },
    });
  return (
    <Form action={t('claim.action')} busy={claim.isPending} error={claim.error} onSubmit={send}>
      <TextField
        label={t('claim.model')}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={60}
        value={entry.model}
        onValue={(model) => set({ model })}
      />
      <TextField
        label={t('claim.serial')}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={60}
        value={entry.serial}
        onValue={(serial) => set({ serial })}
      />
      <TextField
        label={t('claim.code')}
        hint={t('claim.codeHint')}
        autoCapitalize="characters"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        value={entry.code}
        onValue={(code) => set({ code })}
      />
      <TextField
        label={t('claim.name')}
        hint={t('claim.nameHint')}
        optional
        maxLength={120}
        value={entry.name}
        onValue={(name) => set({ name })}
      />
      {households.length > 0 && (
        <Choice
          label={t('claim.where')}
          value={entry.household}
          choices={[
            ...households.map(({ id, name }) => ({ value: id, words: name })),
            { value: NEW, words: t('claim.newOne') },
          ]}
          onValue={(household) => set({ household })}
        />
      )}
      {entry.household === NEW && <NewHouseholdFields entry={entry} set={set} />}
      {problemCode(claim.error) === 'already-claimed' && <Link href="/">{t('claim.toExisting')}</Link>}
    </Form>
  );
}

type NewHouseholdFieldsProps = { entry: typeof BLANK; set: (part: Partial<typeof BLANK>) => void };

function NewHouseholdFields({ entry, set }: NewHouseholdFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('claim.householdName')}
        hint={t('claim.householdHint')}
        maxLength={120}
        value={entry.householdName}
        onValue={(householdName) => set({ householdName })}
      />
      <PlaceFields entry={entry} set={set} />
    </>
  );
}

function claimOf(entry: typeof BLANK & ReturnType<typeof readClaimLink>) {
  const { model, serial, code, name, household, householdName, address, postcode } = entry;
  const where =
    household === NEW ? { newHousehold: { name: householdName, address, ...given({ postcode }) } } : { household };
  return { model, serial, code, ...given({ name }), ...where };
}
