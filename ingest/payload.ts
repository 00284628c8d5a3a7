// A message's bytes as a TelemetryPayload, or one sentence that tells a device developer what is wrong.
import { isUtf8 } from 'node:buffer';
import { TelemetryPayload } from '#contracts';
import { messageOf } from '#runtime';

export type ParsedPayload = { ok: true; payload: TelemetryPayload } | { ok: false; reason: string };

const EXAMPLE = '{"seq":1,"readings":[{"at":1763756400000,"values":{"cabinet_temperature":4.2}}]}';

const refuse = (reason: string): ParsedPayload => ({ ok: false, reason });

/** A single reading may stand without the array. */
function withArray(json: object): unknown {
  if ('values' in json && !('readings' in json)) {
    const { seq, ...reading } = json as { seq?: unknown };
    return seq === undefined ? { readings: [reading] } : { seq, readings: [reading] };
  }
  if (
    'readings' in json &&
    json.readings !== null &&
    typeof json.readings === 'object' &&
    !Array.isArray(json.readings)
  ) {
    return { ...json, readings: [json.readings] };
  }
  return json;
}

export function parsePayload(body: Uint8Array): ParsedPayload {
  if (body.length === 0) return refuse(`The payload is empty. Send JSON like ${EXAMPLE}`);
  if (!isUtf8(body)) return refuse('The payload is not UTF-8 text. Send JSON in UTF-8.');
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch (error) {
    return refuse(`The payload is not JSON: ${messageOf(error)}. Note that JSON has no NaN and no trailing commas.`);
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    return refuse(`The payload must be a JSON object like ${EXAMPLE}`);
  }
  const parsed = TelemetryPayload.safeParse(withArray(json));
  if (parsed.success) return { ok: true, payload: parsed.data };
  const problems = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`);
  return refuse(`The payload has the wrong shape (${problems.join('; ')}). Send JSON like ${EXAMPLE}`);
}
