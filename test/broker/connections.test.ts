import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Id, type LogRecord, type Notice, noticesTopic, upTopic } from '#contracts';
import { type Door, NOW, openDoor } from './door.ts';

let door: Door;
let fridge: { id: Id; secret: string };
beforeEach(async () => {
  door = await openDoor();
  fridge = door.appliance();
});
afterEach(() => door[Symbol.asyncDispose]());

const story = (records: readonly LogRecord[]): string[] =>
  records.map(({ kind, body }) =>
    kind === 'disconnected'
      ? `disconnected: ${(JSON.parse(Buffer.from(body).toString()) as { cause: string }).cause}`
      : kind,
  );

describe('the log says', () => {
  it('that the broker came up, and a first tick', async () => {
    expect((await door.everything()).map(({ kind, at, appliance }) => [kind, at, appliance])).toEqual([
      ['started', NOW, ''],
      ['tick', NOW, ''],
    ]);
  });

  it('when time passes', async () => {
    door.setClock(NOW + 10_000);
    await door.broker.tick();
    expect((await door.everything()).at(-1)).toMatchObject({ kind: 'tick', at: NOW + 10_000 });
  });

  it('that an appliance said goodbye', async () => {
    const client = await door.connect(fridge);
    door.setClock(NOW + 5);
    await client.goodbye();
    await door.recorded(fridge.id, 'disconnected');
    const records = await door.records(fridge.id);
    expect(story(records)).toEqual(['connected', 'disconnected: goodbye']);
    expect(records.map(({ at }) => at)).toEqual([NOW, NOW + 5]);
  });

  it('that a connection was lost', async () => {
    const client = await door.connect(fridge);
    await client.drop();
    await door.recorded(fridge.id, 'disconnected');
    expect(story(await door.records(fridge.id))).toEqual(['connected', 'disconnected: lost']);
  });

  it('that a keep-alive ran out, as lost', async () => {
    const client = await door.connect(fridge, { keepalive: 1 });
    await client.closed;
    await door.recorded(fridge.id, 'disconnected');
    expect(story(await door.records(fridge.id))).toEqual(['connected', 'disconnected: lost']);
  });

  it('that the appliance came again on another connection', async () => {
    const first = await door.connect(fridge);
    await using second = await door.connect(fridge);
    await first.closed;
    expect(await second.sofar()).toEqual([]);
    await door.recorded(fridge.id, 'connected', 2);
    expect(story(await door.records(fridge.id))).toEqual(['connected', 'disconnected: replaced', 'connected']);
  });

  it('the same when the first one listened', async () => {
    const first = await door.connect(fridge);
    await first.subscribe(noticesTopic(fridge.id));
    await using second = await door.connect(fridge);
    await first.closed;
    await second.subscribe(noticesTopic(fridge.id));
    expect(story(await door.records(fridge.id))).toEqual(['connected', 'disconnected: replaced', 'connected']);
    const notice: Notice = { code: 'server-time', at: NOW, reason: 'x' };
    door.broker.downlink.notify(fridge.id, notice);
    expect(JSON.parse((await second.next('publish')).payload.toString())).toEqual(notice);
  });

  it('that we cut it', async () => {
    const client = await door.connect(fridge);
    door.broker.disconnect(fridge.id);
    await client.closed;
    await door.recorded(fridge.id, 'disconnected');
    expect(story(await door.records(fridge.id))).toEqual(['connected', 'disconnected: refused']);
  });

  it('that we stopped', async () => {
    const client = await door.connect(fridge);
    await door.stop();
    await client.closed;
    await door.recorded(fridge.id, 'disconnected');
    expect(story(await door.records(fridge.id))).toEqual(['connected', 'disconnected: shutdown']);
  });

  it('a goodbye right behind CONNECT in this order too', async () => {
    const client = await door.open();
    const { id, secret } = fridge;
    client.send(
      {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: id,
        username: id,
        password: Buffer.from(secret),
        keepalive: 0,
      },
      { cmd: 'disconnect' },
    );
    await client.closed;
    await door.recorded(id, 'disconnected');
    expect(story(await door.records(id))).toEqual(['connected', 'disconnected: goodbye']);
  });

  it('a message and a goodbye right behind CONNECT in this order too', async () => {
    for (let round = 1; round <= 20; round++) {
      const client = await door.open();
      await client.connect(fridge.id, fridge.secret);
      client.publish(upTopic(fridge.id, 'telemetry'), 'x', 0);
      await client.goodbye();
      await door.recorded(fridge.id, 'disconnected', round);
    }
    expect(story(await door.records(fridge.id))).toEqual(
      Array.from({ length: 20 }, () => ['connected', 'message', 'disconnected: goodbye']).flat(),
    );
  });

  it('as many ends as beginnings, in turn, however often one appliance comes and goes', async () => {
    for (let round = 0; round < 15; round++) {
      const one = await door.connect(fridge);
      await one.subscribe(noticesTopic(fridge.id));
      // The next one knocks while this one ends.
      const next = door.connect(fridge);
      one.socket.destroy();
      const two = await next;
      if (round % 2) await two.goodbye();
      else await two.drop();
    }
    await door.recorded(fridge.id, 'disconnected', 30);
    const kinds = (await door.records(fridge.id)).map(({ kind }) => kind);
    expect(kinds).toEqual(Array.from({ length: 60 }, (_, i) => (i % 2 ? 'disconnected' : 'connected')));
  });
});
