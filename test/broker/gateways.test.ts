import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gatewayNoticesTopic, gatewayTopic, type Id, type Notice, noticesTopic, upTopic } from '#contracts';
import {
  applianceMoved,
  attachAppliance,
  createHousehold,
  detachAppliance,
  gatewaysChanged,
  revokeAll,
} from '#registry';
import { pgliteDatabase } from '../engines/databases.ts';
import { bodies, type Door, MODEL, NOW } from './door.ts';
import { type Fleet, openFleet } from './fleet.ts';
import type { RawClient } from './raw-client.ts';

const REFUSED = 128;
type Unit = { id: Id; secret: string };

let fleet: Fleet;
let door: Door;
let gateway: Unit;
let fridge: Unit;
let stranger: Unit;
beforeAll(async () => {
  fleet = await openFleet(pgliteDatabase);
  [door] = fleet.doors;
});
afterAll(() => fleet?.[Symbol.asyncDispose]());
beforeEach(async () => {
  [gateway, fridge, stranger] = [await fleet.gateway(), await fleet.appliance(), await fleet.appliance()];
  await attach(fridge.id);
});

const attach = (appliance: Id, to = gateway.id) =>
  attachAppliance(fleet.sql, { gateway: to, appliance, ...fleet.by() });
const detach = (appliance: Id) => detachAppliance(fleet.sql, { gateway: gateway.id, appliance, ...fleet.by() });
const topicOf = (appliance: Id | '+', channel: 'telemetry' | 'events' | 'notices' = 'telemetry') =>
  gatewayTopic({ gateway: gateway.id, appliance, channel });
const notice = (reason: string): Notice => ({ code: 'rejected-readings', at: NOW, reason });
const story = async (id: Id): Promise<string[]> => (await door.records(id)).map(({ kind }) => kind);

async function heard(client: RawClient): Promise<{ topic: string; reason: string }> {
  const { topic, payload, messageId } = await client.next('publish');
  if (messageId) client.send({ cmd: 'puback', messageId });
  return { topic, reason: (JSON.parse(payload.toString()) as Notice).reason };
}

