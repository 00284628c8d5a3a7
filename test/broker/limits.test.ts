import { afterEach, describe, expect, it } from 'vitest';
import { LIMITS, type Limits } from '#broker';
import { type Notice, newId, noticesTopic, upTopic } from '#contracts';
import { DAY, HOUR, MINUTE, SECOND } from '#runtime';
import { Conduct } from '../../broker/conduct.ts';
import { bucket, GARBAGE } from '../../broker/limits.ts';
import { Line } from '../../broker/line.ts';
import { bodies, type Door, NOW, openDoor } from './door.ts';

const ID = newId();

describe('a bucket', () => {
  it('lets a burst pass at once, and what follows at its rate', () => {
    const one = bucket({ perSecond: 10, burst: 3 });
    expect([1, 2, 3, 4, 5].map(() => one.take(1, 0))).toEqual([0, 0, 0, 100, 200]);
  });

  it.each([
    ['no time later', 0, 100],
    ['as long as one takes', 100, 0],
    ['half of that', 50, 50],
  ])('that is empty, %s', (_, now, waitMs) => {
    const one = bucket({ perSecond: 10, burst: 1 });
    one.take(1, 0);
    expect(one.wait(1, now)).toBe(waitMs);
    expect(one.take(1, now)).toBe(waitMs);
  });

  it('is full again after a rest, and no fuller than it was', () => {
    const one = bucket({ perSecond: 10, burst: 2 });
    one.take(2, 0);
    expect(one.full(199)).toBe(false);
    expect(one.full(200)).toBe(true);
    expect([1, 2, 3].map(() => one.take(1, DAY))).toEqual([0, 0, 100]);
  });

  it('with a rate of 0 is no limit', () => {
    const one = bucket({ perSecond: 0, burst: 0 });
    expect(one.take(1_000_000, 0)).toBe(0);
  });
});

describe('by default', () => {
  it('a day of readings that were kept during an outage, one each ten seconds, passes at once', () => {
    const conduct = new Conduct(LIMITS);
    const waits = Array.from({ length: DAY / (10 * SECOND) }, () => conduct.heard(ID, { bytes: 1_000 }, 0));
    expect(Math.max(...waits)).toBe(0);
  });

  it('ten times what a busy appliance says never waits', () => {
    const conduct = new Conduct(LIMITS);
    const waits = Array.from({ length: 36_000 }, (_, i) => conduct.heard(ID, { bytes: 2_000 }, i * 100));
    expect(Math.max(...waits)).toBe(0);
  });
});

describe('bytes', () => {
  it('count as messages do', () => {
    const conduct = new Conduct({ ...LIMITS, bytes: { perSecond: 1_000, burst: 2_000 } });
    expect([1, 2, 3].map(() => conduct.heard(ID, { bytes: 1_000 }, 0))).toEqual([0, 0, 1_000]);
  });
});

describe('an appliance over its limit', () => {
  const limits: Limits = { ...LIMITS, messages: { perSecond: 10, burst: 1 }, slowedForMs: MINUTE, restMs: MINUTE };

  it('is cut when it goes on for too long without a pause, and may come back after a rest', () => {
    const conduct = new Conduct(limits);
    for (let now = 0; now <= MINUTE; now += 50) conduct.heard(ID, { bytes: 1 }, now);
    expect(conduct.tooLong(ID, MINUTE - 1)).toBe(false);
    expect(conduct.tooLong(ID, MINUTE + 50)).toBe(true);
    expect(conduct.refused(ID, 2 * MINUTE)).toBe(true);
    expect(conduct.refused(ID, 2 * MINUTE + 50)).toBe(false);
  });

  it('again and again, with a pause between, is not', () => {
    const conduct = new Conduct(limits);
    for (let now = 0; now < HOUR; now += SECOND) {
      expect([0, 1, 2].map((ms) => conduct.heard(ID, { bytes: 1 }, now + ms) > 0)).toEqual([false, true, true]);
      expect(conduct.tooLong(ID, now + 2)).toBe(false);
    }
  });
});

