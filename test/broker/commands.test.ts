import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CommandPayload,
  CommandResultBody,
  commandsTopic,
  gatewayTopic,
  type Id,
  newId,
  resultTopic,
} from '#contracts';
import { askCommand, attachAppliance, commandById, createHousehold, takeCommandAnswers, takeCommands } from '#registry';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import type { Door } from './door.ts';
import { type Fleet, openFleet } from './fleet.ts';
import type { RawClient } from './raw-client.ts';

const REFUSED = 128;
type Unit = { id: Id; secret: string };

describe('commands on PGlite', () => commands(pgliteDatabase));
describeEngine('PostgreSQL', 'commands', () => commands(postgresDatabase));

function commands(open: () => Promise<TestDatabase>): void {
  let fleet: Fleet;
  let one: Door;
  let two: Door;
  let home: Id;
  let fridge: Unit;
  beforeAll(async () => {
    fleet = await openFleet(open);
    [one, two] = fleet.doors;
    home = (await createHousehold(fleet.sql, { name: 'Home', region: 'north', now: fleet.now() })).id;
  });
  afterAll(() => fleet?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    fridge = await fleet.appliance(home);
  });

  const ask = async (of = fridge.id): Promise<Id> =>
    (
      await askCommand(fleet.sql, {
        ...{ appliance: of, kind: 'identify', parameters: { by: 'light' }, askedBy: newId(), ...fleet.by() },
      })
    ).id;
  const stateOf = async (id: Id) => (await commandById(fleet.sql, id, fleet.now()))?.state;
  const listening = async (door: Door, unit = fridge): Promise<RawClient> => {
    const client = await door.connect(unit);
    expect(await client.subscribe(commandsTopic(unit.id))).toEqual([1]);
    return client;
  };
  async function hear(client: RawClient): Promise<CommandPayload & { topic: string }> {
    const { topic, payload, messageId } = await client.next('publish');
    client.send({ cmd: 'puback', messageId: messageId! });
    return { topic, ...(JSON.parse(payload.toString()) as CommandPayload) };
  }
  /** Everything that the broker was going to send by itself has been sent. */
  const looked = () => Promise.all([one, two].map(({ broker }) => broker.lookAtAll()));
  async function answer(client: RawClient, topic: string, payload: string): Promise<void> {
    client.publish(topic, payload);
    await client.next('puback');
  }
  /** What the broker has put into its log, as the consumer of the log takes it. */
  async function taken(door: Door, id = fridge.id): Promise<string[]> {
    const records = (await door.records(id)).filter(({ kind }) => kind === 'command-result');
    const answers = records.map(({ appliance, at, body }, position) => ({ position, appliance, at, body }));
    return (await takeCommandAnswers(fleet.sql, answers)).map(({ reason }) => reason);
  }

  it.each([0, 1] as const)(
    'reach the appliance at broker %d, where it listens, and the answer comes back',
    async (at) => {
      const door = fleet.doors[at]!;
      await using client = await listening(door);
      const id = await ask();
      const heard = await hear(client);
      expect(heard).toMatchObject({
        topic: `v1/appliances/${fridge.id}/commands`,
        command: id,
        kind: 'identify',
        parameters: { by: 'light' },
      });
      expect(await commandById(fleet.sql, id, fleet.now())).toMatchObject({
        state: 'sent',
        broker: ['one', 'two'][at],
      });
      await answer(client, resultTopic({ gateway: null, appliance: fridge.id, command: id }), '{"outcome":"done"}');
      expect(await taken(door)).toEqual([]);
      expect(await stateOf(id)).toBe('answered');
    },
  );

  it('wait for an appliance that is away, and come when it subscribes', async () => {
    const ids = [await ask(), await ask()];
    expect(await Promise.all(ids.map(stateOf))).toEqual(['queued', 'queued']);
    await using client = await listening(two);
    expect([(await hear(client)).command, (await hear(client)).command]).toEqual(ids);
  });

  it('wait for one that is connected and does not listen', async () => {
    await using client = await one.connect(fridge);
    const id = await ask();
    await looked();
    expect(await stateOf(id)).toBe('queued');
    await client.subscribe(commandsTopic(fridge.id));
    expect((await hear(client)).command).toBe(id);
  });

  it('that were not answered come again at the next connection, on whichever broker', async () => {
    const before = await listening(one);
    const id = await ask();
    await hear(before);
    await before.drop();
    await using after = await listening(two);
    expect((await hear(after)).command).toBe(id);
    await answer(after, resultTopic({ gateway: null, appliance: fridge.id, command: id }), '{"outcome":"done"}');
    expect(await taken(two)).toEqual([]);
    await after.goodbye();
    await using later = await listening(one);
    await looked();
    expect(await later.sofar()).toEqual([]);
  });

  it('that a broker took and died before it sent them come at the next connection', async () => {
    const id = await ask();
    const [due] = await takeCommands(fleet.sql, {
      ...{ appliances: [fridge.id], again: false, broker: 'dead', now: fleet.now() },
    });
    expect(due?.payload.command).toBe(id);
    await using client = await listening(one);
    expect((await hear(client)).command).toBe(id);
  });

  /** A row of which nobody was told. */
  const leave = async (state: 'queued' | 'sent'): Promise<Id> => {
    const id = newId();
    await fleet.sql.query(
      `insert into app.command (id, appliance, household, model, kind, parameters, state, asked_by, asked_at, expires_at, broker)
       select $1, id, household, model, 'self-test', '{}', $4, id, $3::bigint, $3::bigint + 60000, $5
         from app.appliance where id = $2`,
      [id, fridge.id, fleet.now(), state, state === 'sent' ? 'one' : null],
    );
    return id;
  };

  it('whose notification was lost are found by the next look', async () => {
    await using client = await listening(one);
    const id = await leave('queued');
    await looked();
    expect((await hear(client)).command).toBe(id);
  });

  it('that one broker sent into a connection that was over come from the one that holds the appliance', async () => {
    await using client = await listening(two);
    const id = await leave('sent');
    await looked();
    expect((await hear(client)).command).toBe(id);
  });

  it('come once on a connection, however often the broker looks, and again when it subscribes anew', async () => {
    await using client = await listening(one);
    const id = await ask();
    await hear(client);
    for (let look = 0; look < 3; look++) await looked();
    expect(await client.sofar()).toEqual([]);
    await client.subscribe(commandsTopic(fridge.id));
    expect((await hear(client)).command).toBe(id);
  });

  it('that both brokers compete for come once', async () => {
    const units = await Promise.all(Array.from({ length: 20 }, () => fleet.appliance(home)));
    const clients = await Promise.all(units.map((unit, index) => listening(fleet.doors[index % 2]!, unit)));
    const ids = await Promise.all(units.map(({ id }) => ask(id)));
    await looked();
    for (const [index, client] of clients.entries()) {
      expect((await hear(client)).command).toBe(ids[index]);
      expect(await client.sofar()).toEqual([]);
      await client.drop();
    }
  });

  it('that are over are not sent any more', async () => {
    const id = await ask();
    const before = fleet.now();
    fleet.setClock(before + 3_600_000);
    await using client = await listening(one);
    await looked();
    expect(await client.sofar()).toEqual([]);
    expect(await stateOf(id)).toBe('expired');
  });

  it('are answered for nobody else: whoever tries is cut', async () => {
    const other = await fleet.appliance(home);
    await using client = await one.connect(fridge);
    client.publish(resultTopic({ gateway: null, appliance: other.id, command: newId() }), '{"outcome":"done"}');
    await client.closed;
    expect((await one.records(other.id)).map(({ kind }) => kind)).toEqual([]);
  });

  it('that were never asked are answered into the log, and taken for nothing', async () => {
    await using client = await one.connect(fridge);
    const command = newId();
    await answer(client, resultTopic({ gateway: null, appliance: fridge.id, command }), 'who knows');
    const [record] = await one.recorded(fridge.id, 'command-result');
    expect(record).toMatchObject({ channel: 'commands', appliance: fridge.id });
    const body = CommandResultBody.parse(JSON.parse(Buffer.from(record!.body).toString()));
    expect([body.command, Buffer.from(body.payload, 'base64').toString()]).toEqual([command, 'who knows']);
    expect(await taken(one)).toEqual(['There is no such command for this appliance.']);
  });

  describe('behind a gateway', () => {
    let gateway: Unit;
    beforeEach(async () => {
      gateway = await fleet.gateway(home);
      await attachAppliance(fleet.sql, { gateway: gateway.id, appliance: fridge.id, ...fleet.by() });
    });
    const allOf = () => gatewayTopic({ gateway: gateway.id, appliance: '+', channel: 'commands' });

    it('go to the gateway, which answers', async () => {
      await using client = await two.connect(gateway);
      await client.subscribe(allOf());
      const id = await ask();
      expect(await hear(client)).toMatchObject({
        topic: `v1/gateways/${gateway.id}/appliances/${fridge.id}/commands`,
        command: id,
      });
      const to = resultTopic({ gateway: gateway.id, appliance: fridge.id, command: id });
      await answer(client, to, '{"outcome":"refused","detail":"no lamp"}');
      expect(await taken(two)).toEqual([]);
      expect(await stateOf(id)).toBe('failed');
    });

    it('wait for a gateway that subscribes, for one appliance or for all', async () => {
      const id = await ask();
      for (const filter of [commandsTopic(fridge.id, gateway.id), allOf()]) {
        await using client = await one.connect(gateway);
        await client.subscribe(filter);
        expect((await hear(client)).command).toBe(id);
      }
    });

    it('go to the appliance itself where it listens', async () => {
      await using client = await one.connect(gateway);
      await client.subscribe(allOf());
      await using itself = await listening(one);
      const id = await ask();
      expect((await hear(itself)).command).toBe(id);
      expect(await client.sofar()).toEqual([]);
    });

    it('come when the appliance is put behind it', async () => {
      const late = await fleet.appliance(home);
      const id = await ask(late.id);
      await using client = await one.connect(gateway);
      await client.subscribe(allOf());
      await attachAppliance(fleet.sql, { gateway: gateway.id, appliance: late.id, ...fleet.by() });
      expect((await hear(client)).command).toBe(id);
    });

    it('are answered and heard for none that is not behind it', async () => {
      const stranger = await fleet.appliance(home);
      await using client = await one.connect(gateway);
      expect(await client.subscribe(commandsTopic(stranger.id, gateway.id), commandsTopic(fridge.id))).toEqual([
        REFUSED,
        REFUSED,
      ]);
      client.publish(resultTopic({ gateway: gateway.id, appliance: stranger.id, command: newId() }), '{}');
      await client.closed;
    });
  });
}
