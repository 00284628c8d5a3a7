// The bench's short way past JSON gives what the platform's decoder gives.
import { describe, expect, it } from 'vitest';
import { simulateMessages } from '#device-sim';
import { makeDecode } from '#ingest';
import { loadModels } from '#registry';
import { decoderOf, type Sent } from '../../bench/diagnosis/decoded.ts';
import { DAY, HOUR } from './diagnosis-lives.ts';

const MODEL = 'stethos-reference-fridge';
const APPLIANCE = '01890a5d-ac96-774b-bcce-b302099a8057';
const FROM = Date.UTC(2026, 5, 10);
const platform = makeDecode(loadModels());
const decode = decoderOf(loadModels(), MODEL);

const byPlatform = ({ payload, receivedAt }: Sent) => {
  const body = Buffer.from(JSON.stringify(payload));
  const decoded = platform(
    { kind: 'message', at: receivedAt, appliance: APPLIANCE, channel: 'telemetry', model: MODEL, body },
    0,
  );
  return decoded.ok ? decoded.message : null;
};

const oddly = (values: Record<string, unknown>, at = FROM): Sent => ({
  receivedAt: FROM + 1_000,
  payload: { seq: 3, readings: [{ at, values }] },
});

describe('a decoded message', () => {
  it('is the platform’s, of a simulated day with buffered batches', () => {
    const messages = simulateMessages({
      seed: 3,
      from: FROM,
      until: FROM + DAY,
      episodes: [{ what: 'router-outage', fromMs: 5 * HOUR }],
      imperfections: { lossShare: 0.05, delayShare: 0.1, duplicateShare: 0.05 },
    });
    for (const { sentAt, payload } of messages)
      expect(decode({ payload, receivedAt: sentAt }, APPLIANCE)).toEqual(byPlatform({ payload, receivedAt: sentAt }));
  });

  it.each([
    ['a sentinel', oddly({ cabinet_temperature: -32_768, power: 3 })],
    ['a value that cannot be', oddly({ cabinet_temperature: 400, power: 3 })],
    ['a number for a state', oddly({ door_open: 1 })],
    ['a signal that nobody knows', oddly({ turbidity: 4 })],
    ['a text', oddly({ fault_code: 'E4' })],
    ['nothing', oddly({})],
    ['null', oddly({ power: null })],
    ['a stamp from the future', oddly({ power: 3 }, FROM + DAY)],
    ['a stamp from long ago', oddly({ power: 3 }, FROM - 200 * DAY)],
    ['an old stamp', oddly({ power: 3 }, FROM - 20 * DAY)],
  ])('is the platform’s, of %s', (_, sent) => {
    expect(decode(sent, APPLIANCE)).toEqual(byPlatform(sent));
  });
});
