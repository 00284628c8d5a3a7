// The figures that have an aim, for the table of all benches. One that has no value is not among them.
import { DAY } from '#runtime';
import type { Figure } from '../figure.ts';
import type { Quality } from './measures.ts';
import type { Costs } from './report.ts';

const least = (what: string, value: number, percent: number): Figure => ({
  what: `diagnosis: ${what}`,
  unit: '%',
  value: value * 100,
  digits: 1,
  aim: { atLeast: percent },
});

const most = (what: string, unit: string, value: number, atMost: number, digits = 1): Figure => ({
  what: `diagnosis: ${what}`,
  unit,
  value,
  digits,
  aim: { atMost },
});

function costFigures({ speed, held }: Costs): Figure[] {
  const values = { what: 'diagnosis: values through the catalogue, one core', unit: '1/s', digits: 0 };
  return [
    { ...values, value: speed.valuesPerSecond, aim: { atLeast: 500_000 } },
    ...held.map(({ appliances, days, bytesEach }) =>
      most(`memory of one of ${appliances} appliances after ${days} days`, 'bytes', bytesEach, 4_096, 0),
    ),
  ];
}

export const figuresOf = (quality: Quality, costs: Costs | null): Figure[] =>
  [
    least('food danger alerted within 45 min', quality.danger.value, 99),
    least('sudden faults in time', quality.suddenRecall.value, 98),
    least('drifting faults before food danger', quality.beforeDanger.value, 90),
    most('drifting faults, median from 20 % growth', 'd', quality.driftDelayMs.value / DAY, 7),
    most('false alarm episodes', '1/year', quality.falsePerYear.value, 0.1, 3),
    least('cause first of the list', quality.causeFirst.value, 90),
    least('cause among the first two', quality.causeFirstTwo.value, 97),
    least('told unknown without its cause', quality.unknownWithoutCause, 90),
    most('technician where the owner was enough', '%', quality.avoidableShare * 100, 3),
    ...(costs ? costFigures(costs) : []),
  ].filter(({ value }) => Number.isFinite(value));
