// A simulated appliance as the messages it sends, without a network: for tests and for benches that need no broker.
import type { Link } from './behaviour.ts';
import { type Imperfections, type Message, openDisturbance } from './imperfections.ts';
import { type Outbox, type OutboxOptions, openOutbox } from './outbox.ts';
import type { Truth } from './scenario.ts';
import { type Sample, type SimulationOptions, scenarioOf, simulateRefrigerator } from './simulation.ts';

export type MessageOptions = SimulationOptions & {
  imperfections?: Imperfections;
  /** Bounds of messages and memory. */
  outbox?: OutboxOptions;
};

/** Puts a sample where it belongs: kept under the stamp of the appliance's clock, or gone when the appliance is silent. */
export function record(outbox: Outbox, { at, values, stampedAt = at }: Sample, link: Link): void {
  if (link !== 'silent') outbox.keep({ at: stampedAt, values });
}

/**
 * Messages in the order and at the time (epoch ms) they leave: while offline nothing leaves, afterwards all that was
 * kept. Deterministic.
 */
export function* simulateMessages(options: MessageOptions): Generator<Message, void, void> {
  const outbox = openOutbox(options.outbox);
  const disturbance = openDisturbance(options.imperfections ?? {}, options.seed);
  const scenario = scenarioOf(options);
  for (const sample of simulateRefrigerator(options)) {
    const link = scenario.linkAt(sample.at);
    record(outbox, sample, link);
    if (link !== 'up') continue;
    for (let payload = outbox.take(); payload; payload = outbox.take()) {
      disturbance.pass({ sentAt: sample.at, payload });
    }
    yield* disturbance.due(sample.at);
  }
  yield* disturbance.due(options.until ?? Number.POSITIVE_INFINITY);
}

/** What is really wrong with this appliance, and when. */
export const truthOf = (options: SimulationOptions, appliance: string): Truth[] => scenarioOf(options).truth(appliance);
