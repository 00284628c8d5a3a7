import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Id, type Notice, noticesTopic, upTopic } from '#contracts';
import { HOUR } from '#runtime';
import { oversizeRecord } from '../../broker/oversize.ts';
import { type Door, NOW, openDoor } from './door.ts';
import type { RawClient } from './raw-client.ts';

const A = '01890a5d-ac96-774b-bcce-b302099a8057';
const LIMIT = 64 * 1024;
const TEN_MEGABYTES = 10 * 1024 * 1024;

describe('the record of cuts', () => {
  it.each([
    ['two cuts', [0, 1], 2, null],
    ['three cuts', [0, 1, 2], 3, 2 + HOUR],
    ['three cuts, an hour ago', [0, 1, 2], 2 + HOUR, null],
    ['three cuts, a moment less than an hour ago', [0, 1, 2], 1 + HOUR, 2 + HOUR],
    ['cuts more than an hour apart', [0, HOUR, 2 * HOUR], 2 * HOUR + 1, null],
  ])('after %s', (_, cuts, now, until) => {
    const record = oversizeRecord();
    for (const at of cuts) record.cut(A, at);
    expect(record.refusedUntil(A, now)).toBe(until);
  });

  it('begins anew after the hour', () => {
    const record = oversizeRecord();
    for (const at of [0, 1, 2]) record.cut(A, at);
    expect(record.refusedUntil(A, 2 + HOUR)).toBeNull();
    record.cut(A, 2 + HOUR);
    expect(record.refusedUntil(A, 3 + HOUR)).toBeNull();
  });
});

describe('a packet over the limit', () => {
  let door: Door;
  let fridge: { id: Id; secret: string };
  beforeEach(async () => {
    door = await openDoor({ maxPacketBytes: LIMIT });
    fridge = door.appliance();
  });
  afterEach(() => door[Symbol.asyncDispose]());

  /** The head of a PUBLISH of ten megabytes, and as much of it as the broker cares to read. */
  async function sendTooMuch(client: RawClient): Promise<void> {
    const head = Buffer.from([0x32, ...lengthBytes(TEN_MEGABYTES)]);
    client.socket.write(head);
    client.socket.write(Buffer.alloc(TEN_MEGABYTES));
    await client.closed;
  }

  it('cuts the connection', async () => {
    const client = await door.connect(fridge);
    await sendTooMuch(client);
    const [gone] = await door.recorded(fridge.id, 'disconnected');
    expect(JSON.parse(Buffer.from(gone!.body).toString())).toMatchObject({ cause: 'refused' });
    expect(await door.recorded(fridge.id, 'message', 0)).toEqual([]);
  });

  it('is cut at its head: nothing of its content is waited for, so nothing of it is held', async () => {
    const client = await door.connect(fridge);
    client.socket.write(Buffer.from([0x32, ...lengthBytes(TEN_MEGABYTES)]));
    await client.closed;
  });

  it('is explained when the appliance is back and listens', async () => {
    await using first = await door.connect(fridge);
    await first.subscribe(noticesTopic(fridge.id));
    await sendTooMuch(first);
    await using second = await door.connect(fridge);
    await second.subscribe(noticesTopic(fridge.id));
    const { payload } = await second.next('publish');
    const notice = JSON.parse(payload.toString()) as Notice;
    expect(notice).toMatchObject({ code: 'packet-too-large', at: NOW });
    expect(notice.reason).toContain(String(LIMIT));
  });

  it('is refused for an hour after the third, and welcome after that', async () => {
    for (let i = 0; i < 3; i++) await sendTooMuch(await door.connect(fridge));
    door.setClock(NOW + HOUR - 1);
    await using refused = await door.open();
    expect(await refused.connect(fridge.id, fridge.secret)).toBe(5);
    await refused.closed;
    door.setClock(NOW + HOUR);
    await using welcome = await door.open();
    expect(await welcome.connect(fridge.id, fridge.secret)).toBe(0);
  });

  it('of one appliance costs no other anything', async () => {
    await using neighbour = await door.connect(door.appliance());
    for (let i = 0; i < 3; i++) await sendTooMuch(await door.connect(fridge));
    expect(await neighbour.sofar()).toEqual([]);
  });

  it('is one byte more than the largest that is kept whole', async () => {
    await using client = await door.connect(fridge);
    const topic = upTopic(fridge.id, 'telemetry');
    // Two bytes for the length of the topic, two for the message id.
    const largest = Buffer.alloc(LIMIT - topic.length - 4, 'x');
    client.publish(topic, largest);
    await client.next('puback');
    const [message] = await door.recorded(fridge.id, 'message');
    expect(digest(message!.body)).toBe(digest(largest));
    client.publish(topic, Buffer.alloc(largest.length + 1, 'x'));
    await client.closed;
  });

  it('may be as large as that right behind CONNACK', async () => {
    const topic = upTopic(fridge.id, 'telemetry');
    for (let round = 0; round < 20; round++) {
      await using client = await door.connect(fridge);
      client.publish(topic, Buffer.alloc(LIMIT - topic.length - 4, 'x'));
      await client.next('puback');
    }
  });

  it('before CONNECT cuts at 16 KiB, and is held against nobody', async () => {
    for (let i = 0; i < 3; i++) {
      const stranger = await door.open();
      stranger.socket.write(Buffer.from([0x10, ...lengthBytes(16 * 1024 + 1)]));
      await stranger.closed;
    }
    await using client = await door.connect(fridge);
    expect(await client.sofar()).toEqual([]);
  });
});

function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | (rest > 127 ? 128 : 0));
  return bytes;
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
