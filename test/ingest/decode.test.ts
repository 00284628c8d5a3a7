import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecodedMessage, LogRecord } from '#contracts';
import { makeDecode } from '#ingest';
import { loadModels } from '#registry';
import { DAY, HOUR, MINUTE } from '#runtime';

const NOW = Date.UTC(2026, 2, 2, 9);
const APPLIANCE = '01890a5d-ac96-774b-bcce-b302099a8057';
const MODEL = 'stethos-reference-fridge';
const decode = makeDecode(loadModels());

const recordOf = (body: string | Uint8Array, model = MODEL): LogRecord => ({
  kind: 'message',
  at: NOW,
  appliance: APPLIANCE,
  channel: 'telemetry',
  model,
  body: typeof body === 'string' ? Buffer.from(body) : body,
});

function refused(body: string | Uint8Array): string {
  const decoded = decode(recordOf(body), 0);
  if (decoded.ok) throw new Error('it was taken');
  return decoded.reason;
}

function taken(body: string): DecodedMessage {
  const decoded = decode(recordOf(body), 7);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.message;
}

/** "signal=value" of each reading, by its stamp relative to now. */
const said = ({ moments }: DecodedMessage): [number, string][] =>
  moments.map(({ at, readings }) => [at - NOW, readings.map(({ signal, value }) => `${signal}=${value}`).join(' ')]);

describe('a message', () => {
  it('gives its readings, sorted by time, with what is needed to store them', () => {
    const message = taken(
      JSON.stringify({
        seq: 17,
        readings: [
          { at: NOW, values: { cabinet_temperature: 4.2, door_open: false } },
          { at: NOW - MINUTE, values: { cabinet_temperature: 4.1 } },
        ],
      }),
    );
    expect(message).toEqual({
      appliance: APPLIANCE,
      model: MODEL,
      receivedAt: NOW,
      seq: 17,
      rejected: [],
      moments: [
        {
          appliance: APPLIANCE,
          kind: 'refrigerator',
          at: NOW - MINUTE,
          position: 7,
          readings: [{ signal: 'cabinet_temperature', value: 4.1, mapped: true }],
        },
        {
          appliance: APPLIANCE,
          kind: 'refrigerator',
          at: NOW,
          position: 7,
          readings: [
            { signal: 'cabinet_temperature', value: 4.2, mapped: true },
            { signal: 'door_open', value: false, mapped: true },
          ],
        },
      ],
    });
  });

  it.each([
    ['one reading without the array', { values: { power: 60 } }],
    ['one reading instead of the array', { readings: { values: { power: 60 } } }],
    ['no stamp: the time of receipt stands', { readings: [{ values: { power: 60 } }] }],
    ['things beside it that nobody asked for', { firmware: '1.2', values: { power: 60 }, readings_total: 1 }],
  ])('may be written with %s', (_, payload) => {
    expect(said(taken(JSON.stringify(payload)))).toEqual([[0, 'power=60']]);
  });

  it('that gives a stamp between two milliseconds is put on one', () => {
    expect(said(taken(`{"at":${NOW - 1000}.4,"values":{"power":60}}`))).toEqual([[-1000, 'power=60']]);
  });

  it('says a signal twice: the later one stands', () => {
    expect(said(taken('{"values":{"power":60,"power":61}}'))).toEqual([[0, 'power=61']]);
  });

  it('may have no values, and is heard all the same', () => {
    const message = taken('{"seq":3,"readings":[{"values":{}}]}');
    expect(message).toMatchObject({ seq: 3, moments: [], rejected: [] });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'empty'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'UTF-8'],
    ['JSON cut off in the middle', '{"values":{"power":6', 'not JSON'],
    ['JSON with a comma too many', '{"values":{"power":6,}}', 'trailing commas'],
    ['NaN', '{"values":{"power":NaN}}', 'no NaN'],
    ['Infinity', '{"values":{"power":Infinity}}', 'not JSON'],
    ['single quotes', "{'values':{'power':6}}", 'not JSON'],
    ['a text in front of the JSON', '\ufeff{"values":{"power":6}}', 'not JSON'],
    ['U+0000', '\u0000', 'not JSON'],
    ['a list', '[{"values":{"power":6}}]', 'must be a JSON object'],
    ['a number', '4.2', 'must be a JSON object'],
    ['null', 'null', 'must be a JSON object'],
    ['an empty object', '{}', 'readings'],
    ['other words', '{"temperature":4.2}', 'readings'],
    ['no readings', '{"readings":[]}', 'readings'],
    ['readings that are a number', '{"readings":4.2}', 'readings'],
    ['values that are a list', '{"values":[4.2]}', 'readings.0.values'],
    ['values that are null', '{"values":null}', 'readings.0.values'],
    ['a stamp in words', '{"at":"2026-03-02T09:00:00Z","values":{"power":6}}', 'readings.0.at'],
    ['a stamp without an end', '{"at":1e999,"values":{"power":6}}', 'readings.0.at'],
    ['a count that is none', '{"seq":-1,"values":{"power":6}}', 'seq'],
    ['a count in quotes', '{"seq":"1","values":{"power":6}}', 'seq'],
    ['10,001 readings', JSON.stringify({ readings: Array(10_001).fill({ values: {} }) }), '10000'],
  ])('of %s is refused whole, and says why', (_, body, why) => {
    expect(refused(body)).toContain(why);
  });

  it('with a hundred thousand brackets is refused, or taken, and ends', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(refused(deep)).toContain('must be a JSON object');
    expect(taken(`{"values":{"power":60,"deep":${deep}}}`).rejected).toHaveLength(1);
  });

  it('of a model that is gone is refused, and names it', () => {
    const decoded = decode(recordOf('{"values":{"power":6}}', 'model-of-yesterday'), 0);
    expect(decoded).toEqual({ ok: false, reason: 'This platform no longer knows the model "model-of-yesterday".' });
  });

  it('with 10,000 readings is taken', () => {
    const readings = Array.from({ length: 10_000 }, (_, i) => ({ at: NOW - i * 1000, values: { power: i % 100 } }));
    expect(taken(JSON.stringify({ readings })).moments).toHaveLength(10_000);
  });
});

