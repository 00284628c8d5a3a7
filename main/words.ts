// What the command line says.
import type { DemoAccount } from '#api';
import type { ClockSpec } from '#runtime';
import { describeSettings } from './config.ts';
import type { Platform } from './platform.ts';
import type { MqttAddress, RunningProcess } from './process.ts';

const settingLines = (): string =>
  describeSettings()
    .map(({ name, fallback, what }) => `  ${name.padEnd(18)} ${what}${fallback ? ` Default: ${fallback}.` : ''}`)
    .join('\n');

export const helpText =
  (): string => `Stethos listens to household appliances, says what is wrong and why, and gets it fixed.

Usage
  npm start                          the demo: a simulated household, on this machine only
  npm start -- --data DIR            the platform without demo data, in the folder DIR
  STAGES=... npm start               some stages in this process, beside others that share its engines
  npm start -- --config FILE         settings from FILE, one NAME=value a line; the environment goes before it
  npm start -- --help                this page

  npm run appliance -- add           make an appliance; prints its id, its secret and a line to try it
  npm run backup -- --help           copies the whole platform while it runs
  npm run restore -- --help          makes a platform out of a backup
  npm run move -- --help             from one folder to engines that several processes share
  npm run sim -- --help              simulated appliances
  npm test                           the tests

Settings (environment, or the file given by --config)
${settingLines()}

The demo keeps its data in data/demo. To begin anew, stop it and delete that folder.
Ctrl-C stops cleanly. After a crash or a power cut the next start goes on where it was.`;

const mqttLine = ({ host, port, webSocketPort, tlsPort }: MqttAddress): string =>
  `  MQTT        mqtt://${host}:${port}   WebSocket ws://${host}:${webSocketPort}${tlsPort ? `   TLS mqtts://${host}:${tlsPort}` : ''}`;

const opsLines = ({ opsPort }: RunningProcess): string[] =>
  opsPort === null ? [] : [`  Operations  port ${opsPort}: /healthz, /readyz, /metrics`];

const addressLines = ({ url, mqtt }: Platform, webUrl: string, clock: ClockSpec): string[] => [
  `  Web page    ${webUrl}`,
  `  API         ${url}/api/docs`,
  mqttLine(mqtt),
  ...(clock.kind === 'scaled'
    ? [
        `  Clock       ${clock.rate} times faster since ${new Date(clock.from).toISOString()} (for npm run sim: --rate ${clock.rate} --clock-from ${new Date(clock.from).toISOString()})`,
      ]
    : []),
];

export function demoBanner(
  platform: Platform,
  webUrl: string,
  clock: ClockSpec,
  accounts: readonly DemoAccount[],
): string {
  const width = Math.max(...accounts.map(({ email }) => email.length));
  return [
    '',
    'Stethos is running (demo).',
    '',
    ...addressLines(platform, webUrl, clock),
    `  Mails       ${platform.url}/demo/mail`,
    '',
    '  Log in as',
    ...accounts.map(
      ({ role, email, password }) => `    ${role.padEnd(14)} ${email.padEnd(width)}  password ${password}`,
    ),
    '',
    '  Within a minute an alert opens by itself: a fridge that no longer cools, and one whose door was left open.',
    '  Ctrl-C stops.',
    '',
  ].join('\n');
}

export function banner(platform: Platform, webUrl: string, clock: ClockSpec, folder: string): string {
  const first = platform.setUpToken
    ? ['', '  First administrator: open this link once', `    ${webUrl}/setup?token=${platform.setUpToken}`]
    : [];
  return [
    '',
    'Stethos is running.',
    '',
    ...addressLines(platform, webUrl, clock),
    ...opsLines(platform),
    `  Data        ${folder}`,
    ...first,
    '',
    '  Ctrl-C stops.',
    '',
  ].join('\n');
}

export function stagesBanner(
  running: RunningProcess,
  stages: readonly string[],
  webUrl: string | null,
  folder: string,
): string {
  const { url, mqtt, setUpToken } = running;
  return [
    '',
    `Stethos is running: ${stages.join(', ')}.`,
    '',
    ...(url ? [`  Web page    ${webUrl}`, `  API         ${url}/api/docs`] : []),
    ...(mqtt ? [mqttLine(mqtt)] : []),
    ...opsLines(running),
    `  Data        ${folder}`,
    ...(setUpToken
      ? ['', '  First administrator: open this link once', `    ${webUrl}/setup?token=${setUpToken}`]
      : []),
    '',
    '  Ctrl-C stops.',
    '',
  ].join('\n');
}
