// Everything a run has to say, as one Markdown text.
import type { Quality } from './measures.ts';
import type { BenchOptions } from './options.ts';
import { costTable, recordedTable } from './other-tables.ts';
import type { RecordedRow } from './recordings.ts';
import type { Held, Speed } from './speed.ts';
import {
  confusionTable,
  dangerTable,
  falseTable,
  faultTable,
  headlineTable,
  otherTable,
  strataTable,
} from './tables.ts';

/** Of threads that judged; null: the lives were judged before. */
export type Run = { wallMs: number; jobs: number } | null;
export type Costs = { speed: Speed; held: Held[]; judgeMs: number; simulateMs: number; run: Run };
export type Results = {
  date: string;
  commit: string;
  machine: string;
  options: BenchOptions;
  quality: Quality;
  costs: Costs | null;
  /** Null: no recordings were given. */
  recorded: RecordedRow[] | null;
};

const runOf = ({ options, quality }: Results): string => {
  const { healthy, all } = quality.years;
  const seeds = options.sealed ? 'sealed seeds' : `development seeds from ${options.seed}`;
  return `${quality.lives} lives, ${all.toFixed(0)} appliance-years, ${healthy.toFixed(0)} of them healthy with look-alikes; ${seeds}.`;
};

export function reportOf(results: Results): string {
  const { date, commit, machine, quality, costs, recorded } = results;
  const recordings =
    recorded === null
      ? 'No recordings were given (`--recordings DIR` or `STETHOS_RECORDINGS`): nothing is said about recorded life.'
      : recordedTable(recorded);
  return [
    `${date}, commit ${commit}, ${machine}. ${runOf(results)}`,
    '## Simulated fleets',
    headlineTable(quality),
    '### Each fault',
    faultTable(quality),
    '### What was said',
    confusionTable(quality),
    '### Food in danger',
    dangerTable(quality),
    '### False alarms',
    falseTable(quality),
    '### Further figures',
    otherTable(quality),
    '### Strata',
    strataTable(quality),
    '## Recorded life',
    recordings,
    ...(costs ? ['## Cost', costTable(costs)] : []),
  ].join('\n\n');
}
