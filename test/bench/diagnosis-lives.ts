// Givens for the bench of diagnosis: lives with a truth and with words that people would have been told, by the hour.
import type { Code } from '../../bench/diagnosis/faults.ts';
import type { FaultEvent, JudgedLife, Told } from '../../bench/diagnosis/judged-life.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

type Said = {
  by?: 'owner' | 'technician';
  second?: string;
  parts?: string;
  problem?: string;
  severity?: Told['severity'];
};

export const told = (hour: number, change: Told['change'], finding: string, cause: string, said: Said = {}): Told => ({
  at: hour * HOUR,
  change,
  finding,
  problem: said.problem ?? 'refrigerator-cooling',
  severity: said.severity ?? 'warning',
  causes: [
    { cause, probability: 0.8, by: said.by ?? 'technician', parts: said.parts ?? '' },
    { cause: said.second ?? 'unknown', probability: 0.2, by: 'technician', parts: '' },
  ],
});

/** An alarm from one hour to another; null: it stays open. */
export const alarm = (finding: string, from: number, until: number | null, cause: string, said: Said = {}): Told[] => [
  told(from, 'opened', finding, cause, said),
  ...(until === null ? [] : [told(until, 'closed', finding, cause, said)]),
];

export const fault = (code: Code, onsetHour: number, rest: Partial<FaultEvent> = {}): FaultEvent => ({
  code,
  name: code,
  onset: onsetHour * HOUR,
  end: null,
  growMs: 0,
  strength: 1,
  ...rest,
});

let seed = 0;
export const life = (rest: Partial<JudgedLife>): JudgedLife => ({
  seed: ++seed,
  signals: 'full',
  days: 100,
  asked: rest.faults?.[0]?.code ?? null,
  observed: { from: 0, until: 100 * DAY },
  faults: [],
  dangers: [],
  shownDangers: [],
  iced: [],
  hearsTemperature: true,
  lookAlikes: [],
  strata: { signals: 'full' },
  told: [],
  withoutCause: null,
  values: 0,
  simulateMs: 0,
  judgeMs: 0,
  ...rest,
});
