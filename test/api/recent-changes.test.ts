import { describe, expect, it } from 'vitest';
import { newId } from '#contracts';
import { RecentChanges } from '../../api/recent-changes.ts';

const change = (id = newId()) => ({ what: 'alert', id }) as const;

describe('recent changes', () => {
  it('keep the newest of each thing, in order', () => {
    const recent = new RecentChanges();
    const [a, b] = [change(), change()];
    for (const one of [a, b, a]) recent.add(one);
    expect(recent.after(0)).toEqual([
      { number: 2, change: b },
      { number: 3, change: a },
    ]);
    expect(recent.after(2)).toEqual([{ number: 3, change: a }]);
    expect(recent.after(3)).toEqual([]);
  });

  it('know when they no longer know', () => {
    const recent = new RecentChanges(2);
    for (let i = 0; i < 4; i++) recent.add(change());
    expect(recent.after(1)).toBeNull();
    expect(recent.after(2)?.map(({ number }) => number)).toEqual([3, 4]);
    recent.forget();
    expect(recent.after(4)).toBeNull();
    expect(recent.after(recent.newest)).toEqual([]);
  });

  it('recognise their own ids alone', () => {
    const [recent, other] = [new RecentChanges(), new RecentChanges()];
    recent.add(change());
    expect(recent.numberOf(recent.idOf(1))).toBe(1);
    expect(recent.numberOf(recent.idOf(2))).toBeNull();
    for (const id of [other.idOf(0), '', '-', 'x', `${recent.idOf(1)}.5`])
      expect([id, recent.numberOf(id)]).toEqual([id, null]);
  });
});
