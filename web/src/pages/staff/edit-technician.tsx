// Changes a technician's region, skills, certificates and shifts.
import { useTranslation } from 'react-i18next';
import type { Certificate, Shift } from '#contracts';
import type { TechnicianFile } from '../../client/shapes.ts';
import { useEditTechnician } from '../../client/staff.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { useWeekdays } from '../../reader.tsx';

type EditProps = { file: TechnicianFile; onDone: () => void };

export function EditTechnician({ file, onDone }: EditProps) {
  const { t } = useTranslation();
  const edit = useEditTechnician(file.id);
  const { entry, set } = useEntry({
    region: file.region,
    skills: file.skills.join(', '),
    certificates: file.certificates,
    shifts: file.shifts,
  });
  const skills = entry.skills.split(/[\s,，、]+/).filter(Boolean);
  return (
    <Form
      action={t('people.save')}
      busy={edit.isPending}
      error={edit.error}
      onSubmit={() => edit.mutate({ ...entry, skills }, { onSuccess: onDone })}
    >
      <TextField
        label={t('people.region')}
        hint={t('people.regionHint')}
        maxLength={40}
        value={entry.region}
        onValue={(region) => set({ region })}
      />
      <TextField
        label={t('people.skills')}
        hint={t('technician.skillsHint')}
        optional
        value={entry.skills}
        onValue={(value) => set({ skills: value })}
      />
      <Certificates list={entry.certificates} onList={(certificates) => set({ certificates })} />
      <Shifts list={entry.shifts} onList={(shifts) => set({ shifts })} />
    </Form>
  );
}

type ListProps<T> = { list: readonly T[]; onList: (list: T[]) => void };

const changed = <T,>(list: readonly T[], place: number, part: Partial<T>): T[] =>
  list.map((one, index) => (index === place ? { ...one, ...part } : one));

function Certificates({ list, onList }: ListProps<Certificate>) {
  const { t } = useTranslation();
  return (
    <fieldset className="entries">
      <legend>{t('technician.certificates')}</legend>
      {list.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line that is being typed has no other identity
        <div key={place}>
          <TextField
            label={t('technician.certificate')}
            maxLength={60}
            value={one.code}
            onValue={(code) => onList(changed(list, place, { code }))}
          />
          <TextField
            label={t('technician.until')}
            type="date"
            value={one.until}
            onValue={(until) => onList(changed(list, place, { until }))}
          />
          <RemoveLine onRemove={() => onList(list.filter((_, index) => index !== place))} />
        </div>
      ))}
      <button type="button" className="link" onClick={() => onList([...list, { code: '', until: '' }])}>
        {t('technician.addCertificate')}
      </button>
    </fieldset>
  );
}

const FIRST_SHIFT: Shift = { weekday: 1, from: '08:00', to: '17:00' };

function Shifts({ list, onList }: ListProps<Shift>) {
  const { t } = useTranslation();
  const weekdays = useWeekdays();
  const next = list.at(-1);
  const added = next ? { ...next, weekday: (next.weekday % weekdays.length) + 1 } : FIRST_SHIFT;
  return (
    <fieldset className="entries">
      <legend>{t('technician.shifts')}</legend>
      {list.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line that is being typed has no other identity
        <div key={place}>
          <Choice
            label={t('technician.weekday')}
            value={`${one.weekday}`}
            choices={weekdays.map((words, index) => ({ value: `${index + 1}`, words }))}
            onValue={(weekday) => onList(changed(list, place, { weekday: Number(weekday) }))}
          />
          <TextField
            label={t('technician.from')}
            type="time"
            value={one.from}
            onValue={(from) => onList(changed(list, place, { from }))}
          />
          <TextField
            label={t('technician.to')}
            type="time"
            value={one.to}
            onValue={(to) => onList(changed(list, place, { to }))}
          />
          <RemoveLine onRemove={() => onList(list.filter((_, index) => index !== place))} />
        </div>
      ))}
      <button type="button" className="link" onClick={() => onList([...list, added])}>
        {t('technician.addShift')}
      </button>
    </fieldset>
  );
}

function RemoveLine({ onRemove }: { onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <button type="button" className="link" onClick={onRemove}>
      {t('technician.remove')}
    </button>
  );
}
