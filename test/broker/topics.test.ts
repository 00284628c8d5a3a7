import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Id, type Notice, newId, noticesTopic, upTopic } from '#contracts';
import { bodies, type Door, MODEL, NOW, openDoor } from './door.ts';
import type { RawClient } from './raw-client.ts';

const REFUSED = 128;
const notice = (reason: string): Notice => ({ code: 'rejected-readings', at: NOW, reason });

let door: Door;
let fridge: { id: Id; secret: string };
beforeEach(async () => {
  door = await openDoor();
  fridge = door.appliance();
});
afterEach(() => door[Symbol.asyncDispose]());

async function noticeOf(client: RawClient): Promise<Notice> {
  const { payload, topic, retain } = await client.next('publish');
  expect(topic).toBe(noticesTopic(fridge.id));
  expect(retain).toBe(false);
  return JSON.parse(payload.toString()) as Notice;
}

describe('what an appliance publishes', () => {
  it.each(['telemetry', 'events', 'state'] as const)(
    'on its topic %s is in the log as it was sent',
    async (channel) => {
      await using client = await door.connect(fridge);
      client.publish(upTopic(fridge.id, channel), '{"not checked": here');
      await client.next('puback');
      const [record] = await door.recorded(fridge.id, 'message');
      expect(record).toMatchObject({ kind: 'message', at: NOW, appliance: fridge.id, channel, model: MODEL });
      expect(bodies([record!])).toEqual(['{"not checked": here']);
    },
  );

  it('keeps every byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256));
    await using client = await door.connect(fridge);
    client.publish(upTopic(fridge.id, 'telemetry'), bytes);
    await client.next('puback');
    const [record] = await door.recorded(fridge.id, 'message');
    expect(Buffer.from(record!.body).equals(bytes)).toBe(true);
  });

  it.each([
    ['another appliance’s topic', upTopic(newId(), 'telemetry')],
    ['a topic that goes down', `v1/appliances/${newId()}/notices`],
    ['a topic of the broker', '$SYS/x/new/clients'],
    ['a topic of its own making', 'home/kitchen/fridge'],
  ])('on %s cuts it, unacknowledged and unkept, and it hears why', async (_, topic) => {
    await using first = await door.connect(fridge);
    await first.subscribe(noticesTopic(fridge.id));
    first.publish(topic, 'x');
    await expect(first.next('puback')).rejects.toThrow('closed');
    const [gone] = await door.recorded(fridge.id, 'disconnected');
    expect(JSON.parse(Buffer.from(gone!.body).toString())).toMatchObject({ cause: 'refused' });
    expect((await door.everything()).filter(({ kind }) => kind === 'message')).toEqual([]);

    await using second = await door.connect(fridge);
    await second.subscribe(noticesTopic(fridge.id));
    const told = await noticeOf(second);
    expect(told.code).toBe('rejected-message');
    expect(told.reason).toContain(topic);
    expect(told.reason).toContain(upTopic(fridge.id, 'telemetry'));
  });

  it('on its own topics is not heard by itself or by anybody else', async () => {
    await using neighbour = await door.connect(door.appliance());
    await using client = await door.connect(fridge);
    await neighbour.subscribe(upTopic(fridge.id, 'telemetry'));
    await client.subscribe(upTopic(fridge.id, 'telemetry'));
    client.publish(upTopic(fridge.id, 'telemetry'), 'x');
    await client.next('puback');
    expect(await client.sofar()).toEqual([]);
    expect(await neighbour.sofar()).toEqual([]);
  });

  it('with the retain flag is kept once and never sent to who subscribes later', async () => {
    await using client = await door.connect(fridge);
    client.publish(upTopic(fridge.id, 'state'), 'x', 1, 1, true);
    await client.next('puback');
    await client.subscribe(upTopic(fridge.id, 'state'), noticesTopic(fridge.id));
    expect(await client.sofar()).toEqual([]);
    expect(await door.recorded(fridge.id, 'message')).toHaveLength(1);
  });

  it('with QoS 0, 1 and 2 is in the log exactly once each, in order', async () => {
    await using client = await door.connect(fridge);
    const topic = upTopic(fridge.id, 'telemetry');
    client.publish(topic, 'none', 0);
    client.publish(topic, 'one', 1, 11);
    client.publish(topic, 'two', 2, 12);
    expect((await client.next('puback')).messageId).toBe(11);
    expect((await client.next('pubrec')).messageId).toBe(12);
    client.send({ cmd: 'pubrel', messageId: 12 });
    expect((await client.next('pubcomp')).messageId).toBe(12);
    await door.broker.tick();
    expect(bodies(await door.recorded(fridge.id, 'message'))).toEqual(['none', 'one', 'two']);
  });
});