describe('an appliance that sends garbage', () => {
  const sent = (conduct: Conduct, count: number, rejected: number, now = 0) => {
    for (let i = 0; i < count; i++) conduct.heard(ID, { bytes: 1 }, now);
    return Array.from({ length: rejected }, () => conduct.rejected(ID, now));
  };

  it('is slowed, and then cut and refused for an hour', () => {
    const conduct = new Conduct(LIMITS);
    const verdicts = sent(conduct, 300, GARBAGE.slowedAfter + GARBAGE.cutAfter);
    expect(verdicts.indexOf('slowed')).toBe(GARBAGE.slowedAfter - 1 + 170);
    expect(verdicts.at(-1)).toBe('cut');
    expect(conduct.refused(ID, HOUR - 1)).toBe(true);
    expect(conduct.refused(ID, HOUR)).toBe(false);
  });

  it('among much that is good is left alone', () => {
    const conduct = new Conduct(LIMITS);
    expect(sent(conduct, 1_000, 800).every((verdict) => verdict === null)).toBe(true);
    expect(conduct.isGarbage(ID)).toBe(false);
  });

  it('now and then is left alone for ever', () => {
    const conduct = new Conduct(LIMITS);
    for (let now = 0; now < DAY; now += MINUTE) expect(sent(conduct, 1, 1, now)).toEqual([null]);
  });

  it('speaks as fast as before once it has been mended for a while', () => {
    const conduct = new Conduct(LIMITS);
    sent(conduct, GARBAGE.slowedAfter, GARBAGE.slowedAfter);
    expect(conduct.isGarbage(ID)).toBe(true);
    for (let now = 0; now <= 2 * GARBAGE.windowMs; now += MINUTE) conduct.heard(ID, { bytes: 1 }, now);
    expect(conduct.isGarbage(ID)).toBe(false);
  });
});

describe('what is remembered of an appliance', () => {
  it('is forgotten when there is nothing to remember it for', () => {
    const conduct = new Conduct({ ...LIMITS, connects: { perSecond: 1, burst: 1 } });
    expect(conduct.connects(ID, 0)).toBe(0);
    conduct.forget(1);
    expect(conduct.connects(ID, 1)).toBe(999);
    conduct.forget(1_000);
    expect(conduct.connects(ID, 1_000)).toBe(0);
  });
});

describe('a line', () => {
  it('lets nobody overtake, and drops who still waits when it ends', () => {
    const said: string[] = [];
    const line = new Line(() => 0);
    const enter = (name: string, waitMs: number): void =>
      line.enter(
        waitMs,
        () => said.push(`${name} passes`),
        () => said.push(`${name} is dropped`),
      );
    enter('a', 0);
    enter('b', HOUR);
    enter('c', 0);
    expect(said).toEqual(['a passes']);
    line.end();
    expect(said).toEqual(['a passes', 'b is dropped', 'c is dropped']);
  });
});

