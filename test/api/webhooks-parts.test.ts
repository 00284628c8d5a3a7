// Webhooks, the parts without a platform: what happened, when to try again, and the example in the documentation.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { WebhookReason } from '#contracts';
import { DAY, HOUR, MINUTE, next, SECOND } from '#runtime';
import { DELIVERY_LIFE, LONGEST_WAY_MS, missedBecause, nextTryAt, restMs } from '../../api/webhooks/attempts.ts';
import { eventsOf, type Phase } from '../../api/webhooks/news.ts';
import { wordsOf } from '../../api/webhooks/reasons.ts';
import { signedHeaders } from '../../api/webhooks/secrets.ts';

const NOW = 1_772_442_000_000;

describe('what happened', () => {
  it.each<[Phase | null, Phase, 'before' | 'after', string[]]>([
    [null, 'open', 'after', ['alert.opened']],
    [null, 'open', 'before', ['alert.opened']],
    [null, 'closed', 'after', ['alert.opened', 'alert.closed']],
    [null, 'closed', 'before', ['alert.closed']],
    ['open', 'open', 'after', ['alert.changed']],
    ['open', 'closed', 'after', ['alert.closed']],
    ['closed', 'open', 'after', ['alert.opened']],
    ['closed', 'closed', 'after', ['alert.changed']],
  ])('from %s to %s, begun %s the endpoint was made, is %j', (was, is, begun, events) => {
    const openedAt = begun === 'after' ? NOW + 1 : NOW - 1;
    expect(eventsOf('alert', was, { phase: is, openedAt }, NOW)).toEqual(events);
  });

  it('an appliance only changes', () => {
    expect(eventsOf('appliance', null, { phase: null, openedAt: 0 }, NOW)).toEqual(['appliance.changed']);
  });
});

describe('tries', () => {
  it('come ever later, for about three days', () => {
    let [at, attempts] = [NOW, 1];
    const waits: number[] = [];
    for (let then = nextTryAt(attempts, NOW, at); then !== null; then = nextTryAt(++attempts, NOW, at)) {
      waits.push(then - at);
      at = then;
    }
    expect(waits).toEqual([
      5 * SECOND,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      14 * HOUR,
      20 * HOUR,
      24 * HOUR,
    ]);
    expect(Math.floor(LONGEST_WAY_MS / DAY)).toBe(3);
  });

  it('end for a message that waited too long behind others', () => {
    expect(nextTryAt(1, NOW, NOW + LONGEST_WAY_MS)).not.toBeNull();
    expect(nextTryAt(1, NOW, NOW + LONGEST_WAY_MS + 1)).toBeNull();
  });

  it('of an endpoint that fails get rarer, to one in five minutes', () => {
    expect([1, 2, 3, 6, 7, 100].map(restMs)).toEqual([5_000, 10_000, 20_000, 160_000, 300_000, 300_000]);
  });

  it.each([
    ['arrived', 'delivered'],
    ['missed', 'waiting'],
    ['given-up', 'failed'],
    ['dropped', 'dropped'],
  ] as const)('a waiting message that is %s is then %s', (event, state) => {
    expect(next(DELIVERY_LIFE, 'waiting', event)).toBe(state);
    for (const over of ['delivered', 'failed', 'dropped'] as const) {
      expect(next(DELIVERY_LIFE, over, event)).toBeNull();
    }
  });

  it.each([
    [200, null],
    [204, null],
    [299, null],
    [301, 'redirect-not-followed'],
    [307, 'redirect-not-followed'],
    [400, 'answered-with-error'],
    [410, 'gone'],
    [429, 'answered-with-error'],
    [500, 'answered-with-error'],
  ])('an answer with status %i means: %s', (status, reason) => {
    expect(missedBecause({ status })).toBe(reason);
  });
});

it.each(WebhookReason.options)('the reason "%s" has words in both languages', (code) => {
  expect(wordsOf(code).en).toMatch(/\.$/);
  expect(wordsOf(code).zh).toMatch(/。$/);
});

describe('the example in docs/webhooks.md', () => {
  const [, example] = /<!-- verify -->\n```js\n([\s\S]*?)```\n<!-- \/verify -->/.exec(
    readFileSync('docs/webhooks.md', 'utf8'),
  )!;
  const [secret, other] = ['first', 'other'].map((text) => `whsec_${Buffer.from(text.repeat(8)).toString('base64')}`);
  const body = JSON.stringify({ type: 'ping', timestamp: '2026-03-02T09:00:00.000Z', data: {} });
  const headers = signedHeaders([other!, secret!], { id: 'msg_1', body, now: NOW });

  it('takes what we sign, with either secret while one is replaced, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stethos-example-'));
    const file = join(folder, 'verify.mjs');
    writeFileSync(file, example!);
    const { verified } = await import(pathToFileURL(file).href);
    rmSync(folder, { recursive: true });
    const seconds = NOW / 1000;
    expect(verified(secret, headers, body, seconds)).toEqual(JSON.parse(body));
    expect(verified(other, headers, body, seconds + 299)).toEqual(JSON.parse(body));
    expect(verified(secret, headers, `${body} `, seconds)).toBeNull();
    expect(verified(secret, { ...headers, 'webhook-id': 'msg_2' }, body, seconds)).toBeNull();
    expect(verified(secret, headers, body, seconds + 301)).toBeNull();
    expect(verified(secret, headers, body, seconds - 301)).toBeNull();
    expect(verified(secret, { ...headers, 'webhook-timestamp': 'soon' }, body, seconds)).toBeNull();
    const third = `whsec_${Buffer.from('third').toString('base64')}`;
    expect(verified(third, headers, body, seconds)).toBeNull();
  });
});
