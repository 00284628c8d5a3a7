// Signals that the catalogue does not know are kept, but a broken appliance must not invent names without end.
import type { DecodedMessage, Id } from '#contracts';

export const UNMAPPED_SIGNALS_PER_APPLIANCE = 100;

/** Moves readings of too many unmapped signals from the message's moments to its rejected ones. */
export function unmappedCap(): (message: DecodedMessage) => void {
  const known = new Map<Id, Set<string>>();
  return (message) => {
    for (const moment of message.moments) {
      if (moment.readings.every((reading) => reading.mapped)) continue;
      const names = known.get(message.appliance) ?? new Set();
      known.set(message.appliance, names);
      moment.readings = moment.readings.filter(({ signal, mapped }) => {
        if (mapped || names.has(signal)) return true;
        if (names.size < UNMAPPED_SIGNALS_PER_APPLIANCE) return names.add(signal);
        message.rejected.push({
          signal,
          at: moment.at,
          reason: `more than ${UNMAPPED_SIGNALS_PER_APPLIANCE} unknown signals`,
        });
        return false;
      });
    }
    message.moments = message.moments.filter((moment) => moment.readings.length > 0);
  };
}
