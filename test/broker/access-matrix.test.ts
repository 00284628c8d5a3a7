// Every principal tries everything, over the wire, and is held to the table.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CommandResultBody,
  type Id,
  type LogRecord,
  PROVISIONING_REQUEST_TOPIC,
  PROVISIONING_USER,
  provisioningAnswerTopic,
} from '#contracts';
import { attachAppliance, importCredential, revokeAll } from '#registry';
import { pgliteDatabase } from '../engines/databases.ts';
import { HEARS, isAllowed, PRINCIPALS, type PrincipalName, PUBLISH, type Row, SUBSCRIBE } from './access-table.ts';
import { type CertificateFolder, certificateFolder, fingerprint, openssl, type Pair } from './certificate-folder.ts';
import { type Door, NOW } from './door.ts';
import { type Fleet, openFleet, PEPPER } from './fleet.ts';
import { RawClient } from './raw-client.ts';

type Who = { clientId: string; userName: string | null; secret: string | undefined; certificate: Pair | null };
type Will = { topic: string; payload: Buffer };

const REFUSED = 128;
/** Where there is no openssl nobody can show a certificate. */
const HERE = PRINCIPALS.filter((who) => who !== 'C' || openssl !== null);
const COMING_IN: readonly PrincipalName[] = HERE.filter((who) => who !== 'R' && who !== 'N');

let certificates: CertificateFolder | null = null;
let server: Pair | undefined;
let fleet: Fleet;
let door: Door;
const ids: Record<string, string> = { P: 'unit-in-a-box' };
const who = {} as Record<PrincipalName, Who>;
const count = { attempts: 0, leaks: [] as string[] };

beforeAll(async () => {
  certificates = openssl ? certificateFolder() : null;
  server = certificates?.server();
  const tls = server && {
    certificate: server.cert,
    key: server.key,
    clientIssuers: certificates!.issuer('issuer').cert,
  };
  fleet = await openFleet(pgliteDatabase, tls ? { tls } : {});
  [door] = fleet.doors;
  const bySecret = ({ id, secret }: { id: Id; secret: string }): Who => {
    return { clientId: id, userName: id, secret, certificate: null };
  };
  for (const name of ['A', 'B', 'C', 'R'] as const) who[name] = bySecret(await fleet.appliance());
  for (const name of ['G', 'H'] as const) who[name] = bySecret(await fleet.gateway());
  for (const name of ['A', 'B', 'C', 'R', 'G', 'H'] as const) ids[name] = who[name].clientId;
  ids.D = (await fleet.appliance()).id;
  await attachAppliance(fleet.sql, { gateway: ids.G!, appliance: ids.A!, ...fleet.by() });
  await attachAppliance(fleet.sql, { gateway: ids.H!, appliance: ids.D!, ...fleet.by() });
  await revokeAll(fleet.sql, { holder: { kind: 'appliance', id: ids.R! }, ...fleet.by() });
  if (certificates) {
    const certificate = certificates.unit(`/CN=${ids.C}`);
    const given = { appliance: ids.C!, fingerprint: fingerprint(certificate) };
    await importCredential(fleet.sql, { ...given, pepper: PEPPER, now: fleet.now() });
    who.C = { clientId: ids.C!, userName: null, secret: undefined, certificate };
  }
  const key = await fleet.provisioningKey();
  who.P = { clientId: ids.P!, userName: `${PROVISIONING_USER}${key.id}`, secret: key.secret, certificate: null };
  who.N = { clientId: ids.A!, userName: null, secret: undefined, certificate: null };
});
afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]();
  certificates?.[Symbol.dispose]();
});

const filled = (topic: string): string => topic.replaceAll(/\{(\w)\}/g, (_, name: string) => ids[name]!);

/** Notes one attempt; `leaked` is what was got that the table does not allow, or not got that it does. */
function tried(what: string, leaked: boolean): void {
  count.attempts++;
  if (leaked) count.leaks.push(what);
}

async function knock(name: PrincipalName, more: { clean?: boolean; will?: Will } = {}): Promise<RawClient> {
  const { clientId, userName, secret, certificate } = who[name];
  const client = certificate
    ? await RawClient.openTls(door.broker.ports.tls!, { ca: server!.cert, ...certificate })
    : await RawClient.open(door.port);
  const code = await client.connect(clientId, secret, { userName, ...more });
  if (COMING_IN.includes(name) !== (code === 0)) throw new Error(`${name}: code ${code}`);
  return client;
}

/** Whether it was acknowledged; else the connection is over. */
async function publishes(client: RawClient, topic: string, payload: string): Promise<boolean> {
  client.publish(topic, payload, 1, 1, true);
  return client.until('puback').then(
    () => true,
    () => false,
  );
}

const said = async (marker: string): Promise<string[]> => {
  await door.broker.tick();
  const words = (await door.everything()).filter(({ kind }) => kind === 'message' || kind === 'command-result');
  return words.filter((record) => payloadOf(record) === marker).map(({ appliance }) => appliance);
};

function payloadOf({ kind, body }: LogRecord): string {
  const text = Buffer.from(body).toString();
  if (kind === 'message') return text;
  return Buffer.from(CommandResultBody.parse(JSON.parse(text)).payload, 'base64').toString();
}

