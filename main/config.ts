// Configuration: environment over file over defaults, checked at once; every problem is listed. `process.env` is read nowhere else.
import * as fs from 'node:fs';
import * as net from 'node:net';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { PlatformError } from '#runtime';
import { isLoopback } from './exposure.ts';
import { STAGES, StageList } from './stages.ts';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const url = (...protocols: string[]) =>
  z.url({
    protocol: new RegExp(`^(${protocols.join('|')})$`),
    error: `must be a URL that begins with ${protocols.map((p) => `${p}://`).join(' or ')}`,
  });

const PROXY_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);

function isProxy(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = net.isIP(address);
  if (family === 0) return PROXY_RANGES.has(text);
  return (
    more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
  );
}

const Settings = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on. The demo listens on loopback only.'),
  HTTP_PORT: port(8080).describe('Web page and API. 0 picks a free port.'),
  MQTT_PORT: port(1883).describe('MQTT over TCP.'),
  MQTT_WS_PORT: port(8083).describe('MQTT over WebSocket.'),
  MQTT_TLS_PORT: port(8883).describe('MQTT over TLS; opened when a certificate is given.'),
  MQTT_PLAIN: z
    .enum(['loopback', 'allow'])
    .default('loopback')
    .describe('Where MQTT without TLS listens: `loopback`, on this machine only; `allow`, wherever HOST says.'),
  MQTT_MESSAGES_PER_SECOND: z.coerce
    .number()
    .min(0)
    .default(100)
    .describe(
      "Messages that one appliance may send, after a hundred seconds' worth at once; what is over it is acknowledged later. 0: no limit.",
    ),
  MQTT_BYTES_PER_SECOND: z.coerce
    .number()
    .min(0)
    .default(256 * 1024)
    .describe("Bytes that one appliance may send, after two minutes' worth at once. 0: no limit."),
  MQTT_CONNECTS_PER_MINUTE: z.coerce
    .number()
    .min(0)
    .default(30)
    .describe("Connections that one appliance may make, after two minutes' worth at once. 0: no limit."),
  TLS_CERT_FILE: z.string().optional().describe('Certificate chain (PEM) for MQTT over TLS.'),
  TLS_KEY_FILE: z.string().optional().describe('Private key (PEM) of that certificate.'),
  MQTT_CLIENT_CA_FILE: z
    .string()
    .optional()
    .describe('Issuers (PEM) of the certificates that appliances may show instead of a secret, over TLS.'),
  PUBLIC_URL: url('http', 'https')
    .optional()
    .describe('Where people reach the web page; links in mails are built from it.'),
  PUBLIC_MQTT_HOST: z.string().optional().describe('Host that is printed for appliances; without it HOST.'),
  SMTP_URL: url('smtp', 'smtps')
    .optional()
    .describe(
      'Mail server, e.g. smtp://user:password@mail.example.org:587. Without it messages show as "not sent: no mail server".',
    ),
  MAIL_FROM: z.string().default('Stethos <stethos@localhost>').describe('Sender of mails.'),
  DATABASE_URL: url('postgres', 'postgresql')
    .optional()
    .describe('PostgreSQL 15 or newer for the registry; without it an embedded database in the data folder.'),
  REDIS_URL: url('redis', 'rediss')
    .optional()
    .describe(
      "Redis or Valkey for BullMQ, or any node of a Redis Cluster with `?cluster=yes`; without it BullMQ runs on the registry's database.",
    ),
  LOG_REDIS_URL: url('redis', 'rediss')
    .optional()
    .describe(
      'Redis 7 or newer for the log, an instance of its own with `appendfsync always`; without it segment files in the data folder.',
    ),
  LOG_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(16)
    .describe('Partitions of the log in Redis: at most so many processes share a stage. Fixed at the first start.'),
  LOG_REDIS_CHECKED: z
    .enum(['yes'])
    .optional()
    .describe("`yes`: I checked that server's settings myself, because it forbids CONFIG."),
  STAGES: StageList.default([...STAGES]).describe(
    `Stages of this process, separated by commas: ${STAGES.join(', ')}. Without it all of them. Some need DATABASE_URL, REDIS_URL, LOG_REDIS_URL, INFLUX_URL and SECRET_PEPPER, which all processes share.`,
  ),
  OPS_PORT: port(0)
    .optional()
    .describe('`/healthz`, `/readyz` and `/metrics` of this process, whatever its stages. 0 picks a free port.'),
  RAW_READINGS_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('Days that readings are kept as they came. Older ones are not taken either.'),
  ROLLUP_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(730)
    .describe('Days that their roll-ups are kept: mean, least, most, count and last of each five minutes.'),
  INFLUX_URL: url('http', 'https')
    .optional()
    .describe('InfluxDB 2 for readings; without it DuckDB in the data folder.'),
  INFLUX_TOKEN: z.string().optional().describe('API token of InfluxDB.'),
  INFLUX_ORG: z.string().optional().describe('Organisation in InfluxDB.'),
  INFLUX_BUCKET: z.string().optional().describe('Bucket in InfluxDB.'),
  SECRET_PEPPER: z
    .string()
    .min(32)
    .optional()
    .describe('Key over the secrets of appliances; without it one is made in the data folder.'),
  MAX_PACKET_BYTES: z.coerce
    .number()
    .int()
    .min(1024)
    .max(8 * 1024 * 1024)
    .default(256 * 1024)
    .describe('Largest MQTT packet an appliance may send.'),
  LOG_MAX_MIB: z.coerce
    .number()
    .int()
    .min(128)
    .default(4096)
    .describe('Bound of the log; when it is full, PUBACKs wait and appliances buffer.'),
  LOG_DISK_RESERVE_MIB: z.coerce
    .number()
    .int()
    .min(0)
    .default(256)
    .describe("Room on the data folder's disk that the log leaves to others; below it PUBACKs wait."),
  WEBHOOK_ALLOWED_HOSTS: z
    .string()
    .regex(/^[^\s/,]+(,[^\s/,]+)*$/, 'must be a list of host or host:port, separated by commas')
    .optional()
    .describe(
      'Hosts of your own network that webhooks may reach, at any address and over plain http too, e.g. hooks.internal,localhost:9000. All others must be public and speak https.',
    ),
  TRUST_PROXY: z
    .string()
    .refine((text) => text.split(',').every(isProxy), {
      error: 'must be IP addresses or networks such as 10.0.0.0/8, or "loopback", separated by commas',
    })
    .optional()
    .describe(
      'Addresses of reverse proxies in front of the web page, separated by commas; their X-Forwarded-For is believed.',
    ),
  METRICS_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Bearer token for `/metrics`; without it only callers on this machine may read them.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https')
    .optional()
    .describe(
      'OpenTelemetry collector that is sent traces (OTLP over HTTP, JSON), e.g. http://127.0.0.1:4318; without it there are none.',
    ),
  OTEL_SAMPLE_EVERY: z.coerce
    .number()
    .int()
    .min(1)
    .default(1000)
    .describe('One message in so many is followed from its receipt to the mails it leads to.'),
  SIGN_UP: z
    .enum(['open', 'closed'])
    .default('open')
    .describe('Whether people of households may make accounts for themselves; `closed`: by invitation only.'),
  SECURITY_CONTACT: z
    .url({ protocol: /^(mailto|https|tel)$/, error: 'must be a mailto:, https: or tel: address' })
    .optional()
    .describe('Where to report a weakness, e.g. mailto:security@example.org; shown in `/.well-known/security.txt`.'),
  CLOCK_RATE: z.coerce
    .number()
    .min(1)
    .max(100_000)
    .default(1)
    .describe('Development only: platform time runs this many times faster.'),
});
export type Settings = z.infer<typeof Settings>;

