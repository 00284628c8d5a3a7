// The fleet that judges: the physics of one unit, in place and without an object per step. It is not the physics of the
// demo's refrigerator: another maker's machine, so that what is tuned on one meets another.
import type { Inputs } from '../refrigerator.ts';
import type { Unit } from './unit.ts';

export type Phase = 'resting' | 'running' | 'stuck' | 'tripped' | 'defrosting' | 'unpowered';

/** °C, J/K, W, s. */
export type Body = {
  air: number;
  food: number;
  core: number;
  newFood: number;
  newFoodCapacity: number;
  evaporator: number;
  freezer: number;
  /** What probes feel behind their lag; `sensed` is what the board takes the cabinet's probe to say. */
  probe: number;
  wall: number;
  roomProbe: number;
  sensed: number;
  /** K by which a bad probe is off just now. */
  jump: number;
  frost: number;
  doorOpen: boolean;
  doorOpenSeconds: number;
  warmSeconds: number;
  phase: Phase;
  phaseSeconds: number;
  calling: boolean;
  freezerCalling: boolean;
  /** What the board wants of the compressor. */
  commanded: boolean;
  runSecondsSinceDefrost: number;
  defrostAfterSeconds: number;
  fanTurns: boolean;
  restSeconds: number;
  /** rev/min a variable compressor is told; share of nominal. */
  speed: number;
  watts: number;
  joules: number;
  meterJoules: number;
  meterSeconds: number;
  aliveSeconds: number;
  /** True air of the cabinet through a filter of 90 min: what food feels. */
  foodEquivalent: number;
};

const FOOD_JOULES_PER_KILOGRAM = 3_500;
const NEW_FOOD_EXCHANGE = 1 / 10_000;
const FOOD_FILTER_SECONDS = 90 * 60;
const MELTING_EXCHANGE = 40;
const FROST_BLOCKS = 0.85;
export const DEFROST_HEAT_INTO_FREEZER = 0.35;
const VALVE_LEAKS = 0.15;
const CAPACITY_PER_EVAPORATOR_KELVIN = 0.025;
const CONDENSER_COSTS = 0.6;
const CONDENSER_WORSE_PER_KELVIN = 0.03;
/** rev/min at which a variable compressor has its nominal power. */
export const NOMINAL_SPEED = 3_000;

export function newBody(u: Unit): Body {
  return {
    air: u.setPoint,
    food: u.setPoint,
    core: u.setPoint,
    newFood: u.setPoint,
    newFoodCapacity: 0,
    evaporator: u.setPoint - 3,
    freezer: u.freezerSetPoint,
    probe: u.setPoint,
    wall: u.setPoint,
    roomProbe: 22,
    sensed: u.setPoint,
    jump: 0,
    frost: 0,
    doorOpen: false,
    doorOpenSeconds: 0,
    warmSeconds: 0,
    phase: 'resting',
    phaseSeconds: u.minimumOffSeconds,
    calling: false,
    freezerCalling: false,
    commanded: false,
    runSecondsSinceDefrost: 0,
    defrostAfterSeconds: u.defrostEverySeconds,
    fanTurns: false,
    restSeconds: 0,
    speed: u.slowest,
    watts: 0,
    joules: 0,
    meterJoules: 0,
    meterSeconds: 0,
    aliveSeconds: 0,
    foodEquivalent: u.setPoint,
  };
}

export function warmThrough(s: Body, ambient: number): void {
  s.air = ambient;
  s.food = ambient;
  s.core = ambient;
  s.evaporator = ambient;
  s.freezer = ambient;
  s.probe = ambient;
  s.wall = ambient;
  s.foodEquivalent = ambient;
}

export function putIn(s: Body, kilograms: number, temperature: number): void {
  const capacity = kilograms * FOOD_JOULES_PER_KILOGRAM;
  const sum = s.newFoodCapacity + capacity;
  s.newFood = (s.newFood * s.newFoodCapacity + temperature * capacity) / sum;
  s.newFoodCapacity = sum;
}

/** Cooling that is left of a charge: nothing is lost above 95 %, vapour alone cools nothing. */
const chargeFactor = (charge: number): number => (charge >= 0.95 ? 1 : charge <= 0.1 ? 0 : (charge - 0.1) / 0.85);

/** Share of its capacity that the machine has today, but for the evaporator's temperature. */
function health(u: Unit, x: Inputs): number {
  const condenser = x.condenser === 1 ? 1 : x.condenser ** u.condenserExponent;
  return chargeFactor(x.charge) * condenser * x.pumping * (1 - u.coolingLessPerKelvin * (x.ambient - 25));
}

/** W of a compressor that turns, without the surplus of its start. */
export function runningWatts(u: Unit, s: Body, x: Inputs): number {
  const charge = u.emptyWattsShare + (1 - u.emptyWattsShare) * x.charge;
  const fouling = CONDENSER_COSTS * (1 - x.condenser) * (1 + CONDENSER_WORSE_PER_KELVIN * Math.max(0, x.ambient - 25));
  const room = 1 + u.wattsMorePerKelvin * (x.ambient - 25);
  const suction = 1 + u.wattsPerEvaporatorKelvin * (s.evaporator + 12);
  const worn = 0.9 + 0.1 * x.pumping;
  const speed = u.compressor === 'variable' ? s.speed / NOMINAL_SPEED : 1;
  return u.compressorWatts * charge * (1 + fouling) * room * suction * worn * speed * (x.mainsVolts / 230);
}

