// Telemetry as it really is: messages lost, late, doubled, and stamped by a clock that is wrong.
import type { TelemetryPayload } from '#contracts';
import { randomOf } from './random.ts';

export type Imperfections = {
  /** Shares of messages, 0 to 1. */
  lossShare?: number;
  duplicateShare?: number;
  delayShare?: number;
  /** A late message arrives up to this much later, after younger ones. */
  delayMaximumMs?: number;
  /** The appliance's clock is ahead by this much. */
  skewMs?: number;
};

export type Message = { sentAt: number; payload: TelemetryPayload };

export type Disturbance = {
  pass(message: Message): void;
  /** Messages that leave by now, in the order they leave. */
  due(now: number): Message[];
  readonly held: number;
};

const skewed = ({ seq, readings }: TelemetryPayload, skewMs: number): TelemetryPayload => ({
  ...(seq === undefined ? {} : { seq }),
  readings: readings.map(({ at, values }) => (at === undefined ? { values } : { at: at + skewMs, values })),
});

export function openDisturbance(imperfections: Imperfections, seed: number): Disturbance {
  const { lossShare = 0, duplicateShare = 0, delayShare = 0, delayMaximumMs = 600_000, skewMs = 0 } = imperfections;
  const random = randomOf(seed, 'imperfections');
  let held: Message[] = [];
  return {
    pass({ sentAt, payload }) {
      const [lost, doubled, late] = [random.share(), random.share(), random.share()];
      if (lost < lossShare) return;
      const message = { sentAt, payload: skewMs === 0 ? payload : skewed(payload, skewMs) };
      const delay = late < delayShare ? random.share() * delayMaximumMs : 0;
      held.push({ ...message, sentAt: sentAt + delay });
      if (doubled < duplicateShare) held.push({ ...message, sentAt: sentAt + random.share() * delayMaximumMs });
    },
    due(now) {
      const leaving = held.filter((message) => message.sentAt <= now).sort((a, b) => a.sentAt - b.sentAt);
      held = held.filter((message) => message.sentAt > now);
      return leaving;
    },
    get held() {
      return held.length;
    },
  };
}
