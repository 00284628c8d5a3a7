// Certificates as a factory would make them, with openssl, in a temporary folder.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { newId } from '#contracts';
import { findTool } from '../servers/process.ts';

export type Pair = { cert: string; key: string };
export type CertificateFolder = ReturnType<typeof certificateFolder>;

/** Null where it is not installed. */
export const openssl = findTool('openssl');

export const fingerprint = ({ cert }: Pair): string => new X509Certificate(cert).fingerprint256;

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const run = (...args: string[]) => execFileSync(openssl!, args, { stdio: 'ignore' });

export function certificateFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-certificates-'));
  const file = (name: string): string => path.join(folder, name);
  const pair = (name: string): Pair => ({
    cert: fs.readFileSync(file(`${name}.pem`), 'utf8'),
    key: fs.readFileSync(file(`${name}.key`), 'utf8'),
  });
  const selfSigned = (name: string, commonName: string, extension: string): Pair => {
    const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    run('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${commonName}`, '-addext', extension, ...out);
    return pair(name);
  };
  return {
    server: () => selfSigned('server', 'localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1'),
    issuer: (name: string) => selfSigned(name, name, 'basicConstraints=critical,CA:TRUE'),

    /** `names` as openssl writes alternative names; `issuer` was made before. */
    unit(subject: string, { names, issuer = 'issuer' }: { names?: string; issuer?: string } = {}): Pair {
      const name = `unit-${newId()}`;
      const [request, extensions] = [file(`${name}.csr`), file(`${name}.ext`)];
      run('req', ...KEY, '-subj', subject, '-keyout', file(`${name}.key`), '-out', request);
      fs.writeFileSync(extensions, names ? `subjectAltName=${names}\n` : 'basicConstraints=CA:FALSE\n');
      const by = ['-CA', file(`${issuer}.pem`), '-CAkey', file(`${issuer}.key`), '-CAcreateserial'];
      run('x509', '-req', '-in', request, ...by, '-days', '2', '-extfile', extensions, '-out', file(`${name}.pem`));
      return pair(name);
    },

    [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
