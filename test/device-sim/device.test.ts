// Appliances over real MQTT: buffered past first, nothing lost when a connection breaks, nothing said without network.
import { describe, expect, it } from 'vitest';
import { type Notice, noticesTopic } from '#contracts';
import { simulateRefrigerator, startDevice } from '#device-sim';
import { DAY, HOUR, MINUTE, START } from './days.ts';
import { listeningBroker } from './listening-broker.ts';

const QUICK = { first: 20, most: 40 };

describe('a device', () => {
  it('publishes its buffered past first, in batches, with true stamps, and then what the clock brings', async () => {
    await using broker = await listeningBroker();
    let now = START;
    await using device = startDevice({ ...broker, seed: 1, now: () => now, live: false, pastHours: 6 });
    await device.catchUp();
    expect(broker.taken.length).toBeLessThan(10);
    now = START + 30 * MINUTE;
    await device.catchUp();
    const expected = [...simulateRefrigerator({ seed: 1, from: START - 6 * HOUR, zero: START, until: now + 1 })];
    expect(broker.stamps()).toEqual(expected.map(({ at }) => at));
    expect(broker.taken.flatMap(({ readings }) => readings.map(({ values }) => values))).toEqual(
      expected.map(({ values }) => values),
    );
  });

  it('sends again what had no PUBACK when the connection broke, and nothing is lost', async () => {
    await using broker = await listeningBroker();
    broker.cutAfter(3);
    await using device = startDevice({
      ...broker,
      seed: 2,
      now: () => START,
      live: false,
      pastHours: 24,
      retryMs: QUICK,
    });
    await device.catchUp();
    const expected = [...simulateRefrigerator({ seed: 2, from: START - DAY, until: START + 1 })].map(({ at }) => at);
    expect(broker.connections()).toBe(2);
    expect([...new Set(broker.stamps())].sort((a, b) => a - b)).toEqual(expected);
  });

  it('keeps measuring while the platform is down and catches up afterwards', async () => {
    await using broker = await listeningBroker();
    let now = START;
    await using device = startDevice({ ...broker, seed: 3, now: () => now, live: false, retryMs: QUICK });
    await device.catchUp();
    await broker.down();
    now = START + 2 * HOUR;
    const caughtUp = device.catchUp();
    await broker.up();
    await caughtUp;
    const expected = [...simulateRefrigerator({ seed: 3, from: START, until: now + 1 })].map(({ at }) => at);
    expect([...new Set(broker.stamps())]).toEqual(expected);
  });

  it('goes on with the same life after a restart, from where it had been heard', async () => {
    await using broker = await listeningBroker();
    const life = { ...broker, seed: 4, live: false, storyStart: START, pastHours: 2 };
    const episodes = [{ what: 'door-left-open', fromMs: -10 * MINUTE, untilMs: 10 * MINUTE } as const];
    await using first = startDevice({ ...life, episodes, now: () => START });
    await first.catchUp();
    await first[Symbol.asyncDispose]();
    await using second = startDevice({ ...life, episodes, now: () => START + HOUR, sentUntil: START });
    await second.catchUp();
    const whole = simulateRefrigerator({
      seed: 4,
      from: START - 2 * HOUR,
      zero: START,
      until: START + HOUR + 1,
      episodes,
    });
    expect(broker.stamps()).toEqual([...whole].map(({ at }) => at));
  });

  it('is off the network while its router is down, and sends everything when it is back', async () => {
    await using broker = await listeningBroker();
    let now = START;
    const episodes = [{ what: 'router-outage', fromMs: HOUR, untilMs: 3 * HOUR } as const];
    await using device = startDevice({ ...broker, seed: 5, now: () => now, live: false, episodes, retryMs: QUICK });
    await device.catchUp();
    const before = broker.taken.length;
    now = START + 2 * HOUR;
    await device.catchUp();
    expect(broker.taken.length).toBe(before);
    now = START + 4 * HOUR;
    await device.catchUp();
    const expected = [...simulateRefrigerator({ seed: 5, from: START, until: now + 1, episodes })].map(({ at }) => at);
    expect(broker.stamps()).toEqual(expected);
  });

  it('runs by itself on a clock that is faster, and finishes', async () => {
    await using broker = await listeningBroker();
    const rate = 3600;
    let began: number | null = null;
    const now = () => {
      began ??= Date.now();
      return START + (Date.now() - began) * rate;
    };
    await using device = startDevice({ ...broker, seed: 6, now, rate, until: START + HOUR });
    await device.finished;
    const expected = [...simulateRefrigerator({ seed: 6, from: START, until: START + HOUR })].map(({ at }) => at);
    expect(broker.stamps()).toEqual(expected);
  });

  it('is told of a wrong secret', async () => {
    await using broker = await listeningBroker();
    const refused = Promise.withResolvers<string>();
    await using _device = startDevice({
      ...broker,
      secret: 'wrong',
      seed: 7,
      on: { refused: refused.resolve },
    });
    expect(await refused.promise).toMatch(/bad username or password/i);
    expect(broker.taken).toEqual([]);
  });

  it('hears its notices', async () => {
    await using broker = await listeningBroker();
    const heard = Promise.withResolvers<Notice>();
    await using device = startDevice({
      ...broker,
      seed: 8,
      now: () => START,
      live: false,
      on: { notice: heard.resolve },
    });
    await device.catchUp();
    const notice: Notice = { code: 'rejected-readings', at: START, reason: 'power is not a number' };
    await broker.send(noticesTopic(broker.id), notice);
    expect(await heard.promise).toEqual(notice);
  });
});
