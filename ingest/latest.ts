// The newest value of each signal, by the time it was measured: in memory, and one row per appliance written at most every
// 10 s, less often when that would cost the database too much.
import { BrokerBody, type DecodedMessage, type Id, type LogRecord, type SignalValue } from '#contracts';
import { type Clock, keepFrom, type Lease, type LogBatch, oneAtATime, SECOND, type Sql } from '#runtime';

const WRITE_AT_MOST_EVERY_MS = 10 * SECOND;
/** A write of so many holds up the embedded database for a fraction of a second. */
const ROWS_AT_ONCE = 2_000;
/** After a write that took long, the database is left to others for so many times as long. */
const REST_FACTOR = 4;
const LONG_MS = 50;

type Signals = Record<string, { value: SignalValue; at: number }>;
type Entry = {
  connected: boolean;
  /** Where it is, or was last. */
  broker: string;
  heardAt: number | null;
  signals: Signals;
  writtenAt: number;
  /** Log position from which on it was not written yet; null when it is. */
  unwritten: number | null;
};
const CONNECTIONS: ReadonlySet<LogRecord['kind']> = new Set(['connected', 'disconnected', 'started', 'lost-broker']);
type Row = { appliance: Id; connected: boolean; broker: string; heard_at: number | null; signals: Signals };

/** What a batch of the log says about the present. */
export type Heard = { batch: LogBatch; messages: readonly DecodedMessage[] };

export type Latest = {
  connected: boolean;
  /** When the newest message was received, epoch ms. */
  heardAt: number | null;
  values: { signal: string; value: SignalValue; at: number }[];
};

// Without a prototype: a signal may have any name, also `constructor`.
const noSignals = (): Signals => Object.create(null);

/** Records of before brokers had names say none. */
function brokerOf(record: LogRecord): string {
  if (record.body.length === 0) return '';
  const parsed = BrokerBody.safeParse(JSON.parse(Buffer.from(record.body).toString('utf8')));
  return parsed.success ? parsed.data.broker : '';
}

/** Of the appliances of one partition. What was not written yet when the process ended is heard again: the log is kept from there. */
export class LatestValues {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #lease: Lease;
  readonly #alsoKeptFrom: () => number;
  readonly #entries = new Map<Id, Entry>();
  /** Those that were not written yet, the one that waits longest first. */
  #unwritten = new Map<Id, Entry>();
  readonly #writes = oneAtATime();
  #heardTo = 0;
  /** Where what is being written now begins; null while nothing is. */
  #leavingFrom: number | null = null;
  /** When the next one is due. */
  #dueAt = Number.POSITIVE_INFINITY;
  #restUntil = 0;

  /** `alsoKeptFrom`: the log is needed from there on for something else that is written with the same lease. */
  constructor(deps: { sql: Sql; clock: Clock; lease: Lease; alsoKeptFrom: () => number }) {
    this.#sql = deps.sql;
    this.#clock = deps.clock;
    this.#lease = deps.lease;
    this.#alsoKeptFrom = deps.alsoKeptFrom;
  }

  /** What lies before this log position will not be heard again. */
  goOnFrom(position: number): void {
    this.#heardTo = position;
  }

  /** Takes a batch in, and writes what is due. Hearing a batch again changes nothing. */
  async hear({ batch, messages }: Heard): Promise<void> {
    const about = batch.records.filter(({ kind, appliance }) => appliance !== '' && CONNECTIONS.has(kind));
    await this.#load(new Set([...messages, ...about].map(({ appliance }) => appliance as Id)));
    const from = batch.positions[0] ?? batch.next;
    for (const message of messages) this.#message(message, from);
    for (const record of batch.records) if (CONNECTIONS.has(record.kind)) await this.#connection(record, from);
    this.#heardTo = batch.next;
    await this.write();
  }

  /** Everything before this log position is written, or was never heard here. */
  get writtenTo(): number {
    return Math.min(this.#unwrittenFrom, this.#leavingFrom ?? Number.POSITIVE_INFINITY);
  }

  get #unwrittenFrom(): number {
    const [first] = this.#unwritten.values();
    return first?.unwritten ?? this.#heardTo;
  }

  /** Writes what changed and is due, some of it when there is much; with `all`, everything that changed. */
  write(all = false): Promise<void> {
    return this.#writes(async () => {
      let left = this.#unwritten.size;
      do {
        const now = this.#clock.now();
        if (!all && (now < this.#dueAt || performance.now() < this.#restUntil)) return;
        const due = this.#takeDue(now, all);
        if (due.length > 0) await this.#leave(due, now);
        left -= due.length;
      } while (all && left > 0);
    });
  }

