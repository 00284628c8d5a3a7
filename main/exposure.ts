// What is open to others, and what whoever runs the platform should know of it.
import type { Settings } from './config.ts';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

type Exposed = Pick<Settings, 'HOST' | 'MQTT_PLAIN' | 'PUBLIC_URL' | 'TLS_CERT_FILE'>;

/** Where MQTT without TLS listens: secrets that travel in plain are for this machine, unless somebody says otherwise. */
export const plainMqttHost = ({ HOST, MQTT_PLAIN }: Exposed): string =>
  isLoopback(HOST) || MQTT_PLAIN === 'allow' ? HOST : '127.0.0.1';

/** One sentence each. None on a platform that only this machine reaches. */
export function exposureWarnings(settings: Exposed): string[] {
  const { HOST, MQTT_PLAIN, PUBLIC_URL, TLS_CERT_FILE } = settings;
  if (isLoopback(HOST)) return [];
  const warnings: string[] = [];
  if (PUBLIC_URL === undefined) {
    warnings.push(
      'PUBLIC_URL is not set: links in mails lead nowhere, and log-ins travel without TLS. Put a proxy with TLS in front and set PUBLIC_URL=https://...',
    );
  } else if (PUBLIC_URL.startsWith('http://')) {
    warnings.push('PUBLIC_URL is http: log-ins travel without TLS. Put a proxy with TLS in front.');
  }
  if (MQTT_PLAIN === 'allow') {
    warnings.push('MQTT_PLAIN=allow: secrets of appliances travel in plain. Only on a network that you trust.');
  } else if (TLS_CERT_FILE === undefined) {
    warnings.push(
      'MQTT listens on this machine only: appliances elsewhere need TLS_CERT_FILE and TLS_KEY_FILE, or, on a network that you trust, MQTT_PLAIN=allow.',
    );
  }
  return warnings;
}
