// Why we think so: each symptom with the number behind it and the limit it is held against.
import { useTranslation } from 'react-i18next';
import type { Evidence, SymptomState } from '#contracts';
import { useSay, useTimes } from '../../reader.tsx';
import { Pill, type Shape, type Tone } from '../status/mark.tsx';

/** A sign is neither good nor bad by itself ("it is getting colder" is one too), so its tone is neutral. */
export const LOOKS = {
  present: { tone: 'new', shape: 'fine' },
  absent: { tone: 'silent', shape: 'silent' },
  pending: { tone: 'new', shape: 'clock' },
  unknown: { tone: 'silent', shape: 'new' },
} as const satisfies Record<SymptomState, { tone: Tone; shape: Shape }>;

/** What applies or is not known stands open, what does not apply is folded away. */
export function EvidenceList({ evidence }: { evidence: Evidence[] }) {
  const { t } = useTranslation();
  const inState = (state: Evidence['state']) => evidence.filter((item) => item.state === state);
  return (
    <>
      <Items items={evidence.filter(({ state }) => state === 'present' || state === 'pending')} />
      {(['absent', 'unknown'] as const)
        .filter((state) => inState(state).length > 0)
        .map((state) => (
          <details className="fold" key={state}>
            <summary>{t(`alert.${state}`, { count: inState(state).length })}</summary>
            <Items items={inState(state)} />
          </details>
        ))}
    </>
  );
}

function Items({ items }: { items: Evidence[] }) {
  const { t } = useTranslation();
  return (
    <ul className="evidence">
      {items.map((item) => (
        <li key={item.symptom}>
          <Pill {...LOOKS[item.state]}>{t(`symptomState.${item.state}`)}</Pill>
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
