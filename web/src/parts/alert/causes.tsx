// Ranked causes as bars, each with its explanation.
import { useTranslation } from 'react-i18next';
import type { RankedCause } from '#contracts';
import { useSay } from '../../reader.tsx';
import { useCertificateWords, useSkillWords } from '../codes.ts';

const HOUR_MS = 3_600_000;

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
  const certificateWords = useCertificateWords();
  const visit = remedy.by === 'owner' ? remedy.ifItStays : remedy;
  const parts = visit?.parts.map(say.phrase).join(' · ');
  const certificate =
    visit?.certificate && t('remedy.certificate', { certificate: certificateWords(visit.certificate) });
  const details = [forStaff && visit && skillWords(visit.skill), forStaff && parts, certificate].filter(Boolean);
  const after = remedy.by === 'owner' ? remedy.ifItStays?.afterHours : undefined;
  return (
    <>
      {remedy.by === 'owner' && <p className="small">{t(forStaff ? 'alert.byOwnerStaff' : 'alert.byOwner')}</p>}
      {visit && (
        <p className="small">
          {after !== undefined &&
            `${t('remedy.ifItStays', { time: say.quantity({ value: after * HOUR_MS, unit: 'duration' }) })}: `}
          {t('alert.byTechnician')}
          {details.length > 0 && `: ${details.join(' · ')}`}
        </p>
      )}
    </>
  );
}
