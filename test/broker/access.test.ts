import { describe, expect, it } from 'vitest';
import type { Principal } from '#registry';
import { mayPublish, maySubscribe } from '../../broker/access.ts';

const MINE = '01890a5d-ac96-774b-bcce-b302099a8057';
const OTHER = '01890a5d-ac96-774b-bcce-b302099a8058';
const APPLIANCE: Principal = { kind: 'appliance', id: MINE, credential: MINE, model: 'any' };
const own = (rest: string): string => `v1/appliances/${MINE}/${rest}`;

describe('an appliance', () => {
  it.each([
    [own('telemetry'), true],
    [own('events'), true],
    [own('state'), true],
    [own('commands'), false],
    [own('notices'), false],
    [own('telemetry/more'), false],
    [own('telemetry/'), false],
    [own(''), false],
    [`/${own('telemetry')}`, false],
    [own('TELEMETRY'), false],
    [own('telemetry').toUpperCase(), false],
    [`v1/appliances/${OTHER}/telemetry`, false],
    [`v2/appliances/${MINE}/telemetry`, false],
    [`v1/appliances/${MINE.toUpperCase()}/telemetry`, false],
    ['v1/appliances/__proto__/telemetry', false],
    ['telemetry', false],
    ['', false],
    ['$SYS/broker', false],
    [`$share/group/${own('telemetry')}`, false],
    [`${own('telemetry')}\n`, false],
    [`${own('telemetry')}\u0000`, false],
  ])('that publishes on %j is allowed to: %s', (topic, allowed) => {
    expect(mayPublish(APPLIANCE, topic).allowed).toBe(allowed);
  });

  it('is told which topics are its own', () => {
    const verdict = mayPublish(APPLIANCE, `v1/appliances/${OTHER}/telemetry`);
    if (verdict.allowed) throw new Error('allowed');
    for (const channel of ['telemetry', 'events', 'state']) expect(verdict.reason).toContain(own(channel));
  });

  it('is not sent back a topic without end', () => {
    const verdict = mayPublish(APPLIANCE, 'x'.repeat(60_000));
    if (verdict.allowed) throw new Error('allowed');
    expect(verdict.reason.length).toBeLessThan(1_000);
  });

  it.each([
    [own('commands'), true],
    [own('notices'), true],
    [own('telemetry'), false],
    [own('events'), false],
    [own('state'), false],
    [own('+'), false],
    [own('#'), false],
    [`v1/appliances/+/notices`, false],
    ['#', false],
    ['+/+/+/+', false],
    ['$SYS/#', false],
    [`$share/group/${own('notices')}`, false],
    [`$queue/${own('notices')}`, false],
    [`v1/appliances/${OTHER}/notices`, false],
    [`v1/appliances/${OTHER}/commands`, false],
    [`${own('notices')}\n`, false],
    ['', false],
  ])('that subscribes to %j is allowed to: %s', (filter, allowed) => {
    expect(maySubscribe(APPLIANCE, MINE, filter)).toBe(allowed);
  });
});
