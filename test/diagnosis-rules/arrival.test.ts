// In which order an appliance's messages are judged, what is missing among them, and when it began anew.
import { describe, expect, it } from 'vitest';
import type { DecodedMessage } from '#contracts';
import { HOUR, MINUTE, SECOND } from '#runtime';
import { arrive, isOvertaken, newArrival, noteLag, noteTime, overdue } from '../../diagnosis-rules/arrival.ts';
import { FRIDGE, NOON } from './life.ts';
import { moment } from './moments.ts';

const message = (seq: number | null, at: number, receivedAt = at): DecodedMessage => ({
  appliance: FRIDGE,
  model: 'm',
  receivedAt,
  seq,
  moments: [moment(at, { cabinet_temperature: 4 })],
  rejected: [],
});

/** An appliance whose messages up to `seq` came one a minute, the last one at noon. */
function heardUpTo(seq: number) {
  const arrival = newArrival();
  for (let each = seq - 5; each <= seq; each++) {
    const at = NOON - (seq - each) * MINUTE;
    arrive(arrival, message(each, at));
    noteLag(arrival, at);
  }
  return arrival;
}

describe('an appliance that boots', () => {
  it.each([
    ['its first message tells', 0, []],
    ['its first messages are lost, one that comes later tells', 4, [4]],
  ])('%s', (_, seq, afterLoss) => {
    const arrival = heardUpTo(40_000);
    const newest = message(seq, NOON + HOUR);
    expect(arrive(arrival, newest)).toEqual([newest]);
    expect(arrival).toMatchObject({ restarted: true, nextSeq: seq + 1, afterLoss });
    // What is lost from now on is noticed again.
    expect(arrive(arrival, message(seq + 3, NOON + HOUR + MINUTE))).toEqual([]);
    expect(overdue(arrival, NOON + HOUR + 3 * MINUTE)).toHaveLength(1);
    expect(arrival.afterLoss).toContain(seq + 3);
  });

  it.each([
    ['is not told by its first message that comes once more', 0, NOON - 8 * HOUR],
    ['is not told by a message that was overtaken', 39_990, NOON + MINUTE],
  ])('%s', (_, seq, at) => {
    const arrival = heardUpTo(40_000);
    arrive(arrival, message(seq, at, NOON + MINUTE));
    expect(arrival).toMatchObject({ restarted: false, nextSeq: 40_001, afterLoss: [] });
  });
});

it('a message that later ones overtook says nothing of how current the appliance is', () => {
  const arrival = heardUpTo(100);
  const isLate = (seq: number | null): boolean => isOvertaken(arrival, message(seq, NOON));
  expect([isLate(70), isLate(100), isLate(103), isLate(null)]).toEqual([true, false, false, false]);
});

describe('an appliance that empties its buffer', () => {
  /** Two hours were kept; a message a minute after noon is heard first. */
  function behind() {
    const arrival = heardUpTo(100);
    arrive(arrival, message(101, NOON + MINUTE, NOON + 2 * HOUR));
    noteLag(arrival, NOON + MINUTE);
    expect(arrival.current).toBe(false);
    return arrival;
  }

  it('is not taken for one whose clock is slow because something came of which nothing is known', () => {
    const arrival = behind();
    arrive(arrival, message(null, NOON + 2 * HOUR + MINUTE));
    noteTime(arrival, NOON + 2 * HOUR + 2 * MINUTE);
    expect(arrival.current).toBe(false);
  });

  it('is one whose clock is slow when readings come and it gets no nearer', () => {
    const arrival = behind();
    arrive(arrival, message(102, NOON + 2 * MINUTE, NOON + 2 * HOUR + MINUTE));
    noteLag(arrival, NOON + 2 * MINUTE);
    noteTime(arrival, NOON + 2 * HOUR + 2 * MINUTE);
    expect(arrival.current).toBe(true);
  });

  it('and falls silent in the middle of it has nothing more to be heard out: its silence is told', () => {
    const arrival = behind();
    noteTime(arrival, NOON + 2 * HOUR + 59 * MINUTE);
    expect(arrival.current).toBe(false);
    noteTime(arrival, NOON + 3 * HOUR);
    expect(arrival.current).toBe(true);
  });
});

it('each message before which some are missing is known, also where several are waited for at once', () => {
  const arrival = heardUpTo(100);
  for (const seq of [103, 104, 107]) arrive(arrival, message(seq, NOON + seq * SECOND));
  expect(overdue(arrival, NOON + 10 * MINUTE)).toHaveLength(3);
  expect(arrival.afterLoss).toEqual([103, 107]);
});
