// Versions change over on real engines, and no stop in between, orderly or not, changes what is said.
import { beforeAll, expect, it } from 'vitest';
import type { FindingChange, LogRecord } from '#contracts';
import { factRecord, HOUR, MINUTE, SECOND } from '#runtime';
import { done, type House, openHouse } from './house.ts';
import { NOON, telemetry, withTicks } from './life.ts';
import { ruleText } from './rule-text.ts';

/** Most of an hour. */
function air(hour: number, celsius: number): LogRecord[] {
  const until = NOON + (hour + 1) * HOUR;
  const records: LogRecord[] = [];
  for (let at = until - 55 * MINUTE; at < until; at += 5 * MINUTE) {
    records.push(telemetry(at + SECOND, { readings: [{ at, values: { cabinet_temperature: celsius } }] }));
  }
  return withTicks(records, until - 55 * MINUTE, until - MINUTE);
}

/** `at`: when it is over. */
type Step = { at: number; play(house: House): Promise<void> };
const hear = (hour: number, celsius: number): Step => ({
  at: NOON + (hour + 1) * HOUR,
  play: (house) => house.append(air(hour, celsius)),
});
const rule = (hour: number, move: 'publish' | 'try', parts: Parameters<typeof ruleText>[0]): Step => {
  const at = NOON + hour * HOUR + MINUTE;
  return { at, play: (house) => house.publish(ruleText(parts), move, at) };
};

const STORY: readonly Step[] = [
  hear(0, 5),
  hear(1, 9.5),
  rule(2, 'publish', { version: 2, above: 9, title: 'Much too warm' }),
  hear(2, 9.5),
  rule(3, 'try', { version: 3, above: 6 }),
  hear(3, 7),
  hear(4, 9.5),
  rule(5, 'publish', { version: 4, above: 8.5 }),
  hear(5, 9),
  hear(6, 5),
];

type Stop = 'none' | 'orderly' | 'killed' | 'memory lost';
type Told = { said: FindingChange[]; trials: unknown; findings: Awaited<ReturnType<House['findings']>> };

/** The story, step by step: everything is stored and judged before the next step, and what is due is looked at again. */
async function played(stopAfter: (step: number) => Stop): Promise<Told> {
  await using house = await openHouse([]);
  await house.publish(ruleText(), 'publish', NOON);
  const readings = await house.readings();
  let folder = 'snapshots';
  let diagnosis = await house.diagnosis(folder);
  for (const [step, { at, play }] of STORY.entries()) {
    await play(house);
    await done(readings, diagnosis);
    await readings.flush();
    const stop = stopAfter(step);
    if (stop !== 'none') {
      await (stop === 'orderly' ? diagnosis[Symbol.asyncDispose]() : diagnosis.kill());
      if (stop === 'memory lost') folder = `after ${step}`;
      diagnosis = await house.diagnosis(folder);
    }
    for (const laterMs of [30 * SECOND, 45 * SECOND]) {
      await house.append([factRecord('tick', at + laterMs)]);
      await done(readings, diagnosis);
    }
  }
  await diagnosis[Symbol.asyncDispose]();
  await readings[Symbol.asyncDispose]();
  return { said: await house.said(), trials: await house.trials(), findings: await house.findings() };
}

/** All but when history was at hand to look at again: that is no matter of the log. */
function timeless({ said, trials, findings }: Told): unknown {
  const bare = ({ changedAt, heardAt, ...finding }: FindingChange['finding']) => finding;
  return {
    said: said.map(({ finding, ...change }) => ({ ...change, finding: bare(finding) })),
    trials,
    findings: findings.map(({ body, ...row }) => ({ ...row, body: bare(body) })),
  };
}

let straight: Told;
beforeAll(async () => {
  straight = await played(() => 'none');
});

it('a finding goes on from version to version, and a trial stands aside', () => {
  const { said, trials } = straight;
  const [first, second] = [...new Set(said.map(({ finding }) => finding.id))];
  const inShort = said.map(({ change, finding }) => `${change} ${finding.id} v${finding.rule.version}`);
  expect(new Set(inShort)).toEqual(
    new Set([
      `opened ${first} v1`,
      `changed ${first} v2`,
      `closed ${first} v2`,
      `opened ${second} v2`,
      `changed ${second} v4`,
      `closed ${second} v4`,
    ]),
  );
  for (const id of [first, second]) {
    const own = said.filter(({ finding }) => finding.id === id);
    expect(own.filter(({ change }) => change !== 'changed').map(({ change }) => change)).toEqual(['opened', 'closed']);
    expect(new Set(own.map(({ finding }) => finding.openedAt)).size).toBe(1);
  }
  expect(trials).toMatchObject([{ version: 3, state: 'closed' }]);
});

it('is said alike after orderly stops between all steps', async () => {
  expect(timeless(await played(() => 'orderly'))).toEqual(timeless(straight));
});

it('is said alike when the worker is killed after every step', async () => {
  expect(timeless(await played(() => 'killed'))).toEqual(timeless(straight));
});

it.each([2, 7])('leaves nothing open for ever when memory is lost after step %i', async (lost) => {
  const { said, findings } = await played((step) => (step === lost ? 'memory lost' : 'none'));
  expect(findings.map(({ state }) => state)).not.toContain('open');
  for (const { id } of findings) {
    const own = said.filter(({ finding }) => finding.id === id).map(({ change }) => change);
    expect(own.filter((change) => change !== 'changed')).toEqual(['opened', 'closed']);
  }
});
