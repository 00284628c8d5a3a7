// The fleet that judges: units. What a refrigerator is built of (its structure) and its numbers, both drawn at random.
//
// The ranges come from public sources, and none of them from the rules that are judged: heat loss, heat capacities and
// time constants from metered use of household units (33-38 W mean, on-power 71-112 W, runs of 12-37 min) and from the
// four hours that food authorities give an unopened refrigerator; capacity and efficiency from compressor makers' data
// (COP 1.2-1.8 at -23 °C evaporating); climate classes SN to T from EN/IEC 62552-1 (10-43 °C, of which 16-38 °C are used);
// defrost, minimum off time, locked rotor and overload from makers' service manuals; what no paper states is engineering
// knowledge, and stands beside the number. The shares of structures are a guess at the mix in homes, mostly the common one.
import type { Random } from '../random.ts';

export type Structure = {
  /** `cycle`: a cold wall that thaws between runs, no fan. Else no-frost with a heater, by run time or as needed. */
  defrost: 'cycle' | 'timer' | 'adaptive';
  compressor: 'single' | 'variable';
  thermostat: 'air' | 'wall' | 'evaporator';
  freezer: 'none' | 'same-circuit' | 'own-evaporator';
  meter: 'mean' | 'instant';
  /** Whether compressor_on says what turns or what the board wants. */
  running: 'actual' | 'commanded';
  doorSwitch: boolean;
  doorAlarm: boolean;
  temperatureAlarm: boolean;
  tachometer: boolean;
  voltmeter: boolean;
  ambientSensor: 'none' | 'room' | 'near-condenser';
};

export type Unit = Structure & {
  /** W/K, J/K; exchange of the evaporator with its fan running (or of the cold wall). */
  cabinetLoss: number;
  airCapacity: number;
  foodCapacity: number;
  foodExchange: number;
  /** Share of the food that lies behind other food; 0: all alike. */
  coreShare: number;
  evaporatorCapacity: number;
  evaporatorExchange: number;
  /** What is left of the exchange in still air. */
  stillAirShare: number;
  /** W at -12 °C evaporating in a room of 25 °C; and how both move with room and evaporator, per K. */
  coolingPower: number;
  compressorWatts: number;
  coolingLessPerKelvin: number;
  wattsMorePerKelvin: number;
  wattsPerEvaporatorKelvin: number;
  /** Power that is left without refrigerant; how strongly a bad condenser costs cooling. */
  emptyWattsShare: number;
  condenserExponent: number;
  startSurplus: number;
  startDecaySeconds: number;
  lockedRotorFactor: number;
  lockedRotorSeconds: number;
  overloadResetSeconds: number;
  setPoint: number;
  halfBand: number;
  /** K added to what the thermostat feels, so that the mean in the cabinet is the set point, as a maker would do it. */
  trim: number;
  /** Share of air in what a probe in the wall feels. */
  wallAirShare: number;
  sensorLagSeconds: number;
  /** Where the cabinet's sensor sits: K beside the mean, and share of the evaporator's cold. */
  spotOffset: number;
  spotMix: number;
  minimumOffSeconds: number;
  openingExchange: number;
  openDoorExchange: number;
  frostPerDay: number;
  frostMelt: number;
  defrostEverySeconds: number;
  defrostWatts: number;
  defrostMaximumSeconds: number;
  defrostEndTemperature: number;
  fanWatts: number;
  fanSpeed: number;
  fanAfterRunSeconds: number;
  electronicsWatts: number;
  lampWatts: number;
  freezerLoss: number;
  freezerCapacity: number;
  freezerCoolingPower: number;
  freezerSetPoint: number;
  /** K that a warm condenser adds to the room sensor beside it. */
  condenserWarms: number;
  doorAlarmSeconds: number;
  temperatureAlarmAt: number;
  openReads: number;
  shortReads: number;
  /** rev/min, of a variable compressor. */
  slowest: number;
  fastest: number;
};

/** How often each structure is drawn, in percent of units. */
export const SHARES = {
  defrost: { timer: 45, adaptive: 25, cycle: 30 },
  compressor: { single: 80, variable: 20 },
  thermostat: { air: 78, wall: 14, evaporator: 8 },
  freezer: { 'same-circuit': 60, 'own-evaporator': 12, none: 28 },
  meter: { mean: 75, instant: 25 },
  running: { actual: 75, commanded: 25 },
  doorSwitch: { true: 93, false: 7 },
  doorAlarm: { true: 60, false: 40 },
  temperatureAlarm: { true: 60, false: 40 },
  tachometer: { true: 80, false: 20 },
  voltmeter: { true: 30, false: 70 },
  ambientSensor: { room: 65, 'near-condenser': 25, none: 10 },
} as const;

