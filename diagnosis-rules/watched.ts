// One appliance under watch, with the order in which it is heard and the clocks that it is judged by.
import type { DecodedMessage } from '#contracts';
import { HOUR } from '#runtime';
import { clockWrongMinutes, noteWrongStamps } from './around.ts';
import { type Arrival, newArrival } from './arrival.ts';
import { isDoorOpen } from './door.ts';
import { emptyMemory } from './memory.ts';
import { type Clocks, type Patient, viewAt } from './patient.ts';
import { FRESH_MS, NEWEST } from './signals.ts';
import { isAnythingSeen } from './symptoms.ts';
import { noteOutOfRange } from './thermometer.ts';

export type Watched = Patient & {
  arrival: Arrival;
  /** The appliance's time of the last judgement. */
  judgedAt: number;
  /** The platform's time of the last look at it. */
  lookedAt: number;
  /** The platform's time while it was up, at the last message: silence is counted on that clock. */
  heardUpMs: number;
};

/** By the first message that says anything; null for any other. */
export function watch(message: DecodedMessage, upMs: number): Watched | null {
  const first = message.moments[0];
  if (!first) return null;
  return {
    id: message.appliance,
    kind: first.kind,
    model: message.model,
    arrival: newArrival(),
    memory: emptyMemory(),
    judgedAt: first.at,
    lookedAt: 0,
    heardUpMs: upMs,
    problems: { live: {}, trial: {} },
  };
}

export function noteRejected({ memory }: Watched, { rejected, receivedAt }: DecodedMessage): void {
  for (const { signal, at } of rejected) {
    if (signal === AIR_NAME) noteOutOfRange(memory, at ?? receivedAt);
    if (signal === '*' && at !== null) noteWrongStamps(memory, receivedAt);
  }
}
const AIR_NAME = 'cabinet_temperature';

/** The appliance's own clock, carried on from its newest stamp; not further than its last values are good for. */
export const carriedOn = ({ arrival, memory }: Watched, at: number): number =>
  memory.exact[NEWEST]! + Math.min(FRESH_MS + 1, Math.max(0, at - arrival.receivedAt));

/** Silence is not judged before this; it saves looking at every healthy appliance every minute. */
const SILENCE_MATTERS_MS = 1 * HOUR;

/** Whether anything may change though nothing is heard. */
export function waitsForTime({ memory, arrival, heardUpMs, problems }: Watched, upMs: number): boolean {
  const { receivedAt } = arrival;
  if (isDoorOpen(memory) || clockWrongMinutes(memory, receivedAt, receivedAt) > 0) return true;
  if (upMs - heardUpMs >= SILENCE_MATTERS_MS) return true;
  for (const rule in problems.live) {
    const { episode, symptoms } = problems.live[rule]!;
    if (episode || isAnythingSeen(symptoms)) return true;
  }
  return false;
}

export function clocksOf(appliance: Watched, upMs: number): Clocks {
  const silentMs = upMs - appliance.heardUpMs;
  return {
    readings: viewAt(appliance, appliance.judgedAt, silentMs),
    messages: viewAt(appliance, Math.max(appliance.arrival.receivedAt, appliance.lookedAt), silentMs),
  };
}
