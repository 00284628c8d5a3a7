// What became of one message, from MQTT to the mail, as a collector is told it.
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { upTopic } from '#contracts';
import { traceIdOf } from '#engines/otel';
import { startPlatform } from '#main';
import { createAppliance } from '#registry';
import { manualClock } from '#runtime';
import { databaseDir } from '../servers/database-dir.ts';
import { givenTown, HOUR, MINUTE } from '../stories/given.ts';
import { freeSettings } from './data-folder.ts';
import { type OtlpReceiver, type Span, startOtlpReceiver } from './otlp-receiver.ts';

const NOW = Date.UTC(2026, 2, 2, 9);

const named = (spans: readonly Span[], name: string): Span[] => spans.filter((span) => span.name === name);

/** A door is left open, an alert goes out, and the platform stops, which sends what is left. */
async function aMailGoesOut(settings: Record<string, string>): Promise<{ appliance: string; mails: number }> {
  await using town = await givenTown(settings);
  const home = await town.home({ episodes: [{ what: 'door-left-open', fromMs: 10 * MINUTE, untilMs: 2 * HOUR }] });
  await town.advance(22 * MINUTE, { settleEveryMs: MINUTE });
  return { appliance: home.appliance, mails: town.mailsTo(home.owner).length };
}

type Fleet = {
  appliance: string;
  setClock(ms: number): void;
  publish(): Promise<unknown>;
  tick(): Promise<void>;
};

/** One appliance on a platform that stops afterwards. */
async function anApplianceSays(settings: Record<string, string>, life: (fleet: Fleet) => Promise<void>): Promise<void> {
  using folder = await databaseDir();
  const clock = manualClock(NOW);
  await using platform = await startPlatform({
    settings: await freeSettings(settings),
    folder: folder.path,
    clock: clock.spec,
    terminalToo: false,
    onFatal: (why) => {
      throw new Error(why);
    },
  });
  const { sql, pepper, mqtt } = platform;
  const unit = await createAppliance(sql, { model: 'stethos-reference-fridge', name: 'Fridge', now: NOW, pepper });
  const client = await connectAsync(`mqtt://127.0.0.1:${mqtt.port}`, {
    clientId: unit.id,
    username: unit.id,
    password: unit.secret,
  });
  const reading = '{"values":{"cabinet_temperature":4.5}}';
  await life({
    appliance: unit.id,
    setClock: (ms) => clock.set(ms),
    publish: () => client.publishAsync(upTopic(unit.id, 'telemetry'), reading, { qos: 1 }),
    tick: () => platform.tick(),
  });
  await client.endAsync();
  await platform.settle();
}

describe('a message that led to a mail', () => {
  let collector: OtlpReceiver;
  let appliance: string;
  beforeAll(async () => {
    collector = await startOtlpReceiver();
    const told = await aMailGoesOut({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, OTEL_SAMPLE_EVERY: '1' });
    appliance = told.appliance;
    expect(told.mails).toBe(1);
  });
  afterAll(() => collector?.[Symbol.asyncDispose]());

  it('is one trace: accepted, stored, evaluated, taken by alerts, sent', () => {
    expect(new Set(collector.requests)).toEqual(new Set(['POST /v1/traces application/json']));

    const [sent, ...more] = named(collector.spans, 'notify');
    expect(more).toEqual([]);
    const trace = collector.spans.filter((span) => span.trace === sent!.trace);
    const one = (name: string): Span => {
      const [found, ...others] = named(trace, name);
      expect([name, others]).toEqual([name, []]);
      return found!;
    };
    const spans = ['accept', 'store', 'evaluate', 'take-finding', 'notify'].map(one);
    const [accept, store, evaluate, take, notify] = spans as [Span, Span, Span, Span, Span];
    expect(trace).toHaveLength(5);
    expect(spans.map(({ parent }) => parent)).toEqual([null, accept.id, accept.id, evaluate.id, take.id]);
    expect(spans.map(({ by }) => by)).toEqual([
      'stethos/main',
      'stethos/readings',
      'stethos/diagnosis',
      'stethos/people',
      'stethos/people',
    ]);
    for (const { startMs, endMs } of spans) expect(endMs).toBeGreaterThanOrEqual(startMs);
    for (const [before, after] of [
      [accept, store],
      [accept, evaluate],
      [evaluate, take],
      [take, notify],
    ] as const) {
      expect(after.startMs).toBeGreaterThanOrEqual(before.startMs);
    }
    expect(traceIdOf({ appliance, heardAt: accept.startMs }, 1)).toBe(sent!.trace);
  });

  it('is told in ids and codes', () => {
    const said = (name: string): string[] =>
      [...new Set(named(collector.spans, name).flatMap(({ about }) => Object.keys(about)))].sort();
    const own = (...names: string[]): string[] => ['appliance', ...names].map((name) => `stethos.${name}`).sort();
    expect(said('accept')).toEqual(own('channel', 'bytes'));
    expect(said('store')).toEqual(own('batch'));
    expect(said('evaluate')).toEqual(own('findings', 'changes'));
    expect(said('take-finding')).toEqual(own('finding', 'problem', 'change'));
    expect(said('notify')).toEqual(own('notification', 'kind', 'state'));
    const words = collector.spans.flatMap(({ about }) => Object.values(about)).flat();
    for (const word of words) expect(String(word)).toMatch(/^[a-z0-9-]+$/);
  });
});

