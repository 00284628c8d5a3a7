// What the appliance's own sensors say about it: lagged, offset, noisy and rounded, never the truth itself.
import { isFanRunning } from './machine.ts';
import type { Parameters } from './parameters.ts';
import type { Random } from './random.ts';
import type { Inputs, State } from './refrigerator.ts';

export type Values = Record<string, number | boolean>;

// Not -0, which JSON does not know.
const tenth = (value: number): number => Math.round(value * 10) / 10 + 0;

/**
 * Signals by name. Power is the mean since the meter was last read, as metering chips report it. With `random` the
 * values carry the noise of real sensors.
 */
export function sense(p: Parameters, state: State, inputs: Inputs, random: Random | null = null): Values {
  const noise = (deviation: number) => (random ? random.normal() * deviation : 0);
  const watts = state.meterSeconds > 0 ? state.meterJoules / state.meterSeconds : state.watts;
  return {
    cabinet_temperature: inputs.sensorFault === 'frozen' ? tenth(state.sensed) : tenth(state.sensed + noise(0.04)),
    freezer_temperature: tenth(state.freezer + noise(0.04)),
    evaporator_temperature: tenth(state.evaporator + noise(0.1)),
    ambient_temperature: tenth(state.ambient + noise(0.05)),
    set_point: tenth(state.setPoint),
    power: tenth(Math.max(0, watts * (1 + noise(0.005)))),
    compressor_on: state.phase === 'running',
    fan_speed: isFanRunning(state, inputs) ? Math.round(p.fanSpeed + noise(12)) : 0,
    door_open: state.doorOpen,
    defrost_on: state.phase === 'defrosting',
    mains_voltage: tenth(inputs.mainsVolts),
    energy: Math.round(state.joules / 3600),
    signal_strength: Math.round(-58 + noise(2)),
  };
}

/** The meter's mean starts anew. */
export const meterRead = (state: State): State => ({ ...state, meterJoules: 0, meterSeconds: 0 });
