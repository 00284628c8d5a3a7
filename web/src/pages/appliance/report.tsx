// "Something is wrong": in one's own words, with what was understood to put right, before anything is sent.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MadeReport, ReportCode, ReportReading } from '#contracts';
import { usePerson } from '../../client/queries.ts';
import { useReport, useReports, useUnderstanding } from '../../client/reports.ts';
import { SafetyStops } from '../../parts/alert/safety.tsx';
import { Checks } from '../../parts/form/checks.tsx';
import { TextArea } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { offers } from '../../parts/offers.ts';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { useSay, useTimes } from '../../reader.tsx';

export function ReportCard({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const [text, setText] = useState('');
  const [reading, setReading] = useState<ReportReading | null>(null);
  const [made, setMade] = useState<MadeReport | null>(null);
  const begin = () => {
    setText('');
    setReading(null);
    setMade(null);
  };
  return (
    <section className="card">
      <h2>{t('report.title')}</h2>
      {made && <Thanks made={made} onAnother={begin} />}
      {!made && !reading && (
        <>
          <p className="soft">{t(role === 'owner' ? 'report.lead' : 'report.staffLead')}</p>
          <WordsForm appliance={appliance} text={text} onText={setText} onRead={setReading} />
        </>
      )}
      {!made && reading && (
        <MeaningForm
          appliance={appliance}
          text={text}
          reading={reading}
          onMade={setMade}
          onChange={() => setReading(null)}
        />
      )}
    </section>
  );
}

type WordsFormProps = {
  appliance: string;
  text: string;
  onText: (text: string) => void;
  onRead: (reading: ReportReading) => void;
};

function WordsForm({ appliance, text, onText, onRead }: WordsFormProps) {
  const { t } = useTranslation();
  const understand = useUnderstanding(appliance);
  const read = () => understand.mutate(text, { onSuccess: onRead });
  const { isPending, error } = understand;
  return (
    <Form action={t('report.next')} busy={isPending} error={error} onSubmit={read}>
      <TextArea label={t('report.words')} hint={t('report.wordsHint')} value={text} onValue={onText} />
    </Form>
  );
}

type MeaningFormProps = {
  appliance: string;
  text: string;
  reading: ReportReading;
  onMade: (made: MadeReport) => void;
  onChange: () => void;
};

function MeaningForm({ appliance, text, reading, onMade, onChange }: MeaningFormProps) {
  const { t } = useTranslation();
  const say = useSay();
  const report = useReport(appliance);
  const [chosen, setChosen] = useState<ReportCode[]>(reading.understood);
  const send = () => report.mutate({ text, codes: chosen }, { onSuccess: onMade });
  return (
    <div className="stack">
      <SafetyStops phrases={reading.safety} />
      <blockquote className="said">{text}</blockquote>
      <p className="soft">{t(reading.understood.length > 0 ? 'report.understood' : 'report.notUnderstood')}</p>
      <Form action={t('report.send')} busy={report.isPending} error={report.error} onSubmit={send}>
        <Checks
          label={t('report.choose')}
          chosen={chosen}
          choices={reading.choices.map(({ code, words }) => ({ value: code, words: say.phrase(words) }))}
          onChosen={setChosen}
        />
      </Form>
      <button type="button" className="link" onClick={onChange}>
        {t('report.change')}
      </button>
    </div>
  );
}

function Thanks({ made, onAnother }: { made: MadeReport; onAnother: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="stack" role="status">
      <SafetyStops phrases={made.safety} />
      <p>{t(made.said.length > 0 ? 'report.thanks' : 'report.thanksKept')}</p>
      <button type="button" className="link" onClick={onAnother}>
        {t('report.another')}
      </button>
    </div>
  );
}

export function ReportsCard({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const { role } = usePerson();
  const reports = useReports(appliance);
  if (role === 'owner' && (reports.data?.items.length ?? 0) === 0) return null;
  return (
    <section className="card">
      <h2>{t('report.past')}</h2>
      <Loaded from={reports} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{t('report.none')}</Empty>
          ) : (
            <ul className="rows">
              {items.map(({ id, at, by, text, said }) => (
                <li key={id} className="block">
                  <strong>{said.map(({ words }) => say.phrase(words)).join(' · ') || t('report.nothing')}</strong>
                  {text && <blockquote className="said">{text}</blockquote>}
                  <p className="small">
                    {by
                      ? t('report.by', { name: by.name, when: times.moment(at) })
                      : t('report.erased', { when: times.moment(at) })}
                  </p>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

/** What this person may do about it. */
export function Reports({ appliance }: { appliance: string }) {
  const { role } = usePerson();
  return (
    <>
      {offers(role, 'reportAppliance') && <ReportCard appliance={appliance} />}
      {offers(role, 'reports') && <ReportsCard appliance={appliance} />}
    </>
  );
}
