// Appliances that show a certificate instead of a secret.
import type { TLSSocket } from 'node:tls';
import { type IClientOptions, type MqttClient, connect as mqttConnect } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Id, newId, upTopic } from '#contracts';
import { importCredential, issueCredential, revokeAll } from '#registry';
import { pgliteDatabase } from '../engines/databases.ts';
import { type CertificateFolder, certificateFolder, fingerprint, openssl, type Pair } from './certificate-folder.ts';
import { bodies } from './door.ts';
import { type Fleet, openFleet, PEPPER } from './fleet.ts';
import { RawClient } from './raw-client.ts';

if (!openssl) console.warn('client certificates are not exercised: there is no openssl on this machine');

describe.skipIf(!openssl)('a client certificate', () => {
  let folder: CertificateFolder;
  let fleet: Fleet;
  let server: Pair;
  beforeAll(async () => {
    folder = certificateFolder();
    server = folder.server();
    const issuer = folder.issuer('issuer');
    folder.issuer('stranger');
    const tls = { certificate: server.cert, key: server.key, clientIssuers: issuer.cert };
    fleet = await openFleet(pgliteDatabase, { tls });
  });
  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]();
    folder?.[Symbol.dispose]();
  });

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
    const unit = folder.unit(subject?.(id) ?? `/CN=${id}`, names ? { names: names(id) } : {});
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
        return { unit: folder.unit(`/CN=${id}`), options: { clientId: id } };
      },
    ],
    [
      'that is registered for another appliance than it names',
      async () => {
        const [{ id }, other] = [await fleet.appliance(), await fleet.appliance()];
        const unit = folder.unit(`/CN=${id}`);
        const given = { appliance: other.id, fingerprint: fingerprint(unit) };
        await importCredential(fleet.sql, { ...given, pepper: PEPPER, now: fleet.now() });
        return { unit, options: { clientId: id } };
      },
    ],
    [
      'that somebody else signed, though its fingerprint is registered',
      async () => {
        const { id } = await fleet.appliance();
        const unit = folder.unit(`/CN=${id}`, { issuer: 'stranger' });
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

  it('is still the one to judge when the TLS session is resumed', async () => {
    const { id, unit } = await registered();
    const port = fleet.doors[0].broker.ports.tls!;
    const options = { ca: server.cert, ...unit, maxVersion: 'TLSv1.2' as const };
    await using first = await RawClient.openTls(port, options);
    expect(await first.connect(id, undefined, { userName: null })).toBe(0);
    const session = (first.socket as TLSSocket).getSession()!;
    await using resumed = await RawClient.openTls(port, { ...options, session });
    expect((resumed.socket as TLSSocket).isSessionReused()).toBe(true);
    expect(await resumed.connect(id, undefined, { userName: null })).toBe(0);
    await revokeAll(fleet.sql, { holder: { kind: 'appliance', id }, ...fleet.by() });
    await using late = await RawClient.openTls(port, { ...options, session });
    expect((late.socket as TLSSocket).isSessionReused()).toBe(true);
    expect(await late.connect(id, undefined, { userName: null })).not.toBe(0);
  });

  it('replaces a secret as any credential does, and is registered once only', async () => {
    const { id, secret } = await fleet.appliance();
    const unit = folder.unit(`/CN=${id}`);
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