/** J/s that the ice takes as it melts. */
function advanceFrost(u: Unit, s: Body, x: Inputs, heater: number, seconds: number): number {
  if (s.evaporator < 0) {
    const moisture = s.doorOpen ? 4 : 1 + x.sealLeak * 0.5;
    s.frost = Math.min(1, s.frost + (u.frostPerDay * x.frostRate * moisture * seconds) / 86_400);
    return 0;
  }
  if (s.frost === 0 || (heater === 0 && u.defrost !== 'cycle')) return 0;
  const melting = Math.min(MELTING_EXCHANGE * s.evaporator, (s.frost * u.frostMelt) / seconds);
  s.frost = Math.max(0, s.frost - (melting * seconds) / u.frostMelt);
  return melting;
}

function advanceFreezer(u: Unit, s: Body, x: Inputs, heater: number, share: number, seconds: number): void {
  let cooling = 0;
  if (share > 0 && s.phase === 'running') {
    const valve = s.calling ? VALVE_LEAKS : 1;
    const wanted = (s.freezer - u.freezerSetPoint) / 2 + 0.5;
    const damper = u.freezer === 'own-evaporator' ? valve : Math.min(1, Math.max(0, wanted));
    const colder = Math.max(0, 1 + CAPACITY_PER_EVAPORATOR_KELVIN * (s.freezer - u.freezerSetPoint));
    cooling = u.freezerCoolingPower * damper * share * colder;
  }
  const heat = (u.freezerLoss + x.freezerLeak) * (x.ambient - s.freezer) + heater * DEFROST_HEAT_INTO_FREEZER - cooling;
  s.freezer += (heat / u.freezerCapacity) * seconds;
}

function advanceFood(u: Unit, s: Body, seconds: number): number {
  const fromFood = u.foodExchange * (s.food - s.air);
  const toCore = u.coreShare > 0 ? 0.8 * u.foodExchange * (s.food - s.core) : 0;
  s.food -= ((fromFood + toCore) / (u.foodCapacity * (1 - u.coreShare))) * seconds;
  if (u.coreShare > 0) s.core += (toCore / (u.foodCapacity * u.coreShare)) * seconds;
  if (s.newFoodCapacity === 0) return fromFood;
  const fromNew = s.newFoodCapacity * NEW_FOOD_EXCHANGE * (s.newFood - s.air);
  s.newFood -= (s.newFood - s.air) * NEW_FOOD_EXCHANGE * seconds;
  if (Math.abs(s.newFood - s.food) < 0.5) s.newFoodCapacity = 0;
  return fromFood + fromNew;
}

function advanceProbes(u: Unit, s: Body, x: Inputs, seconds: number): void {
  const spot = s.air + u.spotOffset + u.spotMix * (s.evaporator - s.air);
  s.probe += ((spot - s.probe) / u.sensorLagSeconds) * seconds;
  const wall = u.wallAirShare * s.air + (1 - u.wallAirShare) * s.evaporator;
  s.wall += ((wall - s.wall) / u.sensorLagSeconds) * seconds;
  const beside = x.ambient + (s.phase === 'running' ? u.condenserWarms : 0);
  s.roomProbe += ((beside - s.roomProbe) / 300) * seconds;
  switch (x.sensorFault) {
    case 'none':
      s.sensed = s.probe + x.sensorOffset;
      break;
    case 'open':
      s.sensed = u.openReads;
      break;
    case 'short':
      s.sensed = u.shortReads;
      break;
    case 'jumping':
    case 'noisy':
      s.sensed = s.probe + x.sensorOffset + s.jump;
      break;
    case 'frozen':
      break;
  }
}

/** Heat and cold of one step, after the machine has decided what it does in it. */
export function advanceHeat(u: Unit, s: Body, x: Inputs, seconds: number): void {
  const still = u.defrost !== 'cycle' && !s.fanTurns;
  const exchange = u.evaporatorExchange * (1 - FROST_BLOCKS * s.frost) * (still ? u.stillAirShare : 1);
  const heater = s.phase === 'defrosting' && x.defrostHeats ? u.defrostWatts : 0;
  const melting = advanceFrost(u, s, x, heater, seconds);
  const loss = u.cabinetLoss + x.sealLeak + (s.doorOpen ? u.openDoorExchange : 0);
  const intoEvaporator = exchange * (s.air - s.evaporator);
  const heaterHere = u.freezer === 'none' ? 1 : 1 - DEFROST_HEAT_INTO_FREEZER;
  let share = 0;
  let cooling = 0;
  if (s.phase === 'running') {
    share = health(u, x) * (u.compressor === 'variable' ? s.speed / NOMINAL_SPEED : 1);
    // A valve sends the refrigerant to the compartment that asks.
    const here = u.freezer !== 'own-evaporator' || s.calling || x.relay === 'closed';
    if (here) cooling = u.coolingPower * share * (1 + CAPACITY_PER_EVAPORATOR_KELVIN * (s.evaporator + 12));
    if (cooling < 0) cooling = 0;
  }
  if (u.freezer !== 'none') advanceFreezer(u, s, x, heater, share, seconds);
  const fromFood = advanceFood(u, s, seconds);
  const fan = s.fanTurns ? u.fanWatts : 0;
  s.air += ((loss * (x.ambient - s.air) + fromFood + fan - intoEvaporator) / u.airCapacity) * seconds;
  s.evaporator += ((intoEvaporator + heater * heaterHere - melting - cooling) / u.evaporatorCapacity) * seconds;
  s.foodEquivalent += ((s.air - s.foodEquivalent) / FOOD_FILTER_SECONDS) * seconds;
  advanceProbes(u, s, x, seconds);
  s.joules += s.watts * seconds;
  s.meterJoules += s.watts * seconds;
  s.meterSeconds += seconds;
  s.aliveSeconds += seconds;
}
