// One drawn life, judged: what the threads do.
import type { DecodedMessage } from '#contracts';
import type { Catalogue } from '#diagnosis-rules';
import { MINUTE } from '#runtime';
import { monotonicMs } from '../ingest/monotonic.ts';
import { type DrawnLife, drawLife, type LifeSpec } from './drawn-life.ts';
import { FAULTS } from './faults.ts';
import { judge } from './judge.ts';
import { type JudgedLife, type Span, type Told, toldBy } from './judged-life.ts';
import { catalogueWithout } from './leave-out.ts';
import { ShownDangers } from './shown-dangers.ts';

/** Longer without a word than this, and what happens meanwhile cannot be known. */
const UNHEARD_MS = 20 * MINUTE;
const LASTING_MS = 30 * MINUTE;

type Heard = {
  values: number;
  hearsTemperature: boolean;
  shown: ShownDangers;
  unheard: Span[];
  lastAt: number;
  simulateWallMs: number;
};

/** Passes messages on and notes what was heard when; the time spent on making them is told apart. */
function* listening(life: DrawnLife, heard: Heard): Generator<DecodedMessage> {
  const messages = life.messages[Symbol.iterator]();
  for (;;) {
    const before = monotonicMs();
    const { value: message, done } = messages.next();
    heard.simulateWallMs += monotonicMs() - before;
    if (done) return;
    for (const { readings } of message.moments) {
      heard.values += readings.length;
      heard.hearsTemperature ||= readings.some(({ signal }) => signal === 'cabinet_temperature');
    }
    heard.shown.take(message);
    if (message.receivedAt - heard.lastAt > UNHEARD_MS)
      heard.unheard.push({ from: heard.lastAt, until: message.receivedAt });
    heard.lastAt = message.receivedAt;
    yield message;
  }
}

/** What of a danger could be known: from when the appliance is heard. Null when too little is left of it. */
export function heardPart(danger: Span, unheard: readonly Span[]): Span | null {
  const gap = unheard.find(({ from, until }) => danger.from >= from && danger.from < until);
  const heard = gap ? { from: gap.until, until: danger.until } : danger;
  return heard.until - heard.from >= LASTING_MS ? heard : null;
}

type Judged = { told: Told[]; heard: Heard; life: DrawnLife; simulateMs: number; judgeMs: number };

/** Processor time of this thread, ms: other work on the machine is not counted. */
function busy(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function judgeOnce(spec: LifeSpec, rules: Catalogue): Judged {
  const life = drawLife(spec);
  const { from, until } = life.observed;
  const heard: Heard = {
    values: 0,
    hearsTemperature: false,
    shown: new ShownDangers(),
    unheard: [],
    lastAt: from,
    simulateWallMs: 0,
  };
  const [beganMs, busyMs] = [monotonicMs(), busy()];
  const changes = judge({ rules, messages: listening(life, heard), upTo: until });
  const spentMs = busy() - busyMs;
  const simulateMs = (spentMs * heard.simulateWallMs) / (monotonicMs() - beganMs);
  heard.unheard.push({ from: heard.lastAt, until: Number.POSITIVE_INFINITY });
  return { told: toldBy(changes), heard, life, simulateMs, judgeMs: spentMs - simulateMs };
}

export function judgeSpec(spec: LifeSpec, rules: Catalogue, leaveOut: boolean): JudgedLife {
  const { told, heard, life, simulateMs, judgeMs } = judgeOnce(spec, rules);
  const fewer = spec.asked && leaveOut ? catalogueWithout(rules, FAULTS[spec.asked].causes) : null;
  return {
    seed: spec.seed,
    signals: spec.signals,
    days: spec.days,
    asked: spec.asked,
    observed: life.observed,
    faults: life.faults,
    dangers: life.dangers().flatMap((danger) => heardPart(danger, heard.unheard) ?? []),
    shownDangers: heard.shown.until(life.observed.until, LASTING_MS),
    iced: life.iced(),
    hearsTemperature: heard.hearsTemperature,
    lookAlikes: life.lookAlikes,
    strata: life.strata,
    told,
    withoutCause: fewer ? judgeOnce(spec, fewer).told : null,
    values: heard.values,
    simulateMs,
    judgeMs,
  };
}
