// What diagnosis says about days in a fridge's life: faults are recognised and told apart, ordinary life is left in peace.

import { describe, expect, it } from 'vitest';
import type { FindingChange } from '#contracts';
import { drawHabits, drawParameters, type Episode, randomOf } from '#device-sim';
import { DAY, HOUR, MINUTE } from '#runtime';
import { answer, judge, lifeOf, NOON, newEvaluator, telemetry, told, withTicks } from './life.ts';

const SEEDS = [1, 2, 3];
const door = (fromHours: number, toHours: number): Episode => ({
  what: 'door-left-open',
  fromMs: fromHours * HOUR,
  untilMs: toHours * HOUR,
});

const leading = ({ finding }: FindingChange): string => finding.causes[0]!.cause;

describe('a door left open', () => {
  it.each(SEEDS)(
    'is said within ten minutes, becomes critical when food is in danger, and closes by recovery (seed %i)',
    (seed) => {
      const changes = judge(lifeOf({ seed, until: NOON + 10 * HOUR, episodes: [door(2, 2.75)] }));
      const [opened] = changes;
      expect(opened!.change).toBe('opened');
      expect(opened!.finding.title.en).toBe('Fridge door is open');
      expect(opened!.finding.openedAt - (NOON + 2 * HOUR)).toBeLessThanOrEqual(10 * MINUTE);
      expect(new Set(changes.map(({ finding }) => finding.id)).size).toBe(1);
      expect(changes.map(leading)).toEqual(changes.map(() => 'door-left-open'));
      expect(changes.some(({ finding }) => finding.severity === 'critical')).toBe(true);
      expect(changes.at(-1)!.change).toBe('closed');
    },
  );

  it('is improving once the door is shut', () => {
    const changes = judge(lifeOf({ seed: 1, until: NOON + 5 * HOUR, episodes: [door(2, 2.75)] }));
    const shut = changes.filter(({ finding }) => finding.changedAt > NOON + 2.75 * HOUR && finding.state === 'open');
    expect(changes[0]!.finding.improving).toBe(false);
    expect(shut.length).toBeGreaterThan(0);
    expect(shut.every(({ finding }) => finding.improving)).toBe(true);
  });

  it('needs no question, because the sensor knows', () => {
    const changes = judge(lifeOf({ seed: 1, until: NOON + 3 * HOUR, episodes: [door(2, 3)] }));
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.every(({ finding }) => finding.question === null)).toBe(true);
  });
});

describe('failing cooling', () => {
  const failing: Episode = { what: 'cooling-failing', fromMs: 2 * HOUR };

  it.each(SEEDS)('is told from an open door and needs a technician (seed %i)', (seed) => {
    const changes = judge(lifeOf({ seed, from: NOON - 5 * DAY, until: NOON + 10 * HOUR, episodes: [failing] }));
    const { finding } = changes.at(-1)!;
    // From outside a lost charge and a worn compressor look alike.
    expect(finding.causes.slice(0, 2).map(({ cause }) => cause)).toContain('refrigerant-leak');
    expect(['refrigerant-leak', 'compressor-worn']).toContain(finding.causes[0]!.cause);
    expect(finding.causes[0]!.remedy.by).toBe('technician');
    expect(finding.severity).toBe('critical');
    expect(changes.every(({ change }) => change !== 'closed')).toBe(true);
  });

  it('is told from a compressor that tries to start and cannot', () => {
    const cannot: Episode = { what: 'compressor-start', fromMs: 2 * HOUR };
    const { finding } = judge(lifeOf({ seed: 1, until: NOON + 6 * HOUR, episodes: [cannot] })).at(-1)!;
    expect(finding.causes[0]).toMatchObject({ cause: 'compressor-start', remedy: { by: 'technician' } });
  });

  it.each(SEEDS)('is not taken for improving while it gets warmer (seed %i)', (seed) => {
    for (const doorSensor of [true, false]) {
      const changes = judge(lifeOf({ seed, doorSensor, until: NOON + 8 * HOUR, episodes: [failing] }));
      expect(changes.map(({ finding }) => finding.improving)).toEqual(changes.map(() => false));
    }
  });

  it('asks about the door when no sensor knows, and the answer changes the ranking', () => {
    const open: Episode = { what: 'door-left-open', fromMs: 5 * HOUR, untilMs: 9 * HOUR };
    const life = lifeOf({ seed: 1, doorSensor: false, until: NOON + 8 * HOUR, episodes: [open] });
    const evaluator = newEvaluator();
    const changes = judge(life, evaluator);
    expect(changes.map(({ finding }) => finding.question?.question)).toContain('door-closed');
    const probability = (of: ReturnType<typeof judge>, cause: string): number =>
      of.at(-1)!.finding.causes.find((ranked) => ranked.cause === cause)?.probability ?? 0;
    const closed = judge([answer(NOON + 8 * HOUR, 'it-is-closed')], evaluator);
    expect(closed[0]!.change).toBe('changed');
    expect(closed[0]!.finding.question?.question).not.toBe('door-closed');
    expect(probability(closed, 'door-left-open')).toBeLessThan(probability(changes, 'door-left-open'));
    const opposite = judge([answer(NOON + 8 * HOUR + 1000, 'it-was-open')], evaluator);
    expect(probability(opposite, 'door-left-open')).toBeGreaterThan(probability(closed, 'door-left-open'));
  });
});

