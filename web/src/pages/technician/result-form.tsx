// What came out of a visit: this is what the rules learn from.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RankedCause } from '#contracts';
import { useFinishVisit } from '../../client/actions.ts';
import type { VisitResult } from '../../client/shapes.ts';
import { Choice, Segments, TextArea } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { useSay } from '../../reader.tsx';

const OTHER = 'other';

export function ResultForm({ visit, causes }: { visit: string; causes: RankedCause[] }) {
  const { t } = useTranslation();
  const say = useSay();
  const finish = useFinishVisit(visit);
  const [outcome, setOutcome] = useState<VisitResult['outcome']>('repaired');
  const [cause, setCause] = useState('');
  const [note, setNote] = useState('');
  return (
    <Form
      action={t('visits.finish')}
      busy={finish.isPending}
      error={finish.error}
      onSubmit={() => finish.mutate({ outcome, note, ...(cause ? { cause } : {}) })}
    >
      <Segments
        label={t('visits.outcome')}
        value={outcome}
        choices={[
          { value: 'repaired', words: t('visits.repaired') },
          { value: 'part-needed', words: t('visits.partNeeded') },
          { value: 'nothing-found', words: t('visits.nothingFound') },
        ]}
        onValue={(value) => setOutcome(value as VisitResult['outcome'])}
      />
      <Choice
        label={t('visits.cause')}
        optional
        value={cause}
        choices={[
          ...causes
            .filter(({ cause: code }) => code !== 'unknown')
            .map(({ cause: code, name }) => ({ value: code, words: say.phrase(name) })),
          { value: OTHER, words: t('visits.otherCause') },
        ]}
        onValue={setCause}
      />
      <TextArea label={t('visits.note')} hint={t('visits.noteHint')} optional value={note} onValue={setNote} />
    </Form>
  );
}
