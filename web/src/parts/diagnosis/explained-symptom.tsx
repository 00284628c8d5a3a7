// One sign: whether it is there, what would bring it or end it, and its condition for whoever wants to know.
import { useTranslation } from 'react-i18next';
import type { ExplainedSymptom } from '#contracts';
import { useSay, useTimes } from '../../reader.tsx';
import { LOOKS } from '../alert/evidence.tsx';
import { Pill } from '../status/mark.tsx';
import { ConditionTree } from './condition-tree.tsx';

const MINUTE_MS = 60_000;

export function SymptomList({ symptoms }: { symptoms: readonly ExplainedSymptom[] }) {
  return (
    <ul className="evidence">
      {symptoms.map((symptom) => (
        <SymptomItem key={symptom.symptom} symptom={symptom} />
      ))}
    </ul>
  );
}

function SymptomItem({ symptom }: { symptom: ExplainedSymptom }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const { state, text, since, opens, wouldAppear, wouldClear, when } = symptom;
  return (
    <li>
      <Pill {...LOOKS[state]}>{t(`symptomState.${state}`)}</Pill>
      <div>
        <p>{say.phrase(text)}</p>
        <p className="small">
          {[
            opens && t('why.opens', { severity: t(`severity.${opens}`) }),
            since && t('time.since', { when: times.moment(since) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {wouldClear && <Would words={t('why.wouldClear')} what={say.phrase(wouldClear)} />}
        {wouldAppear && <Would words={t('why.wouldAppear')} what={say.phrase(wouldAppear)} />}
        {when.length > 0 && <Condition symptom={symptom} />}
      </div>
    </li>
  );
}

export const Would = ({ words, what }: { words: string; what: string }) => (
  <p className="would">
    <span className="label">{words}</span> {what}
  </p>
);

function Condition({ symptom: { symptom, when, unless, forMinutes, clearMinutes } }: { symptom: ExplainedSymptom }) {
  const { t } = useTranslation();
  const say = useSay();
  const lasting = (minutes: number): string => say.quantity({ value: minutes * MINUTE_MS, unit: 'duration' });
  const spans = [
    forMinutes > 0 && t('why.for', { time: lasting(forMinutes) }),
    clearMinutes > 0 && t('why.clears', { time: lasting(clearMinutes) }),
  ].filter(Boolean);
  return (
    <details>
      <summary>{t('why.condition')}</summary>
      <ConditionTree lines={when} />
      {spans.length > 0 && <p className="small">{spans.join(' · ')}</p>}
      {unless.length > 0 && (
        <>
          <p className="label">{t('why.unless')}</p>
          {unless.map((excuse, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: excuses have no names, and their order is the rule's
            <ConditionTree key={index} lines={excuse} />
          ))}
        </>
      )}
      <p className="small">{symptom}</p>
    </details>
  );
}
