// A household of one's own.
import { useTranslation } from 'react-i18next';
import { useAddHousehold } from '../../client/actions.ts';
import { given, useEntry } from '../../parts/form/entry.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';

export function MakeHousehold() {
  const { t } = useTranslation();
  const add = useAddHousehold();
  const { entry, set } = useEntry({ name: '', address: '', postcode: '' });
  const { name, ...place } = entry;
  return (
    <Form
      action={t('household.make')}
      busy={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate({ name, ...given(place) })}
    >
      <TextField
        label={t('household.name')}
        hint={t('claim.householdHint')}
        maxLength={120}
        value={name}
        onValue={(value) => set({ name: value })}
      />
      <PlaceFields entry={place} set={set} />
    </Form>
  );
}

export type PlaceEntry = { address: string; postcode: string };

export function PlaceFields({ entry, set }: { entry: PlaceEntry; set: (part: Partial<PlaceEntry>) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('household.address')}
        hint={t('claim.addressHint')}
        optional
        autoComplete="street-address"
        maxLength={300}
        value={entry.address}
        onValue={(address) => set({ address })}
      />
      <TextField
        label={t('household.postcode')}
        hint={t('household.postcodeHint')}
        optional
        autoComplete="postal-code"
        maxLength={20}
        value={entry.postcode}
        onValue={(postcode) => set({ postcode })}
      />
    </>
  );
}
