// Free times of a visit, by day, one button each.
import { useTranslation } from 'react-i18next';
import { usePickSlot } from '../../client/actions.ts';
import { useSlots } from '../../client/queries.ts';
import type { Slot } from '../../client/shapes.ts';
import { useReader, useTimes } from '../../reader.tsx';
import { Empty, Loaded } from '../status/loaded.tsx';
import { ProblemNote } from '../status/problem-note.tsx';
import { useSlotWords } from './slot-words.ts';

type SlotPickerProps = { visit: string; chosen: Slot | null; onDone?: () => void };

export function SlotPicker({ visit, chosen, onDone }: SlotPickerProps) {
  const { t } = useTranslation();
  const { timeZone } = useReader();
  const times = useTimes();
  const words = useSlotWords();
  const slots = useSlots(visit);
  const pick = usePickSlot(visit);
  return (
    <Loaded from={slots} lines={4}>
      {({ items }) => {
        if (items.length === 0) return <Empty>{t('case.noSlots')}</Empty>;
        const days = Map.groupBy(items, (slot) => times.day(slot.start));
        return (
          <div className="slots">
            <p className="small">{t('case.pickLead', { zone: timeZone })}</p>
            {[...days].map(([day, free]) => (
              <fieldset key={day}>
                <legend>{day}</legend>
                <div>
                  {free.map((slot) => (
                    <button
                      key={slot.start}
                      type="button"
                      className="button quiet small"
                      aria-pressed={slot.start === chosen?.start}
                      disabled={pick.isPending}
                      onClick={() => pick.mutate(slot.start, { onSuccess: onDone })}
                    >
                      {words.hours(slot)}
                    </button>
                  ))}
                </div>
              </fieldset>
            ))}
            <ProblemNote error={pick.error} />
          </div>
        );
      }}
    </Loaded>
  );
}
