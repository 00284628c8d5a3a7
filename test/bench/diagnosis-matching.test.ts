import { describe, expect, it } from 'vitest';
import { episodesOf } from '../../bench/diagnosis/episodes.ts';
import { heardPart } from '../../bench/diagnosis/judging.ts';
import { dueOf, scoreLife } from '../../bench/diagnosis/matching.ts';
import { alarm, DAY, fault, HOUR, life, told } from './diagnosis-lives.ts';

describe('episodes', () => {
  it('are alarms with one cause that are less than a day apart', () => {
    const episodes = episodesOf([...alarm('a', 0, 2, 'door-left-open'), ...alarm('b', 25, 26, 'door-left-open')]);
    expect(episodes).toHaveLength(1);
    expect(episodes[0]).toMatchObject({ start: 0, end: 26 * HOUR, alarms: 2 });
  });

  it('a day later it is another one', () => {
    expect(episodesOf([...alarm('a', 0, 2, 'door-left-open'), ...alarm('b', 26, 27, 'door-left-open')])).toHaveLength(
      2,
    );
  });

  it('with another cause it is another one', () => {
    expect(episodesOf([...alarm('a', 0, 2, 'door-left-open'), ...alarm('b', 3, 4, 'evaporator-fan')])).toHaveLength(2);
  });

  it('take their cause from what stood there a day after the first word', () => {
    const words = [
      told(0, 'opened', 'a', 'unknown'),
      told(5, 'changed', 'a', 'evaporator-fan'),
      told(30, 'changed', 'a', 'door-left-open'),
    ];
    expect(episodesOf(words)[0]!.cause).toBe('evaporator-fan');
  });

  it('what ended before it was told is none', () => {
    expect(episodesOf([told(1, 'closed', 'a', 'power-cut')])).toEqual([]);
  });
});

describe('an alarm finds a fault', () => {
  it('when it begins between onset and the time that the fault allows', () => {
    const judged = life({ faults: [fault('F7', 100)], told: alarm('a', 102, null, 'compressor-start') });
    const { matches, episodes } = scoreLife(judged);
    expect(matches[0]).toMatchObject({ foundAt: 102 * HOUR, censored: false });
    expect(episodes[0]!.verdict).toBe('hit');
  });

  it('and not when it comes later: then it is late, and no false alarm', () => {
    const { matches, episodes } = scoreLife(
      life({ faults: [fault('F7', 100)], told: alarm('a', 104, null, 'compressor-start') }),
    );
    expect(matches[0]!.foundAt).toBeNull();
    expect(episodes[0]!.verdict).toBe('late');
  });

  it('and not when it began before the onset and names another cause', () => {
    const { matches, episodes } = scoreLife(
      life({ faults: [fault('F7', 100)], told: alarm('a', 90, null, 'evaporator-fan') }),
    );
    expect(matches[0]!.foundAt).toBeNull();
    expect(episodes[0]!.verdict).toBe('false');
  });

  it('when it was open for another fault and came to name this one', () => {
    const { matches } = scoreLife(
      life({
        faults: [fault('F5', 50), fault('F7', 100)],
        told: [told(60, 'opened', 'a', 'evaporator-fan'), told(101, 'changed', 'a', 'compressor-start')],
      }),
    );
    expect(matches.map(({ foundAt }) => foundAt)).toEqual([60 * HOUR, 101 * HOUR]);
  });

  it('and not when it is about something else', () => {
    const silent = alarm('a', 101, null, 'home-network', { problem: 'appliance-silent' });
    const { matches, episodes } = scoreLife(life({ faults: [fault('F7', 100)], told: silent }));
    expect(matches[0]!.foundAt).toBeNull();
    expect(episodes[0]!.verdict).toBe('false');
  });

  it('of a power cut within the hour after it', () => {
    const cut = fault('F9', 100, { end: 110 * HOUR });
    expect(dueOf(cut)).toEqual({ from: 100 * HOUR, until: 111 * HOUR });
  });

  it('that grows, until a week after it has its full strength', () => {
    expect(dueOf(fault('F3', 0, { growMs: 20 * DAY })).until).toBe(27 * DAY);
  });

  it('a life that ends before the alarm is due says nothing', () => {
    const short = life({ faults: [fault('F3', 0, { growMs: 200 * DAY })] });
    expect(scoreLife(short).matches[0]!.censored).toBe(true);
  });

  it('what is said is taken a day later, or when the fault is over', () => {
    const words = [
      told(101, 'opened', 'a', 'unknown'),
      told(110, 'changed', 'a', 'compressor-start'),
      told(140, 'changed', 'a', 'evaporator-fan'),
    ];
    const [match] = scoreLife(life({ faults: [fault('F7', 100)], told: words })).matches;
    expect(match!.first!.causes[0]!.cause).toBe('unknown');
    expect(match!.settled!.causes[0]!.cause).toBe('compressor-start');
    const [over] = scoreLife(life({ faults: [fault('F7', 100, { end: 105 * HOUR })], told: words })).matches;
    expect(over!.settled!.causes[0]!.cause).toBe('unknown');
  });
});

describe('an alarm that finds no fault', () => {
  it('is false', () => {
    expect(scoreLife(life({ told: alarm('a', 5, 6, 'door-left-open') })).episodes[0]!.verdict).toBe('false');
  });

  it('is warranted while food is really too warm', () => {
    const judged = life({ told: alarm('a', 5, 6, 'unknown'), dangers: [{ from: 4.5 * HOUR, until: 7 * HOUR }] });
    expect(scoreLife(judged).episodes[0]!.verdict).toBe('warranted');
  });

  it('belongs to a fault that was over less than a day ago', () => {
    const judged = life({
      faults: [fault('F1', 10, { end: 11 * HOUR })],
      told: [...alarm('a', 10.1, 11, 'door-left-open'), ...alarm('b', 20, 21, 'unknown')],
    });
    expect(scoreLife(judged).episodes.map(({ verdict }) => verdict)).toEqual(['hit', 'repeat']);
  });
});

describe('danger to food', () => {
  it('counts from when the appliance is heard again', () => {
    expect(heardPart({ from: 2 * HOUR, until: 9 * HOUR }, [{ from: HOUR, until: 4 * HOUR }])).toEqual({
      from: 4 * HOUR,
      until: 9 * HOUR,
    });
  });

  it('of which nothing could be heard counts not', () => {
    expect(heardPart({ from: 2 * HOUR, until: 3 * HOUR }, [{ from: HOUR, until: 4 * HOUR }])).toBeNull();
  });
});
