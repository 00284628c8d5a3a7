// What becomes of each record of a batch: readings for the store, or a place in quarantine with the reason.
import type { DecodedMessage, Id, LogRecord, Moment, Notice } from '#contracts';
import { type LogBatch, type Logger, messageOf } from '#runtime';
import type { Decode, Decoded } from './decode.ts';
import type { Outcome } from './ledger/counts.ts';
import type { Quarantined } from './quarantine.ts';
import type { ReplayOutcome } from './replay.ts';
import { unmappedCap } from './unmapped-cap.ts';

export type Judged = {
  messages: DecodedMessage[];
  moments: Moment[];
  quarantined: Quarantined[];
  replays: ReplayOutcome[];
  notices: { appliance: Id; notice: Notice }[];
  outcomes: Outcome[];
};

type JudgeDeps = { decode: Decode; logger: Logger; now: () => number };
type Refusal = { code: Notice['code']; reason: string; seq?: number };

const REASONS_NAMED = 5;

/** `toldBefore`: notices of records before this position went out already. */
export type Judge = (batch: LogBatch, toldBefore: number) => Judged;

export function makeJudge(deps: JudgeDeps): Judge {
  const cap = unmappedCap();
  return (batch, toldBefore) => {
    const judged: Judged = { messages: [], moments: [], quarantined: [], replays: [], notices: [], outcomes: [] };
    for (const [index, record] of batch.records.entries()) {
      const position = batch.positions[index]!;
      if (record.kind === 'command-result') judged.outcomes.push(outcomeOf(record, position, null));
      if (record.kind !== 'message' && record.kind !== 'replayed') continue;
      const decoded = decodeOne(deps, record, position);
      if (decoded.ok) cap(decoded.message);
      take(judged, record, position, decoded);
      const refusal = refusalOf(decoded);
      if (record.kind === 'replayed') judged.replays.push({ channel: record.channel, reason: refusal?.reason ?? null });
      else if (refusal) refuse(judged, { record, position, refusal, tell: position >= toldBefore, now: deps.now() });
    }
    return judged;
  };
}

/** One record that breaks the decoder must not hold up all that follow it. */
function decodeOne({ decode, logger }: JudgeDeps, record: LogRecord, position: number): Decoded {
  try {
    return decode(record, position);
  } catch (error) {
    logger.error({ position, error: messageOf(error) }, 'a message could not be decoded');
    return { ok: false, reason: 'A fault of the platform: this message could not be read. It is kept.' };
  }
}

function take(judged: Judged, record: LogRecord, position: number, decoded: Decoded): void {
  const message = decoded.ok ? decoded.message : null;
  judged.outcomes.push(outcomeOf(record, position, message));
  if (message === null) return;
  judged.messages.push(message);
  for (const moment of message.moments) judged.moments.push(moment);
}

const outcomeOf = ({ kind, appliance, at }: LogRecord, position: number, message: DecodedMessage | null): Outcome => ({
  position,
  appliance,
  at,
  kind: kind as Outcome['kind'],
  message,
});

function refusalOf(decoded: Decoded): Refusal | null {
  if (!decoded.ok) return { code: 'rejected-message', reason: decoded.reason };
  const { rejected, seq } = decoded.message;
  if (rejected.length === 0) return null;
  const reasons = rejected
    .slice(0, REASONS_NAMED)
    .map(({ signal, reason }) => `${signal === '*' ? 'reading' : signal}: ${reason}`);
  const more = rejected.length > REASONS_NAMED ? ` (and ${rejected.length - REASONS_NAMED} more)` : '';
  return { code: 'rejected-readings', reason: `${reasons.join('; ')}${more}`, ...(seq === null ? {} : { seq }) };
}

function refuse(
  judged: Judged,
  {
    record,
    position,
    refusal,
    tell,
    now,
  }: { record: LogRecord; position: number; refusal: Refusal; tell: boolean; now: number },
): void {
  const { code, reason, seq } = refusal;
  judged.quarantined.push(quarantinedOf(record, position, reason));
  // Heard again for what is counted or latest: it was told before.
  if (!tell) return;
  judged.notices.push({
    appliance: record.appliance,
    notice: { code, at: now, reason, ...(seq === undefined ? {} : { seq }) },
  });
}

export const quarantinedOf = (record: LogRecord, position: number, reason: string): Quarantined => ({
  position,
  appliance: record.appliance,
  receivedAt: record.at,
  channel: record.channel,
  model: record.model,
  reason,
  payload: record.body,
});
