// A life to be judged: who, what was really wrong, and what it sent. Drawn from a seed, so that every thread draws the same.
import type { DecodedMessage, Id, Model } from '#contracts';
import {
  drawJudgeFleet,
  type FaultName,
  type JudgeMember,
  type JudgeTruth,
  tellLife,
  truthOfLife,
  type Witness,
} from '#device-sim';
import { DAY, MINUTE } from '#runtime';
import { decoderOf } from './decoded.ts';
import type { Code } from './faults.ts';
import type { FaultEvent, Span } from './judged-life.ts';

/**
 * `asked`: null for a healthy life. `signals`: all that such a unit has, or as many as were drawn.
 */
export type LifeSpec = {
  seed: number;
  asked: Code | null;
  days: number;
  signals: 'full' | 'drawn';
};

export type DrawnLife = {
  appliance: Id;
  model: Model;
  observed: Span;
  faults: FaultEvent[];
  /** What only looks like a fault. */
  lookAlikes: { name: string; onset: number; end: number | null }[];
  strata: Record<string, string>;
  /** By time of arrival. Once only: the dangers are known when it is through. */
  messages: Iterable<DecodedMessage>;
  dangers(): Span[];
  /** Half as much ice as a defrost that failed ends with was on the evaporator; known when it is through. */
  iced(): Span[];
};

/** A sensor that is a little off shows in days, however it came. */
const OFFSET_SHOWS_MS = 5 * DAY;
/** Food that is warm when the appliance is first heard did not become so: it was just put in, or the unit was just bought. */
const FIRST_HEARD_MS = 10 * MINUTE;
const LASTING_MS = 30 * MINUTE;
const ICED_SHARE = 0.5;
const MORE_TURNS_THAN_VARIETIES = 12;

const varieties = new Map<Code, readonly FaultName[]>();

/** Seeds one after the other give the varieties of a fault in turn. */
function varietyOf(code: Code, seed: number): FaultName {
  let names = varieties.get(code);
  if (!names) {
    const fleet = drawJudgeFleet({ seed: 0, count: MORE_TURNS_THAN_VARIETIES, days: 1, faults: [code] });
    names = [...new Set(fleet.map(({ fault }) => fault!))];
    varieties.set(code, names);
  }
  return names[seed % names.length]!;
}

const memberOf = ({ seed, asked, days, signals }: LifeSpec): JudgeMember =>
  drawJudgeFleet({
    seed,
    count: 1,
    days,
    faults: asked === null ? 'none' : [varietyOf(asked, seed)],
    ...(signals === 'full' ? { telling: { profile: 'full' } } : {}),
  })[0]!;

function eventOf(truth: JudgeTruth, until: number): FaultEvent {
  const { code, fault, onset, end, growMs, strength } = truth;
  return {
    code: code!,
    name: fault,
    onset,
    end: end !== null && end < until ? end : null,
    growMs: fault.startsWith('sensor-offset') ? Math.max(growMs, OFFSET_SHOWS_MS) : growMs,
    strength,
  };
}

const within = (value: number, limits: readonly number[]): string => {
  const place = limits.findIndex((limit) => value < limit);
  if (place < 0) return `from ${limits.at(-1)}`;
  return place === 0 ? `below ${limits[0]}` : `${limits[place - 1]} to ${limits[place]}`;
};

function strataOf({ unit, telling, home }: JudgeMember, faults: number): Record<string, string> {
  const { cadence, lossShare, profile, skewMs, batchMs } = telling;
  return {
    signals: profile,
    cadence: cadence === 'on-change' ? 'on change' : `${cadence / 60} min`,
    loss: `${lossShare * 100} %`,
    'clock off by': Math.abs(skewMs) > MINUTE ? 'minutes' : 'seconds',
    batches: batchMs > 0 ? 'yes' : 'no',
    'room, °C': within(home.ambient, [20, 24]),
    defrost: unit.defrost,
    compressor: unit.compressor,
    thermostat: unit.thermostat,
    freezer: unit.freezer,
    'power meter': unit.meter,
    'running is': unit.running,
    'room sensor': unit.ambientSensor,
    'door switch': unit.doorSwitch ? 'yes' : 'no',
    'faults at once': String(faults),
  };
}

export function drawLife(spec: LifeSpec): DrawnLife {
  const member = memberOf(spec);
  const { id, model, from } = member;
  const until = from + member.days * DAY;
  const truths = truthOfLife(member).filter(({ onset }) => onset < until);
  const faults = truths.filter(({ kind }) => kind === 'fault').map((truth) => eventOf(truth, until));
  const iced: Span[] = [];
  const witness: Witness = {
    dangers: [],
    minute(at, { frost }) {
      if (frost < ICED_SHARE) return;
      const last = iced.at(-1);
      if (last && at - last.until <= MINUTE) last.until = at;
      else iced.push({ from: at - MINUTE, until: at });
    },
  };
  const decode = decoderOf(new Map([[model.id, model]]), model.id);
  function* messages(): Generator<DecodedMessage> {
    for (const sent of tellLife(member, { witness })) {
      const message = decode(sent, id);
      if (message) yield message;
    }
  }
  return {
    appliance: id,
    model,
    observed: { from, until },
    faults,
    lookAlikes: truths
      .filter(({ kind }) => kind === 'habit')
      .map(({ fault, onset, end }) => ({ name: fault, onset, end })),
    strata: strataOf(member, faults.length),
    messages: messages(),
    iced: () => iced,
    dangers: () =>
      witness.dangers
        .map((danger) => ({ from: danger.from, until: danger.until ?? until }))
        .filter((danger) => danger.from > from + FIRST_HEARD_MS && danger.until - danger.from >= LASTING_MS),
  };
}
