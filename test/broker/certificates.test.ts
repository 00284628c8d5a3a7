// Appliances that show a certificate instead of a secret.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type IClientOptions, type MqttClient, connect as mqttConnect } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Id, newId, upTopic } from '#contracts';
import { importCredential, issueCredential, revokeAll } from '#registry';
import { pgliteDatabase } from '../engines/databases.ts';
import { findProgram } from '../servers/process.ts';
import { bodies } from './door.ts';
import { type Fleet, openFleet, PEPPER } from './fleet.ts';

const openssl = findProgram('openssl');
if (openssl === null) console.warn('client certificates are not exercised: there is no openssl on this machine');

type Pair = { cert: string; key: string };

describe.skipIf(!openssl)('a client certificate', () => {
  let folder: string;
  let fleet: Fleet;
  let server: Pair;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-certificates-'));
    server = selfSigned('server', 'localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1');
    const issuer = selfSigned('issuer', 'Factory', 'basicConstraints=critical,CA:TRUE');
    selfSigned('stranger', 'Somebody else', 'basicConstraints=critical,CA:TRUE');
    const tls = { certificate: server.cert, key: server.key, clientIssuers: issuer.cert };
    fleet = await openFleet(pgliteDatabase, { tls });
  });
  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string): string => path.join(folder, name);
  const pair = (name: string): Pair => ({
    cert: fs.readFileSync(file(`${name}.pem`), 'utf8'),
    key: fs.readFileSync(file(`${name}.key`), 'utf8'),
  });
  const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const run = (...args: string[]) => execFileSync(openssl!, args, { stdio: 'ignore' });

  function selfSigned(name: string, commonName: string, extension: string): Pair {
    const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    run('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${commonName}`, '-addext', extension, ...out);
    return pair(name);
  }

  function unitCertificate(
    subject: string,
    { names, issuer = 'issuer' }: { names?: string; issuer?: string } = {},
  ): Pair {
    const name = `unit-${newId()}`;
    const [request, extensions] = [file(`${name}.csr`), file(`${name}.ext`)];
    run('req', ...KEY, '-subj', subject, '-keyout', file(`${name}.key`), '-out', request);
    fs.writeFileSync(extensions, names ? `subjectAltName=${names}\n` : 'basicConstraints=CA:FALSE\n');
    const by = ['-CA', file(`${issuer}.pem`), '-CAkey', file(`${issuer}.key`), '-CAcreateserial'];
    run('x509', '-req', '-in', request, ...by, '-days', '2', '-extfile', extensions, '-out', file(`${name}.pem`));
    return pair(name);
  }

  const fingerprint = ({ cert }: Pair): string => new X509Certificate(cert).fingerprint256;

  function connect(pairOf: Pair | null, options: IClientOptions): Promise<MqttClient> {
    const to = `mqtts://127.0.0.1:${fleet.doors[0].broker.ports.tls}`;
    const client = mqttConnect(to, {
      ca: server.cert,
      reconnectPeriod: 0,
      connectTimeout: 60_000,
      ...pairOf,
      ...options,
    });
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client)).on('error', reject);
      client.once('close', () => reject(new Error('the connection was closed')));
    });
  }

  /** An appliance, and a certificate that names it and is registered for it. */
  async function registered(subject?: (id: Id) => string, names?: (id: Id) => string) {
    const { id, secret } = await fleet.appliance();
    const unit = unitCertificate(subject?.(id) ?? `/CN=${id}`, names ? { names: names(id) } : {});
    await importCredential(fleet.sql, {
      appliance: id,
      fingerprint: fingerprint(unit),
      pepper: PEPPER,
      now: fleet.now(),
    });
    return { id, secret, unit };
  }

  it.each<[string, ((id: Id) => string) | undefined, ((id: Id) => string) | undefined]>([
    ['in its common name', undefined, undefined],
    ['in an alternative name', () => '/CN=Fridge 7', (id) => `URI:urn:stethos:appliance:${id},DNS:unit.test`],
  ])('that names the appliance %s lets it in without a secret', async (_, subject, names) => {
    const { id, unit } = await registered(subject, names);
    const client = await connect(unit, { clientId: id });
    await client.publishAsync(upTopic(id, 'telemetry'), 'by certificate', { qos: 1 });
    await client.endAsync();
    expect(bodies(await fleet.doors[0].recorded(id, 'message'))).toEqual(['by certificate']);
  });

  it.each<[string, () => Promise<{ unit: Pair; options: IClientOptions }>]>([
    [
      'for another client id than its own',
      async () => ({ unit: (await registered()).unit, options: { clientId: (await fleet.appliance()).id } }),
    ],
    [
      'for another user name than its own',
      async () => {
        const { id, unit } = await registered();
        return { unit, options: { clientId: id, username: newId() } };
      },
    ],
    [
      'that the registry does not know, though the issuer signed it',
      async () => {
        const { id } = await fleet.appliance();
        return { unit: unitCertificate(`/CN=${id}`), options: { clientId: id } };
      },
    ],
    [
      'that is registered for another appliance than it names',
      async () => {
        const [{ id }, other] = [await fleet.appliance(), await fleet.appliance()];
        const unit = unitCertificate(`/CN=${id}`);
        const given = { appliance: other.id, fingerprint: fingerprint(unit) };
        await importCredential(fleet.sql, { ...given, pepper: PEPPER, now: fleet.now() });
        return { unit, options: { clientId: id } };
      },
    ],
    [
      'that somebody else signed, though its fingerprint is registered',
      async () => {
        const { id } = await fleet.appliance();
        const unit = unitCertificate(`/CN=${id}`, { issuer: 'stranger' });
        const given = { appliance: id, fingerprint: fingerprint(unit) };
        await importCredential(fleet.sql, { ...given, pepper: PEPPER, now: fleet.now() });
        return { unit, options: { clientId: id } };
      },
    ],
    [
      'beside a wrong secret',
      async () => {
        const { id, unit } = await registered();
        return { unit, options: { clientId: id, username: id, password: 'a guess' } };
      },
    ],
  ])('%s is worth nothing', async (_, make) => {
    const { unit, options } = await make();
    await expect(connect(unit, options)).rejects.toThrow();
  });

  it('is not demanded: a secret does over TLS too, and nothing at all does not', async () => {
    const { id, secret } = await fleet.appliance();
    const client = await connect(null, { clientId: id, username: id, password: secret });
    await client.endAsync();
    await expect(connect(null, { clientId: id })).rejects.toThrow();
  });

  it('that is revoked ends its connection, and opens none any more', async () => {
    const { id, unit } = await registered();
    const client = await connect(unit, { clientId: id });
    const gone = new Promise((resolve) => client.once('close', () => resolve(null)));
    await revokeAll(fleet.sql, { holder: { kind: 'appliance', id }, ...fleet.by() });
    await gone;
    await client.endAsync(true);
    await expect(connect(unit, { clientId: id })).rejects.toThrow();
  });

  it('replaces a secret as any credential does, and is registered once only', async () => {
    const { id, secret } = await fleet.appliance();
    const unit = unitCertificate(`/CN=${id}`);
    const holder = { kind: 'appliance', id } as const;
    const issue = (to: typeof holder) =>
      issueCredential(fleet.sql, { holder: to, ...fleet.by(), pepper: PEPPER, fingerprint: fingerprint(unit) });
    expect((await issue(holder)).secret).toBeNull();
    for (const one of [
      connect(unit, { clientId: id }),
      connect(null, { clientId: id, username: id, password: secret }),
    ]) {
      await (await one).endAsync();
    }
    const other = await fleet.appliance();
    await expect(issue({ kind: 'appliance', id: other.id })).rejects.toMatchObject({ code: 'certificate-taken' });
  });
});