/** The appliance that a topic of the table is about. */
const aboutWhom = (topic: string): string => ids[/appliances\/\{(\w)\}/.exec(topic)![1]!]!;

async function tryPublish(name: PrincipalName, row: Row): Promise<void> {
  const [topic] = row;
  const marker = `${name} on ${topic}`;
  await using client = await knock(name);
  if (name === 'P') await client.subscribe(provisioningAnswerTopic(ids.P!));
  const allowed = isAllowed(row, name);
  tried(`publish ${marker}`, (await publishes(client, filled(topic), marker)) !== allowed);
  if (!allowed) await client.closed;
  const kept = allowed && topic !== PROVISIONING_REQUEST_TOPIC ? [aboutWhom(topic)] : [];
  tried(`in the log: ${marker}`, (await said(marker)).join() !== kept.join());
}

let leaksBefore = 0;
beforeEach(() => {
  leaksBefore = count.leaks.length;
});
const newLeaks = (): string[] => count.leaks.slice(leaksBefore);

describe('the table of who may do what at the broker', () => {
  it.each(HERE)('holds for what %s publishes, retained or not', async (name) => {
    for (const row of PUBLISH) await tryPublish(name, row);
    expect(newLeaks()).toEqual([]);
  });

  it.each(COMING_IN)('holds for the will of %s', async (name) => {
    const speaksFor = { A: 'A', B: 'B', C: 'C', G: 'A', H: 'D', P: null, R: null, N: null }[name];
    for (const row of PUBLISH.filter(([topic]) => !/[+#]/.test(topic))) {
      const marker = `will of ${name} on ${row[0]}`;
      const before = speaksFor ? await door.recorded(ids[speaksFor]!, 'disconnected', 0) : [];
      const client = await knock(name, { will: { topic: filled(row[0]), payload: Buffer.from(marker) } });
      await client.drop();
      if (speaksFor) await door.recorded(ids[speaksFor]!, 'disconnected', before.length + 1);
      const kept = isAllowed(row, name) && name !== 'P' ? [aboutWhom(row[0])] : [];
      tried(marker, (await said(marker)).join() !== kept.join());
    }
    expect(newLeaks()).toEqual([]);
  });

  it.each(COMING_IN)('holds for what %s subscribes to, one by one and all at once', async (name) => {
    const expected = SUBSCRIBE.map((row) => (isAllowed(row, name) ? 1 : REFUSED));
    for (const [i, [filter]] of SUBSCRIBE.entries()) {
      await using client = await knock(name);
      const [granted] = await client.subscribe(filled(filter));
      tried(`${name} subscribes to ${filter}`, granted !== expected[i]);
    }
    await using client = await knock(name);
    const granted = await client.subscribe(...SUBSCRIBE.map(([filter]) => filled(filter)));
    SUBSCRIBE.forEach(([filter], i) => {
      tried(`${name} subscribes to ${filter} among others`, granted[i] !== expected[i]);
    });
    expect(newLeaks()).toEqual([]);
  });

  it.each(COMING_IN)('holds for what %s hears, also when it comes back with its session kept', async (name) => {
    const everything = SUBSCRIBE.map(([filter]) => filled(filter));
    const first = await knock(name, { clean: false });
    await first.subscribe(...everything);
    // What waited from before has been heard.
    await first.sofar();
    const heardBy = async (client: RawClient): Promise<string[]> => {
      for (const one of ['A', 'B', 'C', 'D', 'G', 'H']) {
        door.broker.downlink.notify(ids[one]!, { code: 'server-time', at: NOW, reason: one });
      }
      const packets = await client.sofar();
      return packets.flatMap((packet) =>
        packet.cmd === 'publish' ? [(JSON.parse(packet.payload.toString()) as { reason: string }).reason] : [],
      );
    };
    const heard = await heardBy(first);
    tried(`${name} hears ${heard}`, heard.join() !== HEARS[name].join());
    await first.drop();
    await using second = await knock(name, { clean: false });
    const afterwards = await heardBy(second);
    tried(`${name} comes back and hears ${afterwards}`, afterwards.length > 0);
    expect(newLeaks()).toEqual([]);
  });

  it.each(COMING_IN)('keeps the connection of %s from every other credential', async (name) => {
    await using victim = await knock(name);
    for (const other of HERE.filter((one) => one !== name && one !== 'C')) {
      const { userName, secret } = who[other];
      for (const asUser of [userName, who[name].userName ?? who[name].clientId]) {
        await using thief = await RawClient.open(door.port);
        const code = await thief.connect(who[name].clientId, secret, { userName: asUser });
        tried(`${other} takes the place of ${name} as ${asUser}`, code === 0);
      }
    }
    expect(await victim.sofar()).toEqual([]);
    expect(newLeaks()).toEqual([]);
  });

  it('was tried in full, without a leak', () => {
    console.log(`MQTT access: ${count.attempts} attempts, ${count.leaks.length} leaks`);
    expect(count.leaks).toEqual([]);
    expect(count.attempts).toBeGreaterThan(PUBLISH.length * HERE.length + SUBSCRIBE.length * COMING_IN.length);
  });
});
