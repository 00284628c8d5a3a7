// Ranked causes as bars, each with its explanation.
import { useTranslation } from 'react-i18next';
import type { RankedCause } from '#contracts';
import { useSay } from '../../reader.tsx';
import { useSkillWords } from '../codes.ts';

export function Causes({ causes, forStaff = false }: { causes: RankedCause[]; forStaff?: boolean }) {
  const say = useSay();
  return (
    <ul className="causes">
      {causes.map((cause) => (
        <li key={cause.cause}>
          <div className="cause-head">
            <strong>{say.phrase(cause.name)}</strong>
            <span className="figure">{say.percent(cause.probability)}</span>
          </div>
          <div className="cause-bar" aria-hidden="true">
            <span style={{ width: `${Math.round(cause.probability * 100)}%` }} />
          </div>
          <p className="soft">{say.phrase(cause.explanation)}</p>
          <RemedyLine cause={cause} forStaff={forStaff} />
        </li>
      ))}
    </ul>
  );
}

function RemedyLine({ cause: { remedy }, forStaff }: { cause: RankedCause; forStaff: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  const skillWords = useSkillWords();
  if (remedy.by === 'owner') return <p className="small">{t(forStaff ? 'alert.byOwnerStaff' : 'alert.byOwner')}</p>;
  const parts = remedy.parts.map(say.phrase).join(' · ');
  const details = forStaff ? [skillWords(remedy.skill), parts].filter(Boolean).join(' · ') : '';
  return (
    <p className="small">
      {t('alert.byTechnician')}
      {details && `: ${details}`}
    </p>
  );
}
