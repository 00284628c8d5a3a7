import { describe, expect, it } from 'vitest';
import { type DecodedMessage, type Id, newId, type SignalReading } from '#contracts';
import { UNMAPPED_SIGNALS_PER_APPLIANCE, unmappedCap } from '../../ingest/unmapped-cap.ts';

const reading = (signal: string, mapped = false): SignalReading => ({ signal, value: 1, mapped });
const messageOf = (appliance: Id, ...groups: SignalReading[][]): DecodedMessage => ({
  appliance,
  model: 'stethos-reference-fridge',
  receivedAt: 0,
  seq: null,
  moments: groups.map((readings, at) => ({ appliance, kind: 'refrigerator', at, position: 0, readings })),
  rejected: [],
});
const many = (count: number, prefix = 'x'): SignalReading[] =>
  Array.from({ length: count }, (_, i) => reading(`${prefix}${i}`));

describe('the cap on unknown signals', () => {
  it('is a hundred names for each appliance', () => {
    const cap = unmappedCap();
    const message = messageOf(newId(), many(UNMAPPED_SIGNALS_PER_APPLIANCE + 3));
    cap(message);
    expect(message.moments[0]!.readings).toHaveLength(100);
    expect(message.rejected.map(({ signal }) => signal)).toEqual(['x100', 'x101', 'x102']);
    expect(message.rejected[0]).toEqual({ signal: 'x100', at: 0, reason: 'more than 100 unknown signals' });
  });

  it('counts names, not readings, over all messages', () => {
    const cap = unmappedCap();
    const appliance = newId();
    cap(messageOf(appliance, many(100)));
    const again = messageOf(appliance, many(100), many(100));
    cap(again);
    expect(again.rejected).toEqual([]);
    const more = messageOf(appliance, [reading('one more')], [reading('x5')]);
    cap(more);
    expect(more.rejected).toHaveLength(1);
    expect(more.moments.map(({ at }) => at)).toEqual([1]);
  });

  it('leaves signals of the catalogue alone', () => {
    const cap = unmappedCap();
    const message = messageOf(newId(), [...many(101), reading('power', true)]);
    cap(message);
    expect(message.moments[0]!.readings.at(-1)).toEqual(reading('power', true));
  });

  it('of one appliance is not another one’s', () => {
    const cap = unmappedCap();
    cap(messageOf(newId(), many(100)));
    const other = messageOf(newId(), many(100, 'y'));
    cap(other);
    expect(other.rejected).toEqual([]);
  });
});
