// What judging costs: values a second on one core, and bytes that stay in memory for one appliance. Messages are decoded before.
import { type DecodedMessage, idOf, type LogRecord } from '#contracts';
import { type Catalogue, createEvaluator, type Evaluator } from '#diagnosis-rules';
import { DAY, factRecord, MINUTE } from '#runtime';
import { monotonicMs } from '../ingest/monotonic.ts';
import { drawLife } from './drawn-life.ts';
import { judge } from './judge.ts';

const LIVES = 12;
const SPEED_DAYS = 10;
const ROUNDS = 3;
const NO_BODY = new Uint8Array();

type Recorded = { from: number; until: number; messages: DecodedMessage[] };

function recorded(days: number, everyMs: number): Recorded[] {
  return Array.from({ length: LIVES }, (_, seed) => {
    const life = drawLife({ seed, asked: null, days });
    const messages: DecodedMessage[] = [];
    let next = 0;
    for (const message of life.messages) {
      if (message.receivedAt < next) continue;
      next = message.receivedAt - (message.receivedAt % everyMs) + everyMs;
      messages.push(message);
    }
    return { ...life.observed, messages };
  });
}

const valuesOf = ({ messages }: Recorded): number =>
  messages.reduce((sum, { moments }) => sum + moments.reduce((count, { readings }) => count + readings.length, 0), 0);

export type Speed = { valuesPerSecond: number; messagesPerSecond: number; valuesPerMessage: number };

/** Best of some rounds, one appliance after the other: what other work on the machine takes is not the rules' cost. */
export function measureSpeed(rules: Catalogue): Speed {
  const lives = recorded(SPEED_DAYS, 1);
  const values = lives.reduce((sum, life) => sum + valuesOf(life), 0);
  const messages = lives.reduce((sum, life) => sum + life.messages.length, 0);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const began = monotonicMs();
    for (const { from, until, messages: told } of lives) judge({ rules, messages: told, from, upTo: until });
    best = Math.min(best, (monotonicMs() - began) / 1_000);
  }
  return { valuesPerSecond: values / best, messagesPerSecond: messages / best, valuesPerMessage: values / messages };
}

function heldBytes(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** As many appliances as `ids`, all in step: each lives one of the recorded lives. */
function liveTogether(evaluator: Evaluator, lives: readonly Recorded[], ids: readonly string[], days: number): void {
  const places = lives.map(() => 0);
  const from = lives[0]!.from;
  let position = 0;
  let current: DecodedMessage | null = null;
  reading = () => current;
  for (let at = from; at < from + days * DAY; at += MINUTE) {
    evaluator.take(factRecord('tick', at), position++);
    lives.forEach(({ messages }, life) => {
      for (; messages[places[life]!] && messages[places[life]!]!.receivedAt <= at; places[life]!++) {
        const told = messages[places[life]!]!;
        for (let n = life; n < ids.length; n += lives.length) {
          const appliance = ids[n]!;
          current = { ...told, appliance, moments: told.moments.map((moment) => ({ ...moment, appliance })) };
          const record: LogRecord = {
            kind: 'message',
            at: told.receivedAt,
            appliance,
            channel: 'telemetry',
            model: told.model,
            body: NO_BODY,
          };
          evaluator.take(record, position++);
        }
      }
    });
  }
}

let reading: () => DecodedMessage | null = () => null;

export type Held = { appliances: number; days: number; lives: number; bytesEach: number; snapshotBytesEach: number };

/** Null without `node --expose-gc`. */
export function measureMemory(rules: Catalogue, appliances: number, days: number): Held | null {
  if (!globalThis.gc) return null;
  const lives = recorded(days, 5 * MINUTE);
  const ids = Array.from({ length: appliances }, (_, n) => idOf('bench-memory', n));
  const before = heldBytes();
  const evaluator = createEvaluator({ catalogue: rules, toReadings: () => reading() });
  liveTogether(evaluator, lives, ids, days);
  const held = heldBytes() - before;
  return {
    appliances,
    days,
    // Told here so that the recorded lives are held as long as what is weighed.
    lives: lives.length,
    bytesEach: held / appliances,
    snapshotBytesEach: evaluator.snapshot().length / appliances,
  };
}
