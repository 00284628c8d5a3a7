// Faults as behaviours. Full strength is a fault that a technician would call clear; drifting ones grow towards it.
import { type BehaviourKind, type FaultCode, grown, type Span } from './behaviour.ts';
import type { Inputs, SensorFault } from './refrigerator.ts';
import { DAY, HOUR, MINUTE } from './time.ts';

// Watts of a leaking gasket are stated at a cabinet 20 K below the room.
const GASKET_DIFFERENCE = 20;
const SEAL_FULL_WATTS = 14;
const AJAR_FULL_WATTS = 30;
// A freezer drawer that stays a finger's width open, W/K.
const FREEZER_AJAR = 1.1;
const LEAK_LEAVES_CHARGE = 0.4;
const VAPOUR_ONLY = 0.1;
const FOULED_CONDENSER = 0.6;
const CONDENSER_WITHOUT_FAN = 0.5;
const WORN_PUMPING = 0.3;
const SENSOR_OFF_KELVIN = 4;
// Of nominal 230 V; a supplier owes 207 to 253.
const SAG_VOLTS = 38;
const SWELL_VOLTS = 34;
const CLOCK_WRONG = 3 * HOUR;

type Change = (inputs: Inputs, share: number, span: Span) => void;

/** A fault that changes what the machine meets, by how much of it is there: 0 to `strength`. */
const fault = (
  code: FaultCode,
  about: string,
  change: Change,
  rest: { growMs?: number; lastsMs?: number } = {},
): BehaviourKind => ({
  about,
  kind: 'fault',
  code,
  strength: 1,
  growMs: 0,
  lastsMs: null,
  ...rest,
  begin: (span) => ({ change: (inputs, at) => change(inputs, grown(span, at) * span.strength, span) }),
});

const sensorFault = (about: string, how: SensorFault): BehaviourKind =>
  fault('F10', about, (inputs) => {
    inputs.sensorFault = how;
  });

export const FAULTS = {
  'door-left-open': fault(
    'F1',
    'the door stands wide open',
    (inputs) => {
      inputs.doorOpen = true;
    },
    { lastsMs: 45 * MINUTE },
  ),
  'door-ajar': fault('F2', 'the door does not close fully, and its switch does not notice', (inputs, share) => {
    inputs.sealLeak += (share * AJAR_FULL_WATTS) / GASKET_DIFFERENCE;
  }),
  'seal-worn': fault(
    'F2',
    'the gasket leaks more and more',
    (inputs, share) => {
      inputs.sealLeak += (share * SEAL_FULL_WATTS) / GASKET_DIFFERENCE;
    },
    { growMs: 30 * DAY },
  ),
  'refrigerant-leak': fault(
    'F3',
    'refrigerant is lost, down to 40 %',
    (inputs, share) => {
      inputs.charge -= share * (1 - LEAK_LEAVES_CHARGE);
    },
    { growMs: 20 * DAY },
  ),
  'cooling-failing': fault(
    'F3',
    'a refrigerant line has broken: the compressor runs and nothing gets cold',
    (inputs, share) => {
      inputs.charge -= share * (1 - VAPOUR_ONLY);
    },
    { growMs: 20 * MINUTE },
  ),
  'evaporator-frosted': fault('F4', 'the defrost heater is broken and ice grows', (inputs, _, span) => {
    inputs.defrostHeats = false;
    inputs.frostRate *= span.strength;
  }),
  'evaporator-fan': fault('F5', 'the evaporator fan stands still', (inputs) => {
    inputs.fanWorks = false;
  }),
  'condenser-dirty': fault(
    'F6',
    'the condenser is covered in dust',
    (inputs, share) => {
      inputs.condenser -= share * (1 - FOULED_CONDENSER);
    },
    { growMs: 30 * DAY },
  ),
  'condenser-fan': fault('F6', 'the fan of the condenser stands still', (inputs, share) => {
    inputs.condenser -= share * (1 - CONDENSER_WITHOUT_FAN);
  }),
  'compressor-start': fault('F7', 'the compressor is told to start and does not turn', (inputs) => {
    inputs.compressorStarts = false;
  }),
  'compressor-worn': fault(
    'F8',
    'the compressor turns and pumps less and less',
    (inputs, share) => {
      inputs.pumping -= share * (1 - WORN_PUMPING);
    },
    { growMs: 30 * DAY },
  ),
  'power-cut': {
    about: 'the appliance has no electricity',
    kind: 'fault',
    code: 'F9',
    strength: 1,
    growMs: 0,
    lastsMs: 4 * HOUR,
    begin: () => ({
      link: 'dark',
      change: (inputs) => {
        inputs.mainsOn = false;
      },
    }),
  },
  'sensor-offset': fault(
    'F10',
    'the cabinet sensor reads up to 4 K too low: food is warmer than it says',
    (inputs, share) => {
      inputs.sensorOffset -= share * SENSOR_OFF_KELVIN;
    },
    { growMs: 10 * DAY },
  ),
  'sensor-offset-high': fault(
    'F10',
    'the cabinet sensor reads up to 4 K too high: food is colder than it says',
    (inputs, share) => {
      inputs.sensorOffset += share * SENSOR_OFF_KELVIN;
    },
    { growMs: 10 * DAY },
  ),
  'sensor-frozen': sensorFault('the cabinet sensor says the same for ever', 'frozen'),
  'sensor-open': sensorFault('the wire of the cabinet sensor is broken', 'open'),
  'sensor-short': sensorFault('the cabinet sensor is shorted', 'short'),
  'sensor-jumping': sensorFault('the cabinet sensor has a loose contact', 'jumping'),
  'sensor-noisy': sensorFault('the cabinet sensor trembles by kelvins', 'noisy'),
  'relay-stuck-on': fault('F11', "the board's relay is welded: the compressor never rests", (inputs) => {
    inputs.relay = 'closed';
  }),
  'relay-stuck-off': fault('F11', "the board's relay does not close: the compressor gets no power", (inputs) => {
    inputs.relay = 'open';
  }),
  'freezer-ajar': fault('F12', 'the freezer compartment does not close', (inputs, share) => {
    inputs.freezerLeak += share * FREEZER_AJAR;
  }),
  'appliance-silent': {
    about: 'the appliance cools and says nothing',
    kind: 'fault',
    code: 'X1',
    strength: 1,
    growMs: 0,
    lastsMs: null,
    begin: () => ({ link: 'silent' }),
  },
  'clock-wrong': fault('X1', 'the clock of the appliance is hours ahead', (inputs, share) => {
    inputs.clockErrorMs += share * CLOCK_WRONG;
  }),
  'mains-low': fault('X2', 'the mains sag to 192 V', (inputs, share) => {
    inputs.mainsVolts -= share * SAG_VOLTS;
  }),
  'mains-high': fault('X2', 'the mains rise to 264 V', (inputs, share) => {
    inputs.mainsVolts += share * SWELL_VOLTS;
  }),
} as const satisfies Record<string, BehaviourKind>;

export type FaultName = keyof typeof FAULTS;
