// What a technician can do, may do, and when.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePerson } from '../../client/queries.ts';
import type { TechnicianFile } from '../../client/shapes.ts';
import { useTechnician } from '../../client/staff.ts';
import { useNow } from '../../clock.ts';
import { useSkillWords } from '../../parts/codes.ts';
import { offers } from '../../parts/offers.ts';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { useTimes, useWeekdays } from '../../reader.tsx';
import { EditTechnician } from './edit-technician.tsx';

export function TechnicianFileView({ id }: { id: string }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const file = useTechnician(id);
  const [editing, setEditing] = useState(false);
  return (
    <Loaded from={file} lines={6}>
      {(data) => (
        <section className="card">
          <div className="card-head">
            <h2>{data.name}</h2>
            {offers(role, 'editTechnician') && !editing && (
              <button type="button" className="button quiet small" onClick={() => setEditing(true)}>
                {t('people.edit')}
              </button>
            )}
          </div>
          {editing ? <EditTechnician file={data} onDone={() => setEditing(false)} /> : <Facts file={data} />}
        </section>
      )}
    </Loaded>
  );
}

function Facts({ file }: { file: TechnicianFile }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow();
  const weekdays = useWeekdays();
  const skillWords = useSkillWords();
  return (
    <>
      <dl className="facts">
        <div>
          <dt>{t('people.region')}</dt>
          <dd>{file.region}</dd>
        </div>
        <div>
          <dt>{t('people.skills')}</dt>
          <dd>{file.skills.map(skillWords).join(' · ')}</dd>
        </div>
      </dl>
      <h3>{t('technician.certificates')}</h3>
      {file.certificates.length === 0 && <Empty>{t('technician.noCertificates')}</Empty>}
      <ul className="rows">
        {file.certificates.map(({ code, until }) => (
          <li key={code}>
            <strong>{code}</strong>
            {Date.parse(until) < now ? (
              <Pill tone="attention">{t('technician.expired')}</Pill>
            ) : (
              <span className="small">{times.date(until)}</span>
            )}
          </li>
        ))}
      </ul>
      <h3>{t('technician.shifts')}</h3>
      {file.shifts.length === 0 && <Empty>{t('technician.noShifts')}</Empty>}
      <ul className="rows">
        {file.shifts.map(({ weekday, from, to }) => (
          <li key={`${weekday} ${from}`}>
            <span>{weekdays[weekday - 1]}</span>
            <span className="small">
              {from} – {to}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
