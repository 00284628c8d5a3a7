// Which hours of which appliances have readings that are not rolled up: in memory, and in the table `due` with the readings
// that made them so.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Moment } from '#contracts';
import { HOUR } from '#runtime';
import type { NameTable } from './name-table.ts';
import type { OpenAppender } from './transaction.ts';

export type Span = { from: number; to: number };
type Mark = { hour: number; appliance: number };

export class DueHours {
  readonly #appliances = new Map<number, Set<number>>();
  #fresh: Mark[] = [];

  static async open(connection: DuckDBConnection): Promise<DueHours> {
    const due = new DueHours();
    const rows = await connection.runAndReadAll('select hour, appliance from due');
    for (const [hour, appliance] of rows.getRows()) due.#add(Number(hour), Number(appliance));
    return due;
  }

  /** Numbers of appliances must be known: call it when their readings were appended. */
  mark(moments: readonly Moment[], appliances: NameTable): void {
    for (const { appliance: id, at } of moments) {
      const hour = at - (at % HOUR);
      const appliance = appliances.numberOf(id);
      if (this.#add(hour, appliance)) this.#fresh.push({ hour, appliance });
    }
  }

  /** Part of the transaction of the readings. */
  async save(open: OpenAppender): Promise<void> {
    if (this.#fresh.length === 0) return;
    const appender = await open('due');
    for (const { hour, appliance } of this.#fresh) {
      appender.appendBigInt(BigInt(hour));
      appender.appendInteger(appliance);
      appender.endRow();
    }
    appender.closeSync();
  }

  /** After the transaction. */
  settle(committed: boolean): void {
    if (!committed) for (const { hour, appliance } of this.#fresh) this.#remove(hour, [appliance]);
    this.#fresh = [];
  }

  /** The oldest hour that is over by `closedBefore`, with the numbers of its appliances, sorted; null when there is none. */
  oldest(closedBefore: number): { hour: number; appliances: number[] } | null {
    let hour = Number.POSITIVE_INFINITY;
    for (const each of this.#appliances.keys()) hour = Math.min(hour, each);
    if (hour + HOUR > closedBefore) return null;
    return { hour, appliances: [...this.#appliances.get(hour)!].sort((a, b) => a - b) };
  }

  /** After the transaction that rolled them up. */
  done(hour: number, appliances: readonly number[]): void {
    this.#remove(hour, appliances);
  }

  /** Hours of one appliance within [from, to), oldest first; those that touch are one span. */
  spansOf(appliance: number, from: number, to: number): Span[] {
    const spans: Span[] = [];
    const hours = [...this.#appliances].filter(
      ([hour, some]) => hour + HOUR > from && hour < to && some.has(appliance),
    );
    for (const [hour] of hours.sort(([a], [b]) => a - b)) {
      const last = spans.at(-1);
      if (last?.to === hour) last.to = hour + HOUR;
      else spans.push({ from: hour, to: hour + HOUR });
    }
    return spans;
  }

  #add(hour: number, appliance: number): boolean {
    let some = this.#appliances.get(hour);
    if (!some) {
      some = new Set();
      this.#appliances.set(hour, some);
    }
    if (some.has(appliance)) return false;
    some.add(appliance);
    return true;
  }

  #remove(hour: number, appliances: readonly number[]): void {
    const some = this.#appliances.get(hour);
    for (const appliance of appliances) some?.delete(appliance);
    if (some?.size === 0) this.#appliances.delete(hour);
  }
}
