// The fleet that judges: one appliance's life as the messages that reach the platform, in the order of their arrival.
import type { Link } from '../behaviour.ts';
import type { Inputs } from '../refrigerator.ts';
import { DAY, MINUTE, SECOND } from '../time.ts';
import { advanceBoard } from './board.ts';
import { advanceHeat, type Body, newBody } from './body.ts';
import { type Chance, openChance } from './chance.ts';
import { type LifeOptions, scenarioOf } from './member.ts';
import { openPost, type Told } from './post.ts';
import { Reporter } from './reporter.ts';
import { Surroundings } from './surroundings.ts';
import { type Witness, witnessDanger } from './witness.ts';

const WARM_UP = 2 * DAY;
const STEPS_SECONDS = 10;
const JUMPS_A_MINUTE = 0.12;

/** Loose contacts and trembling probes move from minute to minute. */
function shake(s: Body, x: Inputs, chance: Chance): void {
  if (x.sensorFault === 'noisy') s.jump = 2.5 * chance.normal();
  if (x.sensorFault !== 'jumping' || chance.share() > JUMPS_A_MINUTE) return;
  s.jump = s.jump === 0 ? (chance.share() < 0.5 ? -1 : 1) * (5 + 15 * chance.share()) : 0;
}

function advanceMinute(
  life: LifeOptions,
  body: Body,
  around: Surroundings,
  reporter: Reporter | null,
  link: Link,
  at: number,
  stepSeconds: number,
): void {
  const { unit } = life;
  const x = around.inputs;
  const stepMs = stepSeconds * SECOND;
  for (let step = at; step < at + MINUTE; step += stepMs) {
    const open = x.doorOpen || around.doorAt(step);
    if (open !== body.doorOpen) {
      if (open) body.air += (unit.openingExchange * (x.ambient - body.air)) / unit.airCapacity;
      body.doorOpen = open;
      reporter?.doorMoved(step, open, x, link);
    }
    advanceBoard(unit, body, x, stepSeconds);
    advanceHeat(unit, body, x, stepSeconds);
  }
}

export type TellOptions = {
  witness?: Witness;
  /** Must divide a minute. */
  stepSeconds?: number;
};

/**
 * Messages in the order of their arrival; `receivedAt` is epoch ms by the platform's clock. The same life gives the same
 * messages. It has been lived for two days before its first reading.
 */
export function* tellLife(life: LifeOptions, options: TellOptions = {}): Generator<Told, void, void> {
  const { witness, stepSeconds = STEPS_SECONDS } = options;
  const scenario = scenarioOf(life);
  const chance = openChance(life.seed);
  const post = openPost(life.telling, openChance(life.seed ^ 0x5bd1e995));
  const reporter = new Reporter(life, post, chance);
  const around = new Surroundings(life, scenario);
  const body = newBody(life.unit);
  body.joules = (life.seed % 900) * 1e6;
  body.runSecondsSinceDefrost = chance.share() * life.unit.defrostEverySeconds;
  const until = life.from + life.days * DAY;
  let wasPowered = true;
  for (let at = life.from - WARM_UP; at < until; at += MINUTE) {
    const lived = at >= life.from;
    around.minute(at, body);
    const x = around.inputs;
    const link = scenario.linkAt(at);
    shake(body, x, chance);
    if (x.mainsOn && !wasPowered) post.reboot();
    wasPowered = x.mainsOn;
    advanceMinute(life, body, around, lived ? reporter : null, link, at, stepSeconds);
    if (!lived) continue;
    const now = at + MINUTE;
    reporter.minute(now, body, x);
    if (witness) {
      witnessDanger(witness, now, body.foodEquivalent);
      witness.minute?.(now, body, x);
    }
    post.send(now, link);
    for (let told = post.arrived(now); told; told = post.arrived(now)) yield told;
  }
  for (let told = post.arrived(until + DAY); told; told = post.arrived(until + DAY)) yield told;
}
