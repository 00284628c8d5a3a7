// A new household.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAddHousehold } from '../../client/actions.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';

const BLANK = { name: '', address: '', region: '' };

export function AddHouseholdForm() {
  const { t } = useTranslation();
  const add = useAddHousehold();
  const [entry, setEntry] = useState(BLANK);
  const set = (part: Partial<typeof BLANK>) => setEntry({ ...entry, ...part });
  return (
    <Form
      action={t('people.add')}
      busy={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate(entry, { onSuccess: () => setEntry(BLANK) })}
    >
      <TextField label={t('people.householdName')} value={entry.name} onValue={(name) => set({ name })} />
      <TextField label={t('people.address')} optional value={entry.address} onValue={(address) => set({ address })} />
      <TextField
        label={t('people.region')}
        hint={t('people.regionHint')}
        maxLength={40}
        value={entry.region}
        onValue={(region) => set({ region })}
      />
      <p className="saved" role="status">
        {add.isSuccess ? t('people.added', { name: add.data.name }) : ''}
      </p>
    </Form>
  );
}
