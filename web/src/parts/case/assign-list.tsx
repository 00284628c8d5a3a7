// Technicians to choose from: those of the region with the skill first, the less busy before the busier.
import { useTranslation } from 'react-i18next';
import type { Technician, Visit } from '#contracts';
import { useAssign } from '../../client/actions.ts';
import { useTechnicians } from '../../client/queries.ts';
import { useSkillWords } from '../codes.ts';
import { Empty, Loaded } from '../status/loaded.tsx';
import { ProblemNote } from '../status/problem-note.tsx';

type AssignListProps = { visit: Visit; region: string | null; onDone: () => void };

export function AssignList({ visit, region, onDone }: AssignListProps) {
  const { t } = useTranslation();
  const technicians = useTechnicians();
  const assign = useAssign(visit.id);
  const suitability = (technician: Technician) =>
    Number(technician.skills.includes(visit.skill)) * 2 + Number(technician.region === region);
  return (
    <Loaded from={technicians}>
      {({ items }) => {
        if (items.length === 0) return <Empty>{t('case.noTechnicians')}</Empty>;
        const sorted = items.toSorted((a, b) => suitability(b) - suitability(a) || a.load - b.load);
        return (
          <ul className="rows">
            {sorted.map((technician) => (
              <li key={technician.id}>
                <TechnicianWords technician={technician} visit={visit} region={region} />
                <button
                  type="button"
                  className="button quiet small"
                  aria-label={`${t('case.assignTo')}: ${technician.name}`}
                  disabled={assign.isPending || technician.id === visit.technician?.id}
                  onClick={() => assign.mutate(technician.id, { onSuccess: onDone })}
                >
                  {t('case.assignTo')}
                </button>
              </li>
            ))}
            <ProblemNote error={assign.error} />
          </ul>
        );
      }}
    </Loaded>
  );
}

type TechnicianWordsProps = { technician: Technician; visit: Visit; region: string | null };

function TechnicianWords({ technician, visit, region }: TechnicianWordsProps) {
  const { t } = useTranslation();
  const skillWords = useSkillWords();
  const fits = [
    technician.skills.includes(visit.skill) && t('case.fits'),
    technician.region === region && t('case.sameRegion'),
  ].filter((word) => word !== false);
  return (
    <div>
      <p>
        <strong>{technician.name}</strong> {fits.length > 0 && <span className="good">✓ {fits.join(' · ')}</span>}
      </p>
      <p className="small">
        {[
          technician.region,
          technician.skills.map(skillWords).join(', '),
          t('case.load', { count: technician.load }),
        ].join(' · ')}
      </p>
    </div>
  );
}
