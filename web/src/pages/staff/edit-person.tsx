// Changes a colleague's role or firm, and ends or gives back access.
import { useTranslation } from 'react-i18next';
import type { StaffPerson } from '#contracts';
import { useEditPerson, useErasePerson, useOrganisations, useRemovePersonsFactor } from '../../client/staff.ts';
import { given, useEntry } from '../../parts/form/entry.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { isStaffRole, STAFF_ROLES, type StaffRole } from './roles.ts';

type EditPersonProps = { person: StaffPerson; onDone: () => void };

export function EditPerson({ person, onDone }: EditPersonProps) {
  return (
    <div className="fold stack">
      {isStaffRole(person.role) && <RoleForm person={person} role={person.role} onDone={onDone} />}
      <Access person={person} />
    </div>
  );
}

function RoleForm({ person, role, onDone }: EditPersonProps & { role: StaffRole }) {
  const { t } = useTranslation();
  const edit = useEditPerson(person.id);
  const organisations = useOrganisations().data?.items ?? [];
  const { entry, set } = useEntry({ role, organisation: person.organisation ?? '', region: '' });
  const becomesTechnician = entry.role === 'technician' && role !== 'technician';
  const send = () => {
    const { region, ...rest } = entry;
    edit.mutate({ ...rest, ...(becomesTechnician ? given({ region }) : {}) }, { onSuccess: onDone });
  };
  return (
    <Form action={t('people.save')} busy={edit.isPending} error={edit.error} onSubmit={send}>
      <Choice
        label={t('people.role')}
        hint={t('people.roleEnds')}
        value={entry.role}
        choices={STAFF_ROLES.map((value) => ({ value, words: t(`role.${value}`) }))}
        onValue={(value) => set({ role: value as StaffRole })}
      />
      {becomesTechnician && (
        <TextField
          label={t('people.region')}
          maxLength={40}
          value={entry.region}
          onValue={(region) => set({ region })}
        />
      )}
      {organisations.length > 1 && (
        <Choice
          label={t('people.organisation')}
          value={entry.organisation}
          choices={organisations.map(({ id, name }) => ({ value: id, words: name }))}
          onValue={(organisation) => set({ organisation })}
        />
      )}
    </Form>
  );
}

function Access({ person }: { person: StaffPerson }) {
  const { t } = useTranslation();
  const edit = useEditPerson(person.id);
  const removeFactor = useRemovePersonsFactor(person.id);
  const erase = useErasePerson(person.id);
  const setActive = { ...edit, mutate: () => edit.mutate({ active: !person.active }) };
  return (
    <div className="actions">
      {person.active ? (
        <SureButton
          words={t('people.deactivate')}
          sure={t('people.deactivateSure', { name: person.name })}
          action={setActive}
        />
      ) : (
        <button type="button" className="button quiet small" onClick={setActive.mutate}>
          {t('people.activate')}
        </button>
      )}
      {person.secondFactor && (
        <SureButton words={t('people.removeFactor')} sure={t('people.removeFactorSure')} action={removeFactor} />
      )}
      {isStaffRole(person.role) && (
        <SureButton words={t('people.erase')} sure={t('people.eraseSure', { name: person.name })} action={erase} />
      )}
    </div>
  );
}
