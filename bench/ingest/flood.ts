// Saturation: every publisher sends the next message as soon as one is acknowledged.
import { setTimeout } from 'node:timers/promises';
import { monotonicMs } from './monotonic.ts';
import type { FloodResult } from './offers.ts';
import type { Publisher } from './publisher.ts';

const totalAcked = (publishers: readonly Publisher[]): number =>
  publishers.reduce((total, publisher) => total + publisher.acked, 0);

/** Resolves when nothing is under way any more. */
export async function drained(publishers: readonly Publisher[]): Promise<void> {
  while (publishers.some((publisher) => publisher.inFlight > 0)) await setTimeout(1);
}

export async function flood(
  publishers: readonly Publisher[],
  options: { warmUpMs: number; windowMs: number; inFlight: number },
): Promise<FloodResult> {
  const before = totalAcked(publishers);
  const startedAt = monotonicMs();
  for (const publisher of publishers) {
    const fill = (): void => {
      const missing = options.inFlight - publisher.inFlight;
      if (missing > 0) publisher.send(missing);
    };
    publisher.onAcks = fill;
    fill();
  }
  await setTimeout(options.warmUpMs);
  const from = { at: monotonicMs(), acked: totalAcked(publishers) };
  await setTimeout(options.windowMs);
  const to = { at: monotonicMs(), acked: totalAcked(publishers) };
  for (const publisher of publishers) publisher.onAcks = () => {};
  await drained(publishers);
  return {
    windowMessages: to.acked - from.acked,
    windowMs: to.at - from.at,
    messages: totalAcked(publishers) - before,
    startedAt,
  };
}
