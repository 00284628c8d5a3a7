// Raw message -> readings. Pure: the same record always gives the same readings, live or in a replay.
import type { DecodedMessage, LogRecord, Model, Moment, SignalReading } from '#contracts';
import { checkValue, stampProblem } from './checks.ts';
import { parsePayload } from './payload.ts';

export type Decoded = { ok: true; message: DecodedMessage } | { ok: false; reason: string };
export type Decode = (record: LogRecord, position: number) => Decoded;

function takeValues(
  values: Record<string, unknown>,
  at: number,
  model: Model,
  rejected: DecodedMessage['rejected'],
): SignalReading[] {
  const readings: SignalReading[] = [];
  for (const signal of Object.keys(values)) {
    const checked = checkValue(model, signal, values[signal]);
    if (checked === 'absent') continue;
    if ('reading' in checked) readings.push(checked.reading);
    else rejected.push({ signal: signal.slice(0, 80), at, reason: checked.problem });
  }
  return readings;
}

/** `models` by id. A message is refused whole when no reading of it can be found; else its good readings are taken. Readings older than `oldestDays` are not. */
export function makeDecode(models: ReadonlyMap<string, Model>, oldestDays?: number): Decode {
  return (record, position) => {
    const model = models.get(record.model);
    if (!model) return { ok: false, reason: `This platform no longer knows the model "${record.model}".` };
    const parsed = parsePayload(record.body);
    if (!parsed.ok) return parsed;
    const rejected: DecodedMessage['rejected'] = [];
    const moments: Moment[] = [];
    let withoutStamp = 0;
    for (const group of parsed.groups) {
      if ('problem' in group) {
        rejected.push({ signal: '*', at: null, reason: group.problem });
        continue;
      }
      if (group.at === undefined && ++withoutStamp > 1) {
        rejected.push({ signal: '*', at: null, reason: 'only one reading of a message may come without "at"' });
        continue;
      }
      const at = group.at === undefined ? record.at : Math.round(group.at);
      const problem = stampProblem(at, record.at, oldestDays);
      if (problem) {
        rejected.push({ signal: '*', at, reason: problem });
        continue;
      }
      const readings = takeValues(group.values, at, model, rejected);
      if (readings.length > 0) moments.push({ appliance: record.appliance, kind: model.kind, at, position, readings });
    }
    moments.sort((a, b) => a.at - b.at);
    const { appliance, at: receivedAt } = record;
    return {
      ok: true,
      message: { appliance, model: model.id, receivedAt, seq: parsed.seq, moments, rejected },
    };
  };
}
