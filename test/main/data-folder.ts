// A data folder that a platform may start in at once, and settings on free ports.
import { readSettings, type Settings } from '#main';
import { freePort } from '../servers/process.ts';

/** On loopback and free ports, nothing outside; a fixed MQTT port, so that a second start has the same. */
export async function freeSettings(more: Record<string, string> = {}): Promise<Settings> {
  return readSettings({ environment: await freeEnvironment(more), demo: false });
}

export async function freeEnvironment(more: Record<string, string> = {}): Promise<Record<string, string>> {
  const [http, mqtt, webSocket] = [await freePort(), await freePort(), await freePort()];
  return { HTTP_PORT: String(http), MQTT_PORT: String(mqtt), MQTT_WS_PORT: String(webSocket), ...more };
}
