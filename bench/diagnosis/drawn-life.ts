// A life to be judged: who, what was really wrong, and what it sent. Drawn from a seed, so that every thread draws the same.
import { type DecodedMessage, type Id, idOf, type Model } from '#contracts';
import {
  drawFleet,
  drawHabits,
  drawParameters,
  type Episode,
  type EpisodeName,
  randomOf,
  simulateMessages,
  truthOf,
} from '#device-sim';
import { loadModels } from '#registry';
import { DAY, HOUR, MINUTE } from '#runtime';
import { decoderOf } from './decoded.ts';
import type { Code } from './faults.ts';
import type { FaultEvent, Span } from './judged-life.ts';

/** `asked`: null for a healthy life. */
export type LifeSpec = { seed: number; asked: Code | null; days: number };

export type DrawnLife = {
  appliance: Id;
  model: Model;
  observed: Span;
  faults: FaultEvent[];
  strata: Record<string, string>;
  /** By time of arrival. Once only: the dangers are known when it is through. */
  messages: Iterable<DecodedMessage>;
  dangers(): Span[];
};

const FROM = Date.UTC(2026, 0, 5);
const NAMES: Partial<Record<Code, readonly EpisodeName[]>> = {
  F1: ['door-left-open'],
  F2: ['door-ajar', 'seal-worn'],
  F3: ['refrigerant-leak', 'cooling-failing'],
  F4: ['evaporator-frosted'],
  F5: ['evaporator-fan'],
  F6: ['condenser-dirty'],
  F7: ['compressor-start'],
  F8: ['compressor-worn'],
  F9: ['power-cut'],
  F10: ['sensor-offset'],
  X1: ['appliance-silent'],
};
const CODE_BY_NAME = new Map(
  Object.entries(NAMES).flatMap(([code, names]) => names.map((name) => [name as string, code as Code])),
);
const GROWS: Record<string, number> = {
  'seal-worn': 30 * DAY,
  'refrigerant-leak': 20 * DAY,
  'condenser-dirty': 30 * DAY,
  'compressor-worn': 30 * DAY,
  'sensor-offset': 10 * DAY,
};

export const canDraw = (code: Code): boolean => NAMES[code] !== undefined;

export function drawLife({ seed, asked, days }: LifeSpec): DrawnLife {
  const random = randomOf(seed, 'bench', asked ?? 'healthy');
  const member = drawFleet({ count: 1, seed, days, faultShare: 0 })[0]!;
  const episodes: Episode[] = [...member.episodes];
  if (asked) episodes.push({ what: random.pick(NAMES[asked]!), fromMs: random.between(10, 30) * DAY });
  const until = FROM + days * DAY;
  const options = {
    seed: member.seed,
    from: FROM,
    until,
    parameters: drawParameters(random),
    habits: drawHabits(member.seed),
    episodes,
    stepSeconds: 15,
  };
  const appliance = idOf('bench', seed, asked ?? 'healthy');
  const models = loadModels();
  const decode = decoderOf(models, 'stethos-reference-fridge');
  const faults = truthOf(options, appliance)
    .filter(({ kind }) => kind === 'fault')
    .map(({ fault, onset, end, strength }) => ({
      code: CODE_BY_NAME.get(fault)!,
      name: fault,
      onset,
      end,
      growMs: GROWS[fault] ?? 0,
      strength,
    }));
  const watch = watchFood();
  function* messages(): Generator<DecodedMessage> {
    for (const { sentAt, payload } of simulateMessages(options)) {
      for (const { at, values } of payload.readings) watch.see(at ?? sentAt, values.cabinet_temperature);
      const message = decode({ payload, receivedAt: sentAt }, appliance);
      if (message) yield message;
    }
  }
  return {
    appliance,
    model: models.get('stethos-reference-fridge')!,
    observed: { from: FROM, until },
    faults,
    strata: { cadence: '1 min', loss: '0 %', signals: 'full' },
    messages: messages(),
    dangers: watch.dangers,
  };
}

function watchFood() {
  const spans: Span[] = [];
  let food: number | null = null;
  let before = 0;
  let since: number | null = null;
  const end = (at: number) => {
    if (since !== null && at - since >= 30 * MINUTE) spans.push({ from: since, until: at });
    since = null;
  };
  return {
    see(at: number, air: unknown) {
      if (typeof air !== 'number') return;
      food = food === null ? air : food + (air - food) * (1 - Math.exp(-(at - before) / (1.5 * HOUR)));
      before = at;
      if (food > 8) since ??= at;
      else if (food < 7) end(at);
    },
    dangers: () => {
      end(before);
      return spans;
    },
  };
}
