// The consumer's side of the ledger: what became of each message, and how many readings the store must hold. Counted in
// memory, written every few seconds in one transaction with the position that it is counted to.
import type { DecodedMessage, Id } from '#contracts';
import { DAY, holding, keepFrom, type Lease, MINUTE, oneAtATime, SECOND, type Sql } from '#runtime';
import { FUTURE_TOLERANCE_MS } from '../checks.ts';
import { HOUR_COLUMNS, hourOf } from './hours.ts';
import { Shapes, Stamps, type Told } from './stamps.ts';

const WRITE_EVERY_MS = 10 * SECOND;
/** A write of many appliances holds up the embedded database: it is left to others for so many times as long. */
const REST_FACTOR = 50;
const WRITE_AT_LEAST_EVERY_MS = 1 * MINUTE;
/** Who has not spoken for so long is read from the database when he speaks again. */
const FORGOTTEN_AFTER_MS = 15 * MINUTE;

/** What became of the record at `position`: readings, or null when it was refused whole. `at` is its time of receipt. */
export type Outcome = {
  position: number;
  appliance: Id;
  at: number;
  kind: 'message' | 'command-result' | 'replayed';
  message: DecodedMessage | null;
};

type HourCount = Record<(typeof HOUR_COLUMNS)[number], number>;
type DayCount = Told & { newest: number };
type Entry = {
  appliance: Id;
  stamps: Stamps;
  heardAt: number;
  hours: Map<number, HourCount>;
  days: Map<number, DayCount>;
  /** Where the last message was counted: nearly always the place of the next one. */
  hourNow: number;
  hourCount: HourCount | null;
  dayNow: number;
  dayCount: DayCount | null;
  changed: boolean;
};

export type LedgerCountsDeps = {
  sql: Sql;
  lease: Lease;
  /** By how much the clocks of those who share the log may differ. */
  clocksDifferMs?: number;
  /** The log is needed from here on for something else that is written with the same lease. */
  alsoKeptFrom: () => number;
};

type Begun = { position: number; unknownTo: number };

/** Counted between two positions. */
type Addition = { hours: object[]; days: object[]; from: number; to: number; countedUntil: number };

const noHour = (): HourCount => ({
  decoded: 0,
  quarantined: 0,
  commands: 0,
  replayed: 0,
  readings: 0,
  repeated: 0,
  late: 0,
  rejected: 0,
});

export class LedgerCounts {
  readonly #deps: LedgerCountsDeps;
  readonly #shapes = new Shapes();
  readonly #entries = new Map<Id, Entry>();
  #changed: Entry[] = [];
  readonly #turn = oneAtATime();
  /** Stamps up to here may stand in the store from before the ledger began. */
  readonly #unknownTo: number;
  #heardTo: number;
  #writtenTo: number;
  #writtenAt: number;
  #tookMs = 0;
  /** Written, or not: the answer was lost. The very same is written again until it is known. */
  #leaving: Addition | null = null;
  /** What was durable at a moment; once it is counted, everything acknowledged before that moment is. */
  #goal: { at: number; end: number } | null = null;
  #countedUntil = 0;

  private constructor(deps: LedgerCountsDeps, { position, unknownTo }: Begun, now: number) {
    this.#unknownTo = unknownTo;
    this.#deps = deps;
    this.#heardTo = position;
    this.#writtenTo = position;
    this.#writtenAt = now;
  }

