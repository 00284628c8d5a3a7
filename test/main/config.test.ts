import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '#main';
import { PlatformError } from '#runtime';
import { describeSettings } from '../../main/config.ts';
import { helpText } from '../../main/words.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-config-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function fileOf(...lines: string[]): string {
  const file = path.join(folder, 'settings');
  fs.writeFileSync(file, lines.join('\n'));
  return file;
}

/** The problems as they are listed. */
function problemsOf(options: Parameters<typeof readSettings>[0]): string[] {
  try {
    readSettings(options);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'bad-configuration') throw error;
    expect(error.kind).toBe('fatal');
    expect(error.hint).not.toBe('');
    return error.message
      .split('\n')
      .filter((line) => line.startsWith('  - '))
      .map((line) => line.slice(4));
  }
  return [];
}

const production = (environment: Record<string, string>) => ({ environment, demo: false });

describe('settings', () => {
  it('have defaults that run on one machine with nothing else', () => {
    const settings = readSettings({ environment: {}, demo: true });
    expect(settings).toMatchObject({ HOST: '127.0.0.1', HTTP_PORT: 8080, MQTT_PORT: 1883, CLOCK_RATE: 1 });
    expect(settings.DATABASE_URL).toBeUndefined();
  });

  it('come from the environment before the file, and from the file before the defaults', () => {
    const file = fileOf('# ports', 'HTTP_PORT=9000', 'MQTT_PORT=9001', 'MAIL_FROM="A <a@example.org>"');
    const settings = readSettings({ environment: { HTTP_PORT: '9100' }, file, demo: false });
    expect(settings).toMatchObject({
      HTTP_PORT: 9100,
      MQTT_PORT: 9001,
      MQTT_WS_PORT: 8083,
      MAIL_FROM: 'A <a@example.org>',
    });
  });

  it('that are empty count as not given', () => {
    const file = fileOf('MQTT_PORT=', 'DATABASE_URL=');
    const settings = readSettings({ environment: { HTTP_PORT: '', REDIS_URL: '' }, file, demo: false });
    expect(settings).toMatchObject({ HTTP_PORT: 8080, MQTT_PORT: 1883 });
    expect(settings.REDIS_URL).toBeUndefined();
  });

  it('cannot be changed afterwards', () => {
    const settings = readSettings(production({}));
    expect(() => Object.assign(settings, { HTTP_PORT: 1 })).toThrow(TypeError);
  });

  it('with three mistakes are refused with all three', () => {
    const problems = problemsOf(
      production({ HTTP_PORT: '99999', DATABASE_URL: 'mysql://x', INFLUX_URL: 'http://x:8086' }),
    );
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('HTTP_PORT');
    expect(problems[1]).toContain('DATABASE_URL: must be a URL that begins with postgres:// or postgresql://');
    expect(problems[2]).toBe('INFLUX_TOKEN, INFLUX_ORG, INFLUX_BUCKET: needed together with INFLUX_URL');
  });

  it.each<[string, Record<string, string>, string]>([
    ['a port that is a word', { MQTT_PORT: 'mqtt' }, 'MQTT_PORT'],
    ['a port with a fraction', { MQTT_PORT: '1883.5' }, 'MQTT_PORT'],
    ['a negative port', { MQTT_PORT: '-1' }, 'MQTT_PORT'],
    [
      'a URL of another protocol',
      { PUBLIC_URL: 'ftp://example.org' },
      'PUBLIC_URL: must be a URL that begins with http://',
    ],
    [
      'a URL that is none',
      { REDIS_URL: 'localhost:6379' },
      'REDIS_URL: must be a URL that begins with redis:// or rediss://',
    ],
    ['a pepper that can be guessed', { SECRET_PEPPER: 'salt' }, 'SECRET_PEPPER'],
    ['packets larger than the log takes', { MAX_PACKET_BYTES: '16777216' }, 'MAX_PACKET_BYTES'],
    ['a log too small for its segments', { LOG_MAX_MIB: '1' }, 'LOG_MAX_MIB'],
    ['a clock that stands', { CLOCK_RATE: '0' }, 'CLOCK_RATE'],
    [
      'a token of InfluxDB without the rest',
      { INFLUX_TOKEN: 'x' },
      'INFLUX_URL, INFLUX_ORG, INFLUX_BUCKET: needed together with INFLUX_TOKEN',
    ],
    [
      'a certificate without its key',
      { TLS_CERT_FILE: '/dev/null' },
      'TLS_KEY_FILE: needed together with TLS_CERT_FILE',
    ],
  ])('with %s are refused', (_, environment, problem) => {
    const problems = problemsOf(production(environment));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('that name files which are not there are refused, each', () => {
    const missing = path.join(folder, 'nothing.pem');
    expect(problemsOf(production({ TLS_CERT_FILE: missing, TLS_KEY_FILE: missing }))).toEqual([
      `TLS_CERT_FILE: there is no file "${missing}"`,
      `TLS_KEY_FILE: there is no file "${missing}"`,
    ]);
  });

  it('in a file that the platform does not know are refused, since they would do nothing', () => {
    const file = fileOf('HTTP_PORTS=9000', 'MQTT_PORT=9001');
    expect(problemsOf({ environment: {}, file, demo: false })).toEqual(['HTTP_PORTS: not a setting of Stethos']);
  });

  it('in a file that is not there are refused', () => {
    expect(() => readSettings({ environment: {}, file: path.join(folder, 'no-file'), demo: false })).toThrow('no-file');
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'example.org', '127.example.org'])(
    'let the demo, whose passwords everybody knows, not listen on %s',
    (HOST) => {
      const environment = { HOST };
      expect(problemsOf({ environment, demo: true })).toEqual([expect.stringContaining('--data DIR') as string]);
      expect(problemsOf({ environment, demo: false })).toEqual([]);
    },
  );

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('let the demo listen on %s', (HOST) => {
    expect(readSettings({ environment: { HOST }, demo: true }).HOST).toBe(HOST);
  });
});

describe('the help', () => {
  it('describes every setting, with its default', () => {
    const help = helpText();
    const names = Object.keys(readSettings({ environment: {}, demo: true }));
    expect(describeSettings().length).toBeGreaterThanOrEqual(names.length);
    for (const { name, fallback, what } of describeSettings()) {
      expect(what, `${name} has no description`).not.toBe('');
      const line = help.split('\n').find((candidate) => candidate.trim().startsWith(`${name} `));
      expect(line).toContain(what);
      if (fallback) expect(line).toContain(fallback);
    }
  });

  it('names every command line there is', () => {
    const help = helpText();
    for (const word of [
      'npm start',
      '--data DIR',
      '--config FILE',
      '--help',
      'npm run appliance',
      'npm run sim',
      'npm test',
    ])
      expect(help).toContain(word);
  });
});
