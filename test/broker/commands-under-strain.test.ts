// Commands while connections come, go, move between brokers and lose what was on its way; and what it costs those who take no part.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Commands } from '#broker';
import { type CommandPayload, commandsTopic, type Id, newId, noticesTopic, resultTopic } from '#contracts';
import { randomOf } from '#device-sim';
import { askCommand, commandById, createHousehold, takeCommandAnswers } from '#registry';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { openDoor } from './door.ts';
import { type Fleet, openFleet } from './fleet.ts';
import type { RawClient } from './raw-client.ts';

const STEPS = 120;
const SEEDS = [1, 2, 3];

describe('commands on the move on PGlite', () => moving(pgliteDatabase));
describeEngine('PostgreSQL', 'commands on the move', () => moving(postgresDatabase));

function moving(open: () => Promise<TestDatabase>): void {
  let fleet: Fleet;
  let home: Id;
  beforeAll(async () => {
    fleet = await openFleet(open);
    home = (await createHousehold(fleet.sql, { name: 'Home', region: 'north', now: fleet.now() })).id;
  });
  afterAll(() => fleet?.[Symbol.asyncDispose]());

  it.each(SEEDS)(
    'come to the appliance, once for each connection, in order, and are answered (seed %d)',
    async (seed) => {
      const random = randomOf(seed, 'commands');
      const unit = await fleet.appliance(home);
      const asked: Id[] = [];
      const answered = new Set<Id>();
      const heardOn = new Map<RawClient, Id[]>();
      let client: RawClient | null = null;
      let at: 0 | 1 = 0;

      /** What has arrived by now. */
      const hear = async (): Promise<void> => {
        if (!client) return;
        for (const packet of await client.sofar()) {
          if (packet.cmd !== 'publish') continue;
          client.send({ cmd: 'puback', messageId: packet.messageId! });
          heardOn.get(client)!.push((JSON.parse(packet.payload.toString()) as CommandPayload).command);
        }
      };
      const connect = async (): Promise<void> => {
        at = random.share() < 0.5 ? 0 : 1;
        client = await fleet.doors[at].connect(unit);
        heardOn.set(client, []);
        await client.subscribe(commandsTopic(unit.id));
      };
      const drop = async (): Promise<void> => {
        await client?.drop();
        client = null;
      };
      /** Some answers are lost before they are in the log. */
      const answer = async (): Promise<void> => {
        await hear();
        const known = client ? heardOn.get(client)! : [];
        const command = known[Math.floor(random.share() * known.length)];
        if (command === undefined || random.share() < 0.3) return;
        const body = Buffer.from(
          JSON.stringify({ command, payload: Buffer.from('{"outcome":"done"}').toString('base64') }),
        );
        expect(
          await takeCommandAnswers(fleet.sql, [{ position: 1, appliance: unit.id, at: fleet.now(), body }]),
        ).toEqual([]);
        answered.add(command);
      };
      const ask = async (): Promise<void> => {
        if (asked.length - answered.size >= 15) return;
        const question = { kind: 'identify', parameters: { by: 'light' }, askedBy: newId(), ...fleet.by() };
        asked.push((await askCommand(fleet.sql, { appliance: unit.id, ...question })).id);
      };

      for (let step = 0; step < STEPS; step++) {
        const share = random.share();
        if (share < 0.35) await ask();
        else if (share < 0.6) await answer();
        else if (share < 0.75) await drop();
        else if (client === null) await connect();
        else await fleet.doors[at].broker.lookAtAll();
      }
      await drop();
      await connect();
      const open = asked.filter((id) => !answered.has(id));
      while (heardOn.get(client!)!.length < open.length) {
        await fleet.doors[at].broker.lookAtAll();
        await hear();
      }

      for (const heard of heardOn.values()) {
        expect(new Set(heard).size).toBe(heard.length);
        expect(heard).toEqual(asked.filter((id) => heard.includes(id)));
      }
      expect(heardOn.get(client!)).toEqual(open);
      for (const id of asked) {
        const state = (await commandById(fleet.sql, id, fleet.now()))?.state;
        expect([id, state]).toEqual([id, answered.has(id) ? 'answered' : 'sent']);
      }
      await drop();
    },
  );
}

describe('what commands cost', () => {
  const UNITS = 300;

  it('is nothing for those who do not listen to them, and few questions for a street that comes back', async () => {
    const asked: (readonly Id[])[] = [];
    const commands: Commands = {
      async take(appliances) {
        asked.push(appliances);
        return [];
      },
      waiting: async () => [],
      listen: async () => async () => {},
    };
    await using door = await openDoor({ commands });
    const units = Array.from({ length: UNITS }, () => door.appliance());
    const clients = await Promise.all(units.map((unit) => door.connect(unit)));
    await Promise.all(clients.map((client, index) => client.subscribe(noticesTopic(units[index]!.id))));
    await door.broker.lookAtAll();
    expect(asked).toEqual([]);
    await Promise.all(clients.map((client, index) => client.subscribe(commandsTopic(units[index]!.id))));
    await door.broker.lookAtAll();
    expect(new Set(asked.flat())).toEqual(new Set(units.map(({ id }) => id)));
    expect(asked.length).toBeLessThan(UNITS / 10);
    await Promise.all(clients.map((client) => client.drop()));
  });

  it('is no connection: a registry that is away costs time, and the command comes by a later look', async () => {
    const payload: CommandPayload = { command: newId(), kind: 'self-test', parameters: {}, expiresAt: 1e13, at: 0 };
    let away = true;
    let unit: Id = '';
    const commands: Commands = {
      async take() {
        if (away) throw new Error('away');
        return [{ appliance: unit, payload }];
      },
      waiting: async () => [unit],
      listen: async () => async () => {},
    };
    await using door = await openDoor({ commands });
    const fridge = door.appliance();
    unit = fridge.id;
    await using client = await door.connect(fridge);
    await client.subscribe(commandsTopic(unit));
    await door.broker.lookAtAll();
    expect(await client.sofar()).toEqual([]);
    expect(door.warnings).toContain('cannot take commands that wait; trying again');
    away = false;
    await door.broker.lookAtAll();
    const { topic } = await client.next('publish');
    expect(topic).toBe(commandsTopic(unit));
    client.publish(resultTopic({ gateway: null, appliance: unit, command: payload.command }), '{"outcome":"done"}');
  });
});