  /**
   * Goes on where the last transaction ended. The first time, or on a log that ends before that, it begins at `from`:
   * hours before are in no balance.
   */
  static async open(
    deps: LedgerCountsDeps,
    { from, end, now }: { from: number; end: number; now: number },
  ): Promise<LedgerCounts> {
    const begun = await deps.sql.transaction(async (tx) => {
      await holding(tx, deps.lease);
      const { partition } = deps.lease;
      const [row] = await tx.query<Begun>(
        'select position, unknown_to as "unknownTo" from app.ledger_partition where partition = $1',
        [partition],
      );
      if (row && row.position <= end) return row;
      const first: Begun = { position: from, unknownTo: end === 0 && !row ? 0 : now + FUTURE_TOLERANCE_MS };
      await tx.query(
        `insert into app.ledger_partition (partition, position, counted_until, begun_at, unknown_to)
         values ($1, $2, $3, $3, $4)
         on conflict (partition) do update
           set position = excluded.position, begun_at = excluded.begun_at, unknown_to = excluded.unknown_to`,
        [partition, first.position, now, first.unknownTo],
      );
      return first;
    });
    return new LedgerCounts(deps, begun, now);
  }

  /** Everything before this log position is counted and written. */
  get writtenTo(): number {
    return this.#writtenTo;
  }

  /** Takes in what became of a batch that ends at `next`. Hearing a batch again changes nothing. */
  hear(outcomes: readonly Outcome[], next: number): Promise<void> {
    return this.#turn(async () => {
      await this.#load(outcomes);
      for (const outcome of outcomes) if (outcome.position >= this.#heardTo) this.#count(outcome);
      this.#heardTo = Math.max(this.#heardTo, next);
      if (this.#goal && this.#heardTo >= this.#goal.end) {
        this.#countedUntil = this.#goal.at;
        this.#goal = null;
      }
    });
  }

  /** Writes when it is time. `end`: where the log ends. */
  async writeWhenDue(now: number, end: () => Promise<number>): Promise<void> {
    const restMs = Math.min(WRITE_AT_LEAST_EVERY_MS, Math.max(WRITE_EVERY_MS, REST_FACTOR * this.#tookMs));
    if (now - this.#writtenAt >= restMs) await this.write(now, end);
  }

  /** Throws when the database is away, or `lease-lost`; nothing is lost or counted twice by calling again. */
  write(now: number, end: () => Promise<number>): Promise<void> {
    return this.#turn(async () => {
      if (this.#goal === null) {
        const goal = { at: now - (this.#deps.clocksDifferMs ?? 0), end: await end() };
        if (this.#heardTo >= goal.end) this.#countedUntil = goal.at;
        else this.#goal = goal;
      }
      if (this.#leaving) await this.#save();
      this.#leaving = this.#collect();
      const begun = performance.now();
      await this.#save();
      this.#tookMs = performance.now() - begun;
      this.#writtenAt = now;
      this.#forget(now);
    });
  }

  async #load(outcomes: readonly Outcome[]): Promise<void> {
    const unknown = new Set<Id>();
    for (const { appliance } of outcomes) if (!this.#entries.has(appliance)) unknown.add(appliance);
    if (unknown.size === 0) return;
    const rows = await this.#deps.sql.query<{ appliance: Id; newest: number }>(
      'select appliance, max(newest)::bigint as newest from app.ledger_day where appliance = any($1::uuid[]) group by 1',
      [[...unknown]],
    );
    const newest = new Map(rows.map((row) => [row.appliance, row.newest]));
    for (const appliance of unknown) {
      this.#entries.set(appliance, {
        appliance,
        stamps: new Stamps(this.#shapes, newest.get(appliance) ?? this.#unknownTo),
        heardAt: 0,
        hours: new Map(),
        days: new Map(),
        hourNow: 0,
        hourCount: null,
        dayNow: 0,
        dayCount: null,
        changed: false,
      });
    }
  }

  #count({ appliance, at, kind, message }: Outcome): void {
    const entry = this.#entries.get(appliance)!;
    if (!entry.changed) {
      entry.changed = true;
      this.#changed.push(entry);
    }
    if (at > entry.heardAt) entry.heardAt = at;
    const hour = hourCountOf(entry, hourOf(at));
    if (kind === 'replayed') hour.replayed++;
    else if (message === null) hour.quarantined++;
    else if (kind === 'command-result') hour.commands++;
    else hour.decoded++;
    if (message) countReadings(entry, hour, message);
  }

  #collect(): Addition {
    const hours: object[] = [];
    const days: object[] = [];
    for (const entry of this.#changed) {
      const { appliance } = entry;
      for (const [hour, count] of entry.hours) hours.push({ appliance, hour, ...count });
      for (const [day, count] of entry.days) days.push({ appliance, day, ...count });
      entry.hours.clear();
      entry.days.clear();
      entry.hourCount = null;
      entry.dayCount = null;
      entry.changed = false;
    }
    this.#changed = [];
    return { hours, days, from: this.#writtenTo, to: this.#heardTo, countedUntil: this.#countedUntil };
  }

  #forget(now: number): void {
    for (const [appliance, { heardAt }] of this.#entries) {
      if (now - heardAt >= FORGOTTEN_AFTER_MS) this.#entries.delete(appliance);
    }
  }

  async #save(): Promise<void> {
    const { hours, days, from, to, countedUntil } = this.#leaving!;
    const { sql, lease, alsoKeptFrom } = this.#deps;
    const { partition } = lease;
    await sql.transaction(async (tx) => {
      await keepFrom(tx, lease, Math.min(to, alsoKeptFrom()));
      const [row] = await tx.query<{ position: number }>(
        'select position from app.ledger_partition where partition = $1',
        [partition],
      );
      const written = from !== to && row!.position === to;
      if (!written && hours.length > 0) await tx.query(ADD_HOURS, [JSON.stringify(hours)]);
      if (!written && days.length > 0) await tx.query(ADD_DAYS, [JSON.stringify(days)]);
      await tx.query(
        'update app.ledger_partition set position = $2, counted_until = greatest(counted_until, $3) where partition = $1',
        [partition, to, countedUntil],
      );
    });
    this.#writtenTo = to;
    this.#leaving = null;
  }
}

