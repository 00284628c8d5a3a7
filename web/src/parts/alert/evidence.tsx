// Why we think so: each symptom with the number behind it and the limit it is held against.
import { useTranslation } from 'react-i18next';
import type { Evidence, SymptomState } from '#contracts';
import { useSay, useTimes } from '../../reader.tsx';
import { Pill, type Tone } from '../status/mark.tsx';

const TONES = { present: 'attention', absent: 'fine', pending: 'new', unknown: 'silent' } as const satisfies Record<
  SymptomState,
  Tone
>;

/** What is unusual or not known stands open, what looks normal is folded away. */
export function EvidenceList({ evidence }: { evidence: Evidence[] }) {
  const { t } = useTranslation();
  const normal = evidence.filter((item) => item.state === 'absent');
  return (
    <>
      <Items items={evidence.filter((item) => item.state !== 'absent')} />
      {normal.length > 0 && (
        <details className="fold">
          <summary>{t('alert.normal', { count: normal.length })}</summary>
          <Items items={normal} />
        </details>
      )}
    </>
  );
}

function Items({ items }: { items: Evidence[] }) {
  const { t } = useTranslation();
  return (
    <ul className="evidence">
      {items.map((item) => (
        <li key={item.symptom}>
          <Pill tone={TONES[item.state]}>{t(`symptomState.${item.state}`)}</Pill>
          <EvidenceText item={item} />
        </li>
      ))}
    </ul>
  );
}

function EvidenceText({ item }: { item: Evidence }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const figures = [
    item.measured && { words: t('alert.measured'), value: say.quantity(item.measured) },
    item.threshold && { words: t('alert.threshold'), value: say.quantity(item.threshold) },
    item.since !== null && { words: t('alert.lasting'), value: times.moment(item.since) },
  ].filter((figure) => !!figure);
  return (
    <div>
      <p>{say.phrase(item.text)}</p>
      {figures.length > 0 && (
        <dl className="figures">
          {figures.map(({ words, value }) => (
            <div key={words}>
              <dt>{words}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
