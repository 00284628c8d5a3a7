// Fresh appliances that come with a door that has stood open for more than ten minutes: an alert is due at once.
import { setTimeout } from 'node:timers/promises';
import { generate } from 'mqtt-packet';
import { upTopic } from '#contracts';
import { MINUTE } from '#runtime';
import { openConnections } from './connection.ts';
import { monotonicMs } from './monotonic.ts';
import type { Credential, Seen } from './offers.ts';

const OPEN_FOR_MINUTES = 12;

function openDoor(now: number): object {
  const readings = Array.from({ length: OPEN_FOR_MINUTES + 1 }, (_, minute) => ({
    at: now - (OPEN_FOR_MINUTES - minute) * MINUTE,
    values: { cabinet_temperature: 4 + minute / 2, compressor_on: true, door_open: true, set_point: 4 },
  }));
  return { seq: 0, readings };
}

export async function publishSamples(options: {
  port: number;
  samples: readonly Credential[];
  everyMs: number;
}): Promise<Seen[]> {
  const connections = await openConnections(options.port, options.samples);
  const sent: Seen[] = [];
  for (const [index, { id }] of options.samples.entries()) {
    const payload = JSON.stringify(openDoor(Date.now()));
    const topic = upTopic(id, 'telemetry');
    sent.push({ appliance: id, at: monotonicMs() });
    connections[index]!.socket.write(
      generate({ cmd: 'publish', topic, payload, qos: 1, messageId: 1, dup: false, retain: false }),
    );
    await setTimeout(options.everyMs);
  }
  return sent;
}
