import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '#diagnosis-rules';
import { interval, quantile, ruleOfThree } from '../../bench/diagnosis/bootstrap.ts';
import { YEAR } from '../../bench/diagnosis/false-alarms.ts';
import { catalogueWithout } from '../../bench/diagnosis/leave-out.ts';
import { measure } from '../../bench/diagnosis/measures.ts';
import { readOptions, SEALED_FROM } from '../../bench/diagnosis/options.ts';
import { withFigures } from '../../bench/diagnosis/page.ts';
import { planOf } from '../../bench/diagnosis/plan.ts';
import { placeOf } from '../../bench/diagnosis/told-causes.ts';
import { alarm, DAY, fault, HOUR, life, told } from './diagnosis-lives.ts';

describe('figures', () => {
  it('false alarms are counted per year of healthy life, with three over the years beside', () => {
    const years = [0, 1, 2, 3].map(() => life({ observed: { from: 0, until: YEAR } }));
    const { falsePerYear } = measure([
      ...years,
      life({ observed: { from: 0, until: YEAR }, told: alarm('a', 5, 6, 'unknown') }),
    ]);
    expect(falsePerYear.value).toBeCloseTo(1 / 5);
    expect(falsePerYear.bound).toBeCloseTo(3 / 5);
    expect(falsePerYear.low).toBe(0);
  });

  it('a false alarm while ice blocked the evaporator, or soon after, is false, and is told apart', () => {
    const iced = [{ from: 4 * DAY, until: 5 * DAY }];
    const alarmed = (day: number) => life({ iced, told: alarm('a', day * 24, day * 24 + 1, 'evaporator-frosted') });
    const { falsePerYear, falseOfIce } = measure([3, 4.5, 7, 9].map(alarmed));
    expect(falsePerYear.episodes).toBe(4);
    expect(falseOfIce).toBe(2);
  });

  it('recall, delay and place of the cause are told per fault', () => {
    const found = life({
      faults: [fault('F7', 100)],
      told: alarm('a', 102, null, 'compressor-start', { parts: 'Start relay' }),
    });
    const missed = life({ faults: [fault('F7', 100)] });
    const [row] = measure([found, missed]).faults;
    expect(row).toMatchObject({ code: 'F7', events: 2, detected: 1, recall: 0.5, rightPart: { right: 1, of: 1 } });
    expect(row!.suddenDelayMs.median).toBe(2 * HOUR);
    expect(row!.causes).toEqual({ detected: 1, first: 1, firstTwo: 1 });
  });

  it('a fault that grows counts from a fifth of its strength, and before food is in danger', () => {
    const leak = fault('F3', 0, { growMs: 10 * DAY });
    const inTime = life({
      faults: [leak],
      told: alarm('a', 72, null, 'refrigerant-leak'),
      dangers: [{ from: 4 * DAY, until: 9 * DAY }],
    });
    const after = life({
      faults: [leak],
      told: alarm('b', 120, null, 'refrigerant-leak'),
      dangers: [{ from: 4 * DAY, until: 9 * DAY }],
    });
    const quality = measure([inTime, after]);
    expect(quality.beforeDanger.value).toBe(0.5);
    expect(quality.faults[0]!.driftDelayMs.median).toBe(1 * DAY);
  });

  it('danger to food must be told within 45 minutes', () => {
    const danger = { from: 100 * HOUR, until: 110 * HOUR };
    const early = life({ dangers: [danger], told: alarm('a', 100.7, null, 'unknown') });
    const late = life({ dangers: [danger], told: alarm('a', 100.8, null, 'unknown') });
    const overBefore = life({ dangers: [danger], told: alarm('a', 98, 99, 'unknown') });
    expect(measure([early]).danger.value).toBe(1);
    expect(measure([late]).danger.value).toBe(0);
    expect(measure([overBefore]).danger.value).toBe(0);
  });

  it('danger by what the thermometer shows is told apart: one that hangs too cold shows none', () => {
    const danger = { from: 100 * HOUR, until: 110 * HOUR };
    const hangsCold = life({ dangers: [danger] });
    const alerted = life({ dangers: [danger], shownDangers: [danger], told: alarm('a', 100.7, null, 'unknown') });
    const quality = measure([hangsCold, alerted]);
    expect(quality.danger.value).toBe(0.5);
    expect(quality.dangerShown).toMatchObject({ value: 1, events: 1 });
  });

  it('a technician for an owner’s fault is a needless visit, an owner for a technician’s a missed one', () => {
    const needless = life({
      faults: [fault('F1', 10)],
      told: alarm('a', 10.1, null, 'door-left-open', { by: 'technician' }),
    });
    const missed = life({ faults: [fault('F7', 10)], told: alarm('a', 11, null, 'door-left-open', { by: 'owner' }) });
    const quality = measure([needless, missed]);
    expect(quality.avoidableShare).toBe(1);
    expect(quality.dispatches.avoidable).toBeGreaterThan(0);
    expect(quality.dispatches.missed).toBeGreaterThan(0);
  });

  it('with its cause taken out a fault must be told as unknown', () => {
    const rest = { faults: [fault('F5', 10)], told: alarm('a', 12, null, 'evaporator-fan') };
    const honest = life({ ...rest, withoutCause: alarm('a', 12, null, 'unknown') });
    const guessed = life({ ...rest, withoutCause: alarm('a', 12, null, 'evaporator-frosted') });
    expect(measure([honest, guessed]).unknownWithoutCause).toBe(0.5);
  });

  it('only lives with all signals are asked for causes', () => {
    const poor = life({ faults: [fault('F5', 10)], strata: { signals: 'power-only' } });
    const quality = measure([poor]);
    expect(quality.faults).toEqual([]);
    expect(quality.strata).toHaveLength(1);
    expect(quality.strata[0]).toMatchObject({ name: 'signals', value: 'power-only', events: 1, recall: 0 });
  });
});

