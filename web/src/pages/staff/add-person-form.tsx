// A new person: an owner with a household, a technician with region and skills, or somebody of the service.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Role } from '#contracts';
import { useAddPerson } from '../../client/actions.ts';
import { useHouseholds } from '../../client/queries.ts';
import type { NewPerson } from '../../client/shapes.ts';
import { useOrganisations } from '../../client/staff.ts';
import { useSkillWords } from '../../parts/codes.ts';
import { Checks } from '../../parts/form/checks.tsx';
import { given } from '../../parts/form/entry.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { NewPasswordField } from '../../parts/form/password-field.tsx';
import { useReader } from '../../reader.tsx';
import { STAFF_ROLES } from './roles.ts';

const ROLES: readonly Role[] = ['owner', ...STAFF_ROLES];
const SKILLS = ['refrigeration', 'electrical', 'electronics', 'general'] as const;

type Entry = {
  name: string;
  email: string;
  password: string;
  role: Role;
  household: string;
  organisation: string;
  region: string;
  skills: (typeof SKILLS)[number][];
};
const BLANK: Entry = {
  name: '',
  email: '',
  password: '',
  role: 'owner',
  household: '',
  organisation: '',
  region: '',
  skills: ['general'],
};

export function AddPersonForm() {
  const { t } = useTranslation();
  const { language, timeZone } = useReader();
  const add = useAddPerson();
  const households = useHouseholds().data?.items ?? [];
  const organisations = useOrganisations().data?.items ?? [];
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
      <NewPasswordField label={t('people.password')} value={entry.password} onValue={(password) => set({ password })} />
      {entry.role === 'owner' && (
        <Choice
          label={t('people.household')}
          value={entry.household}
          choices={households.map((household) => ({ value: household.id, words: household.name }))}
          onValue={(household) => set({ household })}
        />
      )}
      {entry.role !== 'owner' && organisations.length > 1 && (
        <Choice
          label={t('people.organisation')}
          optional
          value={entry.organisation}
          choices={organisations.map(({ id, name }) => ({ value: id, words: name }))}
          onValue={(organisation) => set({ organisation })}
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
  return (
    <>
      <TextField
        label={t('people.region')}
        hint={t('people.regionHint')}
        maxLength={40}
        value={entry.region}
        onValue={(region) => set({ region })}
      />
      <Checks
        label={t('people.skills')}
        chosen={entry.skills}
        choices={SKILLS.map((skill) => ({ value: skill, words: skillWords(skill) }))}
        onChosen={(skills) => set({ skills })}
      />
    </>
  );
}

function personOf({ household, organisation, region, skills, ...person }: Entry): NewPerson {
  if (person.role === 'owner') return { ...person, ...given({ household }) };
  const staff = { ...person, ...given({ organisation }) };
  return person.role === 'technician' ? { ...staff, region, skills } : staff;
}
