// The files in deploy/ cannot be executed everywhere; what they say about the platform is held to what the platform says.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '#main';
import { describeSettings } from '../../main/config.ts';
import { STAGES } from '../../main/stages.ts';
import { ROOT } from '../architecture/sources.ts';
import { findTool } from '../servers/process.ts';

type Service = {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  deploy?: { replicas: number };
  volumes?: string[];
  healthcheck?: object;
};

const read = (file: string): string => fs.readFileSync(path.join(ROOT, 'deploy', file), 'utf8');
const text = read('compose.yaml');
const { services, volumes } = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, object>;
};
const ours = Object.entries(services).filter(([, { image }]) => image === 'stethos');
const ENVIRONMENT_FILE = read('env.example');

/** As long as secrets are, and a URL where one is wanted. */
const filledIn = (value: string): string =>
  value
    .replace(/\$\{SMTP_URL\}/, 'smtp://mail.example.org')
    .replace(/\$\{PUBLIC_URL\}/, 'https://stethos.example.org')
    .replace(/\$\{\w+\}/g, 'x'.repeat(64))
    // A file that is there.
    .replace(/^\/certificates\/.*/, path.join(ROOT, 'package.json'));

describe('deploy/compose.yaml', () => {
  it.each(ours)('gives the process "%s" settings that it accepts', (_, { environment = {} }) => {
    const known = describeSettings().map(({ name }) => name);
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
    const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filledIn(value)]));
    expect(() => readSettings({ environment: given, demo: false })).not.toThrow();
  });

  it('runs every stage, those that share partitions twice, and each with a health check', () => {
    const running = ours.flatMap(([, { environment }]) => environment!.STAGES!.split(','));
    expect(running.toSorted()).toEqual([...STAGES].toSorted());
    for (const name of ['broker', 'ingest', 'diagnosis']) expect(services[name]!.deploy).toEqual({ replicas: 2 });
    for (const [, service] of ours) expect(service.healthcheck).toBeDefined();
  });

  it('lets the log keep what it acknowledges', () => {
    const words = services['redis-log']!.command!.join(' ');
    expect(words).toContain('--appendonly yes');
    expect(words).toContain('--appendfsync always');
    expect(words).toContain('--no-appendfsync-on-rewrite no');
    expect(words).toContain('--maxmemory-policy noeviction');
  });

  it('asks for no variable that env.example does not name, and mounts no volume that is not there', () => {
    const asked = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!));
    const named = [...ENVIRONMENT_FILE.matchAll(/^(\w+)=/gm)].map(([, name]) => name!);
    expect([...asked].toSorted()).toEqual(named.toSorted());
    const mounted = Object.values(services).flatMap((service) => service.volumes ?? []);
    for (const [name] of mounted.map((mount) => mount.split(':'))) {
      if (name!.startsWith('./')) continue;
      expect(Object.keys(volumes)).toContain(name);
    }
  });
});

describe('deploy/haproxy.cfg', () => {
  const program = findTool('haproxy');
  it.skipIf(program === null)('is one that haproxy takes', () => {
    const { status, stderr } = spawnSync(program!, ['-c', '-f', path.join(ROOT, 'deploy/haproxy.cfg')]);
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
  });

  it('leads to the ports that brokers listen on', () => {
    const ports = [...read('haproxy.cfg').matchAll(/ broker:(\d+) /g)].map(([, port]) => Number(port));
    const { MQTT_PORT, MQTT_TLS_PORT } = readSettings({ environment: {}, demo: false });
    expect(ports.toSorted()).toEqual([MQTT_PORT, MQTT_TLS_PORT].toSorted());
  });
});
