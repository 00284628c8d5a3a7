// Raw readings of a day become roll-ups, one for each signal and five minutes; and roll-ups become lines.
import { escape as escaped } from '@influxdata/influxdb-client';
import { type Id, ROLLUP_MS, type Rollup } from '#contracts';
import { signalOf, storedName } from './line-protocol.ts';

/** As the query gives it: of each field by time. */
export type RawRow = {
  appliance: string;
  _measurement: string;
  _field: string;
  _time: string;
  _value: number | string | null;
};

type Sum = { total: number; min: number; max: number; count: number; last: number; lastAt: number };

export const ROLLUP = 'rollup';

const seriesText = (appliance: Id, signal: string): string =>
  `${ROLLUP},appliance=${escaped.tag(appliance)},signal=${escaped.tag(storedName(signal))}`;

/** The total is kept, for means over more than one of them. */
const lineText = (series: string, at: number, { total, min, max, count, last }: Omit<Sum, 'lastAt'>): string =>
  `${series} total=${total},least=${min},most=${max},count=${count},last=${last} ${at}`;

/** One that comes from another store. */
export const rollupLine = (appliance: Id, { signal, at, mean, ...rest }: Rollup): string =>
  lineText(seriesText(appliance, signal), at, { total: mean * rest.count, ...rest });

/** Takes rows in any order of fields; what was folded is one roll-up for each appliance, signal and five minutes. */
export class RollupFold {
  readonly #sums = new Map<Id, Map<string, Map<number, Sum>>>();

  take({ appliance, _measurement, _field, _time, _value }: RawRow): void {
    // Texts have no mean.
    if (typeof _value !== 'number') return;
    const at = Date.parse(_time);
    const sum = this.#sumOf(appliance, signalOf(_measurement, _field), at - (at % ROLLUP_MS));
    sum.total += _value;
    sum.count++;
    sum.min = Math.min(sum.min, _value);
    sum.max = Math.max(sum.max, _value);
    if (at < sum.lastAt) return;
    sum.last = _value;
    sum.lastAt = at;
  }

  *rollups(): Iterable<Rollup & { appliance: Id }> {
    for (const [appliance, signals] of this.#sums)
      for (const [signal, sums] of signals)
        for (const [at, { total, min, max, count, last }] of sums)
          yield { appliance, signal, at, mean: total / count, min, max, count, last };
  }

  /** The same as line protocol, stamps in ms. */
  *lines(): Iterable<string> {
    for (const [appliance, signals] of this.#sums) {
      for (const [signal, sums] of signals) {
        const series = seriesText(appliance, signal);
        for (const [at, sum] of sums) yield lineText(series, at, sum);
      }
    }
  }

  #sumOf(appliance: Id, signal: string, at: number): Sum {
    const signals = this.#sums.get(appliance) ?? new Map<string, Map<number, Sum>>();
    this.#sums.set(appliance, signals);
    const sums = signals.get(signal) ?? new Map<number, Sum>();
    signals.set(signal, sums);
    const none = { total: 0, min: Infinity, max: -Infinity, count: 0, last: 0, lastAt: -Infinity };
    const sum = sums.get(at) ?? none;
    sums.set(at, sum);
    return sum;
  }
}
