// Technicians: the list, and beside it the file of one: region, skills, certificates, shifts.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Technician } from '#contracts';
import { useTechnicians } from '../../client/queries.ts';
import { useSkillWords } from '../../parts/codes.ts';
import { MasterDetail } from '../../parts/shell/master-detail.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { StaffHead } from './staff-tabs.tsx';
import { TechnicianFileView } from './technician-file.tsx';

export function TechniciansPage({ id }: { id?: string | undefined }) {
  const { t } = useTranslation();
  const technicians = useTechnicians();
  const shown = id ?? technicians.data?.items[0]?.id;
  const list = (
    <Loaded from={technicians} lines={6}>
      {({ items }) =>
        items.length === 0 ? (
          <section className="card">
            <Empty>{t('people.noTechnicians')}</Empty>
          </section>
        ) : (
          <ul className="card rows list">
            {items.map((technician) => (
              <TechnicianRow key={technician.id} technician={technician} shown={technician.id === shown} />
            ))}
          </ul>
        )
      }
    </Loaded>
  );
  return (
    <>
      <StaffHead title={t('people.title')} />
      <MasterDetail
        chosen={id !== undefined}
        back={{ to: '/people/technicians', words: t('people.technicians') }}
        list={list}
      >
        {shown && <TechnicianFileView key={shown} id={shown} />}
      </MasterDetail>
    </>
  );
}

function TechnicianRow({ technician, shown }: { technician: Technician; shown: boolean }) {
  const { t } = useTranslation();
  const skillWords = useSkillWords();
  return (
    <li className={shown ? 'shown' : undefined}>
      <Link
        className="row-link"
        href={`/people/technicians/${technician.id}`}
        aria-current={shown ? 'true' : undefined}
      >
        <span>
          <strong>{technician.name}</strong>
          <span className="small block">{technician.skills.map(skillWords).join(' · ')}</span>
        </span>
        <span className="small">
          {technician.region} · {t('technician.load', { count: technician.load })}
        </span>
      </Link>
    </li>
  );
}
