// The command line that lets a new appliance speak at once, with Debian's mosquitto-clients.
import { type Id, upTopic } from '#contracts';
import { loadModels } from './models.ts';

const SAMPLES: readonly (readonly [signal: string, value: number])[] = [
  ['cabinet_temperature', 4.2],
  ['power', 62],
];

/** One line for a POSIX shell; prints nothing when the platform has taken the reading. */
export function tryItLine(to: { host: string; port: number; appliance: Id; secret: string; model: string }): string {
  const signals = loadModels().get(to.model)?.signals ?? {};
  const values = Object.fromEntries(SAMPLES.filter(([signal]) => signal in signals));
  const payload = JSON.stringify({ readings: [{ values }] });
  return [
    `mosquitto_pub -h ${to.host} -p ${to.port} -q 1`,
    `-i ${to.appliance} -u ${to.appliance} -P ${to.secret}`,
    `-t ${upTopic(to.appliance, 'telemetry')} -m '${payload}'`,
  ].join(' ');
}
