// The door of device-sim: appliances that do not exist, for the demo, the tests and the benches.
export { type MessageOptions, simulateMessages, truthOf } from './appliance.ts';
export { FAULT_CODES, type FaultCode } from './behaviour.ts';
export { type Device, type DeviceEvents, type DeviceOptions, startDevice } from './device.ts';
export type { FaultName } from './faults.ts';
export { drawFleet, type FleetMember, type FleetOptions } from './fleet.ts';
export { DEFAULT_HABITS, drawHabits, type Habits } from './habits.ts';
export { demoHousehold, type HouseholdAppliance } from './household.ts';
export type { Imperfections, Message } from './imperfections.ts';
export { drawJudgeFleet, type JudgeFleetOptions, type JudgeMember } from './judge/fleet.ts';
export type { Home } from './judge/home.ts';
export {
  DANGER_CELSIUS,
  type Danger,
  type JudgeTruth,
  type LifeOptions,
  type TellOptions,
  tellLife,
  truthOfLife,
  type Witness,
} from './judge/life.ts';
export type { Telling, Told } from './judge/post.ts';
export { PROFILES, type Profile } from './judge/telemetry.ts';
export type { Structure, Unit } from './judge/unit.ts';
export { MANNERS, type Manner } from './obedience.ts';
export { DEFAULT_PARAMETERS, drawParameters, type Parameters } from './parameters.ts';
export { randomOf } from './random.ts';
export { type Recording, type RecordingOptions, readRecording } from './recording.ts';
export { place, replay } from './replay.ts';
export { EPISODE_NAMES, type Episode, type EpisodeName, type Truth } from './scenario.ts';
export { type Sample, type SimulationOptions, simulateRefrigerator } from './simulation.ts';
