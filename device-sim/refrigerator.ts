// The physics of one refrigerator: heat between room, air, food and evaporator, and the machine that pumps it out.
// Pure: a state, what surrounds it, and a number of seconds give the next state.
import { advanceMachine, isFanRunning, type Machine } from './machine.ts';
import type { Parameters } from './parameters.ts';

/** How a probe misleads: the last value for ever, a broken or a shorted wire, a loose contact, noise. */
export type SensorFault = 'none' | 'frozen' | 'open' | 'short' | 'jumping' | 'noisy';

/** What surrounds and afflicts the refrigerator. Faults and habits change these over time. */
export type Inputs = {
  /** °C of the room. */
  ambient: number;
  doorOpen: boolean;
  mainsOn: boolean;
  setPoint: number;
  /** W/K through a worn gasket or a door that does not close, beyond the cabinet's own. */
  sealLeak: number;
  /** Refrigerant, 1 = full. */
  charge: number;
  /** Condenser, 1 = clean. */
  condenser: number;
  /** Valves and pistons of the compressor, 1 = as new. */
  pumping: number;
  fanWorks: boolean;
  defrostHeats: boolean;
  compressorStarts: boolean;
  /** Multiple of the normal growth of frost. */
  frostRate: number;
  /** K that the cabinet's sensor reads too high. */
  sensorOffset: number;
  sensorFault: SensorFault;
  /** W/K through a freezer compartment that does not close, beyond its own. */
  freezerLeak: number;
  /** The board's relay for the compressor: `closed` and `open` no longer obey. */
  relay: 'obeys' | 'closed' | 'open';
  mainsVolts: number;
  /** Somebody has told it to defrost now. */
  defrostAsked: boolean;
  /** True in the first moment of an appliance that comes warm from the shop. */
  warmFromShop: boolean;
  /** The appliance's clock is ahead by this much. */
  clockErrorMs: number;
  /** Warm food put in now; null nearly always. */
  groceries: { kilograms: number; temperature: number } | null;
};

export type State = Machine & {
  /** °C */
  air: number;
  food: number;
  evaporator: number;
  freezer: number;
  /** What the cabinet's sensor feels, behind its lag. */
  sensor: number;
  /** Food that came in warm and has not yet reached the rest: °C and J/K. */
  newFood: number;
  newFoodCapacity: number;
  /** Share of full frost, 0 to 1. */
  frost: number;
  /** J since the beginning, and since the meter was last read with its seconds. */
  joules: number;
  meterJoules: number;
  meterSeconds: number;
  /** As the appliance last saw it. */
  ambient: number;
  setPoint: number;
  doorOpen: boolean;
  /** What the board takes the cabinet's sensor to say. */
  sensed: number;
};

export const NOMINAL_VOLTS = 230;

const MAXIMUM_STEP_SECONDS = 5;
const FOOD_JOULES_PER_KILOGRAM = 3_500;
// W/K per J/K: new food in packages reaches the air with a time constant of about 2.8 h, like the food that is in.
const NEW_FOOD_EXCHANGE = 1 / 10_000;
const FREEZER_DAMPER_BAND = 2;
const DEFROST_HEAT_INTO_FREEZER = 0.4;
const MELTING_EXCHANGE = 40;

export function calmInputs(p: { setPoint: number }, ambient: number): Inputs {
  return {
    ambient,
    doorOpen: false,
    mainsOn: true,
    setPoint: p.setPoint,
    sealLeak: 0,
    charge: 1,
    condenser: 1,
    pumping: 1,
    fanWorks: true,
    defrostHeats: true,
    compressorStarts: true,
    frostRate: 1,
    sensorOffset: 0,
    sensorFault: 'none',
    freezerLeak: 0,
    relay: 'obeys',
    mainsVolts: NOMINAL_VOLTS,
    defrostAsked: false,
    warmFromShop: false,
    clockErrorMs: 0,
    groceries: null,
  };
}

/** A refrigerator that has long been running, at its set point, with the compressor just off. */
export function settled(p: Parameters, ambient: number): State {
  return {
    air: p.setPoint,
    food: p.setPoint,
    evaporator: p.setPoint - 3,
    freezer: p.freezerSetPoint,
    sensor: p.setPoint,
    newFood: p.setPoint,
    newFoodCapacity: 0,
    frost: 0,
    joules: 0,
    meterJoules: 0,
    meterSeconds: 0,
    ambient,
    setPoint: p.setPoint,
    doorOpen: false,
    sensed: p.setPoint,
    phase: 'resting',
    phaseSeconds: p.minimumOffSeconds,
    calling: false,
    runSecondsSinceDefrost: 0,
    watts: 0,
  };
}

/** Cooling falls with the charge: nothing is lost above 95 %, and vapour alone (10 %) cools nothing. */
const chargeFactor = (charge: number): number => Math.min(1, Math.max(0, (charge - 0.1) / 0.85));

function coolingOf(p: Parameters, inputs: Inputs, evaporator: number): number {
  const health = chargeFactor(inputs.charge) * inputs.condenser * inputs.pumping;
  return Math.max(0, p.coolingPower * health * (1 + 0.025 * (evaporator + 12)));
}

const OPEN_READS = -40;
const SHORT_READS = 85;
const NOISE_PERIOD = 7;

