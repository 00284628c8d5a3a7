// One problem: whether it was there, why or why not, and what would change it.
import { useTranslation } from 'react-i18next';
import type { ExplainedRule } from '#contracts';
import { useSay, useTimes } from '../../reader.tsx';
import { Pill, type Shape, type Tone } from '../status/mark.tsx';
import { SeverityPill } from '../status/pills.tsx';
import { SymptomList, Would } from './explained-symptom.tsx';

const LOOKS = {
  coming: { tone: 'new', shape: 'clock' },
  quiet: { tone: 'fine', shape: 'fine' },
  unknown: { tone: 'silent', shape: 'new' },
} as const satisfies Record<Exclude<ExplainedRule['state'], 'open'>, { tone: Tone; shape: Shape }>;

export function RuleCard({ rule }: { rule: ExplainedRule }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const { title, state, severity, openedAt, liveThen, wouldClear, closesBy } = rule;
  const open = state === 'open';
  return (
    <section className="card" aria-label={say.phrase(title)}>
      <div className="card-head">
        <h2>{say.phrase(title)}</h2>
        {open && severity ? (
          <SeverityPill severity={severity} />
        ) : (
          state !== 'open' && <Pill {...LOOKS[state]}>{t(`why.state.${state}`)}</Pill>
        )}
      </div>
      <p className="small">
        {[
          openedAt && t('time.since', { when: times.moment(openedAt) }),
          t('alert.rule', { id: rule.rule, version: rule.version }),
          !liveThen && t('why.notLiveThen'),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <Disagreement rule={rule} />
      {open && <Would words={t('why.wouldClear')} what={wouldClear ? say.phrase(wouldClear) : say.phrase(closesBy)} />}
      {open && <CauseLine rule={rule} />}
      <Symptoms rule={rule} />
    </section>
  );
}

/** What was kept at that time counts; a later look at the history may see it otherwise. */
function Disagreement({ rule: { state, finding } }: { rule: ExplainedRule }) {
  const { t } = useTranslation();
  const times = useTimes();
  const open = state === 'open';
  if (open === (finding !== null)) return null;
  return (
    <p className="note">
      {finding ? t('why.wasFound', { when: times.moment(finding.openedAt) }) : t('why.wasNotFound')}
    </p>
  );
}

function CauseLine({ rule: { causes } }: { rule: ExplainedRule }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <Would
      words={t('alert.causes')}
      what={causes.map(({ name, probability }) => `${say.phrase(name)} ${say.percent(probability)}`).join(' · ')}
    />
  );
}

/** What is there or would open the problem stands open; the rest is folded away. */
function Symptoms({ rule: { symptoms } }: { rule: ExplainedRule }) {
  const { t } = useTranslation();
  const isThere = (state: string): boolean => state === 'present' || state === 'pending';
  const there = symptoms.filter(({ state }) => isThere(state));
  const openers = symptoms.filter(({ state, opens }) => !isThere(state) && opens !== null);
  const others = symptoms.filter(({ state, opens }) => !isThere(state) && opens === null);
  const folds = [
    { words: t('why.openers', { count: openers.length }), symptoms: openers },
    { words: t('why.others', { count: others.length }), symptoms: others },
  ];
  return (
    <>
      {there.length > 0 && <SymptomList symptoms={there} />}
      {folds.map(
        (fold) =>
          fold.symptoms.length > 0 && (
            <details key={fold.words} className="fold">
              <summary>{fold.words}</summary>
              <SymptomList symptoms={fold.symptoms} />
            </details>
          ),
      )}
    </>
  );
}