function pickByShare<T extends string>(random: Random, shares: Readonly<Record<T, number>>): T {
  let left = random.share() * 100;
  const names = Object.keys(shares) as T[];
  for (const name of names) {
    left -= shares[name];
    if (left < 0) return name;
  }
  return names.at(-1)!;
}

export function drawStructure(random: Random): Structure {
  const yes = (shares: Readonly<Record<'true' | 'false', number>>) => pickByShare(random, shares) === 'true';
  const defrost = pickByShare(random, SHARES.defrost);
  const compressor = pickByShare(random, SHARES.compressor);
  const thermostat = pickByShare(random, SHARES.thermostat);
  return {
    defrost,
    compressor,
    // A variable compressor follows the air; a coil that is defrosted by a heater cannot be the thermostat.
    thermostat: compressor === 'variable' || (thermostat === 'evaporator' && defrost !== 'cycle') ? 'air' : thermostat,
    freezer: pickByShare(random, SHARES.freezer),
    meter: pickByShare(random, SHARES.meter),
    running: pickByShare(random, SHARES.running),
    doorSwitch: yes(SHARES.doorSwitch),
    doorAlarm: yes(SHARES.doorAlarm),
    temperatureAlarm: yes(SHARES.temperatureAlarm),
    tachometer: yes(SHARES.tachometer),
    voltmeter: yes(SHARES.voltmeter),
    ambientSensor: pickByShare(random, SHARES.ambientSensor),
  };
}

/** Numbers for a structure; whether they suit each other is tried afterwards, see `fit`. */
export function drawNumbers(random: Random, structure: Structure): Unit {
  const { between } = random;
  const fan = structure.defrost !== 'cycle';
  const coolingPower = between(90, 200);
  return {
    ...structure,
    cabinetLoss: between(1.2, 2.5),
    airCapacity: between(5_000, 15_000),
    foodCapacity: between(15_000, 120_000),
    foodExchange: between(2, 8),
    coreShare: random.share() < 0.4 ? between(0.3, 0.6) : 0,
    evaporatorCapacity: between(2_500, 5_500),
    evaporatorExchange: between(4, 12),
    stillAirShare: fan ? between(0.2, 0.4) : 1,
    coolingPower,
    compressorWatts: coolingPower / between(1.2, 1.8),
    coolingLessPerKelvin: between(0, 0.01),
    wattsMorePerKelvin: between(0, 0.01),
    wattsPerEvaporatorKelvin: between(0, 0.006),
    emptyWattsShare: between(0.45, 0.65),
    condenserExponent: between(0.8, 1.2),
    startSurplus: between(3, 6),
    startDecaySeconds: between(12, 25),
    lockedRotorFactor: between(5, 8),
    lockedRotorSeconds: between(2, 10),
    overloadResetSeconds: between(240, 580),
    setPoint: Math.round(between(3, 5.5) * 2) / 2,
    halfBand: between(1, 2),
    trim: 0,
    wallAirShare: between(0.55, 0.85),
    sensorLagSeconds: between(120, 360),
    spotOffset: between(-0.8, 0.8),
    spotMix: random.share() < 0.3 ? between(0.02, 0.08) : 0,
    minimumOffSeconds: between(180, 420),
    openingExchange: between(250, 480),
    openDoorExchange: between(18, 32),
    frostPerDay: between(0.1, 0.25),
    frostMelt: between(400_000, 700_000),
    defrostEverySeconds: between(4, 10) * 3600,
    defrostWatts: structure.freezer === 'none' ? between(120, 220) : between(180, 320),
    defrostMaximumSeconds: between(1500, 2700),
    defrostEndTemperature: between(5, 12),
    fanWatts: between(2, 6),
    fanSpeed: between(1_400, 2_800),
    fanAfterRunSeconds: random.share() < 0.3 ? between(30, 240) : 0,
    electronicsWatts: between(0.5, 4),
    lampWatts: random.share() < 0.15 ? 15 : between(1, 4),
    freezerLoss: between(0.25, 0.45),
    freezerCapacity: between(25_000, 110_000),
    freezerCoolingPower: between(90, 150),
    freezerSetPoint: random.pick([-18, -18, -18, -20, -16]),
    condenserWarms: structure.ambientSensor === 'near-condenser' ? between(1, 4) : 0,
    doorAlarmSeconds: between(60, 180),
    temperatureAlarmAt: between(9, 12),
    openReads: random.pick([-32_768, -32_768, -50, -40]),
    shortReads: random.pick([255, 99, 85]),
    slowest: random.pick([1_200, 1_300, 1_600]),
    fastest: random.pick([4_000, 4_500]),
  };
}