  #takeDue(now: number, all: boolean): [Id, Entry][] {
    const due: [Id, Entry][] = [];
    this.#dueAt = Number.POSITIVE_INFINITY;
    for (const each of this.#unwritten) {
      const dueAt = each[1].writtenAt + WRITE_AT_MOST_EVERY_MS;
      const goes = due.length < ROWS_AT_ONCE && (all || dueAt <= now);
      if (goes) due.push(each);
      else this.#dueAt = Math.min(this.#dueAt, dueAt);
    }
    return due;
  }

  async #leave(due: readonly [Id, Entry][], now: number): Promise<void> {
    const before = due.map(([, { unwritten, writtenAt }]) => ({ unwritten, writtenAt }));
    this.#leavingFrom = Math.min(...before.map(({ unwritten }) => unwritten!));
    for (const [id, entry] of due) {
      Object.assign(entry, { unwritten: null, writtenAt: now });
      this.#unwritten.delete(id);
    }
    const began = performance.now();
    try {
      await this.#save(due, now);
    } catch (error) {
      for (const [index, [, entry]] of due.entries()) Object.assign(entry, before[index]);
      const byPlace = [...due, ...this.#unwritten].sort(([, a], [, b]) => a.unwritten! - b.unwritten!);
      this.#unwritten = new Map(byPlace);
      this.#dueAt = now;
      throw error;
    } finally {
      this.#leavingFrom = null;
      const tookMs = performance.now() - began;
      this.#restUntil = tookMs < LONG_MS ? 0 : performance.now() + tookMs * REST_FACTOR;
    }
  }

  #changed(id: Id, entry: Entry, position: number): void {
    this.#dueAt = Math.min(this.#dueAt, entry.writtenAt + WRITE_AT_MOST_EVERY_MS);
    if (entry.unwritten !== null) return;
    entry.unwritten = position;
    this.#unwritten.set(id, entry);
  }

  /** Brings in what was written before this process began. */
  async #load(appliances: ReadonlySet<Id>): Promise<void> {
    const unknown = [...appliances].filter((appliance) => !this.#entries.has(appliance));
    if (unknown.length === 0) return;
    const rows = await this.#sql.query<Row>(
      'select appliance, connected, broker, heard_at, signals from app.latest where appliance = any($1::uuid[])',
      [unknown],
    );
    for (const appliance of unknown) {
      this.#entries.set(appliance, {
        connected: false,
        broker: '',
        heardAt: null,
        signals: noSignals(),
        writtenAt: 0,
        unwritten: null,
      });
    }
    for (const row of rows) {
      const entry = this.#entries.get(row.appliance)!;
      Object.assign(entry, { connected: row.connected, broker: row.broker, heardAt: row.heard_at });
      Object.assign(entry.signals, row.signals);
    }
  }

  #message(message: DecodedMessage, position: number): void {
    const entry = this.#entries.get(message.appliance)!;
    entry.heardAt = Math.max(entry.heardAt ?? 0, message.receivedAt);
    this.#changed(message.appliance, entry, position);
    for (const moment of message.moments) {
      for (const { signal, value } of moment.readings) {
        const known = entry.signals[signal];
        if (!known || known.at <= moment.at) entry.signals[signal] = { value, at: moment.at };
      }
    }
  }

  async #connection(record: LogRecord, position: number): Promise<void> {
    const broker = brokerOf(record);
    if (record.appliance === '') return this.#allDisconnected(broker);
    const entry = this.#entries.get(record.appliance)!;
    // It may have come to another broker before the one that it left said so.
    if (record.kind === 'disconnected' && entry.broker !== broker) return;
    entry.connected = record.kind === 'connected';
    entry.broker = broker;
    entry.writtenAt = 0;
    this.#changed(record.appliance, entry, position);
  }

  /** The broker came up, or is gone: every connection it had before is gone. */
  async #allDisconnected(broker: string): Promise<void> {
    for (const entry of this.#entries.values()) if (entry.broker === broker) entry.connected = false;
    await this.#sql.query(
      `update app.latest set connected = false, written_at = $1
        where connected and broker = $2 and partition = $3`,
      [this.#clock.now(), broker, this.#lease.partition],
    );
  }

  async #save(due: readonly [Id, Entry][], now: number): Promise<void> {
    const rows = due.map(
      ([appliance, { connected, broker, heardAt, signals }]): Row => ({
        appliance,
        connected,
        broker,
        heard_at: heardAt,
        signals,
      }),
    );
    const json = JSON.stringify(rows);
    const position = this.#unwrittenFrom;
    await this.#sql.transaction(async (tx) => {
      await keepFrom(tx, this.#lease, Math.min(position, this.#alsoKeptFrom()));
      await tx.query(
        `insert into app.latest (appliance, connected, broker, heard_at, signals, written_at, partition)
         select appliance, connected, broker, heard_at, signals, $2, $3
           from jsonb_to_recordset($1::jsonb)
             as row (appliance uuid, connected boolean, broker text, heard_at bigint, signals jsonb)
         on conflict (appliance) do update set connected = excluded.connected, broker = excluded.broker,
           heard_at = excluded.heard_at, signals = excluded.signals, written_at = excluded.written_at,
           partition = excluded.partition`,
        [json, now, this.#lease.partition],
      );
    });
  }
}

export async function latestOf(sql: Sql, appliances: readonly Id[]): Promise<Map<Id, Latest>> {
  const rows = await sql.query<Row>(
    'select appliance, connected, heard_at, signals from app.latest where appliance = any($1::uuid[])',
    [appliances],
  );
  return new Map(
    rows.map((row) => [
      row.appliance,
      {
        connected: row.connected,
        heardAt: row.heard_at,
        values: Object.entries(row.signals).map(([signal, { value, at }]) => ({ signal, value, at })),
      },
    ]),
  );
}

/** Appliances whose latest values were written after `writtenAfter`, oldest first. */
export async function latestSince(
  sql: Sql,
  writtenAfter: number,
  limit: number,
): Promise<{ appliance: Id; writtenAt: number }[]> {
  return sql.query(
    'select appliance, written_at as "writtenAt" from app.latest where written_at > $1 order by written_at limit $2',
    [writtenAfter, limit],
  );
}

/** How many appliances were ever heard. */
export async function heardCount(sql: Sql, appliances: readonly Id[]): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*)::int as count from app.latest where heard_at is not null and appliance = any($1::uuid[])',
    [appliances],
  );
  return row!.count;
}
