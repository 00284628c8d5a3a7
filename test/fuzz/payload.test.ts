// Whatever stands in a payload: its readings are stored, or it is kept with a reason.
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DecodedMessage, type Id, type LogRecord, newId } from '#contracts';
import { FUTURE_TOLERANCE_MS, makeDecode } from '#ingest';
import { loadModels } from '#registry';
import { DAY } from '#runtime';
import { RAW_READINGS_DAYS } from '../../ingest/checks.ts';
import { unmappedCap } from '../../ingest/unmapped-cap.ts';
import type { TestDatabase } from '../engines/databases.ts';
import { MODEL, NOW, openDatabase, openLine } from '../ingest/line.ts';
import { bodyAt } from './payload-bodies.ts';

const BODIES = Number(process.env.FUZZ_BODIES ?? 5_000);
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 30));
const THROUGH_THE_LINE = 2_000;
/** Each group of a message alone must give what it gave among others; asked of some. */
const TAKEN_APART_EVERY = 20;
const decode = makeDecode(loadModels());

const recordOf = (body: Uint8Array, appliance: Id = newId()): LogRecord => ({
  kind: 'message',
  at: NOW,
  appliance,
  channel: 'telemetry',
  model: MODEL,
  body,
});

function checkReading({ signal, value }: DecodedMessage['moments'][number]['readings'][number]): void {
  if (signal.length < 1 || signal.length > 80 || !signal.isWellFormed()) throw new Error(`the name ${signal}`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`the number ${value}`);
  if (typeof value === 'string' && (value.length > 256 || !value.isWellFormed() || value.includes('\0')))
    throw new Error('a text that no store takes');
}

function checkMessage({ moments, rejected }: DecodedMessage): void {
  for (const { at, readings } of moments) {
    if (!Number.isInteger(at) || at < NOW - RAW_READINGS_DAYS * DAY || at > NOW + FUTURE_TOLERANCE_MS)
      throw new Error(`the stamp ${at}`);
    if (readings.length === 0) throw new Error('a moment without readings');
    for (const reading of readings) checkReading(reading);
  }
  for (const { reason } of rejected) if (reason.length === 0) throw new Error('a rejection without a reason');
}

const outcomes = ({ moments, rejected }: DecodedMessage): string[] =>
  [
    ...moments.flatMap(({ at, readings }) => readings.map(({ signal, value }) => `${at} ${signal} ${String(value)}`)),
    ...rejected.filter(({ signal }) => signal !== '*').map(({ at, signal, reason }) => `${at} ${signal} ${reason}`),
  ].sort();

/** Null when the message is refused, or cannot be taken apart. */
function groupsOf(body: Uint8Array): unknown[] | null {
  const { readings } = JSON.parse(Buffer.from(body).toString()) as { readings?: unknown };
  return Array.isArray(readings) ? readings : null;
}

/** A number too large for JSON.parse is Infinity, which JSON.stringify writes as null. */
function canBeWritten(json: unknown): boolean {
  let finite = true;
  JSON.stringify(json, (_, value: unknown) => {
    finite &&= typeof value !== 'number' || Number.isFinite(value);
    return value;
  });
  return finite;
}

/** No group costs another one its readings. */
function checkApart(body: Uint8Array, whole: DecodedMessage): void {
  const groups = groupsOf(body);
  const stampless = groups?.filter((group) => (group as { at?: unknown } | null)?.at === undefined).length ?? 0;
  if (!groups || stampless > 1 || !canBeWritten(groups)) return;
  const parts = groups.flatMap((group) => {
    const part = decode(recordOf(Buffer.from(JSON.stringify({ readings: [group] }))), 0);
    return part.ok ? outcomes(part.message) : [];
  });
  if (JSON.stringify(parts.sort()) !== JSON.stringify(outcomes(whole))) throw new Error('a group lost its readings');
}

it(
  'every payload is taken or refused with a reason, and what is taken every store can keep',
  () => {
    const count = { bodies: 0, taken: 0, partly: 0, refused: 0, readings: 0 };
    const look = (body: Buffer): void => {
      const decoded = decode(recordOf(body), 0);
      count.bodies++;
      if (!decoded.ok) {
        count.refused++;
        if (decoded.reason.length === 0) throw new Error('refused without a reason');
        return;
      }
      checkMessage(decoded.message);
      if (count.bodies % TAKEN_APART_EVERY === 0) checkApart(body, decoded.message);
      count.readings += outcomes(decoded.message).length;
      if (decoded.message.rejected.length > 0) count.partly++;
      else count.taken++;
    };
    fc.assert(fc.property(bodyAt(NOW), look), { numRuns: BODIES, seed: SEED });
    console.log(`payload fuzz: seed ${SEED}, ${JSON.stringify(count)}, violations 0`);
    expect(count.taken + count.partly + count.refused).toBe(BODIES);
    expect(Math.min(count.taken, count.partly, count.refused)).toBeGreaterThan(0);
  },
  10 * 3_600_000,
);

describe('on real engines', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('every message is in the store or in quarantine with its reason, and the sums are what was sent', async () => {
    await using line = await openLine(database.sql);
    const appliances = Array.from({ length: 50 }, newId);
    const bodies = fc.sample(bodyAt(NOW), { numRuns: THROUGH_THE_LINE, seed: SEED });
    const records = bodies.map((body, index) => recordOf(body, appliances[index % appliances.length]!));
    await Promise.all(records.map(({ appliance, body }) => line.hear(appliance, body)));
    await using worker = await line.work();
    await worker.done();

    const cap = unmappedCap();
    const stored = new Map<Id, Set<string>>(appliances.map((id) => [id, new Set()]));
    let setAside = 0;
    for (const record of records) {
      const decoded = decode(record, 0);
      if (decoded.ok) cap(decoded.message);
      if (!decoded.ok || decoded.message.rejected.length > 0) setAside++;
      if (!decoded.ok) continue;
      const of = stored.get(record.appliance as Id)!;
      for (const { at, readings } of decoded.message.moments)
        for (const { signal } of readings) of.add(`${at} ${signal}`);
    }
    const rows = await database.sql.query<{ reason: string }>('select reason from app.quarantine');
    expect(rows).toHaveLength(setAside);
    expect(rows.filter(({ reason }) => reason === '')).toEqual([]);
    const span = { from: NOW - (RAW_READINGS_DAYS + 1) * DAY, to: NOW + DAY };
    for (const [appliance, expected] of stored)
      expect(await line.store.count({ appliance, ...span })).toBe(expected.size);
  }, 3_600_000);
});
