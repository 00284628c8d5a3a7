// The fleet that judges: the board of one unit. It decides what the compressor, the heater and the fan do, and so what
// electricity is drawn.
import type { Inputs } from '../refrigerator.ts';
import { type Body, runningWatts } from './body.ts';
import type { Unit } from './unit.ts';

const FREEZER_HALF_BAND = 1.5;
// What boards do when their probe says what cannot be: a fixed rhythm.
const BLIND_PERIOD_SECONDS = 45 * 60;
const BLIND_RUN_SECONDS = 20 * 60;
const EVAPORATOR_CUT_IN = 3.5;
const SPEED_LAG_SECONDS = 300;
const ASKED_DEFROST_HOTTER = 6;
const ADAPTIVE_FACTOR = 1.5;
const ADAPTIVE_MOST_HOURS = 30;
const READS_LOWEST = -35;
const READS_HIGHEST = 60;

function callingOf(u: Unit, s: Body, x: Inputs): boolean {
  if (u.thermostat === 'evaporator') {
    // Cold walls are switched by their own temperature: on when thawed, off at a temperature that gives the set point.
    const moved = x.setPoint - u.setPoint;
    if (s.evaporator >= EVAPORATOR_CUT_IN + moved) return true;
    if (s.evaporator <= x.setPoint - 18 - u.trim + 2 * moved) return false;
    return s.calling;
  }
  let felt = s.sensed;
  if (u.thermostat === 'wall') felt = s.wall;
  else if (felt < READS_LOWEST || felt > READS_HIGHEST)
    return s.aliveSeconds % BLIND_PERIOD_SECONDS < BLIND_RUN_SECONDS;
  felt += u.trim;
  if (felt >= x.setPoint + u.halfBand) return true;
  if (felt <= x.setPoint - u.halfBand) return false;
  return s.calling;
}

/** A variable compressor turns the faster the warmer it is, without haste. */
function regulate(u: Unit, s: Body, x: Inputs, seconds: number): void {
  const felt = s.sensed < READS_LOWEST || s.sensed > READS_HIGHEST ? x.setPoint : s.sensed + u.trim;
  const share = Math.min(1, Math.max(0, (felt - x.setPoint) / (1.5 * u.halfBand) + 1 / 3));
  const wanted = u.slowest + (u.fastest - u.slowest) * share;
  s.speed += ((wanted - s.speed) / SPEED_LAG_SECONDS) * seconds;
}

function thermostats(u: Unit, s: Body, x: Inputs, seconds: number): void {
  s.calling = callingOf(u, s, x);
  if (u.compressor === 'variable') regulate(u, s, x, seconds);
  if (u.freezer === 'own-evaporator') {
    if (s.freezer >= u.freezerSetPoint + FREEZER_HALF_BAND) s.freezerCalling = true;
    else if (s.freezer <= u.freezerSetPoint - FREEZER_HALF_BAND) s.freezerCalling = false;
  }
}

const defrostDue = (u: Unit, s: Body, x: Inputs): boolean =>
  u.defrost !== 'cycle' && (x.defrostAsked || s.runSecondsSinceDefrost >= s.defrostAfterSeconds);

// A bimetal that cools in moving air never takes the same time twice.
const overloadMood = (s: Body): number => 0.75 + 0.25 * (((s.aliveSeconds - s.phaseSeconds) * 0.618) % 1);

function nextPhase(u: Unit, s: Body, x: Inputs, wants: boolean): Body['phase'] {
  if (!x.mainsOn) return 'unpowered';
  switch (s.phase) {
    case 'unpowered':
      return 'resting';
    case 'resting':
      if (!wants || (s.phaseSeconds < u.minimumOffSeconds && x.relay !== 'closed')) return 'resting';
      return x.compressorStarts ? 'running' : 'stuck';
    case 'running':
      if (defrostDue(u, s, x) && x.relay === 'obeys') return 'defrosting';
      return wants ? 'running' : 'resting';
    case 'stuck':
      return s.phaseSeconds >= u.lockedRotorSeconds ? 'tripped' : 'stuck';
    case 'tripped':
      return s.phaseSeconds < u.overloadResetSeconds * overloadMood(s) ? 'tripped' : 'resting';
    case 'defrosting': {
      const end = u.defrostEndTemperature + (x.defrostAsked ? ASKED_DEFROST_HOTTER : 0);
      return s.evaporator >= end || s.phaseSeconds >= u.defrostMaximumSeconds ? 'resting' : 'defrosting';
    }
  }
}