describe('ordinary life raises nothing', () => {
  const QUIET: Episode[] = [
    { what: 'party', fromMs: 5 * HOUR },
    { what: 'hot-groceries', fromMs: 5 * HOUR },
    { what: 'heat-wave', fromMs: 5 * HOUR },
    { what: 'router-outage', fromMs: 5 * HOUR, untilMs: 12 * HOUR },
    { what: 'set-point-change', fromMs: 5 * HOUR },
    { what: 'holiday', fromMs: 5 * HOUR },
  ];
  for (const episode of QUIET) {
    it.each(SEEDS)(`${episode.what} (seed %i)`, (seed) => {
      expect(told(judge(lifeOf({ seed, until: NOON + 2 * DAY, episodes: [episode] })))).toEqual([]);
    });
  }

  it('a month in each of five homes with machines of their own', () => {
    for (let seed = 200; seed < 205; seed++) {
      const life = lifeOf({
        seed,
        until: NOON + 30 * DAY,
        parameters: drawParameters(randomOf(seed, 'machine')),
        habits: drawHabits(seed),
      });
      expect(told(judge(life)), `seed ${seed}`).toEqual([]);
    }
  });
});

describe('late data', () => {
  it('an episode that was over before it was received is history: it never opens', () => {
    const outage: Episode = { what: 'router-outage', fromMs: 5 * HOUR, untilMs: 12 * HOUR };
    const changes = judge(lifeOf({ seed: 1, until: NOON + DAY, episodes: [outage, door(6, 7)] }));
    expect(told(changes)).toEqual(['closed critical door-left-open']);
    const { finding } = changes[0]!;
    expect(finding.openedAt).toBeGreaterThan(NOON + 6 * HOUR);
    expect(finding.closedAt!).toBeLessThan(NOON + 12 * HOUR);
  });

  it('an episode that goes on when the buffer has been heard is told then, with its true beginning', () => {
    const outage: Episode = { what: 'router-outage', fromMs: 5 * HOUR, untilMs: 8 * HOUR };
    const changes = judge(lifeOf({ seed: 1, until: NOON + 9 * HOUR, episodes: [outage, door(6, 12)] }));
    expect(changes[0]!.change).toBe('opened');
    expect(changes[0]!.finding.openedAt).toBeLessThan(NOON + 6.2 * HOUR);
  });
});

describe('an appliance that goes silent', () => {
  const silent: Episode = { what: 'appliance-silent', fromMs: 5 * HOUR };

  const inShort = (changes: readonly FindingChange[]): string[] =>
    changes.map(({ change, finding }) => `${change} ${finding.severity} ${finding.problem}`);

  it('is said after a day, not as a fault, and no fault is raised meanwhile', () => {
    const changes = judge(lifeOf({ seed: 1, until: NOON + 2 * DAY, episodes: [silent] }));
    expect(inShort(changes)).toEqual(['opened notice appliance-silent']);
    // Its last message came up to a cadence before it fell silent.
    expect(changes[0]!.finding.openedAt).toBeGreaterThanOrEqual(NOON + 29 * HOUR - 2 * MINUTE);
  });

  it('is said too where it fell silent while it handed over what it had kept', () => {
    const life = lifeOf({ seed: 1, until: NOON + 2 * DAY, episodes: [silent] });
    const last = life.findLast(({ kind }) => kind === 'message')!;
    const late = { ...last, at: last.at + 30 * MINUTE };
    const records = [...life.filter((record) => record !== last), late].sort((a, b) => a.at - b.at);
    expect(inShort(judge(records))).toEqual(['opened notice appliance-silent']);
  });

  it('closes with its first message', () => {
    const back: Episode = { ...silent, untilMs: 40 * HOUR };
    const changes = judge(lifeOf({ seed: 1, until: NOON + 3 * DAY, episodes: [back] }));
    expect(inShort(changes)).toEqual(['opened notice appliance-silent', 'closed notice appliance-silent']);
    expect(changes[1]!.finding.closedAt!).toBeGreaterThanOrEqual(changes[0]!.finding.openedAt);
  });

  it('is not said when it was the platform that was down', () => {
    const life = lifeOf({ seed: 1, until: NOON + 4 * DAY, episodes: [silent] });
    // The platform was down for two days: no ticks then, and a start after.
    const down = life.filter((record) => record.at < NOON + 6 * HOUR || record.at > NOON + 54 * HOUR);
    const changes = judge(down.filter((record) => record.at < NOON + 70 * HOUR));
    expect(told(changes)).toEqual([]);
  });
});

describe('an appliance that is heard for the first time', () => {
  /** Its first hours, one reading a minute, as they happen. */
  const firstHours = (hours: number, airAt: (hour: number) => number): FindingChange[] => {
    const records = [];
    for (let at = NOON; at < NOON + hours * HOUR; at += MINUTE) {
      const values = { cabinet_temperature: airAt((at - NOON) / HOUR), door_open: false, compressor_on: true };
      records.push(telemetry(at, { seq: records.length, readings: [{ at, values }] }));
    }
    return judge(withTicks(records, NOON, NOON + hours * HOUR));
  };

  it('warm and not getting colder, is told within two hours', () => {
    const [first] = firstHours(2, () => 12);
    expect(first).toMatchObject({
      change: 'opened',
      finding: { severity: 'critical', title: { en: 'Fridge too warm' } },
    });
  });

  it('warm and getting colder, was just plugged in', () => {
    expect(told(firstHours(8, (hour) => 4 + 20 * Math.exp(-hour / 1.5)))).toEqual([]);
  });
});
