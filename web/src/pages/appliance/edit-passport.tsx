// Staff note when it was bought and installed, and how it stands.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Passport } from '#contracts';
import { useEditPassport } from '../../client/file.ts';
import type { PassportEdit } from '../../client/shapes.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';

type AmbientClass = NonNullable<Passport['environment']['ambientClass']>;
type Placement = NonNullable<Passport['environment']['placement']>;
const CLASSES: readonly AmbientClass[] = ['SN', 'N', 'ST', 'T'];
const PLACEMENTS: readonly Placement[] = ['built-in', 'free-standing'];

export function EditPassport({ passport }: { passport: Passport }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <button type="button" className="button quiet" onClick={() => setOpen(true)}>
        {t('file.edit')}
      </button>
    );
  }
  return (
    <section className="card">
      <EditForm passport={passport} onDone={() => setOpen(false)} />
    </section>
  );
}

function EditForm({ passport, onDone }: { passport: Passport; onDone: () => void }) {
  const { t } = useTranslation();
  const edit = useEditPassport(passport.appliance);
  const { entry, set } = useEntry<Entry>({
    purchasedOn: passport.purchasedOn ?? '',
    installedOn: passport.installedOn ?? '',
    ambientClass: passport.environment.ambientClass ?? '',
    placement: passport.environment.placement ?? '',
    floor: passport.environment.floor?.toString() ?? '',
  });
  const send = () => edit.mutate(editOf(passport, entry), { onSuccess: onDone });
  return (
    <Form action={t('file.save')} busy={edit.isPending} error={edit.error} onSubmit={send}>
      <TextField
        label={t('file.purchased')}
        type="date"
        optional
        value={entry.purchasedOn}
        onValue={(purchasedOn) => set({ purchasedOn })}
      />
      <TextField
        label={t('file.installed')}
        type="date"
        optional
        value={entry.installedOn}
        onValue={(installedOn) => set({ installedOn })}
      />
      <Choice
        label={t('file.ambientLabel')}
        optional
        value={entry.ambientClass}
        choices={CLASSES.map((value) => ({ value, words: value }))}
        onValue={(value) => set({ ambientClass: value as AmbientClass })}
      />
      <Choice
        label={t('file.placement')}
        optional
        value={entry.placement}
        choices={PLACEMENTS.map((value) => ({ value, words: t(`file.${value}`) }))}
        onValue={(value) => set({ placement: value as Placement })}
      />
      <TextField
        label={t('file.floorLabel')}
        type="number"
        min={-10}
        max={200}
        optional
        value={entry.floor}
        onValue={(floor) => set({ floor })}
      />
    </Form>
  );
}

type Entry = {
  purchasedOn: string;
  installedOn: string;
  ambientClass: AmbientClass | '';
  placement: Placement | '';
  floor: string;
};

function editOf({ environment }: Passport, entry: Entry): PassportEdit {
  const { waterConnection, lift } = environment;
  return {
    purchasedOn: entry.purchasedOn || null,
    installedOn: entry.installedOn || null,
    environment: {
      ...(waterConnection === undefined ? {} : { waterConnection }),
      ...(lift === undefined ? {} : { lift }),
      ...(entry.ambientClass ? { ambientClass: entry.ambientClass } : {}),
      ...(entry.placement ? { placement: entry.placement } : {}),
      ...(entry.floor ? { floor: Number(entry.floor) } : {}),
    },
  };
}
