// The newest value of each signal, by the time it was measured: in memory, and one row per appliance written at most every 10 s.
import type { DecodedMessage, Id, SignalValue } from '#contracts';
import { type Clock, SECOND, type Sql } from '#runtime';

const WRITE_AT_MOST_EVERY_MS = 10 * SECOND;

type Signals = Record<string, { value: SignalValue; at: number }>;
type Entry = { connected: boolean; heardAt: number | null; signals: Signals; writtenAt: number; dirty: boolean };
type Row = { appliance: Id; connected: boolean; heard_at: number | null; signals: Signals };

export type Latest = {
  connected: boolean;
  /** When the newest message was received, epoch ms. */
  heardAt: number | null;
  values: { signal: string; value: SignalValue; at: number }[];
};

// Without a prototype: a signal may have any name, also `constructor`.
const noSignals = (): Signals => Object.create(null);

export class LatestValues {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #entries = new Map<Id, Entry>();

  constructor(deps: { sql: Sql; clock: Clock }) {
    this.#sql = deps.sql;
    this.#clock = deps.clock;
  }

  /** Call before `hear` and `connection` of these appliances: brings in what was written before this process began. */
  async load(appliances: ReadonlySet<Id>): Promise<void> {
    const unknown = [...appliances].filter((appliance) => !this.#entries.has(appliance));
    if (unknown.length === 0) return;
    const rows = await this.#sql.query<Row>(
      'select appliance, connected, heard_at, signals from app.latest where appliance = any($1::uuid[])',
      [unknown],
    );
    for (const appliance of unknown) {
      this.#entries.set(appliance, {
        connected: false,
        heardAt: null,
        signals: noSignals(),
        writtenAt: 0,
        dirty: false,
      });
    }
    for (const row of rows) {
      const entry = this.#entries.get(row.appliance)!;
      Object.assign(entry, { connected: row.connected, heardAt: row.heard_at });
      Object.assign(entry.signals, row.signals);
    }
  }

  hear(message: DecodedMessage): void {
    const entry = this.#entries.get(message.appliance)!;
    entry.heardAt = Math.max(entry.heardAt ?? 0, message.receivedAt);
    entry.dirty = true;
    for (const moment of message.moments) {
      for (const { signal, value } of moment.readings) {
        const known = entry.signals[signal];
        if (!known || known.at <= moment.at) entry.signals[signal] = { value, at: moment.at };
      }
    }
  }

  connection(appliance: Id, connected: boolean): void {
    const entry = this.#entries.get(appliance)!;
    entry.connected = connected;
    entry.dirty = true;
    entry.writtenAt = 0;
  }

  /** The broker came up: every connection it had before is gone. */
  async allDisconnected(): Promise<void> {
    for (const entry of this.#entries.values()) entry.connected = false;
    await this.#sql.query('update app.latest set connected = false, written_at = $1 where connected', [
      this.#clock.now(),
    ]);
  }

  /** Writes what changed and is due; with `all`, everything that changed. */
  async write(all = false): Promise<void> {
    const now = this.#clock.now();
    const due: [Id, Entry][] = [];
    for (const [appliance, entry] of this.#entries) {
      if (!entry.dirty || (!all && now - entry.writtenAt < WRITE_AT_MOST_EVERY_MS)) continue;
      due.push([appliance, entry]);
      entry.dirty = false;
      entry.writtenAt = now;
    }
    if (due.length === 0) return;
    try {
      await this.#save(due, now);
    } catch (error) {
      for (const [, entry] of due) Object.assign(entry, { dirty: true, writtenAt: 0 });
      throw error;
    }
  }

  async #save(due: readonly [Id, Entry][], now: number): Promise<void> {
    const rows = due.map(
      ([appliance, { connected, heardAt, signals }]): Row => ({ appliance, connected, heard_at: heardAt, signals }),
    );
    await this.#sql.query(
      `insert into app.latest (appliance, connected, heard_at, signals, written_at)
       select appliance, connected, heard_at, signals, $2
         from jsonb_to_recordset($1::jsonb) as row (appliance uuid, connected boolean, heard_at bigint, signals jsonb)
       on conflict (appliance) do update set connected = excluded.connected, heard_at = excluded.heard_at,
         signals = excluded.signals, written_at = excluded.written_at`,
      [JSON.stringify(rows), now],
    );
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
export async function heardCount(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*)::int as count from app.latest where heard_at is not null',
  );
  return row!.count;
}
