// What MQTT over TLS agrees to, asked with every version and suite that this OpenSSL knows; the certificate is of the kind
// that would let the oldest of them in.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pgliteDatabase } from '../engines/databases.ts';
import { findTool } from '../servers/process.ts';
import { openssl } from './certificate-folder.ts';
import { type Fleet, openFleet } from './fleet.ts';

const sslscan = findTool('sslscan');

describe.skipIf(!openssl)('MQTT over TLS', () => {
  let folder: string;
  let fleet: Fleet;
  let port: number;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-tls-'));
    const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    execFileSync(openssl!, ['req', ...kind, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const certificate = fs.readFileSync(cert, 'utf8');
    fleet = await openFleet(pgliteDatabase, { tls: { certificate, key: fs.readFileSync(key, 'utf8') } });
    port = fleet.doors[0].broker.ports.tls!;
  });
  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** The suite that both sides agreed to; null when they did not. */
  async function agreed(version: tls.SecureVersion, suites: string): Promise<string | null> {
    const ciphers = `${suites}:@SECLEVEL=0`;
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, ciphers };
    let socket: tls.TLSSocket;
    try {
      socket = tls.connect({ ...options, minVersion: version, maxVersion: version });
    } catch {
      // This side does not know the suite at all.
      return null;
    }
    const ended = once(socket, 'close').then(() => null);
    const open = once(socket, 'secureConnect').then(() => socket.getCipher().standardName);
    const answer = await Promise.race([open, ended]).catch(() => null);
    socket.destroy();
    return answer;
  }

  it.each(['TLSv1', 'TLSv1.1'] as const)('does not speak %s', async (version) => {
    expect(await agreed(version, 'ALL')).toBeNull();
  });

  it('agrees in version 1.2 to suites with forward secrecy and authenticated encryption alone', async () => {
    const accepted: string[] = [];
    for (const suite of tls.getCiphers().filter((name) => !name.startsWith('tls_'))) {
      const agreement = await agreed('TLSv1.2', suite.toUpperCase());
      if (agreement) accepted.push(agreement);
    }
    expect(accepted.length).toBeGreaterThan(1);
    expect(accepted.filter((name) => !/^TLS_ECDHE_.*(GCM|CHACHA20_POLY1305)/.test(name))).toEqual([]);
  });

  it('speaks version 1.3', async () => {
    expect(await agreed('TLSv1.3', 'TLS_AES_128_GCM_SHA256:ALL')).toBe('TLS_AES_128_GCM_SHA256');
  });

  it.skipIf(!sslscan)('shows sslscan nothing that is weak', async () => {
    const { stdout } = await promisify(execFile)(sslscan!, ['--no-failed', '--no-colour', `127.0.0.1:${port}`]);
    expect(stdout).toMatch(/TLSv1\.3 +enabled/);
    for (const old of ['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1'])
      expect(stdout).toMatch(new RegExp(`${old.replace('.', '\\.')} +disabled`));
    expect(stdout).toMatch(/not vulnerable to heartbleed/);
    expect(stdout).not.toMatch(/RC4|3DES|NULL|MD5|EXPORT|CBC| anon/i);
  });
});
