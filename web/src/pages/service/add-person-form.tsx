// A new person: an owner with a household, a technician with region and skills, or somebody of the service.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Role } from '#contracts';
import { useAddPerson } from '../../client/actions.ts';
import { useHouseholds } from '../../client/queries.ts';
import type { NewPerson } from '../../client/shapes.ts';
import { useSkillWords } from '../../parts/codes.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { useReader } from '../../reader.tsx';

const ROLES: readonly Role[] = ['owner', 'technician', 'dispatcher', 'administrator'];
const SKILLS = ['refrigeration', 'general'] as const;
const LEAST_PASSWORD = 10;

type Entry = {
  name: string;
  email: string;
  password: string;
  role: Role;
  household: string;
  region: string;
  skills: string[];
};
const BLANK: Entry = {
  name: '',
  email: '',
  password: '',
  role: 'owner',
  household: '',
  region: '',
  skills: ['general'],
};

export function AddPersonForm() {
  const { t } = useTranslation();
  const { language, timeZone } = useReader();
  const add = useAddPerson();
  const households = useHouseholds().data?.items ?? [];
  const [entry, setEntry] = useState(BLANK);
  const set = (part: Partial<Entry>) => setEntry({ ...entry, ...part });
  const submit = () =>
    add.mutate(
      { ...personOf(entry), language, timeZone },
      { onSuccess: () => setEntry({ ...BLANK, role: entry.role }) },
    );
  return (
    <Form action={t('people.add')} busy={add.isPending} error={add.error} onSubmit={submit}>
      <Choice
        label={t('people.role')}
        value={entry.role}
        choices={ROLES.map((role) => ({ value: role, words: t(`role.${role}`) }))}
        onValue={(role) => set({ role: role as Role })}
      />
      <TextField label={t('people.name')} value={entry.name} onValue={(name) => set({ name })} />
      <TextField
        label={t('people.email')}
        type="email"
        autoComplete="off"
        value={entry.email}
        onValue={(email) => set({ email })}
      />
      <TextField
        label={t('people.password')}
        hint={t('setUp.passwordHint')}
        type="password"
        autoComplete="new-password"
        minLength={LEAST_PASSWORD}
        value={entry.password}
        onValue={(password) => set({ password })}
      />
      {entry.role === 'owner' && (
        <Choice
          label={t('people.household')}
          value={entry.household}
          choices={households.map((household) => ({ value: household.id, words: household.name }))}
          onValue={(household) => set({ household })}
        />
      )}
      {entry.role === 'technician' && <TechnicianFields entry={entry} set={set} />}
      <p className="saved" role="status">
        {add.isSuccess ? t('people.added', { name: add.data.name }) : ''}
      </p>
    </Form>
  );
}

function TechnicianFields({ entry, set }: { entry: Entry; set: (part: Partial<Entry>) => void }) {
  const { t } = useTranslation();
  const skillWords = useSkillWords();
  const toggle = (skill: string, on: boolean) =>
    set({ skills: on ? [...entry.skills, skill] : entry.skills.filter((other) => other !== skill) });
  return (
    <>
      <TextField
        label={t('people.region')}
        hint={t('people.regionHint')}
        maxLength={40}
        value={entry.region}
        onValue={(region) => set({ region })}
      />
      <fieldset className="checks">
        <legend>{t('people.skills')}</legend>
        {SKILLS.map((skill) => (
          <label key={skill}>
            <input
              type="checkbox"
              checked={entry.skills.includes(skill)}
              onChange={(event) => toggle(skill, event.target.checked)}
            />
            {skillWords(skill)}
          </label>
        ))}
      </fieldset>
    </>
  );
}

function personOf({ household, region, skills, ...person }: Entry): NewPerson {
  if (person.role === 'owner') return household ? { ...person, household } : person;
  return person.role === 'technician' ? { ...person, region, skills } : person;
}
