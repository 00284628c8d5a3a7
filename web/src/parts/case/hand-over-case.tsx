// Gives a case to a partner firm, or takes it back.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHandOverCase } from '../../client/actions.ts';
import { usePerson } from '../../client/queries.ts';
import { useOrganisations } from '../../client/staff.ts';
import { Choice } from '../form/fields.tsx';
import { Form } from '../form/form.tsx';

const US = 'us';

export function HandOverCase({ id }: { id: string }) {
  const { t } = useTranslation();
  const person = usePerson();
  const [to, setTo] = useState('');
  const handOver = useHandOverCase(id);
  const partners = useOrganisations().data?.items.filter(({ parent }) => parent === person.organisation) ?? [];
  if (partners.length === 0) return null;
  return (
    <details className="card">
      <summary>{t('case.handOver')}</summary>
      <Form
        action={t('case.handOverAction')}
        busy={handOver.isPending}
        error={handOver.error}
        onSubmit={() => handOver.mutate(to === US ? null : to, { onSuccess: () => setTo('') })}
      >
        <Choice
          label={t('case.handOverTo')}
          value={to}
          choices={[
            ...partners.map(({ id: partner, name }) => ({ value: partner, words: name })),
            { value: US, words: t('case.handOverBack') },
          ]}
          onValue={setTo}
        />
        <p className="saved" role="status">
          {handOver.isSuccess ? t('settings.saved') : ''}
        </p>
      </Form>
    </details>
  );
}
