// What an appliance learns to be usual reaches its model: through the diagnosis worker, the database and the log.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LogRecord, TelemetryPayload } from '#contracts';
import { simulateMessages } from '#device-sim';
import { DAY, factRecord, HOUR } from '#runtime';
import { done, type House, openHouse } from './house.ts';
import { FRIDGE, NOON, telemetry } from './life.ts';

const DAYS = 16;
let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

/** More than two weeks of a healthy fridge that sends what it measured each quarter of an hour, with an hourly tick. */
function life(): LogRecord[] {
  const records: LogRecord[] = [];
  let readings: TelemetryPayload['readings'] = [];
  let tickAt = NOON;
  for (const { sentAt, payload } of simulateMessages({ seed: 31, from: NOON, until: NOON + DAYS * DAY })) {
    readings = [...readings, ...payload.readings];
    if (readings.length < 15) continue;
    for (; tickAt <= sentAt; tickAt += HOUR) records.push(factRecord('tick', tickAt));
    records.push(telemetry(sentAt, { readings }));
    readings = [];
  }
  return records;
}

const rows = () =>
  house.sql.query<{ appliance: string; model: string; levels: Record<string, number>; at: number }>(
    'select appliance, model, levels, at from app.appliance_usual',
  );

it('a worker writes down what each appliance has learned, and no more often than daily', {
  timeout: 120_000,
}, async () => {
  await house.append(life());
  const worker = await house.diagnosis('one');
  await done(worker);
  const [row, ...others] = await rows();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ appliance: FRIDGE, model: 'stethos-reference-fridge' });
  expect(Object.keys(row!.levels)).toContain('work');
  expect(row!.at).toBeGreaterThan(NOON + (DAYS - 2) * DAY);
  await worker.kill();

  // One that begins anew goes through the same days and finds what it wrote.
  const again = await house.diagnosis('two');
  await done(again);
  expect(await rows()).toEqual([row]);
  await again[Symbol.asyncDispose]();
});
