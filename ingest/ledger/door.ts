// The door's side of the ledger: how many messages it acknowledged, by appliance and hour of receipt. Kept in memory and
// written every few seconds as totals. A door that dies unheard leaves its last seconds uncounted; the check knows.
import { type Id, type LogRecord, newId } from '#contracts';
import { type Clock, HOUR, type Logger, messageOf, oneAtATime, SECOND, type Sql } from '#runtime';
import { hourOf } from './hours.ts';

const WRITE_EVERY_MS = 10 * SECOND;

/** `unsure`: the log said no, or nothing, after it was asked: the message may stand there all the same. */
type Count = { appliance: Id; hour: number; messages: number; unsure: number; unwritten: boolean };

export type DoorCountsDeps = { sql: Sql; clock: Clock; logger: Logger; broker: string };

export class DoorCounts implements AsyncDisposable {
  readonly #deps: DoorCountsDeps;
  readonly #session = newId();
  readonly #writes = oneAtATime();
  /** Of the newest hour, by appliance: the way of nearly every message. */
  #now = new Map<Id, Count>();
  #hour = 0;
  /** Of other hours, until they are written. */
  readonly #older = new Map<string, Count>();
  #begun = 0;
  #settled = 0;
  /** What was begun before it is settled once so many are. */
  #mark: { at: number; begun: number };
  #countedTo: number;
  #stopTimer: (() => void) | undefined;

  private constructor(deps: DoorCountsDeps) {
    this.#deps = deps;
    this.#countedTo = deps.clock.now();
    this.#mark = { at: this.#countedTo, begun: 0 };
  }

  /** Begins a session. Sessions of this broker that never said their last word are over: the process that had them is gone. */
  static async open(deps: DoorCountsDeps): Promise<DoorCounts> {
    const counts = new DoorCounts(deps);
    const now = deps.clock.now();
    await deps.sql.transaction(async (tx) => {
      await tx.query(
        `update app.ledger_door_session set ended = 'lost', ended_at = $2 where broker = $1 and ended is null`,
        [deps.broker, now],
      );
      await tx.query(
        `insert into app.ledger_door_session (id, broker, opened_at, counted_to, hour_to, hour_to_at, flushed_at)
         values ($1, $2, $3, $3, $4, $3, $3)`,
        [counts.#session, deps.broker, now, hourOf(now)],
      );
    });
    counts.#stopTimer = deps.clock.every(WRITE_EVERY_MS, () => {
      counts
        .write()
        .catch((error: unknown) =>
          deps.logger.warn({ error: messageOf(error) }, 'the door could not write its counts; it goes on counting'),
        );
    });
    return counts;
  }

  /** Before the log is asked. */
  begin(): void {
    this.#begun++;
  }

  /** When the log has answered. */
  settle({ appliance, at }: Pick<LogRecord, 'appliance' | 'at'>, error: Error | null): void {
    this.#settled++;
    const count = this.#countOf(appliance, hourOf(at));
    if (error) count.unsure++;
    else count.messages++;
    count.unwritten = true;
  }

  /** Writes what changed. Everything received before the last call but one, and settled since, is counted then. */
  write(): Promise<void> {
    return this.#writes(() => this.#write(null));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopTimer?.();
    // Without a last word the check takes these counts for a lower bound, which is true.
    await this.#writes(() => this.#write(this.#settled >= this.#begun ? 'closed' : 'lost')).catch(() => {});
  }

  #countOf(appliance: Id, hour: number): Count {
    if (hour > this.#hour) this.#turnTo(hour);
    if (hour < this.#hour) return this.#olderCount(appliance, hour);
    let count = this.#now.get(appliance);
    if (count === undefined) {
      count = { appliance, hour, messages: 0, unsure: 0, unwritten: true };
      this.#now.set(appliance, count);
    }
    return count;
  }

  #turnTo(hour: number): void {
    for (const count of this.#now.values()) this.#older.set(`${count.hour} ${count.appliance}`, count);
    this.#now = new Map();
    this.#hour = hour;
  }

  #olderCount(appliance: Id, hour: number): Count {
    const key = `${hour} ${appliance}`;
    const count = this.#older.get(key) ?? { appliance, hour, messages: 0, unsure: 0, unwritten: true };
    this.#older.set(key, count);
    return count;
  }

  async #write(ended: 'closed' | 'lost' | null): Promise<void> {
    const now = this.#deps.clock.now();
    if (this.#settled >= this.#mark.begun) {
      this.#countedTo = this.#mark.at;
      this.#mark = { at: now, begun: this.#begun };
    }
    const countedTo = ended === 'closed' ? now : this.#countedTo;
    const changed = [...this.#older.values(), ...this.#now.values()].filter(({ unwritten }) => unwritten);
    for (const count of changed) count.unwritten = false;
    try {
      await this.#save(changed, { now, countedTo, ended });
    } catch (error) {
      for (const count of changed) count.unwritten = true;
      throw error;
    }
    // Nothing of these hours can come any more.
    for (const [key, { hour, unwritten }] of this.#older) {
      if (!unwritten && hour + HOUR <= countedTo) this.#older.delete(key);
    }
  }

  async #save(
    changed: readonly Count[],
    { now, countedTo, ended }: { now: number; countedTo: number; ended: string | null },
  ): Promise<void> {
    const hourTo = ended === null ? hourOf(countedTo) : hourOf(now) + HOUR;
    const rows = changed.map(({ appliance, hour, messages, unsure }) => ({ appliance, hour, messages, unsure }));
    await this.#deps.sql.transaction(async (tx) => {
      if (rows.length > 0)
        await tx.query(
          `insert into app.ledger_door (session, appliance, hour, messages, unsure)
           select $1, appliance, hour, messages, unsure
             from jsonb_to_recordset($2::jsonb) as row (appliance uuid, hour bigint, messages bigint, unsure bigint)
           on conflict (session, appliance, hour) do update
             set messages = excluded.messages, unsure = excluded.unsure`,
          [this.#session, JSON.stringify(rows)],
        );
      await tx.query(
        `update app.ledger_door_session
            set counted_to = $2, flushed_at = $3::bigint, ended = $5::text, ended_at = case when $5::text is null then null else $3::bigint end,
                hour_to_at = case when $4::bigint > hour_to then $3::bigint else hour_to_at end, hour_to = greatest(hour_to, $4::bigint)
          where id = $1`,
        [this.#session, countedTo, now, hourTo, ended],
      );
    });
  }
}