/** What the board makes of its probe. A probe that jumps or trembles does so by the state itself, so that it needs no chance. */
function sensed(state: State, inputs: Inputs): number {
  const honest = state.sensor + inputs.sensorOffset;
  const tremble = Math.sin(state.joules / NOISE_PERIOD + state.phaseSeconds * 1.7);
  switch (inputs.sensorFault) {
    case 'none':
      return honest;
    case 'frozen':
      return state.sensed;
    case 'open':
      return OPEN_READS;
    case 'short':
      return SHORT_READS;
    case 'jumping':
      return honest + (tremble > 0.6 ? 9 : 0);
    case 'noisy':
      return honest + 3 * tremble;
  }
}

function warmThrough(state: State, ambient: number): void {
  state.air = ambient;
  state.food = ambient;
  state.evaporator = ambient;
  state.freezer = ambient;
  state.sensor = ambient;
}

function openDoor(p: Parameters, state: State): void {
  state.air += (p.openingExchange * (state.ambient - state.air)) / p.airCapacity;
}

function putIn(state: State, { kilograms, temperature }: NonNullable<Inputs['groceries']>): void {
  const capacity = kilograms * FOOD_JOULES_PER_KILOGRAM;
  const sum = state.newFoodCapacity + capacity;
  state.newFood = (state.newFood * state.newFoodCapacity + temperature * capacity) / sum;
  state.newFoodCapacity = sum;
}

function advanceFreezer(p: Parameters, inputs: Inputs, state: State, seconds: number): void {
  const warmth = Math.min(1, Math.max(0, (state.freezer - p.freezerSetPoint) / FREEZER_DAMPER_BAND + 0.5));
  const health = chargeFactor(inputs.charge) * inputs.condenser * inputs.pumping;
  const cooling = state.phase === 'running' ? warmth * p.freezerCoolingPower * health : 0;
  const heating = state.phase === 'defrosting' && inputs.defrostHeats ? p.defrostWatts * DEFROST_HEAT_INTO_FREEZER : 0;
  const heat = (p.freezerLoss + inputs.freezerLeak) * (inputs.ambient - state.freezer) + heating - cooling;
  state.freezer += (heat / p.freezerCapacity) * seconds;
}

// Frost sits on the part of the coil that stays below zero between runs: only the heater melts it.
function advanceFrost(p: Parameters, inputs: Inputs, state: State, heaterWatts: number, seconds: number): number {
  if (state.evaporator < 0) {
    const moisture = inputs.doorOpen ? 4 : 1 + inputs.sealLeak * 0.5;
    state.frost = Math.min(1, state.frost + (p.frostPerDay * inputs.frostRate * moisture * seconds) / 86_400);
  }
  if (heaterWatts === 0 || state.frost === 0 || state.evaporator <= 0) return 0;
  const melting = Math.min(MELTING_EXCHANGE * state.evaporator, (state.frost * p.frostMelt) / seconds);
  state.frost = Math.max(0, state.frost - (melting * seconds) / p.frostMelt);
  return melting;
}

function advance(p: Parameters, inputs: Inputs, state: State, seconds: number): void {
  advanceMachine(p, inputs, state, seconds);
  const fan = isFanRunning(state, inputs);
  const exchange = p.evaporatorExchange * (1 - 0.85 * state.frost) * (fan ? 1 : p.stillAirShare);
  const heater = state.phase === 'defrosting' && inputs.defrostHeats ? p.defrostWatts : 0;
  const melting = advanceFrost(p, inputs, state, heater, seconds);

  const walls = (p.cabinetLoss + inputs.sealLeak) * (inputs.ambient - state.air);
  const door = inputs.doorOpen ? p.openDoorExchange * (inputs.ambient - state.air) : 0;
  const fromFood = p.foodExchange * (state.food - state.air);
  const newFoodExchange = state.newFoodCapacity * NEW_FOOD_EXCHANGE;
  const fromNewFood = newFoodExchange * (state.newFood - state.air);
  const intoEvaporator = exchange * (state.air - state.evaporator);
  const cooling = state.phase === 'running' ? coolingOf(p, inputs, state.evaporator) : 0;

  advanceFreezer(p, inputs, state, seconds);
  state.air += ((walls + door + fromFood + fromNewFood - intoEvaporator) / p.airCapacity) * seconds;
  state.food -= (fromFood / p.foodCapacity) * seconds;
  state.evaporator += ((intoEvaporator + heater - melting - cooling) / p.evaporatorCapacity) * seconds;
  if (state.newFoodCapacity > 0) {
    state.newFood -= (fromNewFood / state.newFoodCapacity) * seconds;
    // Eaten, in effect: food that has cooled leaves the cabinet as food that was in it does.
    if (Math.abs(state.newFood - state.food) < 0.5) state.newFoodCapacity = 0;
  }
  state.sensor += ((state.air - state.sensor) / p.sensorLagSeconds) * seconds;
  state.sensed = sensed(state, inputs);
  state.joules += state.watts * seconds;
  state.meterJoules += state.watts * seconds;
  state.meterSeconds += seconds;
}

/** The state `dtSeconds` later. Inputs hold for the whole time; long times are cut into steps of at most 5 s. */
export function step(p: Parameters, state: State, inputs: Inputs, dtSeconds: number): State {
  const next = { ...state };
  next.ambient = inputs.ambient;
  next.setPoint = inputs.setPoint;
  if (inputs.warmFromShop) warmThrough(next, inputs.ambient);
  if (inputs.doorOpen && !state.doorOpen) openDoor(p, next);
  next.doorOpen = inputs.doorOpen;
  if (inputs.groceries) putIn(next, inputs.groceries);
  const steps = Math.max(1, Math.ceil(dtSeconds / MAXIMUM_STEP_SECONDS));
  for (let i = 0; i < steps; i++) advance(p, inputs, next, dtSeconds / steps);
  return next;
}
