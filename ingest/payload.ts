// A message's bytes as groups of readings, or one sentence that tells a device developer what is wrong.
import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { ReadingGroup, TelemetryPayload } from '#contracts';
import { messageOf } from '#runtime';

/** One reading group as it came, or what is wrong with it: it must not cost its neighbours their place. */
export type ParsedGroup = { at: number | undefined; values: Record<string, unknown> } | { problem: string };
export type ParsedPayload = { ok: true; seq: number | null; groups: ParsedGroup[] } | { ok: false; reason: string };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** ReadingGroup, but its values stay as they came: a copy of them would cost as much as reading the JSON. */
const Group = ReadingGroup.extend({ values: z.custom<Record<string, unknown>>(isObject, 'values must be an object') });
/** TelemetryPayload, but for its groups, which are judged one by one. */
const Envelope = TelemetryPayload.extend({ readings: z.array(z.unknown()).min(1).max(10_000) });

/** The parser quotes what stands around the fault; a reason is kept in plain words and holds nothing of the payload. */
const withoutQuotes = (error: unknown): string => {
  const message = messageOf(error);
  const position = /position \d+.*/.exec(message)?.[0];
  if (position !== undefined) return `something unexpected at ${position}`;
  const [token] = /^Unexpected token '.+?'/.exec(message) ?? [];
  if (token !== undefined) return token.replace('U', 'u');
  return /end of JSON|Unterminated/i.test(message) ? 'it ends too early' : 'something unexpected in it';
};

const EXAMPLE = '{"seq":1,"readings":[{"at":1763756400000,"values":{"cabinet_temperature":4.2}}]}';

const refuse = (reason: string): ParsedPayload => ({ ok: false, reason });
const wrongShape = (problems: readonly string[]): ParsedPayload =>
  refuse(`The payload has the wrong shape (${problems.slice(0, 5).join('; ')}). Send JSON like ${EXAMPLE}`);

const problemsOf = (error: z.ZodError, where: string): string[] =>
  error.issues.map(({ path, message }) => `${[where, ...path].filter((part) => part !== '').join('.')}: ${message}`);

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

function parseGroup(group: unknown, index: number): ParsedGroup {
  const parsed = Group.safeParse(group);
  if (!parsed.success) return { problem: problemsOf(parsed.error, `readings.${index}`).slice(0, 3).join('; ') };
  return { at: parsed.data.at, values: parsed.data.values };
}

export function parsePayload(body: Uint8Array): ParsedPayload {
  if (body.length === 0) return refuse(`The payload is empty. Send JSON like ${EXAMPLE}`);
  if (!isUtf8(body)) return refuse('The payload is not UTF-8 text. Send JSON in UTF-8.');
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch (error) {
    return refuse(
      `The payload is not JSON: ${withoutQuotes(error)}. Note that JSON has no NaN and no trailing commas.`,
    );
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    return refuse(`The payload must be a JSON object like ${EXAMPLE}`);
  }
  const envelope = Envelope.safeParse(withArray(json));
  if (!envelope.success) return wrongShape(problemsOf(envelope.error, ''));
  const groups = envelope.data.readings.map(parseGroup);
  const problems = groups.flatMap((group) => ('problem' in group ? group.problem : []));
  if (problems.length === groups.length) return wrongShape(problems);
  return { ok: true, seq: envelope.data.seq ?? null, groups };
}
