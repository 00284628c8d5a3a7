// A visit as the owner sees it: who comes, when, and a choice of times.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Visit } from '#contracts';
import { useSay } from '../../reader.tsx';
import { SlotPicker } from './slot-picker.tsx';
import { useSlotWords } from './slot-words.ts';

export function OwnerVisit({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const say = useSay();
  const words = useSlotWords();
  const [changing, setChanging] = useState(false);
  const over = visit.state === 'done' || visit.state === 'cancelled';
  const picking = !over && (changing || visit.slot === null);
  return (
    <section className="card">
      <h2>{t('case.visit')}</h2>
      <p className="headline">{useHeadline(visit)}</p>
      {!over && visit.state !== 'accepted' && <p className="soft">{t('case.lookingLead')}</p>}
      <dl className="facts">
        <div>
          <dt>{t('case.slot')}</dt>
          <dd>{visit.slot ? words.full(visit.slot) : t('case.noSlot')}</dd>
        </div>
        {visit.parts.length > 0 && (
          <div>
            <dt>{t('case.brings')}</dt>
            <dd>{visit.parts.map(say.phrase).join(' · ')}</dd>
          </div>
        )}
      </dl>
      {picking && (
        <>
          <h3>{t('case.pick')}</h3>
          <SlotPicker visit={visit.id} chosen={visit.slot} onDone={() => setChanging(false)} />
        </>
      )}
      {!over && !picking && (
        <button type="button" className="button quiet" onClick={() => setChanging(true)}>
          {t('case.change')}
        </button>
      )}
    </section>
  );
}

function useHeadline({ state, technician }: Visit): string {
  const { t } = useTranslation();
  if (state === 'done') return t('case.done');
  if (state === 'cancelled') return t('case.cancelled');
  return state === 'accepted' && technician ? t('case.coming', { name: technician.name }) : t('case.looking');
}
