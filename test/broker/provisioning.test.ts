import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Id,
  newId,
  PROVISIONING_REQUEST_TOPIC,
  PROVISIONING_USER,
  type ProvisioningAnswer,
  provisioningAnswerTopic,
  upTopic,
} from '#contracts';
import { applianceById, issueCredential, openFirstContact, revokeProvisioningKey } from '#registry';
import { MINUTE } from '#runtime';
import { pgliteDatabase } from '../engines/databases.ts';
import { type Door, MODEL } from './door.ts';
import { type Fleet, openFleet, PEPPER } from './fleet.ts';
import { RawClient } from './raw-client.ts';

const REFUSED = 128;
type Key = { id: Id; secret: string };

let fleet: Fleet;
let door: Door;
let serial: string;
beforeAll(async () => {
  fleet = await openFleet(pgliteDatabase);
  [door] = fleet.doors;
});
afterAll(() => fleet?.[Symbol.asyncDispose]());
beforeEach(() => {
  serial = `unit-${randomUUID()}`;
});

const userName = ({ id }: Key): string => `${PROVISIONING_USER}${id}`;
const nonce = (): string => randomUUID();

/** Connected with the key and listening for the answer. */
async function unit(key: Key, clientId = 'unit-in-a-box'): Promise<RawClient> {
  const client = await RawClient.open(door.port);
  const code = await client.connect(clientId, key.secret, { userName: userName(key) });
  if (code !== 0) throw new Error(`refused with code ${code}`);
  await client.subscribe(provisioningAnswerTopic(clientId));
  return client;
}

async function ask(client: RawClient, request: object | string): Promise<ProvisioningAnswer> {
  const payload = typeof request === 'string' ? request : JSON.stringify(request);
  client.publish(PROVISIONING_REQUEST_TOPIC, payload, 0);
  const { payload: answer } = await client.next('publish');
  return JSON.parse(answer.toString()) as ProvisioningAnswer;
}

async function askOnce(key: Key, request: object | string): Promise<ProvisioningAnswer> {
  await using client = await unit(key);
  return await ask(client, request);
}

const given = (answer: ProvisioningAnswer): { appliance: Id; secret: string } => {
  if ('error' in answer) throw new Error(answer.error.code);
  return answer;
};
const refusal = (answer: ProvisioningAnswer): string => ('error' in answer ? answer.error.code : 'given');

