// One appliance's life told to an evaluator message by message, for everything that judges without a log: backtests,
// explanations, benches and tests.
import type { DecodedMessage, FindingChange } from '#contracts';
import { MINUTE } from '#runtime';
import type { Catalogue } from './catalogue.ts';
import { createEvaluator, type Evaluator } from './evaluator.ts';
import type { NeutralCode } from './signals.ts';

export type LifeOptions = {
  rules: Catalogue;
  trials?: Catalogue;
  /** In the order of their receipt. */
  messages: Iterable<DecodedMessage>;
  /** Time passes to here after the last message, epoch ms. */
  upTo?: number;
  neutralCode?: NeutralCode;
};

/** Time passes every minute between the messages, as the platform's ticks let it pass. */
export function judgeLife({ rules, trials, messages, upTo, neutralCode }: LifeOptions): {
  changes: FindingChange[];
  evaluator: Evaluator;
} {
  const evaluator = createEvaluator({ catalogue: rules, trials, toReadings: () => null, neutralCode });
  const changes: FindingChange[] = [];
  let tickAt: number | null = null;
  const passTo = (at: number): void => {
    tickAt ??= Math.floor(at / MINUTE) * MINUTE;
    while (tickAt + MINUTE <= at) {
      tickAt += MINUTE;
      for (const change of evaluator.pass(tickAt)) changes.push(change);
    }
  };
  for (const message of messages) {
    passTo(message.receivedAt);
    for (const change of evaluator.hear(message)) changes.push(change);
  }
  if (upTo !== undefined) passTo(upTo);
  return { changes, evaluator };
}
