// A visit's time in words.
import type { Slot } from '../../client/shapes.ts';
import { useTimes } from '../../reader.tsx';

export function useSlotWords() {
  const times = useTimes();
  // Word joiners keep the two times on one line.
  const hours = ({ start, end }: Slot) => `${times.hour(start)}\u2060–\u2060${times.hour(end)}`;
  return { hours, full: (slot: Slot) => `${times.day(slot.start)}, ${hours(slot)}` };
}
