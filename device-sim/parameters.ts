// One refrigerator as numbers. Defaults and ranges: grey-box order of magnitude of a 250 to 300 litre household unit,
// checked against metered on-power (71-112 W), run times (12-37 min) and yearly use of real ones.
import type { Random } from './random.ts';

export type Parameters = {
  /** W/K through walls and gasket. */
  cabinetLoss: number;
  /** J/K of air and liner; of food; of the evaporator. */
  airCapacity: number;
  foodCapacity: number;
  evaporatorCapacity: number;
  /** W/K between food and air; between evaporator and air with the fan running. */
  foodExchange: number;
  evaporatorExchange: number;
  /** Part of the evaporator's exchange that is left in still air. */
  stillAirShare: number;
  /** W of cooling at an evaporator of -12 °C; W of electricity while running. */
  coolingPower: number;
  compressorWatts: number;
  /** Surplus at start as a multiple of running power, and how fast it decays. */
  startSurplus: number;
  startDecaySeconds: number;
  /** A rotor that does not turn draws this multiple of running power until the overload trips, and tries again later. */
  lockedRotorFactor: number;
  lockedRotorSeconds: number;
  overloadResetSeconds: number;
  /** °C, and K to either side at which the thermostat switches. */
  setPoint: number;
  halfBand: number;
  sensorLagSeconds: number;
  minimumOffSeconds: number;
  /** J/K that one opening exchanges with the room, and W/K for as long as the door stands open. */
  openingExchange: number;
  openDoorExchange: number;
  /** Share of full frost that a day of normal life adds, and J that melt full frost. */
  frostPerDay: number;
  frostMelt: number;
  defrostEveryRunSeconds: number;
  defrostWatts: number;
  defrostMaximumSeconds: number;
  defrostEndTemperature: number;
  fanWatts: number;
  fanSpeed: number;
  electronicsWatts: number;
  lampWatts: number;
  /** A small freezer compartment with a damper of its own on the same compressor. */
  freezerLoss: number;
  freezerCapacity: number;
  freezerCoolingPower: number;
  freezerSetPoint: number;
};

export const DEFAULT_PARAMETERS: Parameters = {
  cabinetLoss: 1.7,
  airCapacity: 9_000,
  foodCapacity: 45_000,
  evaporatorCapacity: 3_500,
  foodExchange: 4.5,
  evaporatorExchange: 7,
  stillAirShare: 0.3,
  coolingPower: 150,
  compressorWatts: 95,
  startSurplus: 4.4,
  startDecaySeconds: 20,
  lockedRotorFactor: 6.5,
  lockedRotorSeconds: 6,
  overloadResetSeconds: 300,
  setPoint: 4.5,
  halfBand: 1.5,
  sensorLagSeconds: 240,
  minimumOffSeconds: 300,
  openingExchange: 360,
  openDoorExchange: 25,
  frostPerDay: 0.15,
  frostMelt: 600_000,
  defrostEveryRunSeconds: 6 * 3600,
  defrostWatts: 150,
  defrostMaximumSeconds: 1800,
  defrostEndTemperature: 8,
  fanWatts: 3,
  fanSpeed: 2_400,
  electronicsWatts: 1.5,
  lampWatts: 2,
  freezerLoss: 0.35,
  freezerCapacity: 45_000,
  freezerCoolingPower: 110,
  freezerSetPoint: -18,
};

const PARAMETER_RANGES: { [name in keyof Parameters]?: readonly [low: number, high: number] } = {
  cabinetLoss: [1.2, 2.5],
  airCapacity: [5_000, 15_000],
  foodCapacity: [15_000, 120_000],
  foodExchange: [2, 8],
  evaporatorExchange: [4, 12],
  coolingPower: [90, 200],
  startSurplus: [3, 6],
  lockedRotorFactor: [5, 8],
  lockedRotorSeconds: [2, 10],
  overloadResetSeconds: [180, 600],
  setPoint: [3, 6],
  halfBand: [1, 2],
  sensorLagSeconds: [120, 360],
  frostPerDay: [0.1, 0.25],
  defrostEveryRunSeconds: [4 * 3600, 8 * 3600],
  openDoorExchange: [18, 32],
};

const COEFFICIENT_OF_PERFORMANCE = [1.2, 1.8] as const;
const COMPRESSOR_WATTS = [60, 120] as const;

/** Whole-cabinet time constant in hours. */
function cabinetHours(p: Parameters): number {
  return (p.airCapacity + p.foodCapacity + p.evaporatorCapacity) / p.cabinetLoss / 3600;
}

// Rough share of time that the compressor must run in a room of 25 °C; a unit outside these bounds is not sold.
function isSensible(p: Parameters): boolean {
  const duty = (p.cabinetLoss * (25 - p.setPoint)) / p.coolingPower;
  const hours = cabinetHours(p);
  const watts = p.compressorWatts;
  return (
    duty > 0.15 &&
    duty < 0.4 &&
    hours > 4 &&
    hours < 20 &&
    watts > COMPRESSOR_WATTS[0] &&
    watts < COMPRESSOR_WATTS[1] &&
    p.evaporatorExchange * 25 > p.coolingPower
  );
}

/** A unit drawn from the ranges; redrawn until its parts suit each other. */
export function drawParameters(random: Random): Parameters {
  for (;;) {
    const drawn = { ...DEFAULT_PARAMETERS };
    for (const [name, [low, high]] of Object.entries(PARAMETER_RANGES)) {
      drawn[name as keyof Parameters] = random.between(low, high);
    }
    drawn.compressorWatts = drawn.coolingPower / random.between(...COEFFICIENT_OF_PERFORMANCE);
    if (isSensible(drawn)) return drawn;
  }
}
