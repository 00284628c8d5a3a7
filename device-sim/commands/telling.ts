// What a running simulation tells the person in front of it.
import type { Device, DeviceEvents } from '../device.ts';
import type { Sample } from '../simulation.ts';
import { UsageError } from '../usage-error.ts';
import type { CommandContext } from './options.ts';

const clockTime = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

function measurement({ at, values }: Sample): string | null {
  if (values.cabinet_temperature === undefined) return null;
  const parts = [`${clockTime(at)}  ${values.cabinet_temperature} °C`];
  if (values.power !== undefined) parts.push(`${values.power} W`);
  if (values.compressor_on) parts.push('compressor on');
  if (values.door_open) parts.push('DOOR OPEN');
  if (values.defrost_on) parts.push('defrosting');
  return parts.join('  ');
}

/** Events of one device as lines. Refused credentials end the run. */
export function telling(options: {
  name: string;
  say: CommandContext['say'];
  readings: boolean;
  refused(error: UsageError): void;
  now(): number;
}): DeviceEvents {
  const { name, say, now } = options;
  return {
    connected: () => say(`${name}: connected`),
    disconnected: (reason, retryMs) =>
      say(
        `${name}: no connection (${reason}); is the platform running? Trying again in ${Math.ceil(retryMs / 1000)} s`,
      ),
    refused: (reason) =>
      options.refused(
        new UsageError(`${name}: the platform refused this id and secret (${reason})`, 'Check --id and --secret.'),
      ),
    notice: (notice) => {
      if (notice.code !== 'server-time') say(`${name}: notice from the platform: ${notice.code}: ${notice.reason}`);
    },
    command: ({ kind, parameters }) => say(`${name}: asked to do: ${kind} ${JSON.stringify(parameters)}`),
    measured(sample, link) {
      if (!options.readings || now() - sample.at > 90_000) return;
      const line = measurement(sample);
      if (line) say(link === 'up' ? `${name}: ${line}` : `${name}: ${line}  (${link})`);
    },
  };
}

/** Waits until the devices are done or the person stops; then ends them. Throws what `failed` rejects with. */
export async function untilOver(devices: readonly Device[], context: CommandContext, failed: Promise<never>) {
  const stopped = new Promise<void>((resolve) => {
    if (context.stop.aborted) resolve();
    context.stop.addEventListener('abort', () => resolve(), { once: true });
  });
  const finished = Promise.all(devices.map((device) => device.finished));
  try {
    await Promise.race([finished, stopped, failed]);
  } finally {
    await Promise.all(devices.map((device) => device[Symbol.asyncDispose]()));
    const messages = devices.reduce((sum, device) => sum + device.acknowledgedMessages, 0);
    context.say(`${messages} messages were acknowledged`);
  }
}
