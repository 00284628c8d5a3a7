// What was measured, as rows of one table.
import type { Figure } from '../figure.ts';
import type { Round } from './contender.ts';
import type { Measured } from './measure.ts';
import { quantile, type Spread, spread } from './spread.ts';

export type Row = {
  what: string;
  unit: string;
  digits: number;
  platform: Spread | null;
  plain: Spread | null;
  /** Of platform to plain. */
  ratio: Spread | null;
};

const KILOBYTE = 1000;

const once = (value: number): Spread => ({ median: value, min: value, max: value });

/** Taken in turns, so the ratio is that of the two turns of a round. */
function inTurns(measured: Measured, of: (round: Round) => number): Pick<Row, 'platform' | 'plain' | 'ratio'> {
  const { rounds } = measured;
  return {
    platform: spread(rounds.map((round) => of(round.platform))),
    plain: spread(rounds.map((round) => of(round.plain))),
    ratio: spread(rounds.map((round) => of(round.platform) / of(round.plain))),
  };
}

const alone = (value: Spread): Pick<Row, 'platform' | 'plain' | 'ratio'> => ({
  platform: value,
  plain: null,
  ratio: null,
});

const both = (platform: number, plain: number): Pick<Row, 'platform' | 'plain' | 'ratio'> => ({
  platform: once(platform),
  plain: once(plain),
  ratio: once(platform / plain),
});

/** Threads by what they do, in the order of the flow. */
const THREADS: readonly { what: string; is: (name: string) => boolean }[] = [
  { what: 'MQTT and the log', is: (name) => name === 'MainThread' },
  { what: 'readings', is: (name) => name === 'readings' },
  { what: 'diagnosis', is: (name) => name === 'diagnosis' },
  { what: 'disk and DuckDB (thread pool)', is: (name) => name.startsWith('libuv') },
];

function threadRows(measured: Measured): Row[] {
  const rounds = measured.rounds.map((round) => round.platform.threadSecondsPer100k);
  if (rounds.every((threads) => Object.keys(threads).length === 0)) return [];
  const seconds = (is: (name: string) => boolean): Spread =>
    spread(
      rounds.map((threads) =>
        Object.entries(threads).reduce((total, [name, value]) => (is(name) ? total + value : total), 0),
      ),
    );
  const rest = (name: string): boolean => !THREADS.some((thread) => thread.is(name));
  return [...THREADS, { what: 'all other threads', is: rest }].map(({ what, is }) => ({
    what: `  of it ${what}`,
    unit: 's',
    digits: 2,
    ...alone(seconds(is)),
  }));
}

export function rowsOf(measured: Measured): Row[] {
  const { readings, pubackMs, alertMs, idleBytes } = measured;
  const accepted = inTurns(measured, (round) => round.acceptedPerSecond);
  const readingsPerSecond = spread(measured.rounds.map((round) => round.platform.acceptedPerSecond * readings));
  const finished = spread(measured.rounds.map((round) => round.platform.finishedPerSecond));
  return [
    { what: 'messages accepted (PUBACK)', unit: '/s', digits: 0, ...accepted },
    { what: 'readings accepted', unit: '/s', digits: 0, ...alone(readingsPerSecond) },
    { what: 'messages stored and diagnosed', unit: '/s', digits: 0, ...alone(finished) },
    { what: 'CPU per 100,000 messages', unit: 's', digits: 2, ...inTurns(measured, (r) => r.cpuSecondsPer100k) },
    ...threadRows(measured),
    {
      what: 'PUBLISH to PUBACK, p50',
      unit: 'ms',
      digits: 2,
      ...both(quantile(pubackMs.platform, 0.5), quantile(pubackMs.plain, 0.5)),
    },
    {
      what: 'PUBLISH to PUBACK, p99',
      unit: 'ms',
      digits: 2,
      ...both(quantile(pubackMs.platform, 0.99), quantile(pubackMs.plain, 0.99)),
    },
    { what: 'PUBLISH to alert row, p50', unit: 'ms', digits: 0, ...alone(once(quantile(alertMs, 0.5))) },
    { what: 'PUBLISH to alert row, p99', unit: 'ms', digits: 0, ...alone(once(quantile(alertMs, 0.99))) },
    {
      what: 'memory per idle connection',
      unit: 'kB',
      digits: 1,
      ...both(idleBytes.platform / KILOBYTE, idleBytes.plain / KILOBYTE),
    },
  ];
}

/** The figures that have an aim. */
export function aimedAt(measured: Measured): Figure[] {
  const { rounds, pubackMs, alertMs, idleBytes } = measured;
  const accepted = inTurns(measured, (round) => round.acceptedPerSecond);
  const cpu = spread(rounds.map((round) => round.platform.cpuSecondsPer100k)).median;
  const p99 = (times: Float64Array): number => quantile(times, 0.99);
  return [
    { what: 'messages accepted', unit: '/s', value: accepted.platform!.median, digits: 0 },
    { what: 'beside plain Aedes', unit: 'x', value: accepted.ratio!.median, digits: 2, aim: { atLeast: 1 } },
    { what: 'CPU per 100,000 messages, whole pipeline', unit: 's', value: cpu, digits: 2, aim: { atMost: 2.5 } },
    {
      what: 'PUBLISH to PUBACK at half of saturation, p99',
      unit: 'ms',
      value: p99(pubackMs.platform),
      digits: 1,
      aim: { atMost: 50 },
    },
    { what: 'PUBLISH to alert row, p99', unit: 'ms', value: p99(alertMs), digits: 0, aim: { atMost: 1000 } },
    { what: 'memory per idle connection', unit: 'kB', value: idleBytes.platform / KILOBYTE, digits: 1 },
  ];
}