describe('a unit with a provisioning key', () => {
  it('gets an id and a secret of its own, and is let in with them', async () => {
    const key = await fleet.provisioningKey();
    const once = nonce();
    const answer = await askOnce(key, { serial, nonce: once });
    expect(answer).toMatchObject({
      nonce: once,
      at: fleet.now(),
      mqtt: { host: '127.0.0.1', port: door.port, tlsPort: null },
    });
    const { appliance, secret } = given(answer);
    await using client = await door.connect({ id: appliance, secret });
    client.publish(upTopic(appliance, 'telemetry'), 'first words');
    await client.next('puback');
    expect(await applianceById(fleet.sql, appliance)).toMatchObject({
      model: MODEL,
      serial,
      batch: '2026-03',
      household: null,
    });
    expect((await door.everything()).filter(({ kind, appliance: a }) => kind === 'message' && a !== appliance)).toEqual(
      [],
    );
  });

  it('gets the credential of the appliance that was registered under its serial', async () => {
    const key = await fleet.provisioningKey();
    const registered = await fleet.appliance();
    await openFirstContact(fleet.sql, { appliance: registered.id, ...fleet.by() });
    serial = (await applianceById(fleet.sql, registered.id))!.serial!;
    await using old = await door.connect(registered);
    const { appliance, secret } = given(await askOnce(key, { serial, nonce: nonce() }));
    expect(appliance).toBe(registered.id);
    expect(secret).not.toBe(registered.secret);
    // Only one unit can be the one.
    await old.closed;
  });

  it('is refused when it has been here before, until staff let it in again', async () => {
    const key = await fleet.provisioningKey();
    const first = given(await askOnce(key, { serial, nonce: nonce() }));
    expect(refusal(await askOnce(key, { serial, nonce: nonce() }))).toBe('already-provisioned');
    await openFirstContact(fleet.sql, { appliance: first.appliance, ...fleet.by() });
    const second = given(await askOnce(key, { serial, nonce: nonce() }));
    expect(second.appliance).toBe(first.appliance);
    expect(refusal(await askOnce(key, { serial, nonce: nonce() }))).toBe('already-provisioned');
  });

  it('that lost the answer asks again with its nonce, until it has used its secret', async () => {
    const key = await fleet.provisioningKey({ most: 1 });
    const request = { serial, nonce: nonce() };
    const lost = given(await askOnce(key, request));
    const kept = given(await askOnce(key, request));
    expect(kept.appliance).toBe(lost.appliance);
    await using client = await door.open();
    expect(await client.connect(lost.appliance, lost.secret)).toBe(4);
    await using good = await door.connect({ id: kept.appliance, secret: kept.secret });
    expect(await good.sofar()).toEqual([]);
    expect(refusal(await askOnce(key, request))).toBe('already-provisioned');
  });

  it('is refused for an appliance that has a credential already', async () => {
    const key = await fleet.provisioningKey();
    const { id } = await fleet.appliance();
    serial = (await applianceById(fleet.sql, id))!.serial!;
    expect(refusal(await askOnce(key, { serial, nonce: nonce() }))).toBe('already-provisioned');
    await issueCredential(fleet.sql, { holder: { kind: 'appliance', id }, ...fleet.by(), pepper: PEPPER });
    expect(refusal(await askOnce(key, { serial, nonce: nonce() }))).toBe('already-provisioned');
  });

  it.each<[string, object | string, string]>([
    ['of another model', { serial: 'A-1', model: 'metered-fridge', nonce: 'x'.repeat(16) }, 'wrong-model'],
    ['whose serial is not in the batch', { serial: 'B-9', nonce: 'x'.repeat(16) }, 'unknown-serial'],
    ['that says no serial', { nonce: 'x'.repeat(16) }, 'bad-request'],
    ['with a nonce that is easy to guess', { serial: 'A-1', nonce: '1' }, 'bad-request'],
    ['that does not speak JSON', 'serial=A-1', 'bad-request'],
    ['that says nothing', '', 'bad-request'],
  ])('%s is refused with the reason', async (_, request, code) => {
    const key = await fleet.provisioningKey({ serials: ['A-1', 'A-2'] });
    const answer = await askOnce(key, request);
    expect(refusal(answer)).toBe(code);
    expect('error' in answer && answer.error.reason.length).toBeGreaterThan(20);
  });

  it('is refused when the key has given all that it may, or is over', async () => {
    const key = await fleet.provisioningKey({ most: 1 });
    await using client = await unit(key);
    given(await ask(client, { serial, nonce: nonce() }));
    expect(refusal(await ask(client, { serial: `${serial}-2`, nonce: nonce() }))).toBe('key-exhausted');
    fleet.setClock(fleet.now() + 60 * MINUTE);
    expect(refusal(await ask(client, { serial: `${serial}-3`, nonce: nonce() }))).toBe('key-over');
    await door.broker.lookAtAll();
    await client.closed;
    await using late = await door.open();
    expect(await late.connect('unit', key.secret, { userName: userName(key) })).toBe(4);
  });

  it('waits for the next minute when too many ask, refusals counted', async () => {
    const key = await fleet.provisioningKey({ perMinute: 2, serials: [serial] });
    const began = fleet.now();
    expect(refusal(await askOnce(key, { serial: 'guess-1', nonce: nonce() }))).toBe('unknown-serial');
    expect(refusal(await askOnce(key, { serial: 'guess-2', nonce: nonce() }))).toBe('unknown-serial');
    fleet.setClock(began + 1_000);
    const answer = await askOnce(key, { serial, nonce: nonce() });
    expect(answer).toMatchObject({ error: { code: 'rate-limited', retryAfterMs: MINUTE - 1_000 } });
    fleet.setClock(began + MINUTE);
    given(await askOnce(key, { serial, nonce: nonce() }));
  });

  it('is cut when it asks without listening, and nothing is given', async () => {
    const key = await fleet.provisioningKey();
    await using client = await door.open();
    expect(await client.connect('unit', key.secret, { userName: userName(key) })).toBe(0);
    client.publish(PROVISIONING_REQUEST_TOPIC, JSON.stringify({ serial, nonce: nonce() }));
    await client.closed;
    given(await askOnce(key, { serial, nonce: nonce() }));
  });

  it('is cut when it asks a sixth time', async () => {
    const key = await fleet.provisioningKey();
    await using client = await unit(key);
    for (let i = 0; i < 5; i++) await ask(client, 'nonsense');
    client.publish(PROVISIONING_REQUEST_TOPIC, 'nonsense');
    await client.closed;
  });

  it('is cut when the key is revoked, and the key is worth nothing any more', async () => {
    const key = await fleet.provisioningKey();
    const client = await unit(key);
    expect(await revokeProvisioningKey(fleet.sql, { key: key.id, ...fleet.by() })).toBe(true);
    await client.closed;
    await expect(unit(key)).rejects.toThrow('code 4');
    expect(await revokeProvisioningKey(fleet.sql, { key: key.id, ...fleet.by() })).toBe(false);
  });

  it.each([
    ['the id of an appliance', () => newId(), 2],
    ['no client id', () => '', 2],
    ['a client id with a wildcard', () => 'a+b', 2],
    ['a client id with a level', () => 'a/b', 2],
  ])('is refused with %s as its client id', async (_, clientId, code) => {
    const key = await fleet.provisioningKey();
    await using client = await door.open();
    expect(await client.connect(clientId(), key.secret, { userName: userName(key) })).toBe(code);
  });

  it('hears its own answer alone, and says nothing but a request', async () => {
    const key = await fleet.provisioningKey();
    await using client = await unit(key, 'one');
    await using other = await unit(key, 'two');
    expect(await other.subscribe(provisioningAnswerTopic('one'), 'v1/provisioning/+/answer', '#')).toEqual([
      REFUSED,
      REFUSED,
      REFUSED,
    ]);
    given(await ask(client, { serial, nonce: nonce() }));
    expect(await other.sofar()).toEqual([]);
    other.publish(upTopic(newId(), 'telemetry'), 'x');
    await other.closed;
  });

  it('never costs one serial two credentials, however many ask at once', async () => {
    const key = await fleet.provisioningKey();
    const units = await Promise.all(Array.from({ length: 8 }, (_, i) => unit(key, `unit-${i}`)));
    const answers = await Promise.all(units.map((client) => ask(client, { serial, nonce: nonce() })));
    expect(answers.map(refusal).sort()).toEqual([...Array.from({ length: 7 }, () => 'already-provisioned'), 'given']);
    for (const client of units) await client.drop();
  });
});
