// The seeds that nobody tunes on: each use of them is written down where everybody sees it.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import type { Quality } from './measures.ts';
import type { BenchOptions } from './options.ts';
import { percent } from './tables.ts';

const PAGE = new URL('../../docs/diagnosis-quality-sealed-uses.md', import.meta.url);

const HEAD = `# Uses of the sealed seeds

\`npm run bench:diagnosis -- --sealed\` judges fleets whose seeds are used for nothing else. Each use stands here, the command
adds the line itself: a figure that was looked at often is worth less.

| date | commit | run | false / year | sudden in time | before danger | danger in 45 min | 1st | 1st two | unknown without cause | needless technician |
|---|---|---|---|---|---|---|---|---|---|---|
`;

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

export function commitName(): string {
  const changed = git('status', '--porcelain', '--', 'diagnosis-rules', 'device-sim', 'bench/diagnosis') !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' and changes' : ''}`;
}

export function sealedLine(quality: Quality, options: BenchOptions, date: string, commit: string): string {
  const cells = [
    date,
    commit,
    `${options.healthy} x ${options.healthyDays} d healthy, ${options.count} of each fault`,
    `${quality.falsePerYear.value.toFixed(3)} (${quality.falsePerYear.episodes} in ${quality.years.healthy.toFixed(0)})`,
    percent(quality.suddenRecall.value),
    percent(quality.beforeDanger.value),
    percent(quality.danger.value),
    percent(quality.causeFirst.value),
    percent(quality.causeFirstTwo.value),
    percent(quality.unknownWithoutCause),
    percent(quality.avoidableShare),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

export function noteSealedUse(line: string): void {
  if (!fs.existsSync(PAGE)) fs.writeFileSync(PAGE, HEAD);
  fs.appendFileSync(PAGE, line);
}