function hourCountOf(entry: Entry, hour: number): HourCount {
  if (entry.hourNow === hour && entry.hourCount !== null) return entry.hourCount;
  const count = entry.hours.get(hour) ?? noHour();
  entry.hours.set(hour, count);
  entry.hourNow = hour;
  entry.hourCount = count;
  return count;
}

function dayCountOf(entry: Entry, day: number, newest: number): DayCount {
  if (entry.dayNow === day && entry.dayCount !== null) return entry.dayCount;
  const count = entry.days.get(day) ?? { fresh: 0, repeated: 0, late: 0, newest };
  entry.days.set(day, count);
  entry.dayNow = day;
  entry.dayCount = count;
  return count;
}

function countReadings(entry: Entry, hour: HourCount, { moments, rejected }: DecodedMessage): void {
  for (const moment of moments) {
    const count = dayCountOf(entry, moment.at - (moment.at % DAY), moment.at);
    const { repeated, late } = count;
    entry.stamps.tell(moment, count);
    hour.readings += moment.readings.length;
    hour.repeated += count.repeated - repeated;
    hour.late += count.late - late;
    if (moment.at > count.newest) count.newest = moment.at;
  }
  hour.rejected += rejected.length;
}

const ADD_HOURS = `
  insert into app.ledger_hour as h (appliance, hour, ${HOUR_COLUMNS.join(', ')})
  select appliance, hour, ${HOUR_COLUMNS.join(', ')}
    from jsonb_to_recordset($1::jsonb)
      as row (appliance uuid, hour bigint, ${HOUR_COLUMNS.map((column) => `${column} bigint`).join(', ')})
  on conflict (hour, appliance) do update set
    ${HOUR_COLUMNS.map((column) => `${column} = h.${column} + excluded.${column}`).join(', ')}`;

const ADD_DAYS = `
  insert into app.ledger_day as d (appliance, day, fresh, late, newest)
  select appliance, day, fresh, late, newest
    from jsonb_to_recordset($1::jsonb) as row (appliance uuid, day bigint, fresh bigint, late bigint, newest bigint)
  on conflict (appliance, day) do update set
    fresh = d.fresh + excluded.fresh, late = d.late + excluded.late, newest = greatest(d.newest, excluded.newest)`;