describe('what cannot be taken of a message', () => {
  it('does not cost its neighbours their place', () => {
    const message = taken(
      JSON.stringify({
        readings: [
          { at: null, values: { power: 1 } },
          { at: NOW - HOUR, values: { power: 2, cabinet_temperature: '4' } },
          { at: 0, values: { power: 3 } },
          { at: NOW - MINUTE },
          { at: NOW, values: { power: 4 } },
        ],
      }),
    );
    expect(said(message)).toEqual([
      [-HOUR, 'power=2'],
      [0, 'power=4'],
    ]);
    expect(message.rejected.map(({ signal, at }) => [signal, at])).toEqual([
      ['*', null],
      ['cabinet_temperature', NOW - HOUR],
      ['*', 0],
      ['*', null],
    ]);
    expect(message.rejected[0]!.reason).toContain('readings.0.at');
    expect(message.rejected[3]!.reason).toContain('readings.3.values');
  });

  it.each([
    ['1e999', 'too large'],
    ['-1e999', 'too large'],
    ['null', 'null'],
    ['"4.2"', 'without quotes'],
    ['{}', 'a number'],
    ['99', 'plausible range'],
  ])('a temperature of %s has a reason', (value, why) => {
    const message = taken(`{"values":{"cabinet_temperature":${value},"power":60}}`);
    expect(said(message)).toEqual([[0, 'power=60']]);
    expect(message.rejected).toEqual([
      { signal: 'cabinet_temperature', at: NOW, reason: expect.stringContaining(why) as string },
    ]);
  });

  it('is left out without a word when it is the model’s word for no value', () => {
    const message = taken('{"values":{"cabinet_temperature":-32768,"power":60}}');
    expect(said(message)).toEqual([[0, 'power=60']]);
    expect(message.rejected).toEqual([]);
  });

  it('is all but one of the readings without a stamp', () => {
    const message = taken('{"readings":[{"values":{"power":1}},{"values":{"power":2}},{"values":{"power":3}}]}');
    expect(said(message)).toEqual([[0, 'power=1']]);
    expect(message.rejected.map(({ reason }) => reason)).toEqual(
      Array(2).fill('only one reading of a message may come without "at"'),
    );
  });

  it('is never a name, however it is called', () => {
    const message = taken('{"values":{"__proto__":1,"constructor":2,"toString":3}}');
    expect(said(message)).toEqual([[0, '__proto__=1 constructor=2 toString=3']]);
    expect(message.moments[0]!.readings.every(({ mapped }) => !mapped)).toBe(true);
  });
});

