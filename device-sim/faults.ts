// Faults as behaviours. Full strength is a fault that a technician would call clear; drifting ones grow towards it.
import { type BehaviourKind, grown } from './behaviour.ts';
import { DAY, HOUR, MINUTE } from './time.ts';

// Watts of a leaking gasket are stated at a cabinet 20 K below the room.
const GASKET_DIFFERENCE = 20;
const SEAL_FULL_WATTS = 12;
const AJAR_FULL_WATTS = 30;
const LEAK_LEAVES_CHARGE = 0.4;
const FOULED_CONDENSER = 0.6;
const VAPOUR_ONLY = 0.1;
const WORN_PUMPING = 0.3;

const fault = (
  about: string,
  rest: { strength?: number; growMs?: number; lastsMs?: number | null } & Pick<BehaviourKind, 'begin'>,
): BehaviourKind => ({ about, kind: 'fault', strength: 1, growMs: 0, lastsMs: null, ...rest });

export const FAULTS = {
  'door-left-open': fault('the door stands wide open', {
    lastsMs: 45 * MINUTE,
    begin: () => ({
      change: (inputs) => {
        inputs.doorOpen = true;
      },
    }),
  }),
  'door-ajar': fault('the door does not close fully, and its switch does not notice', {
    begin: (span) => ({
      change: (inputs) => {
        inputs.sealLeak += (span.strength * AJAR_FULL_WATTS) / GASKET_DIFFERENCE;
      },
    }),
  }),
  'seal-worn': fault('the gasket leaks more and more', {
    growMs: 30 * DAY,
    begin: (span) => ({
      change: (inputs, at) => {
        inputs.sealLeak += (grown(span, at) * span.strength * SEAL_FULL_WATTS) / GASKET_DIFFERENCE;
      },
    }),
  }),
  'refrigerant-leak': fault('refrigerant is lost, down to 40 %', {
    growMs: 20 * DAY,
    begin: (span) => ({
      change: (inputs, at) => {
        inputs.charge -= grown(span, at) * span.strength * (1 - LEAK_LEAVES_CHARGE);
      },
    }),
  }),
  'evaporator-frosted': fault('the defrost heater is broken and ice grows', {
    begin: (span) => ({
      change: (inputs) => {
        inputs.defrostHeats = false;
        inputs.frostRate *= span.strength;
      },
    }),
  }),
  'evaporator-fan': fault('the evaporator fan stands still', {
    begin: () => ({
      change: (inputs) => {
        inputs.fanWorks = false;
      },
    }),
  }),
  'condenser-dirty': fault('the condenser is covered in dust', {
    growMs: 30 * DAY,
    begin: (span) => ({
      change: (inputs, at) => {
        inputs.condenser -= grown(span, at) * span.strength * (1 - FOULED_CONDENSER);
      },
    }),
  }),
  'compressor-start': fault('the compressor is told to start and does not turn', {
    begin: () => ({
      change: (inputs) => {
        inputs.compressorStarts = false;
      },
    }),
  }),
  'compressor-worn': fault('the compressor turns and pumps less and less', {
    growMs: 30 * DAY,
    begin: (span) => ({
      change: (inputs, at) => {
        inputs.pumping -= grown(span, at) * span.strength * (1 - WORN_PUMPING);
      },
    }),
  }),
  'cooling-failing': fault('a refrigerant line has broken: the compressor runs and nothing gets cold', {
    growMs: 20 * MINUTE,
    begin: (span) => ({
      change: (inputs, at) => {
        inputs.charge -= grown(span, at) * span.strength * (1 - VAPOUR_ONLY);
      },
    }),
  }),
  'sensor-offset': fault('the cabinet sensor reads up to 3 K too low', {
    growMs: 10 * DAY,
    begin: (span) => ({
      change: (inputs, at) => {
        inputs.sensorOffset -= grown(span, at) * span.strength * 3;
      },
    }),
  }),
  'power-cut': fault('the appliance has no electricity', {
    lastsMs: 4 * HOUR,
    begin: () => ({
      link: 'dark',
      change: (inputs) => {
        inputs.mainsOn = false;
      },
    }),
  }),
  'appliance-silent': fault('the appliance cools and says nothing', { begin: () => ({ link: 'silent' }) }),
} as const satisfies Record<string, BehaviourKind>;

export type FaultName = keyof typeof FAULTS;
