// What the HTTP door needs from the rest of the platform.
import type { AlertsDeps } from '#alerts';
import type { Role } from '#contracts';
import type { Explainer } from '#diagnosis-rules';
import type { FieldServiceDeps } from '#field-service';
import type { ReadingsStore } from '#ingest';
import type { Clock, Jobs, Logger, LogWriter, Sql } from '#runtime';
import type { WebhookSender } from './webhooks/ports.ts';

/** A mail that the demo kept instead of sending it; `at` is epoch ms. */
export type KeptMail = { id: string; to: string; subject: string; text: string; at: number };
export type DemoAccount = { role: Role; email: string; password: string; name?: string };

export type ApiDeps = {
  sql: Sql;
  log: LogWriter;
  series: ReadingsStore['series'];
  explain: Explainer;
  jobs: Jobs;
  clock: Clock;
  logger: Logger;
  /** Key of the HMAC over appliances' secrets. */
  pepper: string;
  /** Where people reach the platform, e.g. "https://stethos.example.org". With https, cookies are Secure. */
  publicUrl: string;
  /** Where appliances reach the broker, as printed for them. */
  mqttAddress: { host: string; port: number };
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** The built web; null serves the API alone. */
  webRoot: string | null;
  /** Addresses of reverse proxies whose X-Forwarded-For is believed, so that limits count people, not the proxy. */
  trustProxy?: readonly string[];
  /** Who may read the figures; without it, callers on this machine. */
  metricsToken?: string;
  /** Each part by name: "ok", or what is wrong with it. */
  ready: () => Promise<Record<string, string>>;
  /** What the process counts beside the API, as text for Prometheus. */
  processFigures?: () => Promise<string>;
  mailSink?: { mails(): readonly KeptMail[] };
  /** Whether people may make accounts for themselves; without it they may. */
  signUp?: 'open' | 'closed';
  demo?: { accounts: readonly DemoAccount[] };
  alerts: AlertsDeps;
  fieldService: FieldServiceDeps;
  webhookSender: WebhookSender;
  /** For security.txt: a mailto:, https: or tel: URI. */
  securityContact?: string;
  /** Where the files of exports stand; one process makes and serves them. */
  exportFolder: string;
};
