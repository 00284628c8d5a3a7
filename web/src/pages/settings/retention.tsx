// After how many days what is deleted.
import { useTranslation } from 'react-i18next';
import { usePerson } from '../../client/queries.ts';
import { useEditRetention, useRetention } from '../../client/rights.ts';
import type { RetentionRule } from '../../client/shapes.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';

export function RetentionPage() {
  const { t } = useTranslation();
  const retention = useRetention();
  return (
    <div className="narrow">
      <PageHead
        title={t('retention.title')}
        lead={t('retention.lead')}
        back={{ to: '/settings', words: t('settings.title') }}
      />
      <section className="card">
        <Loaded from={retention}>{({ items }) => <Rules rules={items} />}</Loaded>
      </section>
    </div>
  );
}

function Rules({ rules }: { rules: RetentionRule[] }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const edit = useEditRetention();
  const { entry, set } = useEntry<Record<string, string>>(
    Object.fromEntries(rules.map(({ what, days }) => [what, `${days}`])),
  );
  const changed = rules.filter(({ what, days }) => Number(entry[what]) !== days);
  const send = () => edit.mutate(Object.fromEntries(changed.map(({ what }) => [what, Number(entry[what])])));
  const editable = offers(role, 'editRetention');
  const fields = rules.map(({ what, least, most }) => (
    <TextField
      key={what}
      label={t(`retention.what.${what}`)}
      hint={t('retention.days', { least, most })}
      type="number"
      min={least}
      max={most}
      readOnly={!editable}
      value={entry[what] ?? ''}
      onValue={(days) => set({ [what]: days })}
    />
  ));
  if (!editable) return <div className="form">{fields}</div>;
  return (
    <Form action={t('retention.save')} busy={edit.isPending} error={edit.error} onSubmit={send}>
      {fields}
      <p className="saved" role="status">
        {edit.isSuccess ? t('retention.saved') : ''}
      </p>
    </Form>
  );
}
