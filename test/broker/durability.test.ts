// Acknowledged means kept: nothing is acknowledged before the log says so.
import { describe, expect, it } from 'vitest';
import { LIMITS } from '#broker';
import { upTopic } from '#contracts';
import type { LogWriter } from '#runtime';
import { bodies, openDoor } from './door.ts';

/** The real log behind a gate. What is appended while the gate is shut waits, in order. */
function gate() {
  let shut = false;
  const waiting: (() => void)[] = [];
  const held: { resolve: () => void; count: number }[] = [];
  return {
    shut() {
      shut = true;
    },
    open() {
      shut = false;
      for (const append of waiting.splice(0)) append();
    },
    /** Resolves when so many messages wait. */
    holds: (count: number) =>
      waiting.length >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => void held.push({ resolve: () => resolve(), count })),
    through: (log: LogWriter): LogWriter => ({
      append(record, done) {
        if (!shut || record.kind !== 'message') return log.append(record, done);
        waiting.push(() => log.append(record, done));
        for (const { resolve, count } of held) if (waiting.length >= count) resolve();
      },
    }),
  };
}

describe('PUBACK', () => {
  it('waits for the log', async () => {
    const held = gate();
    await using door = await openDoor({ through: held.through });
    const fridge = door.appliance();
    await using client = await door.connect(fridge);
    held.shut();
    for (const n of [1, 2, 3]) client.publish(upTopic(fridge.id, 'telemetry'), `m${n}`, 1, n);
    await held.holds(3);
    // Another appliance comes and goes meanwhile: nothing but the log holds the first one back.
    const other = await door.connect(door.appliance());
    expect(await other.sofar()).toEqual([]);
    await other.goodbye();
    expect(client.socket.bytesRead).toBe(CONNACK_BYTES);
    held.open();
    for (const n of [1, 2, 3]) expect((await client.next('puback')).messageId).toBe(n);
  });

  it('leaves after the record is on disk, in the order of the messages', async () => {
    const events: string[] = [];
    await using door = await openDoor({
      through: (log) => ({
        append(record, done) {
          const name = Buffer.from(record.body).toString();
          log.append(record, (error) => {
            if (record.kind === 'message') events.push(`durable ${name}`);
            done(error);
          });
        },
      }),
    });
    const fridge = door.appliance();
    await using client = await door.connect(fridge);
    const count = 200;
    for (let n = 1; n <= count; n++) client.publish(upTopic(fridge.id, 'telemetry'), String(n), 1, n);
    for (let n = 1; n <= count; n++) {
      const { messageId } = await client.next('puback');
      events.push(`acknowledged ${messageId}`);
    }
    for (let n = 1; n <= count; n++) {
      expect(events.indexOf(`durable ${n}`)).toBeGreaterThanOrEqual(0);
      expect(events.indexOf(`durable ${n}`)).toBeLessThan(events.indexOf(`acknowledged ${n}`));
    }
    expect(events.filter((event) => event.startsWith('acknowledged'))).toEqual(
      Array.from({ length: count }, (_, i) => `acknowledged ${i + 1}`),
    );
    expect(bodies(await door.recorded(fridge.id, 'message', count))).toHaveLength(count);
  });

  it('never comes for what the log refuses: the connection is cut and the appliance sends again', async () => {
    await using door = await openDoor({
      through: (log) => ({
        append(record, done) {
          if (record.kind === 'message') done(new Error('the log is closed'));
          else log.append(record, done);
        },
      }),
    });
    const fridge = door.appliance();
    await using client = await door.connect(fridge);
    client.publish(upTopic(fridge.id, 'telemetry'), 'x');
    await expect(client.next('puback')).rejects.toThrow('closed');
  });
});

describe('a slow log', () => {
  it('stops the reading of a connection that sends on, so that memory is bounded', async () => {
    const held = gate();
    const limits = { ...LIMITS, bytes: { perSecond: 0, burst: 0 } };
    await using door = await openDoor({ limits, through: held.through });
    const fridge = door.appliance();
    await using client = await door.connect(fridge);
    held.shut();
    const kilobytes = Buffer.alloc(32 * 1024, 'x');
    // Far more than the buffers of both ends of a connection hold.
    for (let n = 1; n <= 2_000; n++) client.publish(upTopic(fridge.id, 'telemetry'), kilobytes, 1, n);
    await held.holds(1);
    const other = await door.connect(door.appliance());
    for (let turn = 0; turn < 20; turn++) await other.sofar();
    await other.goodbye();
    expect(client.socket.writableLength).toBeGreaterThan(30 * 1024 * 1024);
    held.open();
    for (let n = 1; n <= 2_000; n++) expect((await client.next('puback')).messageId).toBe(n);
  });

  it('does not let the keep-alive of a waiting appliance run out', async () => {
    const held = gate();
    await using door = await openDoor({ through: held.through });
    const fridge = door.appliance();
    await using waiting = await door.connect(fridge, { keepalive: 1 });
    held.shut();
    waiting.publish(upTopic(fridge.id, 'telemetry'), 'x');
    await held.holds(1);
    // Two that are only silent, the second after the first: each is cut when its keep-alive has run out.
    for (const silent of [door.appliance(), door.appliance()])
      await (await door.connect(silent, { keepalive: 1 })).closed;
    held.open();
    await waiting.next('puback');
  });
});

const CONNACK_BYTES = 4;
