// Appliances of the failure tests. Healthy ones publish without pause; sick ones get too warm, are mended, and say so
// minute by minute of the platform's time. What each says is computed from its number, so that it can be checked later.
import { setTimeout as pause } from 'node:timers/promises';
import type { Id } from '#contracts';
import { createAppliance, createHousehold, createPerson } from '#registry';
import { type Clock, MINUTE, type Sql } from '#runtime';
import { Publisher } from './publisher.ts';

const MODEL = 'stethos-reference-fridge';
export const OWNER = 'owner@example.org';

export type Registered = { id: Id; secret: string };
/** One reading that was acknowledged must be in the store as it was. */
export type Said = { at: number; value: number };
export type Appliance = { publisher: Publisher; said(): Iterable<Said> };
export type SickAppliance = Appliance & {
  /** From its next message on it is cold again. */
  mend(): void;
};

const SICK_BEFORE_MIN = 190;
const KNOWN_BEFORE_MIN = 200;

/** Fridges of one household, and the people who look after them. */
export async function registerAppliances(
  sql: Sql,
  options: { count: number; pepper: string; now: number; name: string },
): Promise<Registered[]> {
  const { count, pepper, now, name } = options;
  const household = await createHousehold(sql, { name: 'A family', address: '1 Example Street', region: 'east', now });
  const person = { password: 'correct horse battery', language: 'en', timeZone: 'UTC', now } as const;
  await createPerson(sql, {
    ...person,
    role: 'owner',
    name: 'Owner',
    email: `${name}.${OWNER}`,
    household: household.id,
  });
  const made: Registered[] = [];
  const fields = { model: MODEL, household: household.id, now, pepper };
  for (let i = 0; i < count; i++) made.push(await createAppliance(sql, { ...fields, name: `Fridge ${i}` }));
  return made;
}

export async function registerTechnicians(sql: Sql, now: number): Promise<void> {
  const person = { password: 'correct horse battery', language: 'en', timeZone: 'UTC', region: 'east', now } as const;
  const skills = ['refrigeration', 'electrical', 'general'];
  for (const n of [1, 2]) {
    const email = `technician${n}@example.org`;
    await createPerson(sql, { ...person, role: 'technician', name: `Technician ${n}`, email, skills });
  }
}

/** Within the plausible range, and cold: nobody is told of it. */
const coldOf = (n: number): number => 2 + (n % 300) / 100;

/** Reading n has the stamp `firstAt + n`. */
export function healthyAppliance(
  registered: Registered,
  options: { ports: readonly number[]; firstAt: number; told?: () => void; answersWithinMs?: number },
): Appliance {
  const { firstAt, ...others } = options;
  const message = (n: number) => ({
    seq: n,
    readings: [{ at: firstAt + n, values: { cabinet_temperature: coldOf(n) } }],
  });
  const publisher = new Publisher({ ...registered, ...others, message });
  return {
    publisher,
    *said() {
      for (let n = 0; n < publisher.acknowledged; n++) yield { at: firstAt + n, value: coldOf(n) };
    },
  };
}

const isWarm = (minute: number, mendedFrom: number): boolean =>
  minute >= KNOWN_BEFORE_MIN - SICK_BEFORE_MIN && minute < mendedFrom;

const cabinetOf = (minute: number, warm: boolean): number => (warm ? 14 : 3) + (minute % 10) / 100;

/** Its cooling fails: the compressor runs, the evaporator is hardly colder than the air. */
const sickValues = (minute: number, warm: boolean) => ({
  cabinet_temperature: cabinetOf(minute, warm),
  evaporator_temperature: cabinetOf(minute, warm) - (warm ? 1 : 15),
  // While it is warm it tries to start, again and again, and cannot.
  compressor_on: !warm && minute % 20 < 12,
  power: (warm ? minute % 5 === 0 : minute % 20 < 12) ? 60 : 3,
  door_open: false,
  set_point: 4,
});

/** Comes up now with more than three hours in its buffer, warm for most of them, and goes on minute by minute. */
export function sickAppliance(
  registered: Registered,
  options: { ports: readonly number[]; clock: Clock; rate: number },
): SickAppliance {
  const { clock, rate, ports } = options;
  const firstAt = Math.floor(clock.now()) - KNOWN_BEFORE_MIN * MINUTE;
  let mendedFrom = Number.POSITIVE_INFINITY;
  const reading = (minute: number) => ({
    at: firstAt + minute * MINUTE,
    values: sickValues(minute, isWarm(minute, mendedFrom)),
  });
  const minutesBefore = (n: number): number => (n === 0 ? 0 : KNOWN_BEFORE_MIN - 1 + n);
  const message = (n: number) => {
    if (n === 0) return { seq: 0, readings: Array.from({ length: KNOWN_BEFORE_MIN }, (_, minute) => reading(minute)) };
    const next = reading(minutesBefore(n));
    return next.at <= clock.now() ? { seq: n, readings: [next] } : null;
  };
  const more = async (): Promise<void> => pause(MINUTE / rate);
  const publisher = new Publisher({ ...registered, ports, message, more, window: 4 });
  return {
    publisher,
    mend() {
      if (mendedFrom === Number.POSITIVE_INFINITY) mendedFrom = minutesBefore(publisher.begun);
    },
    *said() {
      const minutes = minutesBefore(publisher.acknowledged);
      for (let m = 0; m < minutes; m++) yield { at: firstAt + m * MINUTE, value: cabinetOf(m, isWarm(m, mendedFrom)) };
    },
  };
}
