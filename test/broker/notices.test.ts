import { describe, expect, it } from 'vitest';
import type { Notice } from '#contracts';
import { keepNotices } from '../../broker/notices.ts';

const A = '01890a5d-ac96-774b-bcce-b302099a8057';

const notice = (reason: string): Notice => ({ code: 'rejected-message', at: 1, reason });
const nth = (n: number): string => `a-${String(n).padStart(5, '0')}`;

function world() {
  const listening = new Set<string>();
  const sent: string[] = [];
  const notices = keepNotices((appliance, payload) => {
    if (!listening.has(appliance)) return false;
    sent.push(`${appliance} ${(JSON.parse(payload.toString()) as Notice).reason}`);
    return true;
  });
  return { listening, sent, notices };
}

describe('notices', () => {
  it('go at once to an appliance that listens', () => {
    const { listening, sent, notices } = world();
    listening.add(A);
    notices.notify(A, notice('one'));
    expect(sent).toEqual([`${A} one`]);
  });

  it('wait for one that does not, and come once and in order when it does', () => {
    const { listening, sent, notices } = world();
    notices.notify(A, notice('one'));
    notices.notify(A, notice('two'));
    listening.add(A);
    notices.subscribed(A);
    notices.subscribed(A);
    expect(sent.map((line) => line.split(' ')[1])).toEqual(['one', 'two']);
  });

  it('wait on when what it subscribed to is something else', () => {
    const { listening, sent, notices } = world();
    notices.notify(A, notice('one'));
    notices.subscribed(A);
    listening.add(A);
    notices.subscribed(A);
    expect(sent).toHaveLength(1);
  });

  it('that are kept are not sent to the connection that is being cut', () => {
    const { listening, sent, notices } = world();
    listening.add(A);
    notices.keep(A, notice('one'));
    expect(sent).toEqual([]);
    notices.subscribed(A);
    expect(sent).toHaveLength(1);
  });

  it('are kept up to ten for an appliance, the newest', () => {
    const { listening, sent, notices } = world();
    for (let n = 1; n <= 25; n++) notices.notify(A, notice(String(n)));
    listening.add(A);
    notices.subscribed(A);
    expect(sent.map((line) => line.split(' ')[1])).toEqual([
      '16',
      '17',
      '18',
      '19',
      '20',
      '21',
      '22',
      '23',
      '24',
      '25',
    ]);
  });

  it('are kept for ten thousand appliances, those that had one last', () => {
    const { listening, sent, notices } = world();
    for (let n = 0; n <= 10_000; n++) notices.notify(nth(n), notice('kept'));
    for (const n of [0, 1, 10_000]) {
      listening.add(nth(n));
      notices.subscribed(nth(n));
    }
    expect(sent.map((line) => line.split(' ')[0])).toEqual([nth(1), nth(10_000)]);
  });
});
