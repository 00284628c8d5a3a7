// Who belongs to a household: invite, promote, remove, leave.
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Household } from '#contracts';
import { useEditMember, useInvite, useLeaveHousehold, useMembers, useRemoveMember } from '../../client/household.ts';
import { usePerson } from '../../client/queries.ts';
import type { Member } from '../../client/shapes.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { Segments, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';

type CardProps = { household: Household; owns: boolean };

export function MembersCard({ household, owns }: CardProps) {
  const { t } = useTranslation();
  const members = useMembers(household.id);
  const person = usePerson();
  const [, go] = useLocation();
  const leave = useLeaveHousehold(household.id, () => go('/', { replace: true }));
  return (
    <>
      <section className="card">
        <h2>{t('household.members')}</h2>
        <Loaded from={members}>
          {({ items }) => (
            <ul className="rows wrap">
              {items.map((member) => (
                <MemberRow
                  key={member.id}
                  household={household.id}
                  member={member}
                  editable={owns && member.id !== person.id}
                  you={member.id === person.id}
                />
              ))}
            </ul>
          )}
        </Loaded>
        <div className="actions">
          <SureButton words={t('household.leave')} sure={t('household.leaveSure')} action={leave} />
        </div>
      </section>
      {owns && <InviteCard household={household.id} />}
    </>
  );
}

type MemberRowProps = { household: string; member: Member; editable: boolean; you: boolean };

function MemberRow({ household, member, editable, you }: MemberRowProps) {
  const { t } = useTranslation();
  const edit = useEditMember(household, member.id);
  const remove = useRemoveMember(household, member.id);
  const other = member.as === 'owner' ? 'member' : 'owner';
  return (
    <li>
      <span>
        <strong>{member.name}</strong> {you && <span className="small">({t('household.you')})</span>}
        <span className="small block">
          {t(`household.as.${member.as}`)} · {member.email}
        </span>
      </span>
      {editable && (
        <div className="actions">
          <button
            type="button"
            className="button quiet small"
            disabled={edit.isPending}
            onClick={() => edit.mutate(other)}
          >
            {t(other === 'owner' ? 'household.makeOwner' : 'household.makeMember')}
          </button>
          <SureButton
            words={t('household.remove')}
            sure={t('household.removeSure', { name: member.name })}
            action={remove}
            of={member.name}
          />
          <ProblemNote error={edit.error} />
        </div>
      )}
    </li>
  );
}

function InviteCard({ household }: { household: string }) {
  const { t } = useTranslation();
  const invite = useInvite(household);
  const { entry, set, clear } = useEntry({ email: '', as: 'member' as Member['as'] });
  return (
    <section className="card">
      <h2>{t('household.invite')}</h2>
      <Form
        action={t('household.sendInvite')}
        busy={invite.isPending}
        error={invite.error}
        onSubmit={() => invite.mutate(entry, { onSuccess: clear })}
      >
        <TextField
          label={t('household.email')}
          type="email"
          autoComplete="off"
          value={entry.email}
          onValue={(email) => set({ email })}
        />
        <div>
          <Segments
            label={t('household.standing')}
            value={entry.as}
            choices={[
              { value: 'member', words: t('household.as.member') },
              { value: 'owner', words: t('household.as.owner') },
            ]}
            onValue={(as) => set({ as: as as Member['as'] })}
          />
          <p className="hint">{t(`household.asLead.${entry.as}`)}</p>
        </div>
        <p className="saved" role="status">
          {invite.isSuccess ? t('household.invited') : ''}
        </p>
      </Form>
    </section>
  );
}
