// Givens for diagnosis: a simulated appliance's messages and the platform's ticks as log records, judged by the real rules.
import type { FindingChange, LogRecord, TelemetryPayload } from '#contracts';
import { type MessageOptions, simulateMessages } from '#device-sim';
import { type Catalogue, createEvaluator, type Evaluator, loadCatalogue, type ToReadings } from '#diagnosis-rules';
import { makeDecode } from '#ingest';
import { loadModels } from '#registry';
import { factRecord, HOUR, MINUTE } from '#runtime';

export const FRIDGE = '01890a5d-ac96-774b-bcce-b302099a8057';
export const NOON = Date.UTC(2026, 5, 10, 12);
const DOOR_SENSOR_LESS = 'fridge-without-door-sensor';

const decode = makeDecode(loadModels());
export const toReadings: ToReadings = (record, position) => {
  const decoded = decode(record, position);
  return decoded.ok ? decoded.message : null;
};

export function telemetry(
  at: number,
  payload: TelemetryPayload,
  options: { appliance?: string; model?: string } = {},
): LogRecord {
  return {
    kind: 'message',
    at,
    appliance: options.appliance ?? FRIDGE,
    channel: 'telemetry',
    model: options.model ?? 'stethos-reference-fridge',
    body: Buffer.from(JSON.stringify(payload)),
  };
}

export const answer = (at: number, given: string): LogRecord =>
  factRecord('answer', at, FRIDGE, {
    problem: 'refrigerator-cooling',
    question: 'door-closed',
    answer: given,
    by: FRIDGE,
  });

/** Records in the order of their receipt, with a tick every minute in between, up to `until`. */
export function withTicks(records: readonly LogRecord[], from: number, until: number): LogRecord[] {
  const all = [...records];
  for (let at = from; at <= until; at += MINUTE) all.push(factRecord('tick', at));
  return all.sort((a, b) => a.at - b.at);
}

/** A day, and a little: what was plugged in an hour ago is excused for much. */
export const KNOWN_FOR = 25 * HOUR;

/** A simulated fridge's life as the log would hold it; the story begins at noon, when it has been known for a day. */
export function lifeOf(
  options: Omit<MessageOptions, 'from' | 'until' | 'zero'> & { from?: number; until: number; doorSensor?: boolean },
): LogRecord[] {
  const from = options.from ?? NOON - KNOWN_FOR;
  const model = options.doorSensor === false ? DOOR_SENSOR_LESS : 'stethos-reference-fridge';
  const signals =
    options.doorSensor === false
      ? [
          ...(loadModels().get(DOOR_SENSOR_LESS)!.signals
            ? Object.keys(loadModels().get(DOOR_SENSOR_LESS)!.signals)
            : []),
        ]
      : undefined;
  const records = [...simulateMessages({ ...options, from, zero: NOON, ...(signals ? { signals } : {}) })].map(
    ({ sentAt, payload }) => telemetry(sentAt, payload, { model }),
  );
  return withTicks(records, from, options.until);
}

export const newEvaluator = (catalogue: Catalogue = loadCatalogue()): Evaluator =>
  createEvaluator({ catalogue, toReadings });

export function judge(records: readonly LogRecord[], evaluator = newEvaluator()): FindingChange[] {
  return records.flatMap((record, position) => evaluator.take(record, position));
}

/** One word a change, for reading a story at a glance: "opened critical door-left-open". */
export const told = (changes: readonly FindingChange[]): string[] =>
  changes.map(({ change, finding }) => `${change} ${finding.severity} ${finding.causes[0]!.cause}`);