describe('any JSON at all', () => {
  const { signals } = loadModels().get(MODEL)!;
  const sentinels = new Map(Object.entries(signals).map(([signal, { absent }]) => [signal, absent]));
  const names = fc.oneof(
    fc.constantFrom(
      'power',
      'cabinet_temperature',
      'door_open',
      'energy',
      'drum_speed',
      '__proto__',
      'constructor',
      '',
    ),
    fc.string({ maxLength: 90, unit: 'binary' }).filter((name) => name !== '*'),
  );
  const values = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -40, max: 100 }),
    fc.constantFrom(-32_768, 255, 0, 1, true, false, null, 'open', ''),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.jsonValue(),
  );
  const stamp = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: NOW - 89 * DAY, max: NOW }) },
    fc.integer(),
    fc.double(),
    fc.constantFrom(null, '', 'now', 0, -1, NOW / 1000, NOW * 1000, true, {}),
  );
  const group = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record(
        { at: stamp, values: fc.dictionary(names, values, { maxKeys: 6, noNullPrototype: true }) },
        { requiredKeys: ['values'] },
      ),
    },
    fc.jsonValue(),
  );
  const payload = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record(
        {
          seq: fc.oneof({ weight: 5, arbitrary: fc.nat() }, fc.jsonValue()),
          readings: fc.array(group, { maxLength: 6 }),
        },
        { requiredKeys: ['readings'] },
      ),
    },
    fc.jsonValue(),
  );

  type Group = { at?: number; values: Record<string, unknown> };
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const isGroup = (value: unknown): value is Group =>
    isObject(value) && isObject(value.values) && (!Object.hasOwn(value, 'at') || Number.isFinite(value.at));
  /** What the payload offers, by the words of the device guide; null when nothing in it can be read. */
  function offered(json: unknown): unknown[] | null {
    if (!isObject(json)) return null;
    if (Object.hasOwn(json, 'seq') && !(Number.isSafeInteger(json.seq) && (json.seq as number) >= 0)) return null;
    const list = Object.hasOwn(json, 'readings') ? json.readings : Object.hasOwn(json, 'values') ? json : undefined;
    const groups = Array.isArray(list) ? list : isObject(list) ? [list] : [];
    return groups.some(isGroup) ? groups : null;
  }

  it('is taken, refused with a reason, or absent by the model’s word: value by value, nothing in silence', () => {
    let messages = 0;
    fc.assert(
      fc.property(payload, (value) => {
        const text = JSON.stringify(value);
        const json: unknown = JSON.parse(text);
        const groups = offered(json);
        const decoded = decode(recordOf(text), 7);
        expect(decoded.ok).toBe(groups !== null);
        if (!decoded.ok || !groups) {
          expect((decoded as { reason: string }).reason).not.toBe('');
          return;
        }
        messages++;
        const { moments, rejected } = decoded.message;
        const readings = moments.flatMap(({ at, readings }) => readings.map(({ signal }) => `${at} ${signal}`));
        const refusals = rejected.filter(({ signal }) => signal !== '*').map(({ at, signal }) => `${at} ${signal}`);
        let whole = rejected.length - refusals.length;
        for (const refusal of rejected) expect(refusal.reason).not.toBe('');
        let unstamped = 0;
        for (const one of groups) {
          const at = isGroup(one) && (one.at === undefined ? NOW : Math.round(one.at));
          const inTime = at !== false && at >= NOW - 90 * DAY && at <= NOW + 5 * MINUTE;
          if (at === false || (one as Group).at === undefined ? at === false || ++unstamped > 1 : !inTime) {
            whole--;
            continue;
          }
          for (const [signal, said] of Object.entries((one as Group).values)) {
            if (sentinels.get(signal)?.includes(said as number)) continue;
            const place = `${at} ${signal}`;
            const found = readings.indexOf(place);
            if (found >= 0) readings.splice(found, 1);
            else {
              const why = refusals.indexOf(`${at} ${signal.slice(0, 80)}`);
              expect(why, `${JSON.stringify(signal)} was lost`).toBeGreaterThanOrEqual(0);
              refusals.splice(why, 1);
            }
          }
        }
        expect([readings, refusals, whole]).toEqual([[], [], 0]);
      }),
      { numRuns: 2_000 },
    );
    expect(messages).toBeGreaterThan(200);
  });

  it('and any bytes at all are answered without an exception', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      // A good message with a few bytes exchanged.
      fc.tuple(payload, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })).map(([value, changes]) => {
        const bytes = Buffer.from(JSON.stringify(value));
        for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(body, (bytes) => {
        const decoded = decode(recordOf(bytes), 0);
        expect(decoded.ok || decoded.reason.length > 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
