// What an appliance sent as the platform decodes it. What is plainly in order takes a short way without JSON, since most of
// the bench's time would go there; anything else goes through the platform's own decoder.
import { type DecodedMessage, type Id, type Model, type Moment, SIGNALS, type SignalReading } from '#contracts';
import { type Decode, FUTURE_TOLERANCE_MS, makeDecode } from '#ingest';
import { DAY } from '#runtime';

type Values = Readonly<Record<string, unknown>>;
export type Sent = {
  receivedAt: number;
  payload: { seq?: number | undefined; readings: readonly { at?: number | undefined; values: Values }[] };
};

/** Null: the platform's decoder has to look at it. */
function plainReadings(values: Values, model: Model): SignalReading[] | null {
  const readings: SignalReading[] = [];
  for (const signal in values) {
    const value = values[signal];
    const known = SIGNALS.get(signal);
    if (typeof value === 'boolean' && known?.unit === 'boolean') {
      readings.push({ signal, value, mapped: true });
      continue;
    }
    const limits = model.signals[signal];
    if (typeof value !== 'number' || !Number.isFinite(value) || !known || known.unit === 'boolean') return null;
    if (limits) {
      if (limits.absent.includes(value) || value < (limits.min ?? value) || value > (limits.max ?? value)) return null;
    }
    // JSON has no negative zero.
    readings.push({ signal, value: value + 0, mapped: true });
  }
  return readings;
}

function plainMessage({ payload, receivedAt }: Sent, appliance: Id, model: Model): DecodedMessage | null {
  const moments: Moment[] = [];
  for (const { at, values } of payload.readings) {
    if (at === undefined || at > receivedAt + FUTURE_TOLERANCE_MS || at < receivedAt - DAY) return null;
    const readings = plainReadings(values, model);
    if (!readings || readings.length === 0) return null;
    moments.push({ appliance, kind: model.kind, at: Math.round(at), position: 0, readings });
  }
  if (moments.length > 1) moments.sort((a, b) => a.at - b.at);
  return { appliance, model: model.id, receivedAt, seq: payload.seq ?? null, moments, rejected: [] };
}

function throughPlatform(decode: Decode, { payload, receivedAt }: Sent, appliance: Id, model: Model) {
  const body = Buffer.from(JSON.stringify(payload));
  const decoded = decode(
    { kind: 'message', at: receivedAt, appliance, channel: 'telemetry', model: model.id, body },
    0,
  );
  return decoded.ok ? decoded.message : null;
}

/** Null for a message that the platform refuses whole. */
export type Decoder = (sent: Sent, appliance: Id) => DecodedMessage | null;

export function decoderOf(models: ReadonlyMap<string, Model>, modelId: string): Decoder {
  const decode = makeDecode(models);
  const model = models.get(modelId);
  if (!model) throw new Error(`No model "${modelId}"; there are ${[...models.keys()].join(', ')}.`);
  return (sent, appliance) => plainMessage(sent, appliance, model) ?? throughPlatform(decode, sent, appliance, model);
}
