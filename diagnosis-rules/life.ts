// One appliance's life told to an evaluator message by message, for everything that judges without a log: backtests,
// explanations, benches and tests.
import type { DecodedMessage, FindingChange, LogRecord } from '#contracts';
import { MINUTE } from '#runtime';
import type { Catalogue } from './catalogue.ts';
import { createEvaluator, type Evaluator } from './evaluator.ts';
import type { NeutralCode } from './signals.ts';

export type LifeRules = {
  rules: Catalogue;
  trials?: Catalogue | undefined;
  neutralCode?: NeutralCode | undefined;
};

export type ToldLife = {
  readonly evaluator: Evaluator;
  /** In the order of their receipt. Time passes every minute in between, as the platform's ticks let it pass. */
  hear(message: DecodedMessage): FindingChange[];
  /** What was heard beside messages, in the same order. */
  take(record: LogRecord): FindingChange[];
  /** Time passes to here, epoch ms; before the first message none does. */
  passTo(at: number): FindingChange[];
};

export function startLife({ rules, trials, neutralCode }: LifeRules): ToldLife {
  const evaluator = createEvaluator({ catalogue: rules, trials, toReadings: () => null, neutralCode });
  let tickAt: number | null = null;
  const passTo = (at: number): FindingChange[] => {
    const changes: FindingChange[] = [];
    while (tickAt !== null && tickAt + MINUTE <= at) {
      tickAt += MINUTE;
      for (const change of evaluator.pass(tickAt)) changes.push(change);
    }
    return changes;
  };
  return {
    evaluator,
    passTo,
    hear(message) {
      tickAt ??= Math.floor(message.receivedAt / MINUTE) * MINUTE;
      const changes = passTo(message.receivedAt);
      for (const change of evaluator.hear(message)) changes.push(change);
      return changes;
    },
    take(record) {
      const changes = passTo(record.at);
      for (const change of evaluator.take(record, 0)) changes.push(change);
      return changes;
    },
  };
}

export type LifeOptions = LifeRules & {
  /** In the order of their receipt. */
  messages: Iterable<DecodedMessage>;
  /** Time passes to here after the last message, epoch ms. */
  upTo?: number;
};

/** The whole of it at once. */
export function judgeLife({ messages, upTo, ...rules }: LifeOptions): {
  changes: FindingChange[];
  evaluator: Evaluator;
} {
  const life = startLife(rules);
  const changes: FindingChange[] = [];
  for (const message of messages) for (const change of life.hear(message)) changes.push(change);
  if (upTo !== undefined) for (const change of life.passTo(upTo)) changes.push(change);
  return { changes, evaluator: life.evaluator };
}
