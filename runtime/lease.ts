// Where a consumer of the log goes on, and who may: one row per consumer and partition. Its owner holds it for a few
// seconds by the database's clock and renews it; whoever takes it after that gets the next epoch, and nothing that was
// begun under an older one can be committed any more.
import { DATABASE_NOW_MS } from './database-now.ts';
import { PlatformError } from './errors.ts';
import type { Migration } from './migrate.ts';
import type { Sql } from './ports.ts';
import { SECOND } from './time.ts';

export const LEASE_MS = 4 * SECOND;

const UNTIL = `${DATABASE_NOW_MS} + ${LEASE_MS}`;

export const leaseTables: readonly Migration[] = [
  {
    name: 'runtime/002-consumer',
    statements: ['create table app.consumer (name text primary key, position bigint not null)'],
  },
  {
    name: 'runtime/004-lease',
    statements: [
      `alter table app.consumer
         add column partition int not null default 0,
         add column owner text,
         add column epoch bigint not null default 0,
         add column leased_until bigint not null default 0,
         add column kept_from bigint not null default 0,
         drop constraint consumer_pkey,
         add primary key (name, partition)`,
      // Until where latest values were written stood in a row of its own.
      `insert into app.consumer (name, position, kept_from)
       select 'readings', position, position from app.consumer where name = 'latest'
       on conflict (name, partition) do update set kept_from = excluded.kept_from`,
      "delete from app.consumer where name = 'latest'",
      'create table app.member (consumer text, id text, seen_until bigint not null, primary key (consumer, id))',
    ],
  },
];

export type LeaseName = { consumer: string; partition: number };

/** What an owner holds of one partition. */
export class Lease {
  readonly consumer: string;
  readonly partition: number;
  readonly epoch: number;
  /** Committed by the owner before, or by this one at its last start: a log position. */
  readonly position: number;
  /** The log before this position was not needed here any more. */
  readonly keptFrom: number;
  readonly #endless: boolean;
  #until: number;
  #over = false;

  constructor(
    fields: LeaseName & { epoch: number; position: number; keptFrom: number; endless: boolean; from: number },
  ) {
    this.consumer = fields.consumer;
    this.partition = fields.partition;
    this.epoch = fields.epoch;
    this.position = fields.position;
    this.keptFrom = fields.keptFrom;
    this.#endless = fields.endless;
    this.#until = fields.from + LEASE_MS;
  }

  /** Another has it, or may have: what is remembered of the partition is worth nothing any more. */
  get over(): boolean {
    return this.#over;
  }

  /** It outlasts so many ms from now, whatever happens. Ask before a write that no epoch guards. */
  good(ms: number): boolean {
    return !this.#over && (this.#endless || performance.now() + ms < this.#until);
  }

  /** Renewed by a question that was asked at `from`, on the clock of this process. */
  renewed(from: number): void {
    this.#until = Math.max(this.#until, from + LEASE_MS);
  }

  end(): void {
    this.#over = true;
  }
}

const lost = ({ consumer, partition }: LeaseName): PlatformError =>
  new PlatformError('lease-lost', 'retry', `Partition ${partition} of "${consumer}" belongs to another process now.`);

/**
 * Takes the partition when its lease is over, or was this owner's before; null while another holds it. `endless`: nobody
 * else can ask, because the log is in a folder that only this process may open.
 */
export async function takeLease(
  sql: Sql,
  { consumer, partition }: LeaseName,
  { owner, endless = false }: { owner: string; endless?: boolean },
): Promise<Lease | null> {
  const from = performance.now();
  await sql.query(
    'insert into app.consumer (name, partition, position) values ($1, $2, 0) on conflict (name, partition) do nothing',
    [consumer, partition],
  );
  const [row] = await sql.query<{ epoch: number; position: number; keptFrom: number }>(
    `update app.consumer set owner = $3, epoch = epoch + 1, leased_until = ${UNTIL}
      where name = $1 and partition = $2 and (leased_until <= ${DATABASE_NOW_MS} or owner = $3 or $4)
      returning epoch, position, kept_from as "keptFrom"`,
    [consumer, partition, owner, endless],
  );
  return row ? new Lease({ consumer, partition, ...row, endless, from }) : null;
}

/**
 * Begins a transaction of results: from here to its end nobody else can take the partition. Throws `lease-lost` when
 * somebody has, and ends the lease then.
 */
export async function holding(tx: Sql, lease: Lease): Promise<void> {
  await change(tx, lease, '');
}

