// Second looks on real engines: they wait for the store, and a killed worker that replays the log ends where it was.
import { expect, it } from 'vitest';
import type { LogRecord, TelemetryPayload } from '#contracts';
import { factRecord, HOUR, MINUTE, SECOND } from '#runtime';
import { done, openHouse } from './house.ts';
import { FRIDGE, lifeOf, NOON } from './life.ts';

const stampOf = (record: LogRecord): number =>
  (JSON.parse(Buffer.from(record.body).toString()) as TelemetryPayload).readings[0]!.at!;

/** Measured 12 K too warm. */
function warmer(record: LogRecord): LogRecord {
  const payload = JSON.parse(Buffer.from(record.body).toString()) as TelemetryPayload;
  for (const { values } of payload.readings) values.cabinet_temperature = Number(values.cabinet_temperature) + 12;
  return { ...record, body: Buffer.from(JSON.stringify(payload)) };
}

it('a finding that corrected readings do not bear out is withdrawn once, also when the worker dies right after', async () => {
  await using house = await openHouse();
  const states = async () => (await house.findings()).map(({ state }) => state);
  const changes = async () => (await house.said()).map(({ id }) => id);
  let now = NOON + 3 * HOUR;
  /** At the tick what is due is looked at. */
  const tick = (laterMs = 30 * SECOND): Promise<void> => {
    now += laterMs;
    return house.append([factRecord('tick', now)]);
  };

  const isWrong = (record: LogRecord): boolean => record.kind === 'message' && stampOf(record) >= NOON + HOUR;
  const life = lifeOf({ seed: 9, until: NOON + 3 * HOUR });
  await house.append(life.map((record) => (isWrong(record) ? warmer(record) : record)));
  const readings = await house.readings();
  const first = await house.diagnosis('kept');
  await done(readings, first);
  expect(await states()).toEqual(['open']);

  // The store is asked only for what it has: nothing is looked at before it says that it has passed.
  await house.append(life.filter(isWrong).map((record) => ({ ...record, at: now })));
  await readings[Symbol.asyncDispose]();
  await tick();
  await done(first);
  expect(await states()).toEqual(['open']);

  await using again = await house.readings();
  await done(again);
  await again.flush();
  await tick();
  await done(first);
  expect(await states()).toEqual(['withdrawn']);
  const said = await changes();

  // Killed: it leaves no snapshot. Another replays the whole log, and the look with it.
  const [kept] = await house.sql.query<{ looked_at: number | null }>('select looked_at from app.late_readings');
  expect(kept!.looked_at).not.toBeNull();
  await first.kill();
  const second = await house.diagnosis('nothing here');
  await tick();
  await done(second);
  expect([await states(), await changes()]).toEqual([['withdrawn'], said]);
  for (let minute = 0; minute < 5; minute++) await tick(MINUTE);
  await done(second);
  expect(await changes()).toEqual(said);
  // Its snapshot stands behind the look, so nobody has to take it again.
  await second[Symbol.asyncDispose]();
  expect(await house.sql.query('select 1 from app.late_readings')).toEqual([]);
  expect(FRIDGE).toBe(life.find(isWrong)!.appliance);
});