describe('what no message led to', () => {
  it('is a trace that begins where it was found', async () => {
    await using collector = await startOtlpReceiver();
    await anApplianceSays({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SAMPLE_EVERY: '1' }, async (fleet) => {
      await fleet.publish();
      // Nothing is heard for a day. A longer step would say that the platform was down.
      for (let ms = 0; ms <= 25 * HOUR; ms += 2 * MINUTE) {
        fleet.setClock(NOW + ms);
        await fleet.tick();
      }
    });
    const [take, ...more] = named(collector.spans, 'take-finding');
    expect(more).toEqual([]);
    expect(take!.about).toMatchObject({ 'stethos.problem': 'appliance-silent', 'stethos.change': 'opened' });
    const [evaluate, ...others] = collector.spans.filter(({ trace, id }) => trace === take!.trace && id !== take!.id);
    expect(others).toEqual([]);
    expect([evaluate!.name, evaluate!.parent, take!.parent]).toEqual(['evaluate', null, evaluate!.id]);
    expect(evaluate!.about['stethos.findings']).toEqual([take!.about['stethos.finding']]);
  });
});

describe('how many messages are followed', () => {
  let collector: OtlpReceiver;
  beforeEach(async () => {
    collector = await startOtlpReceiver();
  });
  afterEach(() => collector[Symbol.asyncDispose]());

  it('without a collector none, and nothing is asked', async () => {
    const { mails } = await aMailGoesOut({});
    expect(mails).toBe(1);
    expect(collector.requests).toEqual([]);
  });

  it('with one a thousandth of them, always the same', async () => {
    const isFollowed = (appliance: string, heardAt: number) => traceIdOf({ appliance, heardAt }, 1000) !== null;
    const followed = (appliance: string): number[] =>
      Array.from({ length: 20_000 }, (_, index) => NOW + index)
        .filter((at) => isFollowed(appliance, at))
        .slice(0, 4);
    const others = (appliance: string): number[] =>
      Array.from({ length: 200 }, (_, index) => NOW - 200 + index).filter((at) => !isFollowed(appliance, at));
    let appliance = '';
    await anApplianceSays({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, async (fleet) => {
      appliance = fleet.appliance;
      for (const at of [...others(appliance), ...followed(appliance)]) {
        fleet.setClock(at);
        await fleet.publish();
      }
    });
    const expected = followed(appliance);
    expect(expected).toHaveLength(4);
    for (const name of ['accept', 'store', 'evaluate']) {
      const heard = named(collector.spans, name).map(({ trace }) => trace);
      expect([name, heard]).toEqual([name, expected.map((heardAt) => traceIdOf({ appliance, heardAt }, 1000))]);
    }
  });
});
