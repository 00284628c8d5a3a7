// Thermostat, compressor and defrost: which phase the machine is in, and what electricity it draws.
import type { Parameters } from './parameters.ts';
import { type Inputs, NOMINAL_VOLTS, type State } from './refrigerator.ts';

type Phase =
  /** Off, or waiting out its minimum off time. */
  | 'resting'
  | 'running'
  /** Told to start, but the rotor does not turn. */
  | 'stuck'
  /** The overload has opened and must cool down. */
  | 'tripped'
  /** Heater on. */
  | 'defrosting'
  | 'unpowered';

export type Machine = {
  phase: Phase;
  /** Since the phase began, at the start of the step. */
  phaseSeconds: number;
  /** The thermostat asks for cold. */
  calling: boolean;
  runSecondsSinceDefrost: number;
  /** Electric power now. */
  watts: number;
};

export const isFanRunning = (state: State, inputs: Inputs): boolean =>
  state.phase === 'running' && inputs.fanWorks && !inputs.doorOpen;

function thermostat(p: Parameters, inputs: Inputs, state: State): boolean {
  // A stuck relay is, to the machine, a thermostat that always or never asks.
  if (inputs.relay !== 'obeys') return inputs.relay === 'closed';
  const reads = state.sensed;
  if (reads >= inputs.setPoint + p.halfBand) return true;
  if (reads <= inputs.setPoint - p.halfBand) return false;
  return state.calling;
}

function nextPhase(p: Parameters, inputs: Inputs, state: State): Phase {
  if (!inputs.mainsOn) return 'unpowered';
  switch (state.phase) {
    case 'unpowered':
      return 'resting';
    case 'resting':
      if (!state.calling || state.phaseSeconds < p.minimumOffSeconds) return 'resting';
      return inputs.compressorStarts ? 'running' : 'stuck';
    case 'running':
      if (inputs.defrostAsked || state.runSecondsSinceDefrost >= p.defrostEveryRunSeconds) return 'defrosting';
      return state.calling ? 'running' : 'resting';
    case 'stuck':
      return state.phaseSeconds >= p.lockedRotorSeconds ? 'tripped' : 'stuck';
    case 'tripped':
      if (state.phaseSeconds < p.overloadResetSeconds) return 'tripped';
      return 'resting';
    case 'defrosting': {
      const done =
        (!inputs.defrostAsked && state.evaporator >= p.defrostEndTemperature) ||
        state.phaseSeconds >= p.defrostMaximumSeconds;
      return done ? 'resting' : 'defrosting';
    }
  }
}

function compressorWatts(p: Parameters, inputs: Inputs, runSeconds: number, seconds: number): number {
  const running = p.compressorWatts * (0.55 + 0.45 * inputs.charge) * (1 + 0.6 * (1 - inputs.condenser));
  // A worn compressor turns as before and does less work.
  const work = (0.9 + 0.1 * inputs.pumping) * (inputs.mainsVolts / NOMINAL_VOLTS);
  // The mean of the decaying surplus over this step, so that the length of a step does not change the energy.
  const decay = p.startDecaySeconds / seconds;
  const surplus = Math.exp(-runSeconds / p.startDecaySeconds) * decay * (1 - Math.exp(-1 / decay));
  return running * work * (1 + p.startSurplus * surplus);
}

function wattsOf(p: Parameters, inputs: Inputs, state: State, seconds: number): number {
  if (state.phase === 'unpowered') return 0;
  let watts = p.electronicsWatts + (inputs.doorOpen ? p.lampWatts : 0);
  if (state.phase === 'running') watts += compressorWatts(p, inputs, state.phaseSeconds, seconds);
  if (state.phase === 'stuck') {
    const stuckShare = Math.min(1, Math.max(0, (p.lockedRotorSeconds - state.phaseSeconds) / seconds));
    watts += p.compressorWatts * p.lockedRotorFactor * stuckShare;
  }
  if (state.phase === 'defrosting' && inputs.defrostHeats) watts += p.defrostWatts;
  if (isFanRunning(state, inputs)) watts += p.fanWatts;
  return watts;
}

/** Moves the machine on by `seconds`, in place. */
export function advanceMachine(p: Parameters, inputs: Inputs, state: State, seconds: number): void {
  state.calling = thermostat(p, inputs, state);
  const phase = nextPhase(p, inputs, state);
  if (phase !== state.phase) {
    // The overload has already rested the compressor.
    state.phaseSeconds = state.phase === 'tripped' && phase === 'resting' ? p.minimumOffSeconds : 0;
    if (phase === 'defrosting') state.runSecondsSinceDefrost = 0;
    state.phase = phase;
  } else {
    state.phaseSeconds += seconds;
  }
  if (phase === 'running') state.runSecondsSinceDefrost += seconds;
  state.watts = wattsOf(p, inputs, state, seconds);
}
