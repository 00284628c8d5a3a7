// A visit as the dispatcher sees it: who, when, which part, which clock; and who else could go.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServiceCase, Visit } from '#contracts';
import { usePerson } from '../../client/queries.ts';
import { useSay, useTimes } from '../../reader.tsx';
import { useSkillWords } from '../codes.ts';
import { offers } from '../offers.ts';
import { VisitStatePill } from '../status/pills.tsx';
import { AssignList } from './assign-list.tsx';
import { VisitClock } from './clock.tsx';
import { SlotPicker } from './slot-picker.tsx';
import { useSlotWords } from './slot-words.ts';

export function StaffVisit({ visit, of }: { visit: Visit; of: ServiceCase }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'assign' | 'slot' | null>(null);
  const over = visit.state === 'done' || visit.state === 'cancelled';
  const { role } = usePerson();
  const assigns = !over && offers(role, 'assign');
  const picks = !over && offers(role, 'pickSlot');
  const assigning = assigns && (open === 'assign' || visit.state === 'unassigned');
  const toggle = (what: 'assign' | 'slot') => setOpen(open === what ? null : what);
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('case.visit')}</h2>
        <VisitStatePill state={visit.state} />
      </div>
      <VisitFacts visit={visit} />
      {(assigns || picks) && (
        <div className="actions">
          {assigns && visit.state !== 'unassigned' && (
            <button
              type="button"
              className="button quiet small"
              aria-expanded={assigning}
              onClick={() => toggle('assign')}
            >
              {t('case.reassign')}
            </button>
          )}
          {picks && (
            <button
              type="button"
              className="button quiet small"
              aria-expanded={open === 'slot'}
              onClick={() => toggle('slot')}
            >
              {t(visit.slot ? 'case.change' : 'case.pickStaff')}
            </button>
          )}
        </div>
      )}
      {assigning && (
        <>
          <h3>{t('case.assign')}</h3>
          <AssignList visit={visit} region={of.household?.region ?? null} onDone={() => setOpen(null)} />
        </>
      )}
      {picks && open === 'slot' && <SlotPicker visit={visit.id} chosen={visit.slot} onDone={() => setOpen(null)} />}
    </section>
  );
}

function VisitFacts({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const words = useSlotWords();
  const skillWords = useSkillWords();
  return (
    <dl className="facts">
      <div>
        <dt>{t('case.technician')}</dt>
        <dd>{visit.technician?.name ?? t('visitState.unassigned')}</dd>
      </div>
      {visit.responseDueAt && (
        <div>
          <dt>{t('case.answerDue')}</dt>
          <dd>
            <VisitClock visit={visit} />
          </dd>
        </div>
      )}
      <div>
        <dt>{t('case.slot')}</dt>
        <dd>{visit.slot ? words.full(visit.slot) : t('case.noSlot')}</dd>
      </div>
      <div>
        <dt>{t('case.skill')}</dt>
        <dd>{skillWords(visit.skill)}</dd>
      </div>
      {visit.parts.length > 0 && (
        <div>
          <dt>{t('case.parts')}</dt>
          <dd>{visit.parts.map(say.phrase).join(' · ')}</dd>
        </div>
      )}
      {(visit.reminders > 0 || visit.escalatedAt) && (
        <div>
          <dt>{t('alert.messages')}</dt>
          <dd>
            {visit.reminders > 0 && t('case.reminders', { count: visit.reminders })}
            {visit.reminders > 0 && visit.escalatedAt && ' · '}
            {visit.escalatedAt && t('case.escalated', { when: times.relative(visit.escalatedAt) })}
          </dd>
        </div>
      )}
    </dl>
  );
}