describe('a gateway', () => {
  it('speaks for what stands behind it, and the log hears the appliance itself', async () => {
    await using client = await door.connect(gateway);
    client.publish(topicOf(fridge.id), 'from the fridge');
    await client.next('puback');
    const records = await door.records(fridge.id);
    expect(records.map(({ kind }) => kind)).toEqual(['connected', 'message']);
    expect(records[1]).toMatchObject({ appliance: fridge.id, channel: 'telemetry', model: MODEL });
    expect(bodies([records[1]!])).toEqual(['from the fridge']);
    expect(await story(gateway.id)).toEqual([]);
  });

  it.each([
    ['an appliance that does not stand behind it', () => topicOf(stranger.id)],
    ['an appliance on that one’s own topic', () => upTopic(fridge.id, 'telemetry')],
    ['a topic in the name of another gateway', () => topicOf(fridge.id).replace(gateway.id, stranger.id)],
    ['itself as if it were an appliance', () => upTopic(gateway.id, 'telemetry')],
    ['a topic that goes down', () => topicOf(fridge.id, 'notices')],
    ['all at once', () => topicOf(fridge.id).replace(fridge.id, '+')],
  ])('that publishes for %s is cut, and hears why', async (_, topic) => {
    await using client = await door.connect(gateway);
    client.publish(topic(), 'x');
    await client.closed;
    for (const { id } of [fridge, stranger, gateway]) expect(await story(id)).not.toContain('message');
    if (topic().includes('+')) return;
    await using back = await door.connect(gateway);
    await back.subscribe(gatewayNoticesTopic(gateway.id));
    expect((await heard(back)).reason).toContain(topic());
  });

  it('subscribes to down-topics of its own alone', async () => {
    await using client = await door.connect(gateway);
    const granted = await client.subscribe(
      topicOf(fridge.id, 'notices'),
      topicOf('+', 'notices'),
      gatewayNoticesTopic(gateway.id),
      topicOf(stranger.id, 'notices'),
      topicOf(fridge.id),
      topicOf('+'),
      noticesTopic(fridge.id),
      'v1/gateways/+/appliances/+/notices',
      '#',
      `$share/g/${topicOf('+', 'notices')}`,
    );
    expect(granted).toEqual([1, 1, 1, ...Array.from({ length: 7 }, () => REFUSED)]);
  });

  it('hears the notices for what stands behind it, by the topic of each or of all', async () => {
    await using client = await door.connect(gateway);
    door.broker.downlink.notify(fridge.id, notice('waited'));
    await client.subscribe(topicOf('+', 'notices'));
    expect(await heard(client)).toEqual({ topic: topicOf(fridge.id, 'notices'), reason: 'waited' });
    door.broker.downlink.notify(stranger.id, notice('for a stranger'));
    door.broker.downlink.notify(fridge.id, notice('now'));
    expect(await heard(client)).toEqual({ topic: topicOf(fridge.id, 'notices'), reason: 'now' });
    expect(await client.sofar()).toEqual([]);
  });

  it('comes and goes for all behind it; an appliance that also speaks for itself stays connected', async () => {
    await attach(stranger.id);
    const client = await door.connect(gateway);
    await using itself = await door.connect(stranger);
    await client.goodbye();
    await door.recorded(fridge.id, 'disconnected');
    expect(await story(fridge.id)).toEqual(['connected', 'disconnected']);
    expect(await story(stranger.id)).toEqual(['connected']);
    expect(await itself.sofar()).toEqual([]);
  });

  it('that is connected may speak at once for what is put behind it, and no more for what is taken away', async () => {
    await using client = await door.connect(gateway);
    await client.subscribe(topicOf('+', 'notices'));
    await attach(stranger.id);
    await door.recorded(stranger.id, 'connected');
    client.publish(topicOf(stranger.id), 'hello');
    await client.next('puback');

    await detach(stranger.id);
    const [gone] = await door.recorded(stranger.id, 'disconnected');
    expect(JSON.parse(Buffer.from(gone!.body).toString())).toMatchObject({ cause: 'goodbye' });
    door.broker.downlink.notify(stranger.id, notice('not for the gateway any more'));
    expect(await client.sofar()).toEqual([]);
    client.publish(topicOf(stranger.id), 'still here');
    await client.closed;
    expect(bodies(await door.recorded(stranger.id, 'message'))).toEqual(['hello']);
  });

  it('loses what another gateway is given', async () => {
    const other = await fleet.gateway();
    await using client = await door.connect(gateway);
    await using second = await fleet.doors[1].connect(other);
    await attach(fridge.id, other.id);
    await door.recorded(fridge.id, 'disconnected');
    await fleet.doors[1].recorded(fridge.id, 'connected');
    expect(await client.sofar()).toEqual([]);
    expect(await second.sofar()).toEqual([]);
  });

  it('of a household serves that household alone, and loses an appliance that moves out', async () => {
    const [home, elsewhere] = [await household('Home'), await household('Elsewhere')];
    const mine = await fleet.appliance(home);
    const theirs = await fleet.appliance(elsewhere);
    const hub = await fleet.gateway(home);
    await expect(attach(theirs.id, hub.id)).rejects.toMatchObject({ code: 'not-its-gateway' });
    await attach(mine.id, hub.id);
    await using client = await door.connect(hub);
    await door.recorded(mine.id, 'connected');
    await fleet.sql.transaction(async (tx) => {
      await tx.query('update app.appliance set household = $2 where id = $1', [mine.id, elsewhere]);
      await applianceMoved(tx, mine.id);
    });
    await door.recorded(mine.id, 'disconnected');
    expect(await client.sofar()).toEqual([]);
  });

  it('that is revoked is cut', async () => {
    const client = await door.connect(gateway);
    await revokeAll(fleet.sql, { holder: { kind: 'gateway', id: gateway.id }, ...fleet.by() });
    await client.closed;
    await using again = await door.open();
    expect(await again.connect(gateway.id, gateway.secret)).toBe(4);
  });
});

const household = async (name: string): Promise<Id> =>
  (await createHousehold(fleet.sql, { name, region: 'north', address: '', now: NOW })).id;

describe('what stands behind a gateway', () => {
  const isAsKnown = async (...known: Id[]): Promise<boolean> => {
    const behind = new Map(known.map((id) => [id, MODEL]));
    return (await gatewaysChanged(fleet.sql, [{ id: gateway.id, behind }])).length === 0;
  };

  it('is compared for many at once', async () => {
    const other = await fleet.gateway();
    await attach(stranger.id);
    const both = new Map([stranger.id, fridge.id].map((id) => [id, MODEL]));
    const known = [
      { id: gateway.id, behind: both },
      { id: other.id, behind: new Map() },
    ];
    expect(await gatewaysChanged(fleet.sql, known)).toEqual([]);
    await detach(stranger.id);
    await attach(stranger.id, other.id);
    expect(await gatewaysChanged(fleet.sql, known)).toEqual([gateway.id, other.id]);
  });

  it('is another when one came, went, or belongs elsewhere by now', async () => {
    expect(await isAsKnown(fridge.id)).toBe(true);
    expect(await isAsKnown()).toBe(false);
    expect(await isAsKnown(fridge.id, stranger.id)).toBe(false);
    const home = await createHousehold(fleet.sql, { name: 'A home', region: 'here', now: NOW });
    await fleet.sql.query('update app.gateway set household = $2 where id = $1', [gateway.id, home.id]);
    expect(await isAsKnown(fridge.id)).toBe(false);
    expect(await isAsKnown()).toBe(true);
  });

  it('is found at the next look when nobody was told', async () => {
    await using client = await door.connect(gateway);
    await fleet.sql.query('insert into app.gateway_appliance (appliance, gateway, since) values ($1, $2, $3)', [
      stranger.id,
      gateway.id,
      NOW,
    ]);
    await door.broker.lookAtAll();
    client.publish(topicOf(stranger.id), 'from the stranger');
    await client.next('puback');
    expect(await story(stranger.id)).toContain('message');
  });
});
