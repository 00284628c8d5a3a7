// What must not be done, or must be done at once: it stands before everything else.
import { useTranslation } from 'react-i18next';
import type { Phrase, RankedCause } from '#contracts';
import { useSay } from '../../reader.tsx';
import { Mark } from '../status/mark.tsx';

/** A cause that is hardly likely must not frighten anybody. */
const LIKELY = 0.1;

export function SafetyStops({ phrases, forStaff = false }: { phrases: readonly Phrase[]; forStaff?: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  if (phrases.length === 0) return null;
  return (
    <section className="note tone-danger safety" aria-label={t(forStaff ? 'safety.staff' : 'safety.title')}>
      <Mark shape="danger" />
      <div className="stack-tight">
        <strong>{t(forStaff ? 'safety.staff' : 'safety.title')}</strong>
        {phrases.map((phrase) => (
          <p key={phrase.en}>{say.phrase(phrase)}</p>
        ))}
      </div>
    </section>
  );
}

/** Of the leading cause, and of every other that may well be it; each once. */
export function safetyOf(causes: readonly RankedCause[]): Phrase[] {
  const stops = causes.flatMap(({ probability, remedy }, place) =>
    place === 0 || probability >= LIKELY ? (remedy.safety ?? []) : [],
  );
  return [...new Map(stops.map((stop) => [stop.en, stop])).values()];
}
