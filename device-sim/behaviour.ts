// Something that happens to a simulated appliance for a time. Behaviours compose: each changes what it is about and
// leaves the rest.
import type { Opening } from './habits.ts';
import type { Inputs } from './refrigerator.ts';

/**
 * How the appliance reaches the world. `up`: publishes. `offline`: measures and keeps, sends later. `silent`: measures,
 * and nothing is kept. `dark`: without power.
 */
export type Link = 'up' | 'offline' | 'silent' | 'dark';

/** A behaviour's span, epoch ms; without an end it goes on. `strength` is 0 to 1. */
export type Span = {
  from: number;
  until: number;
  strength: number;
  /** Time from onset to full strength, for what grows. */
  growMs: number;
  seed: number;
};

export type Behaviour = {
  /** Changes what surrounds the appliance, in place, at a time within the span. `stepMs` passes until the next call. */
  change?(inputs: Inputs, at: number, stepMs: number): void;
  /** The openings of the local day that begins at `dayStart`, given those so far. */
  openings?(dayStart: number, soFar: Opening[]): Opening[];
  /** Within the span only. */
  link?: Link;
};

/** One row of what can go wrong with a refrigerator or with what it says; several faults may share a row. */
export const FAULT_CODES = [
  'F1',
  'F2',
  'F3',
  'F4',
  'F5',
  'F6',
  'F7',
  'F8',
  'F9',
  'F10',
  'F11',
  'F12',
  'X1',
  'X2',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

export type BehaviourKind = {
  about: string;
  /** `fault`: something to be found. `habit`: normal life that looks like a fault. */
  kind: 'fault' | 'habit';
  /** Of a fault. */
  code?: FaultCode;
  strength: number;
  growMs: number;
  /** How long it lasts when nobody says; null: until repaired. */
  lastsMs: number | null;
  begin(span: Span): Behaviour;
};

/** How much of a growing fault is there at a time, 0 to 1. */
export function grown(span: Span, at: number): number {
  if (at < span.from) return 0;
  return span.growMs === 0 ? 1 : Math.min(1, (at - span.from) / span.growMs);
}
