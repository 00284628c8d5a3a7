// What is remembered outlives a change of its order, and what food feels and what lately happened are sums of what was heard.
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '#runtime';
import {
  emptyMemory,
  intoPresentOrder,
  type Memory,
  type MemoryOrder,
  memoryOrder,
} from '../../diagnosis-rules/memory.ts';
import type { NamedPlace } from '../../diagnosis-rules/places.ts';
import { Told } from './moments.ts';

const SHELVES = Object.keys(memoryOrder()) as (keyof MemoryOrder)[];

describe('a memory from before a change', () => {
  type Change = { lengthOf(place: NamedPlace): number; nameOf(name: string): string };
  const AS_IT_IS: Change = { lengthOf: ({ length }) => length, nameOf: (name) => name };

  /** Each shelf in another order, its numbers told apart. */
  function ofOld({ lengthOf, nameOf }: Change = AS_IT_IS): { order: MemoryOrder; memory: Memory } {
    const order = structuredClone(memoryOrder());
    const memory = emptyMemory();
    for (const shelf of SHELVES) {
      let length = 0;
      order[shelf] = memoryOrder()
        [shelf].toReversed()
        .map((place) => {
          const from = length;
          length += lengthOf(place);
          return { name: nameOf(place.name), from, length: lengthOf(place) };
        });
      const Numbers = memory[shelf].constructor as new (length: number) => Float64Array;
      Object.assign(memory, { [shelf]: new Numbers(length).map((_, i) => i % 1000) });
    }
    return { order, memory };
  }

  const [FIRST] = memoryOrder().exact;
  const RING = memoryOrder().rough.find(({ length }) => length > 1)!;

  it('keeps each number under its name', () => {
    const { order, memory } = ofOld();
    const now = intoPresentOrder(order)(memory);
    for (const shelf of SHELVES) {
      expect(now[shelf]).toHaveLength(emptyMemory()[shelf].length);
      for (const { name, from, length } of memoryOrder()[shelf]) {
        const then = order[shelf].find((place) => place.name === name)!;
        expect([...now[shelf].subarray(from, from + length)]).toEqual([
          ...memory[shelf].subarray(then.from, then.from + length),
        ]);
      }
    }
  });

  it('begins anew where a place has another name or another length, and nowhere else', () => {
    const { order, memory } = ofOld({
      lengthOf: ({ name, length }) => (name === RING.name ? length - 1 : length),
      nameOf: (name) => (name === FIRST!.name ? `${name} of old` : name),
    });
    const now = intoPresentOrder(order)(memory);
    expect([...now.exact.subarray(FIRST!.from, FIRST!.from + FIRST!.length)].every(Number.isNaN)).toBe(true);
    expect([...now.rough.subarray(RING.from, RING.from + RING.length)].every(Number.isNaN)).toBe(true);
    const unknown = SHELVES.flatMap((shelf) => [...now[shelf]].filter(Number.isNaN));
    expect(unknown).toHaveLength(FIRST!.length + RING.length);
  });

  it('is what it was when nothing changed', () => {
    const memory = emptyMemory();
    for (const shelf of SHELVES) memory[shelf].fill(7);
    expect(intoPresentOrder(structuredClone(memoryOrder()))(memory)).toEqual(memory);
  });

  it('has no two places of one name, on whatever shelves: one may move to another', () => {
    const names = SHELVES.flatMap((shelf) => memoryOrder()[shelf].map(({ name }) => name));
    expect(names.length).toBeGreaterThan(100);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('food', () => {
  const TAU_MS = 90 * MINUTE;
  it.each([1, 5, 12])('follows a step of the air by its time constant, heard every %i minutes', (everyMinutes) => {
    const fridge = new Told().for(60, { cabinet_temperature: 4 }, everyMinutes);
    const stepAt = fridge.at - everyMinutes * MINUTE;
    fridge.for(120, { cabinet_temperature: 12 }, everyMinutes);
    const newest = fridge.at - everyMinutes * MINUTE;
    const expected = 12 + (4 - 12) * Math.exp(-(newest - stepAt) / TAU_MS);
    expect(fridge.get('food_temperature')).toBeCloseTo(expected, 6);
  });

  it('hardly feels a minute of warm air', () => {
    const fridge = new Told().for(60, { cabinet_temperature: 4 }).says({ cabinet_temperature: 20 });
    expect(fridge.get('food_temperature')).toBeCloseTo(4 + 16 * (1 - Math.exp(-1 / 90)), 6);
  });

  it('changes by so many kelvins an hour, known only after an hour', () => {
    const fridge = new Told().for(50, { cabinet_temperature: 4 });
    expect(fridge.get('food_trend')).toBeNaN();
    fridge.for(300, { cabinet_temperature: 10 });
    const felt = (minutes: number) => 10 - 6 * Math.exp(-minutes / 90);
    expect(fridge.get('food_trend')).toBeCloseTo(felt(300) - felt(240), 1);
  });

  it('is not known once the air is not', () => {
    const fridge = new Told().for(60, { cabinet_temperature: 4 });
    expect(fridge.getAt('food_temperature', fridge.at + 14 * MINUTE)).toBeCloseTo(4);
    expect(fridge.getAt('food_temperature', fridge.at + 20 * MINUTE)).toBeNaN();
  });

  it('in the freezer does not feel the air of a defrost', () => {
    const quiet = { freezer_temperature: -18, defrost_on: false };
    const fridge = new Told().for(60, quiet).for(20, { freezer_temperature: -8, defrost_on: true });
    expect(fridge.get('frozen_food_temperature')).toBeCloseTo(-18);
    fridge.for(30, { freezer_temperature: -11, defrost_on: false });
    expect(fridge.get('frozen_food_temperature')).toBeCloseTo(-18);
    const thawing = new Told().for(60, quiet).for(60, { freezer_temperature: -8, defrost_on: false });
    expect(thawing.get('frozen_food_temperature')).toBeCloseTo(-8 - 10 * Math.exp(-1), 4);
  });
});

describe('a share of the last hours', () => {
  const shut = { door_open: false };
  const open = { door_open: true };

  it('counts minutes, from the first whole step of five on', () => {
    const fridge = new Told().for(52, shut).for(12, open).for(1, shut);
    expect(fridge.get('door_open_share_1h')).toBeCloseTo((12 / 59) * 100, 1);
  });

  it('does not count time in which nothing was heard', () => {
    const fridge = new Told().for(25, shut).for(10, open).for(1, shut).silentFor(19).for(10, shut);
    // From minute 5 to 35, and from 55 to 64: what was said last holds for no silence of 20 minutes.
    expect(fridge.get('door_open_share_1h')).toBeCloseTo((10 / 39) * 100, 1);
  });

  it('is not known when less than half of the time is', () => {
    const fridge = new Told().for(20, open).silentFor(25).for(5, shut);
    expect(fridge.get('door_open_share_1h')).toBeNaN();
    fridge.for(12, shut);
    expect(fridge.get('door_open_share_1h')).toBeGreaterThan(0);
  });

  it('forgets what is older', () => {
    const fridge = new Told().for(60, open).for(66, shut);
    expect(fridge.get('door_open_share_1h')).toBe(0);
    expect(fridge.get('door_open_share_3h')).toBeCloseTo((60 / 125) * 100, 0);
  });

  it('after many hours of silence says nothing', () => {
    const fridge = new Told().for(60, open);
    expect(fridge.getAt('door_open_share_1h', fridge.at + 5 * HOUR)).toBeNaN();
  });
});