/** What processes meet in when each of them runs some of the stages. */
const SHARED = ['DATABASE_URL', 'REDIS_URL', 'LOG_REDIS_URL', 'INFLUX_URL', 'SECRET_PEPPER'] as const;

/** Whether other processes can work on the same log, findings and readings. */
export const isShared = ({
  DATABASE_URL,
  LOG_REDIS_URL,
  INFLUX_URL,
}: Pick<Settings, 'DATABASE_URL' | 'LOG_REDIS_URL' | 'INFLUX_URL'>): boolean =>
  DATABASE_URL !== undefined && LOG_REDIS_URL !== undefined && INFLUX_URL !== undefined;

const TOGETHER: readonly (readonly (keyof Settings)[])[] = [
  ['INFLUX_URL', 'INFLUX_TOKEN', 'INFLUX_ORG', 'INFLUX_BUCKET'],
  ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
];

function crossProblems(given: Record<string, string>, demo: boolean): string[] {
  const problems: string[] = [];
  for (const group of TOGETHER) {
    const missing = group.filter((name) => given[name] === undefined);
    if (missing.length > 0 && missing.length < group.length) {
      problems.push(
        `${missing.join(', ')}: needed together with ${group.filter((name) => given[name] !== undefined).join(', ')}`,
      );
    }
  }
  const stages = StageList.safeParse(given.STAGES ?? STAGES.join(','));
  if (stages.success && stages.data.length < STAGES.length) {
    const missing = SHARED.filter((name) => given[name] === undefined);
    if (missing.length > 0) problems.push(`${missing.join(', ')}: needed by a process of some stages (STAGES)`);
  } else if (isShared(given) && given.SECRET_PEPPER === undefined) {
    problems.push('SECRET_PEPPER: needed where several processes share the engines; all of them need the same');
  }
  if (given.MQTT_CLIENT_CA_FILE !== undefined && given.TLS_CERT_FILE === undefined) {
    problems.push('TLS_CERT_FILE: needed together with MQTT_CLIENT_CA_FILE');
  }
  for (const name of ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'MQTT_CLIENT_CA_FILE']) {
    if (given[name] !== undefined && !fs.existsSync(given[name]))
      problems.push(`${name}: there is no file "${given[name]}"`);
  }
  const some = stages.success && stages.data.length < STAGES.length;
  if (demo && !some && given.HOST !== undefined && !isLoopback(given.HOST)) {
    problems.push(
      `HOST: the demo has public passwords and listens on loopback only; use --data DIR to listen on "${given.HOST}"`,
    );
  }
  return problems;
}

