// Two brokers on one registry, as two processes would run them; each has a log of its own.
import { LIMITS } from '#broker';
import type { Id } from '#contracts';
import { createAppliance, createGateway, createProvisioningKey, homeOrganisation, registryTables } from '#registry';
import { manualClock, migrate, type Sql } from '#runtime';
import { brokerAccess } from '../../main/broker-access.ts';
import { brokerCommands } from '../../main/broker-commands.ts';
import type { TestDatabase } from '../engines/databases.ts';
import { type Door, MODEL, NOW, openDoor } from './door.ts';

export const PEPPER = 'a pepper of the test that is long enough';
export type Fleet = Awaited<ReturnType<typeof openFleet>>;
type Tls = NonNullable<NonNullable<Parameters<typeof openDoor>[0]>['tls']>;

export async function openFleet(open: () => Promise<TestDatabase>, { tls }: { tls?: Tls } = {}) {
  await using building = new AsyncDisposableStack();
  const database = building.use(await open());
  const { sql } = database;
  await migrate(sql, [...registryTables]);
  const time = manualClock(NOW);
  const doorOn = async (connection: Sql, broker: string): Promise<Door> =>
    building.use(
      await openDoor({
        access: brokerAccess(connection, { pepper: PEPPER, clock: time.clock }),
        commands: brokerCommands(connection, { broker, clock: time.clock }),
        // Some tests connect one appliance hundreds of times.
        limits: { ...LIMITS, connects: { perSecond: 0, burst: 0 } },
        ...(tls ? { tls } : {}),
      }),
    );
  const doors = [await doorOn(sql, 'one'), await doorOn(database.other, 'two')] as const;
  const organisation = (await homeOrganisation(sql)).id;
  const lifetime = building.move();
  let serials = 0;
  return {
    sql,
    doors,
    organisation,
    now: () => time.clock.now(),
    setClock: time.set,
    /** Who changes things, and when. */
    by: () => ({ by: 'platform' as const, now: time.clock.now() }),

    appliance: (household?: Id) =>
      createAppliance(sql, {
        model: MODEL,
        name: 'Fridge',
        serial: `unit-${++serials}`,
        ...(household === undefined ? {} : { household }),
        now: time.clock.now(),
        pepper: PEPPER,
      }),
    gateway: (household: Id | null = null) =>
      createGateway(sql, {
        organisation,
        household,
        serial: null,
        by: 'platform',
        now: time.clock.now(),
        pepper: PEPPER,
      }),
    provisioningKey: (more: Partial<Parameters<typeof createProvisioningKey>[1]> = {}) =>
      createProvisioningKey(sql, {
        organisation,
        model: MODEL,
        batch: '2026-03',
        serials: null,
        most: 100,
        perMinute: 60,
        endsAt: time.clock.now() + 3_600_000,
        by: 'platform',
        now: time.clock.now(),
        pepper: PEPPER,
        ...more,
      }),
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
}