describe('the place of a cause', () => {
  it('leak and worn compressor may share the first', () => {
    expect(placeOf(told(0, 'opened', 'a', 'compressor-worn', { second: 'refrigerant-leak' }), 'F3')).toBe(1);
    expect(placeOf(told(0, 'opened', 'a', 'evaporator-fan', { second: 'refrigerant-leak' }), 'F3')).toBe(2);
    expect(placeOf(told(0, 'opened', 'a', 'compressor-worn', { second: 'unknown' }), 'F3')).toBe(0);
  });
});

describe('intervals', () => {
  const mean = (items: readonly number[]) => items.reduce((sum, n) => sum + n, 0) / items.length;

  it('hold the figure, and are the same each time', () => {
    const items = Array.from({ length: 100 }, (_, n) => n % 2);
    const found = interval(items, mean);
    expect(found.value).toBe(0.5);
    expect(found.low).toBeLessThan(0.5);
    expect(found.high).toBeGreaterThan(0.5);
    // The binomial interval of 50 in 100 is 0.40 to 0.60.
    expect(found.low).toBeGreaterThan(0.35);
    expect(found.high).toBeLessThan(0.65);
    expect(interval(items, mean)).toEqual(found);
  });

  it('of items that are all alike have no width', () => {
    expect(interval([1, 1, 1], mean)).toEqual({ value: 1, low: 1, high: 1 });
  });

  it('a quantile is the nearest rank', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
    expect(quantile([4, 1, 3, 2], 0.9)).toBe(4);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('nothing in 300 years is less than one in a hundred', () => {
    expect(ruleOfThree(300)).toBe(0.01);
  });
});

describe('a run', () => {
  it('never uses a seed that is sealed, nor one seed for two lives', () => {
    const seeds = planOf(readOptions(['--full', '--seed', '5'])!).map(({ seed, asked }) => `${asked} ${seed}`);
    const sealed = planOf(readOptions(['--full', '--sealed'])!);
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seeds.some((name) => Number(name.split(' ')[1]) >= SEALED_FROM)).toBe(false);
    expect(sealed.every(({ seed }) => seed >= SEALED_FROM)).toBe(true);
    expect(() => readOptions(['--seed', String(SEALED_FROM)])).toThrow('--seed');
  });

  it('with --full has 300 healthy years and equal counts of every fault', () => {
    const plan = planOf(readOptions(['--full'])!);
    const healthy = plan.filter(({ asked }) => asked === null);
    expect(healthy.reduce((sum, { days }) => sum + days, 0)).toBeGreaterThanOrEqual(300 * 365.25);
    const counts = Map.groupBy(plan, ({ asked }) => asked);
    expect(new Set([...counts].filter(([asked]) => asked !== null).map(([, lives]) => lives.length)).size).toBe(1);
  });

  it('says which faults there are when it is asked for another', () => {
    expect(() => readOptions(['--faults', 'F99'])).toThrow('F1, F2');
  });
});

describe('a cause taken out', () => {
  it('is in no list and in no answer any more', () => {
    const fewer = catalogueWithout(loadCatalogue(), ['door-left-open'])!;
    expect(JSON.stringify(fewer.map(({ causes, questions }) => [Object.keys(causes), questions]))).not.toContain(
      '"door-left-open"',
    );
  });

  it('that no rule names changes nothing, and says so', () => {
    expect(catalogueWithout(loadCatalogue(), ['nothing-like-it'])).toBeNull();
  });
});

describe('the page', () => {
  it('keeps its words and takes the new tables', () => {
    const page = 'before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n';
    expect(withFigures(page, 'new')).toBe('before\n<!-- figures -->\n\nnew\n\n<!-- end of figures -->\nafter\n');
  });

  it('has the marks for them', () => {
    const page = fs.readFileSync(new URL('../../docs/diagnosis-quality.md', import.meta.url), 'utf8');
    expect(withFigures(page, 'new')).toContain('new');
  });
});
