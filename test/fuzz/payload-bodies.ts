// Payloads as no appliance should send them: from the schema, and bent.
import fc from 'fast-check';
import { SIGNALS } from '#contracts';
import { DAY } from '#runtime';

const signal = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...SIGNALS.keys()) },
  fc.string({ maxLength: 90, unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '', ' ', 'a'.repeat(81), '\u0000', '\ud800', '温度'),
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(-0, 5e-324, Number.MAX_VALUE, 2 ** 53, -273.15, 85, 127, -127, 65_535, 999.9),
);
const odd = fc.oneof(
  fc.constantFrom(
    null,
    {},
    [],
    [1],
    { value: 4, unit: '°F' },
    '4.2 °C',
    '4,2',
    'ON',
    'on',
    'true',
    '',
    'x'.repeat(64 * 1024),
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
);
const value = fc.oneof({ weight: 4, arbitrary: number }, { weight: 2, arbitrary: fc.boolean() }, odd);

const at = (now: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: now - DAY, max: now }) },
    fc.constantFrom(
      0,
      1,
      -1,
      1_763_756_400,
      now + DAY,
      now - 400 * DAY,
      2 ** 53,
      1e300,
      1.5,
      null,
      '2026-01-01',
      '1763756400000',
    ),
  );
const groupAt = (now: number) =>
  fc.record(
    {
      at: at(now),
      values: fc.oneof(
        { weight: 8, arbitrary: fc.dictionary(signal, value, { maxKeys: 6 }) },
        fc.constantFrom(null, [], 1),
      ),
    },
    { requiredKeys: ['values'] },
  );
const seq = fc.oneof({ weight: 4, arbitrary: fc.nat() }, fc.constantFrom(-1, 1.5, null, '1', 2 ** 53, 1e300));

const payloadAt = (now: number) =>
  fc.oneof(
    fc.record(
      {
        seq,
        readings: fc.oneof(
          { weight: 6, arbitrary: fc.array(groupAt(now), { maxLength: 5 }) },
          groupAt(now),
          fc.constantFrom(null, 'x', 1, []),
        ),
      },
      { requiredKeys: ['readings'] },
    ),
    groupAt(now),
    fc.json({ maxDepth: 4 }).map((text): unknown => JSON.parse(text)),
  );

/** What JSON.stringify never writes, put in place of something that it does. */
const BENDS: readonly ((text: string, where: number) => string)[] = [
  (text) => text.replace(/-?\d+(\.\d+)?/, 'NaN'),
  (text) => text.replace(/-?\d+(\.\d+)?/, '1e999'),
  (text) => text.replace(/-?\d+(\.\d+)?/, '-1e999'),
  (text) => text.replace(/-?\d+(\.\d+)?/, '007'),
  (text) => text.replace(/-?\d+(\.\d+)?/, '0x1F'),
  (text) => text.replace(/-?\d+(\.\d+)?/, '9'.repeat(400)),
  (text) => text.replace('}', ',}'),
  (text) => text.replaceAll('"', "'"),
  (text) => text.replace('{', '{"values":{"cabinet_temperature":1},"values":2,'),
  (text) => text.replace('{', '{"cabinet_temperature":1,"cabinet_temperature":2,'),
  (text) => text.replace('"', '"\\ud800'),
  (text) => text.replace('"', '"\\u0000'),
  (text) => `\ufeff${text}`,
  (text) => `${text}${text}`,
  (text, where) => text.slice(0, where % (text.length + 1)),
  (text, where) =>
    `${text.slice(0, where % (text.length + 1))}${String.fromCharCode(where % 0x1_0000)}${text.slice(where % (text.length + 1))}`,
  (text) => `${'['.repeat(20_000)}${text}${']'.repeat(20_000)}`,
  (text) => `${'{"readings":'.repeat(5_000)}${text}${'}'.repeat(5_000)}`,
  (text) => text.padEnd(64 * 1024),
];

const bentText = (now: number): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      payloadAt(now).map((payload) => JSON.stringify(payload) ?? ''),
      fc.array(fc.tuple(fc.constantFrom(...BENDS), fc.nat()), { maxLength: 2 }),
    )
    .map(([text, bends]) => Buffer.from(bends.reduce((bent, [bend, where]) => bend(bent, where), text)));

export const bodyAt = (now: number): fc.Arbitrary<Buffer> =>
  fc.oneof(
    { weight: 6, arbitrary: payloadAt(now).map((payload) => Buffer.from(JSON.stringify(payload) ?? '')) },
    { weight: 6, arbitrary: bentText(now) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  );
