// A data folder that a platform may start in at once, and settings on free ports.
import { readSettings, type Settings } from '#main';
import { freePort } from '../servers/process.ts';

/** A few connections of a test say what a street says. */
const NOBODY_IS_SLOWED = {
  MQTT_MESSAGES_PER_SECOND: '0',
  MQTT_BYTES_PER_SECOND: '0',
  MQTT_CONNECTS_PER_MINUTE: '0',
};

/** On loopback and free ports, nothing outside; a fixed MQTT port, so that a second start has the same. */
export async function freeSettings(more: Record<string, string> = {}): Promise<Settings> {
  return readSettings({ environment: await freeEnvironment(more), demo: false });
}

export async function freeEnvironment(more: Record<string, string> = {}): Promise<Record<string, string>> {
  const [http, mqtt, webSocket] = [await freePort(), await freePort(), await freePort()];
  const ports = { HTTP_PORT: String(http), MQTT_PORT: String(mqtt), MQTT_WS_PORT: String(webSocket) };
  return { ...ports, ...NOBODY_IS_SLOWED, ...more };
}