/** After a short defrost the next one may wait longer, after a long one it comes sooner. */
function planDefrost(u: Unit, s: Body): void {
  if (u.defrost === 'adaptive') {
    const short = s.phaseSeconds < u.defrostMaximumSeconds / 2;
    const next = short ? s.defrostAfterSeconds * ADAPTIVE_FACTOR : s.defrostAfterSeconds / ADAPTIVE_FACTOR;
    s.defrostAfterSeconds = Math.min(ADAPTIVE_MOST_HOURS * 3600, Math.max(u.defrostEverySeconds / 2, next));
  }
  s.runSecondsSinceDefrost = 0;
}

function compressorWatts(u: Unit, s: Body, x: Inputs, seconds: number): number {
  if (s.phase === 'stuck') {
    const share = Math.min(1, Math.max(0, (u.lockedRotorSeconds - s.phaseSeconds) / seconds));
    return u.compressorWatts * u.lockedRotorFactor * share;
  }
  if (s.phase !== 'running') return 0;
  const running = runningWatts(u, s, x);
  if (u.compressor === 'variable' || s.phaseSeconds > 10 * u.startDecaySeconds) return running;
  // The mean of the decaying surplus over this step.
  const decay = u.startDecaySeconds / seconds;
  return (
    running *
    (1 + u.startSurplus * Math.exp(-s.phaseSeconds / u.startDecaySeconds) * decay * (1 - Math.exp(-1 / decay)))
  );
}

function wattsOf(u: Unit, s: Body, x: Inputs, seconds: number): number {
  if (s.phase === 'unpowered') return 0;
  const heater = s.phase === 'defrosting' && x.defrostHeats ? u.defrostWatts : 0;
  const rest = u.electronicsWatts + (s.doorOpen && u.doorSwitch ? u.lampWatts : 0) + (s.fanTurns ? u.fanWatts : 0);
  return rest + heater + compressorWatts(u, s, x, seconds);
}

function alarms(u: Unit, s: Body, seconds: number): void {
  s.doorOpenSeconds = s.doorOpen ? s.doorOpenSeconds + seconds : 0;
  s.warmSeconds = s.sensed > u.temperatureAlarmAt ? s.warmSeconds + seconds : 0;
}

/** What the machine does in the next `seconds`. */
export function advanceBoard(u: Unit, s: Body, x: Inputs, seconds: number): void {
  thermostats(u, s, x, seconds);
  s.commanded = x.mainsOn && (s.calling || s.freezerCalling) && s.phase !== 'defrosting' && s.phase !== 'unpowered';
  const wants = x.relay === 'obeys' ? s.calling || s.freezerCalling : x.relay === 'closed';
  const phase = nextPhase(u, s, x, wants);
  if (phase === s.phase) {
    s.phaseSeconds += seconds;
  } else {
    if (s.phase === 'defrosting') planDefrost(u, s);
    // The overload has already rested the compressor.
    s.phaseSeconds = s.phase === 'tripped' && phase === 'resting' ? u.minimumOffSeconds : 0;
    s.phase = phase;
  }
  if (phase === 'running') {
    s.runSecondsSinceDefrost += seconds;
    s.restSeconds = 0;
  } else s.restSeconds += seconds;
  const turning = phase === 'running' || (phase === 'resting' && s.restSeconds <= u.fanAfterRunSeconds);
  s.fanTurns = u.defrost !== 'cycle' && turning && x.fanWorks && x.mainsOn && !(s.doorOpen && u.doorSwitch);
  s.watts = wattsOf(u, s, x, seconds);
  alarms(u, s, seconds);
}