/** The position is part of the transaction of the results that lead to it. Guards as `holding` does. */
export async function saveCheckpoint(tx: Sql, lease: Lease, position: number): Promise<void> {
  await change(tx, lease, ', position = $4', position);
}

/** The log before `keptFrom` is not needed here any more. Guards as `holding` does. */
export async function keepFrom(tx: Sql, lease: Lease, keptFrom: number): Promise<void> {
  await change(tx, lease, ', kept_from = $4', keptFrom);
}

async function change(tx: Sql, lease: Lease, also: string, ...value: number[]): Promise<void> {
  const from = performance.now();
  const rows = await tx.query(
    `update app.consumer set leased_until = ${UNTIL}${also}
      where name = $1 and partition = $2 and epoch = $3 returning 1 as one`,
    [lease.consumer, lease.partition, lease.epoch, ...value],
  );
  if (rows.length === 0) {
    lease.end();
    throw lost(lease);
  }
  lease.renewed(from);
}

/** Renews all of one consumer's at once; ends those that another has taken. */
export async function renewLeases(sql: Sql, leases: readonly Lease[]): Promise<void> {
  if (leases.length === 0) return;
  const from = performance.now();
  const rows = await sql.query<{ partition: number }>(
    `update app.consumer c set leased_until = ${UNTIL}
       from unnest($2::int[], $3::bigint[]) as mine (partition, epoch)
      where c.name = $1 and c.partition = mine.partition and c.epoch = mine.epoch
      returning c.partition`,
    [leases[0]!.consumer, leases.map(({ partition }) => partition), leases.map(({ epoch }) => epoch)],
  );
  const held = new Set(rows.map(({ partition }) => partition));
  for (const lease of leases) {
    if (held.has(lease.partition)) lease.renewed(from);
    else lease.end();
  }
}

/** Whoever wants it next need not wait. Nothing may be written under it any more. */
export async function releaseLease(sql: Sql, lease: Lease): Promise<void> {
  lease.end();
  await sql.query(
    'update app.consumer set leased_until = 0, owner = null where name = $1 and partition = $2 and epoch = $3',
    [lease.consumer, lease.partition, lease.epoch],
  );
}

/** Says that this member is there, and asks how many are. */
export async function countMembers(sql: Sql, consumer: string, member: string): Promise<number> {
  await sql.query(
    `insert into app.member (consumer, id, seen_until) values ($1, $2, ${UNTIL})
     on conflict (consumer, id) do update set seen_until = excluded.seen_until`,
    [consumer, member],
  );
  await sql.query(`delete from app.member where consumer = $1 and seen_until < ${DATABASE_NOW_MS}`, [consumer]);
  const [row] = await sql.query<{ count: number }>(
    'select count(*)::int as count from app.member where consumer = $1',
    [consumer],
  );
  return row!.count;
}

export async function leaveMembers(sql: Sql, consumer: string, member: string): Promise<void> {
  await sql.query('delete from app.member where consumer = $1 and id = $2', [consumer, member]);
}

/** Partitions that nobody holds now. */
export async function freePartitions(sql: Sql, consumer: string, partitions: number): Promise<number[]> {
  const rows = await sql.query<{ partition: number }>(
    `select n.partition from generate_series(0, $2 - 1) as n (partition)
      where not exists (select 1 from app.consumer c
        where c.name = $1 and c.partition = n.partition and c.leased_until > ${DATABASE_NOW_MS})
      order by n.partition`,
    [consumer, partitions],
  );
  return rows.map(({ partition }) => partition);
}

/** The log of the partition before it is not needed by this consumer; 0 when it never began. */
export async function keptFrom(sql: Sql, { consumer, partition }: LeaseName): Promise<number> {
  const [row] = await sql.query<{ position: number }>(
    'select kept_from as position from app.consumer where name = $1 and partition = $2',
    [consumer, partition],
  );
  return row?.position ?? 0;
}

/** Where the log may begin: nobody needs what lies before. 0 while one of the consumers has not begun on the partition. */
export async function neededFrom(
  sql: Sql,
  consumers: readonly string[],
  partitions: number,
): Promise<{ partition: number; position: number }[]> {
  return sql.query(
    `select n.partition, coalesce(min(coalesce(c.kept_from, 0)), 0)::bigint as position
       from generate_series(0, $2 - 1) as n (partition)
       cross join unnest($1::text[]) as wanted (name)
       left join app.consumer c on c.name = wanted.name and c.partition = n.partition
      group by n.partition`,
    [consumers, partitions],
  );
}
