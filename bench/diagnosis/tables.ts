// The figures as people read them: Markdown, which is also plain enough for a terminal.
import { DAY, HOUR, MINUTE } from '#runtime';
import type { Interval } from './bootstrap.ts';
import { CODES, FAULTS } from './faults.ts';
import type { Quality } from './measures.ts';
import type { PerFault } from './per-fault.ts';

type Cell = string | number;

export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const text = (line: readonly string[]): string =>
    `| ${widths.map((width, column) => (column === 0 ? (line[column] ?? '').padEnd(width) : (line[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [text(lines[0]!), rule, ...lines.slice(1).map(text)].join('\n');
}

const fixed = (value: number, digits: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');
export const percent = (value: number): string => (Number.isFinite(value) ? `${(value * 100).toFixed(1)} %` : '-');

export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '-';
  const size = Math.abs(ms);
  if (size < 2 * HOUR) return `${fixed(ms / MINUTE, 0)} min`;
  return size < 2 * DAY ? `${fixed(ms / HOUR, 1)} h` : `${fixed(ms / DAY, 1)} d`;
}

const spanned = ({ value, low, high }: Interval, say: (value: number) => string): string =>
  `${say(value)} (${say(low)} to ${say(high)})`;

const outOf = (part: number, of: number): string => (of === 0 ? '-' : `${part}/${of}`);
const spread = ({ median, p90, events }: PerFault['suddenDelayMs']): string =>
  events === 0 ? '-' : `${duration(median)} / ${duration(p90)}`;

type Aimed = { what: string; figure: string; aim: string; met: boolean | null };

function aimed(quality: Quality): Aimed[] {
  const row = (what: string, figure: string, aim: string, value: number, good: (value: number) => boolean): Aimed => ({
    what,
    figure,
    aim,
    met: Number.isFinite(value) ? good(value) : null,
  });
  const share = (what: string, of: Interval, least: number, note = '') =>
    row(what, `${spanned(of, percent)}${note}`, `at least ${least * 100} %`, of.value, (value) => value >= least);
  const { falsePerYear: falses } = quality;
  return [
    share('food danger alerted within 45 min', quality.danger, 0.99, ` of ${quality.danger.events}`),
    share('sudden faults in time', quality.suddenRecall, 0.98),
    share('drifting faults before food danger', quality.beforeDanger, 0.9),
    row(
      'drifting faults: median from 20 % growth',
      spanned(quality.driftDelayMs, duration),
      'at most 7 d',
      quality.driftDelayMs.value,
      (ms) => ms <= 7 * DAY,
    ),
    row(
      'false alarm episodes per appliance-year',
      `${spanned(falses, (value) => fixed(value, 3))}, ${falses.episodes} in ${fixed(quality.years.healthy, 1)} years; 3/T ${fixed(falses.bound, 3)}`,
      'at most 0.1',
      falses.value,
      (value) => value <= 0.1,
    ),
    share('cause first of the list', quality.causeFirst, 0.9),
    share('cause among the first two', quality.causeFirstTwo, 0.97),
    row(
      'cause taken out: told "unknown"',
      percent(quality.unknownWithoutCause),
      'at least 90 %',
      quality.unknownWithoutCause,
      (value) => value >= 0.9,
    ),
    row(
      'technician where the owner was enough',
      percent(quality.avoidableShare),
      'at most 3 %',
      quality.avoidableShare,
      (value) => value <= 0.03,
    ),
  ];
}

export function headlineTable(quality: Quality): string {
  const verdict = (met: boolean | null) => (met === null ? 'no events' : met ? 'met' : 'MISSED');
  return table(
    ['', 'figure (95 % interval)', 'aim', ''],
    aimed(quality).map(({ what, figure, aim, met }) => [what, figure, aim, verdict(met)]),
  );
}

export function faultTable(quality: Quality): string {
  return table(
    [
      'fault',
      'events',
      'found',
      'recall',
      'sudden: median / p90',
      'drift, from 20 %',
      '1st at once',
      '1st a day later',
      '1st two',
      '1st in the end',
      'owner',
      'technician',
      'silent',
      'right part',
      'without its cause: unknown',
    ],
    quality.faults.map((fault) => [
      `${fault.code} ${FAULTS[fault.code].name}`,
      `${fault.events}${fault.censored > 0 ? ` (+${fault.censored} cut off)` : ''}`,
      fault.detected,
      percent(fault.recall),
      spread(fault.suddenDelayMs),
      spread(fault.driftDelayMs),
      outOf(fault.causesAtFirst.first, fault.causesAtFirst.detected),
      outOf(fault.causes.first, fault.causes.detected),
      outOf(fault.causes.firstTwo, fault.causes.detected),
      outOf(fault.causesAtLast.first, fault.causesAtLast.detected),
      fault.told.owner,
      fault.told.technician,
      fault.told.none,
      outOf(fault.rightPart.right, fault.rightPart.of),
      `${outOf(fault.withoutCause.unknown, fault.withoutCause.detected)}${fault.withoutCause.twin > 0 ? ` (${fault.withoutCause.twin} its twin)` : ''}`,
    ]),
  );
}

export function confusionTable(quality: Quality): string {
  const said = new Set([...quality.confusion.values()].flatMap((row) => [...row.keys()]));
  const columns = [...CODES, 'unknown', 'normal', 'missed'].filter((column) => said.has(column));
  return table(
    ['it was / was said', ...columns],
    CODES.filter((code) => quality.confusion.has(code)).map((code) => [
      code,
      ...columns.map((column) => quality.confusion.get(code)!.get(column) ?? '.'),
    ]),
  );
}

export function strataTable(quality: Quality): string {
  return table(
    ['stratum', 'lives', 'events', 'recall', '1st right', 'said unknown', 'healthy years', 'false a year', '3/T'],
    quality.strata.map((stratum) => [
      `${stratum.name}: ${stratum.value}`,
      stratum.lives,
      stratum.events,
      percent(stratum.recall),
      percent(stratum.first),
      percent(stratum.unknown),
      fixed(stratum.years, 1),
      fixed(stratum.falsePerYear, 2),
      fixed(3 / stratum.years, 2),
    ]),
  );
}

export function otherTable(quality: Quality): string {
  const { dispatches, verdicts, rightPart } = quality;
  const rows: [string, string][] = [
    ['lives; appliance-years', `${quality.lives}; ${fixed(quality.years.all, 1)}`],
    ['precision of episodes', percent(quality.precision)],
    [
      'episodes by verdict',
      Object.entries(verdicts)
        .map(([verdict, count]) => `${verdict} ${count}`)
        .join(', '),
    ],
    [
      'food danger by its own thermometer, alerted within 45 min',
      `${spanned(quality.dangerShown, percent)} of ${quality.dangerShown.events}`,
    ],
    [
      'false alarms of healthy lives while ice that no fault had put there blocked the evaporator',
      outOf(quality.falseOfIce, quality.falsePerYear.episodes),
    ],
    ['food danger told as critical within 45 min', spanned(quality.dangerCritical, percent)],
    ['cause first of the list, as told first', spanned(quality.causeFirstAtOnce, percent)],
    ['cause among the first two, as told first', spanned(quality.causeFirstTwoAtOnce, percent)],
    ['right action (of found faults, macro)', percent(quality.actionRight)],
    ['right part on the first visit', outOf(rightPart.right, rightPart.of)],
    [
      'avoidable visits per 1,000 appliance-years',
      `${fixed(dispatches.avoidable, 1)} for owners' faults + ${fixed(dispatches.ofFalseAlarms, 1)} for nothing`,
    ],
    ['missed visits per 1,000 appliance-years', fixed(dispatches.missed, 1)],
  ];
  return table(['also', 'figure'], rows);
}

export const dangerTable = (quality: Quality): string =>
  quality.dangers.length === 0
    ? 'Food was never in danger.'
    : table(
        ['food in danger: what was wrong', 'times', 'alerted in 45 min', 'as critical'],
        quality.dangers.map(({ fault, dangers, alerted, critical }) => [fault, dangers, alerted, critical]),
      );

export const falseTable = (quality: Quality): string =>
  quality.falseKinds.length === 0
    ? 'No false alarm in any life.'
    : table(
        ['false alarms: cause told', 'problem', 'severity', 'meanwhile', 'episodes'],
        quality.falseKinds.map(({ cause, problem, severity, during, episodes }) => [
          cause,
          problem,
          severity,
          during,
          episodes,
        ]),
      );