describe('the broker', () => {
  let door: Door;
  afterEach(() => door[Symbol.asyncDispose]());
  const openWith = async (limits: Partial<Limits>) => {
    door = await openDoor({ limits: { ...LIMITS, ...limits } });
    return door.appliance();
  };
  const causeOf = async (id: string): Promise<unknown> => {
    const [gone] = await door.recorded(id, 'disconnected');
    return (JSON.parse(Buffer.from(gone!.body).toString()) as { cause: string }).cause;
  };

  it('acknowledges what is over the limit later, all of it and in order, and serves others meanwhile', async () => {
    const fridge = await openWith({ messages: { perSecond: 100, burst: 5 }, inHook: 8 });
    await using client = await door.connect(fridge, { keepalive: 1 });
    const ids = Array.from({ length: 60 }, (_, i) => i + 1);
    for (const n of ids) client.publish(upTopic(fridge.id, 'telemetry'), `m${n}`, 1, n);
    await using other = await door.connect(door.appliance());
    expect(await other.sofar()).toEqual([]);
    for (const n of ids) expect((await client.next('puback')).messageId).toBe(n);
    expect(bodies(await door.recorded(fridge.id, 'message', 60))).toEqual(ids.map((n) => `m${n}`));
  });

  it('answers what is no message later too, when there is too much of it', async () => {
    const fridge = await openWith({ messages: { perSecond: 200, burst: 5 } });
    await using client = await door.connect(fridge, { keepalive: 1 });
    const count = 100;
    for (let n = 0; n < count; n++) client.send({ cmd: 'pingreq' });
    await using other = await door.connect(door.appliance());
    expect(await other.sofar()).toEqual([]);
    for (let n = 0; n < count; n++) await client.next('pingresp');
    expect(door.broker.counts.cutForSpeed).toBe(0);
  });

  it('cuts who goes on for too long, refuses it for a while, and says why', async () => {
    const fridge = await openWith({ messages: { perSecond: 200, burst: 1 }, slowedForMs: 0, restMs: 400 });
    const client = await door.connect(fridge);
    for (let n = 1; n <= 4; n++) client.publish(upTopic(fridge.id, 'telemetry'), 'x', 1, n);
    await client.closed;
    expect(await causeOf(fridge.id)).toBe('refused');
    expect(door.broker.counts.cutForSpeed).toBe(1);
    await using refused = await door.open();
    expect(await refused.connect(fridge.id, fridge.secret)).toBe(5);
  });

  it('lets a connection wait, and refuses it then, when there were too many', async () => {
    const fridge = await openWith({ connects: { perSecond: 20, burst: 2 } });
    await (await door.connect(fridge)).goodbye();
    await (await door.connect(fridge)).goodbye();
    await using early = await door.open();
    expect(await early.connect(fridge.id, fridge.secret)).toBe(3);
    expect(door.broker.counts.connectsRefused).toBe(1);
    await using next = await door.connect(fridge);
    expect(await next.sofar()).toEqual([]);
  });

  it('slows and cuts who sends garbage, as it is told by who reads it', async () => {
    const fridge = await openWith({});
    const client = await door.connect(fridge);
    const said = GARBAGE.slowedAfter;
    for (let n = 1; n <= said; n++) client.publish(upTopic(fridge.id, 'telemetry'), 'garbage', 1, n);
    for (let n = 1; n <= said; n++) await client.next('puback');
    const notice: Notice = { code: 'rejected-message', at: NOW, reason: 'x' };
    for (let n = 1; n <= said; n++) door.broker.downlink.notify(fridge.id, notice);
    expect(door.broker.counts).toMatchObject({ slowedForGarbage: 1, cutForGarbage: 0 });
    for (let n = 1; n <= GARBAGE.cutAfter; n++) door.broker.downlink.notify(fridge.id, notice);
    await client.closed;
    expect(await causeOf(fridge.id)).toBe('refused');
    expect(door.broker.counts).toMatchObject({ slowedForGarbage: 1, cutForGarbage: 1 });
    expect(door.warnings.join()).toContain('see the quarantine');
    await using refused = await door.open();
    expect(await refused.connect(fridge.id, fridge.secret)).toBe(5);
  });

  it('tells who broke the protocol what was wrong', async () => {
    const fridge = await openWith({});
    const client = await door.connect(fridge);
    client.socket.write(Buffer.from([0x32, 3, 0, 0, 0]));
    await client.closed;
    expect(await causeOf(fridge.id)).toBe('refused');
    await using back = await door.connect(fridge);
    await back.subscribe(noticesTopic(fridge.id));
    expect((await back.next('publish')).payload.toString()).toContain('broke the protocol');
    expect(door.broker.counts.brokenProtocol).toBe(1);
  });
});
