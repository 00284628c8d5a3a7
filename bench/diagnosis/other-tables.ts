// What recorded machines and the cost of judging give, as people read it.
import type { RecordedRow } from './recordings.ts';
import type { Costs } from './report.ts';
import { duration, percent, table } from './tables.ts';

export function recordedTable(rows: readonly RecordedRow[]): string {
  if (rows.length === 0) return 'The folder holds no recorded refrigerator.';
  return table(
    ['recorded machine: days', 'days', 'labelled minutes', 'days with an alarm', 'alarms'],
    rows.map(({ unit, what, days, labelledShare, daysWithAlarm, episodes }) => [
      `${unit}: ${/^normal$/i.test(what) ? 'normal, again (each alarm is false)' : what.replaceAll('_', ' ')}`,
      days,
      percent(labelledShare),
      `${daysWithAlarm}/${days}`,
      episodes.length === 0 ? 'none' : episodes.join(', '),
    ]),
  );
}

const YEARS_ASKED = 300;
const VALUES_ASKED = YEARS_ASKED * 365.25 * 24 * 60 * 8;

export function costTable({ speed, held, judgeMs, simulateMs, run }: Costs): string {
  const count = (value: number): string => Math.round(value).toLocaleString('en');
  const judged = (VALUES_ASKED / speed.valuesPerSecond / 2) * 1_000;
  return table(
    ['cost', 'figure', 'aim'],
    [
      ['values/s through the catalogue, one core', count(speed.valuesPerSecond), 'at least 500,000'],
      ['messages/s, one core', `${count(speed.messagesPerSecond)} of ${speed.valuesPerMessage.toFixed(1)} values`, ''],
      [
        `${YEARS_ASKED} appliance-years at 1/min with 8 values, two cores, from that rate`,
        duration(judged),
        'under 2 h',
      ],
      ...held.map(({ appliances, days, bytesEach, snapshotBytesEach }) => [
        `memory per appliance, ${count(appliances)} after ${days} days`,
        `${count(bytesEach)} bytes (${count(snapshotBytesEach)} in a snapshot)`,
        'at most 4,096',
      ]),
      [
        'this run',
        `${run ? `${duration(run.wallMs)} on ${run.jobs} threads; ` : ''}processor time: judging ${duration(judgeMs)}, simulating ${duration(simulateMs)}`,
        '',
      ],
    ],
  );
}
