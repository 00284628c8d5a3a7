// One appliance's messages through the evaluator that the platform runs, with the passing of time made from their stamps.
import type { DecodedMessage, FindingChange, LogRecord } from '#contracts';
import { type Catalogue, createEvaluator } from '#diagnosis-rules';
import { factRecord, MINUTE } from '#runtime';

const NO_BODY = new Uint8Array();

/** `upTo`: how long time goes on after the last message, epoch ms. */
export function judge(options: {
  rules: Catalogue;
  messages: Iterable<DecodedMessage>;
  from: number;
  upTo: number;
}): FindingChange[] {
  let current: DecodedMessage | null = null;
  const evaluator = createEvaluator({ catalogue: options.rules, toReadings: () => current });
  const changes: FindingChange[] = [];
  let position = 0;
  let tickAt = options.from;
  const take = (record: LogRecord): void => {
    for (const change of evaluator.take(record, position++)) changes.push(change);
  };
  const timeUntil = (at: number): void => {
    for (; tickAt <= at; tickAt += MINUTE) take(factRecord('tick', tickAt));
  };
  for (const message of options.messages) {
    timeUntil(message.receivedAt);
    current = message;
    const { appliance, model, receivedAt: at } = message;
    take({ kind: 'message', at, appliance, channel: 'telemetry', model, body: NO_BODY });
  }
  timeUntil(options.upTo);
  return changes;
}