function readFile(file: string): Record<string, string | undefined> {
  if (!fs.existsSync(file)) {
    throw new PlatformError('bad-configuration', 'fatal', `There is no configuration file "${file}".`, {
      hint: 'Check --config.',
    });
  }
  return parseEnv(fs.readFileSync(file, 'utf8'));
}

/** Throws one `bad-configuration` error that lists every problem. An empty value counts as not set. */
export function readSettings(options: {
  environment?: NodeJS.ProcessEnv;
  file?: string | undefined;
  demo: boolean;
}): Settings {
  const environment = options.environment ?? process.env;
  const fromFile = options.file ? readFile(options.file) : {};
  const given: Record<string, string> = {};
  for (const name of Object.keys(Settings.shape)) {
    const value = environment[name] || fromFile[name];
    if (value) given[name] = value;
  }
  const parsed = Settings.safeParse(given);
  const problems = [
    ...(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? []),
    ...Object.keys(fromFile)
      .filter((name) => !(name in Settings.shape))
      .map((name) => `${name}: not a setting of Stethos`),
    ...crossProblems(given, options.demo),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new PlatformError(
      'bad-configuration',
      'fatal',
      `The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
      {
        hint: 'Mend them in the environment or the file given by --config; `npm start -- --help` lists every setting.',
      },
    );
  }
  return Object.freeze(parsed.data);
}

/** One line per setting, for --help and the README. */
export const describeSettings = (): { name: string; fallback: string; what: string }[] =>
  Object.entries(Settings.shape).map(([name, schema]) => {
    const fallback = schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : '';
    return { name, fallback, what: schema.description ?? '' };
  });
