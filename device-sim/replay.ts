// A recording published as an appliance: what lies in the past at once, in batches; what lies ahead when its time comes.
import { type ConnectionOptions, type Device, publishSamples } from './device.ts';
import { type Recording, shifted } from './recording.ts';
import { SECOND } from './time.ts';

/** Where the recording lies in time: its last reading is now, its first is at a time (epoch ms), or as recorded. */
export type Placement = { ends: 'now' } | { starts: number } | 'as recorded';

export function place(recording: Recording, placement: Placement, now: number): Recording {
  if (placement === 'as recorded') return recording;
  if ('starts' in placement) return shifted(recording, placement.starts - recording.samples[0]!.at);
  return shifted(recording, Math.floor((now - recording.samples.at(-1)!.at) / SECOND) * SECOND);
}

export function replay(options: ConnectionOptions & { recording: Recording }): Device {
  const { recording, ...connection } = options;
  return publishSamples({
    ...connection,
    samples: recording.samples.values(),
    // A hole in a recording says nothing about the appliance's power.
    outbox: { rebootAfterMs: Number.POSITIVE_INFINITY, memoryReadings: Number.POSITIVE_INFINITY },
    truth: recording.labelled.map(({ from, until }) => ({
      appliance: connection.id,
      fault: 'labelled' as const,
      kind: 'fault' as const,
      code: null,
      onset: from,
      end: until,
      growMs: 0,
      strength: 1,
    })),
  });
}
