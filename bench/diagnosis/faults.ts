// The faults that the bench asks for, one row each: how soon an alarm is due, who has to act, with which part, and which
// causes and problems of the rules stand for it. Nothing here is read by the rules.
import { DAY, HOUR, MINUTE } from '#runtime';

export const CODES = ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10', 'F11', 'F12', 'X1', 'X2'] as const;
export type Code = (typeof CODES)[number];

type Row = {
  name: string;
  /** From the onset to the alarm, when the fault comes at once. */
  dueWithinMs: number;
  /** Counted from the end of the fault: before, nobody can hear the appliance. */
  dueAfterEnd?: true;
  act: 'owner' | 'technician';
  /** What the parts for the visit must speak of; null where none is needed. */
  part: RegExp | null;
  /** Times in a year that one appliance gets it. Our assumption: only weighs what is said per 1,000 appliance-years. */
  perYear: number;
  /** The causes that name it. */
  causes: readonly string[];
};

const row = (
  name: string,
  dueWithinMs: number,
  act: Row['act'],
  perYear: number,
  causes: readonly string[],
  rest: Partial<Pick<Row, 'dueAfterEnd' | 'part'>> = {},
): Row => ({ name, dueWithinMs, act, perYear, causes, part: null, ...rest });

// How soon: the time scale on which the fault shows. A door: makers ring after 1 to 3 minutes and the air follows within 15.
// A compressor that does not start: the air leaves its band within 1 to 3 h. A still fan, a stuck relay, a broken sensor: a
// few cycles of the thermostat. A freezer that is full rises by one to three kelvins in its first hours. Silence: a day, and two hours to be sure. Engineering knowledge, see docs/diagnosis-quality.md.
export const FAULTS: Readonly<Record<Code, Row>> = {
  F1: row('door left open', 15 * MINUTE, 'owner', 2, ['door-left-open']),
  F2: row('door ajar or seal leaking', 3 * DAY, 'owner', 0.02, ['seal-leaking'], { part: /gasket|seal/i }),
  F3: row('refrigerant leak', 12 * HOUR, 'technician', 0.01, ['refrigerant-leak'], { part: /refrigerant|drier/i }),
  F4: row('evaporator frosted', 14 * DAY, 'owner', 0.02, ['evaporator-frosted'], {
    part: /defrost|heater|bimetal/i,
  }),
  F5: row('evaporator fan', 1 * DAY, 'technician', 0.01, ['evaporator-fan'], { part: /fan/i }),
  F6: row('condenser dirty, or its fan', 2 * DAY, 'owner', 0.05, ['condenser-dirty'], { part: /fan/i }),
  F7: row('compressor does not start', 3 * HOUR, 'technician', 0.01, ['compressor-start'], {
    part: /relay|overload|capacitor|start/i,
  }),
  F8: row('compressor worn', 2 * DAY, 'technician', 0.005, ['compressor-worn'], { part: /compressor/i }),
  F9: row('power cut', 1 * HOUR, 'owner', 0.5, ['power-cut'], { dueAfterEnd: true }),
  F10: row('temperature sensor', 6 * HOUR, 'technician', 0.005, ['temperature-sensor'], {
    part: /sensor|thermistor|probe/i,
  }),
  F11: row('control board', 6 * HOUR, 'technician', 0.005, ['control-board'], { part: /board|electronic|control/i }),
  F12: row('freezer door', 6 * HOUR, 'owner', 0.5, ['freezer-door']),
  X1: row('silent', 26 * HOUR, 'owner', 0.2, [
    'switched-off',
    'home-network',
    'power-cut-area',
    'our-side',
    'appliance-module',
    'clock-not-set',
  ]),
  X2: row('mains voltage', 1 * HOUR, 'owner', 0.05, []),
};

/** What a person would notice of it; these problems speak of nothing else. */
const PROBLEM_CODES: Readonly<Record<string, Code>> = {
  'appliance-silent': 'X1',
  'appliance-clock': 'X1',
  'mains-voltage': 'X2',
};

const BY_CAUSE = new Map(CODES.flatMap((code) => FAULTS[code].causes.map((cause) => [cause, code] as const)));

/** The fault that a told cause names; null for "unknown" and for normal life. */
export const codeOf = (problem: string, cause: string): Code | null =>
  BY_CAUSE.get(cause) ?? PROBLEM_CODES[problem] ?? null;

/** A fault of the refrigerator itself; silence and the mains are judged apart. */
export const isOfCatalogue = (code: Code): boolean => code.startsWith('F');

/** Whether a finding about `problem` is about cooling. */
export const isCooling = (problem: string): boolean => PROBLEM_CODES[problem] === undefined;

/** Whether a finding about `problem` may be about this fault at all. */
export function speaksOf(problem: string, code: Code): boolean {
  const only = PROBLEM_CODES[problem];
  return only === undefined ? !code.startsWith('X') : only === code || (only === 'X1' && code === 'F9');
}

/** These two are often undecidable; they may share the first place. */
export const TWINS: readonly Code[] = ['F3', 'F8'];