describe('a will', () => {
  const will = (topic: string) => ({ will: { topic, payload: Buffer.from('{"gone":true}'), qos: 1 as const } });

  it('on its own topic is in the log when the connection is lost', async () => {
    const client = await door.connect(fridge, will(upTopic(fridge.id, 'events')));
    await client.drop();
    const [record] = await door.recorded(fridge.id, 'message');
    expect(record).toMatchObject({ channel: 'events', model: MODEL, appliance: fridge.id });
    expect(bodies([record!])).toEqual(['{"gone":true}']);
  });

  it('is not said by an appliance that says goodbye', async () => {
    const client = await door.connect(fridge, will(upTopic(fridge.id, 'events')));
    await client.goodbye();
    await door.recorded(fridge.id, 'disconnected');
    await door.broker.tick();
    expect(await door.recorded(fridge.id, 'message', 0)).toEqual([]);
  });

  it('for another appliance’s topic is refused, and the appliance hears why', async () => {
    const other = door.appliance();
    const client = await door.connect(fridge, will(upTopic(other.id, 'events')));
    await client.drop();
    const [gone] = await door.recorded(fridge.id, 'disconnected');
    expect(JSON.parse(Buffer.from(gone!.body).toString())).toMatchObject({ cause: 'lost' });
    await door.broker.tick();
    expect((await door.everything()).filter(({ kind }) => kind === 'message')).toEqual([]);
    await using back = await door.connect(fridge);
    await back.subscribe(noticesTopic(fridge.id));
    expect((await noticeOf(back)).reason).toContain(upTopic(other.id, 'events'));
  });
});

describe('SUBSCRIBE', () => {
  it('is granted filter by filter', async () => {
    await using client = await door.connect(fridge);
    const own = `v1/appliances/${fridge.id}`;
    const granted = await client.subscribe(
      `${own}/notices`,
      `v1/appliances/${newId()}/notices`,
      '#',
      `${own}/+`,
      `$share/group/${own}/notices`,
      `${own}/commands`,
    );
    expect(granted).toEqual([1, REFUSED, REFUSED, REFUSED, REFUSED, 1]);
  });

  it('for others’ topics leaks nothing, nor does coming back with the session kept', async () => {
    const neighbour = door.appliance();
    await using listening = await door.connect(neighbour);
    await listening.subscribe(noticesTopic(neighbour.id));
    const first = await door.connect(fridge, { clean: false });
    await first.subscribe(noticesTopic(fridge.id), noticesTopic(neighbour.id), '#', `v1/appliances/+/notices`);
    await first.drop();
    await using second = await door.open();
    expect(await second.connect(fridge.id, fridge.secret, { clean: false })).toBe(0);

    door.broker.downlink.notify(neighbour.id, notice('for the neighbour'));
    expect((await listening.next('publish')).payload.toString()).toContain('for the neighbour');
    expect(await second.sofar()).toEqual([]);
  });

  it('starts anew after a reconnect: CONNACK never speaks of a session that is there', async () => {
    const first = await door.connect(fridge, { clean: false });
    await first.subscribe(noticesTopic(fridge.id));
    await first.drop();
    await using second = await door.open();
    second.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      clientId: fridge.id,
      username: fridge.id,
      password: Buffer.from(fridge.secret),
      keepalive: 0,
    });
    expect((await second.next('connack')).sessionPresent).toBe(false);
  });
});

describe('a notice', () => {
  it('reaches an appliance that listens, which may acknowledge it and stay', async () => {
    await using client = await door.connect(fridge);
    await client.subscribe(noticesTopic(fridge.id));
    for (const reason of ['one', 'two']) {
      door.broker.downlink.notify(fridge.id, notice(reason));
      const { payload, qos, messageId } = await client.next('publish');
      expect(JSON.parse(payload.toString())).toEqual(notice(reason));
      expect(qos).toBe(1);
      client.send({ cmd: 'puback', messageId: messageId! });
    }
    expect(await client.sofar()).toEqual([]);
  });

  it('for one that is away, or has not subscribed, waits until it has', async () => {
    door.broker.downlink.notify(fridge.id, notice('while away'));
    await using client = await door.connect(fridge);
    door.broker.downlink.notify(fridge.id, notice('not yet subscribed'));
    await client.subscribe(`v1/appliances/${fridge.id}/commands`);
    expect(await client.sofar()).toEqual([]);
    await client.subscribe(noticesTopic(fridge.id));
    expect((await noticeOf(client)).reason).toBe('while away');
    expect((await noticeOf(client)).reason).toBe('not yet subscribed');
  });
});
