// What judging costs: values a second on one core, and bytes that stay in memory for one appliance. Messages are decoded before.
import { type DecodedMessage, idOf } from '#contracts';
import { type Catalogue, createEvaluator, type Evaluator } from '#diagnosis-rules';
import { DAY, MINUTE } from '#runtime';
import { drawLife } from './drawn-life.ts';
import { judge } from './judge.ts';

const LIVES = 12;
const SPEED_DAYS = 10;
const ROUNDS = 3;
const FROM = Date.UTC(2026, 0, 5);

type Recorded = { from: number; until: number; messages: DecodedMessage[] };

function recorded(days: number, everyMs: number): Recorded[] {
  return Array.from({ length: LIVES }, (_, seed) => {
    const life = drawLife({ seed, asked: null, days, signals: 'full' });
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

const busySeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** By processor time, best of some rounds, one appliance after the other: other work on the machine is not the rules' cost. */
export function measureSpeed(rules: Catalogue): Speed {
  const lives = recorded(SPEED_DAYS, 1);
  const values = lives.reduce((sum, life) => sum + valuesOf(life), 0);
  const messages = lives.reduce((sum, life) => sum + life.messages.length, 0);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const began = busySeconds();
    for (const { until, messages: told } of lives) judge({ rules, messages: told, upTo: until });
    best = Math.min(best, busySeconds() - began);
  }
  return { valuesPerSecond: values / best, messagesPerSecond: messages / best, valuesPerMessage: values / messages };
}

function heldBytes(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** As many appliances as `ids`, all in step: each lives one of the recorded lives, all from one time on. */
function liveTogether(evaluator: Evaluator, lives: readonly Recorded[], ids: readonly string[], days: number): void {
  const places = lives.map(() => 0);
  for (let sinceMs = 0; sinceMs < days * DAY; sinceMs += MINUTE) {
    evaluator.pass(FROM + sinceMs);
    lives.forEach(({ from, messages }, life) => {
      const shift = FROM - from;
      for (; messages[places[life]!] && messages[places[life]!]!.receivedAt <= from + sinceMs; places[life]!++) {
        const message = moved(messages[places[life]!]!, shift);
        for (let n = life; n < ids.length; n += lives.length) evaluator.hear(saidBy(ids[n]!, message));
      }
    });
  }
}

const moved = (message: DecodedMessage, ms: number): DecodedMessage => ({
  ...message,
  receivedAt: message.receivedAt + ms,
  moments: message.moments.map((moment) => ({ ...moment, at: moment.at + ms })),
});

const saidBy = (appliance: string, message: DecodedMessage): DecodedMessage => ({
  ...message,
  appliance,
  moments: message.moments.map((moment) => ({ ...moment, appliance })),
});

export type Held = { appliances: number; days: number; lives: number; bytesEach: number; snapshotBytesEach: number };

function weigh(rules: Catalogue, lives: readonly Recorded[], appliances: number, days: number) {
  const ids = Array.from({ length: appliances }, (_, n) => idOf('bench-memory', n));
  const before = heldBytes();
  const evaluator = createEvaluator({ catalogue: rules, toReadings: () => null });
  liveTogether(evaluator, lives, ids, days);
  return { held: heldBytes() - before, snapshot: evaluator.snapshot().length };
}

/** What one appliance more costs: rules and code are there once. Null without `node --expose-gc`. */
export function measureMemory(rules: Catalogue, appliances: number, days: number, everyMs: number): Held | null {
  if (!globalThis.gc) return null;
  const lives = recorded(days, everyMs);
  const few = weigh(rules, lives, lives.length, days);
  const many = weigh(rules, lives, appliances, days);
  const more = appliances - lives.length;
  return {
    appliances,
    days,
    lives: lives.length,
    bytesEach: (many.held - few.held) / more,
    snapshotBytesEach: (many.snapshot - few.snapshot) / more,
  };
}
