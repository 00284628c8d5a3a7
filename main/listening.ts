// Where this process listens for appliances.
import * as fs from 'node:fs';
import * as net from 'node:net';
import type { ListenOptions } from '#broker';
import type { Settings } from './config.ts';
import { plainMqttHost } from './exposure.ts';

export async function freePort(host: string): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function readTls(settings: Settings): ListenOptions['tls'] {
  const { TLS_CERT_FILE, TLS_KEY_FILE, MQTT_CLIENT_CA_FILE, MQTT_TLS_PORT } = settings;
  if (!TLS_CERT_FILE || !TLS_KEY_FILE) return null;
  return {
    port: MQTT_TLS_PORT,
    certificate: fs.readFileSync(TLS_CERT_FILE, 'utf8'),
    key: fs.readFileSync(TLS_KEY_FILE, 'utf8'),
    ...(MQTT_CLIENT_CA_FILE ? { clientIssuers: fs.readFileSync(MQTT_CLIENT_CA_FILE, 'utf8') } : {}),
  };
}

export const listenOptions = (settings: Settings): ListenOptions => ({
  host: settings.HOST,
  plainHost: plainMqttHost(settings),
  mqttPort: settings.MQTT_PORT,
  webSocketPort: settings.MQTT_WS_PORT,
  tls: readTls(settings),
});
