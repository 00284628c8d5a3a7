// Which partitions this process works on: its fair share of those there are. What a dead process held moves to the others
// when its lease is over.
import { messageOf, PlatformError } from './errors.ts';
import {
  countMembers,
  freePartitions,
  type Lease,
  leaveMembers,
  releaseLease,
  renewLeases,
  takeLease,
} from './lease.ts';
import type { Logger, Sql } from './ports.ts';
import { SECOND } from './time.ts';

/** Several times in the life of a lease: one question that is slow costs none. */
const ROUND_MS = SECOND / 2;

export type PartitionKeeperOptions<Work extends AsyncDisposable> = {
  sql: Sql;
  consumer: string;
  partitions: number;
  /** Of this process. `alone`: no other process can reach the log, so every partition is taken at once and kept. */
  member: { id: string; alone: boolean };
  logger: Logger;
  /** Told when the platform is not alone after all: another has taken a partition. Nothing is taken from the log any more. */
  intruder: (error: PlatformError) => void;
  /** Works on the partition until it is disposed; with a lease that is `over` it leaves nothing behind then. */
  open: (lease: Lease) => Promise<Work>;
};

/** One partition from the lease to its end. While its work opens or ends, the lease is renewed too. */
type Held<Work> = { lease: Lease; work: Work | null; leave: () => void; leaving: boolean; ended: Promise<void> };

export class PartitionKeeper<Work extends AsyncDisposable> implements AsyncDisposable {
  readonly #options: PartitionKeeperOptions<Work>;
  readonly #held = new Map<number, Held<Work>>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopping = false;
  #away = false;

  constructor(options: PartitionKeeperOptions<Work>) {
    this.#options = options;
  }

  /** What works now. */
  get works(): readonly Work[] {
    return [...this.#held.values()].flatMap(({ work, leaving }) => (work && !leaving ? [work] : []));
  }

  /** Alone it throws what `open` throws. Among others it goes on trying, and takes its share when it may. */
  async start(): Promise<void> {
    const { sql, consumer, partitions, member } = this.#options;
    if (!member.alone) return this.#next();
    for (let partition = 0; partition < partitions; partition++) {
      const lease = await takeLease(sql, { consumer, partition }, { owner: member.id, endless: true });
      await this.#hold(lease!);
    }
    this.#timer = setInterval(() => this.#lookForIntruder(), SECOND).unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#round;
    const all = [...this.#held.values()];
    for (const { leave } of all) leave();
    await Promise.all(all.map(({ ended }) => ended));
    const { sql, consumer, member } = this.#options;
    if (!member.alone) await leaveMembers(sql, consumer, member.id).catch(() => {});
  }

  #lookForIntruder(): void {
    if (this.#stopping || ![...this.#held.values()].some(({ lease }) => lease.over)) return;
    clearInterval(this.#timer);
    this.#options.intruder(
      new PlatformError('not-alone', 'fatal', 'Another Stethos works on this database, with a log of its own.', {
        hint: 'Give each its own database, or let them share all engines: LOG_REDIS_URL and INFLUX_URL beside DATABASE_URL.',
      }),
    );
  }

  #next(): void {
    this.#round = this.#keep().then(
      () => this.#said(null),
      (error: unknown) => this.#said(messageOf(error)),
    );
    void this.#round.then(() => {
      if (!this.#stopping) this.#timer = setTimeout(() => this.#next(), ROUND_MS).unref();
    });
  }

  /** Once when the database is away, and once when it is back. */
  #said(error: string | null): void {
    const before = this.#away;
    this.#away = error !== null;
    const { logger, consumer } = this.#options;
    if (this.#away && !before)
      logger.warn({ consumer, error }, 'cannot ask who works on which partition; trying again');
    if (before && !this.#away) logger.info({ consumer }, 'who works on which partition is known again');
  }

  async #keep(): Promise<void> {
    const { sql, consumer, partitions, member } = this.#options;
    const all = [...this.#held.values()];
    await renewLeases(
      sql,
      all.map(({ lease }) => lease),
    );
    for (const { lease, leave } of all) if (lease.over) leave();
    const share = Math.ceil(partitions / (await countMembers(sql, consumer, member.id)));
    const staying = [...this.#held.values()].filter(({ leaving }) => !leaving);
    for (const { leave } of staying.slice(share)) leave();
    const more = share - staying.length;
    if (more <= 0 || this.#stopping) return;
    const free = (await freePartitions(sql, consumer, partitions)).filter((partition) => !this.#held.has(partition));
    for (const partition of free.slice(0, more)) {
      const lease = await takeLease(sql, { consumer, partition }, { owner: member.id });
      if (lease) void this.#hold(lease).catch(() => {});
    }
  }

  /** Resolves when the work on the partition has begun. */
  async #hold(lease: Lease): Promise<void> {
    const left = Promise.withResolvers<void>();
    const opened = this.#options.open(lease);
    const held: Held<Work> = {
      lease,
      work: null,
      leaving: false,
      leave() {
        held.leaving = true;
        left.resolve();
      },
      ended: this.#workOn(lease, opened, left.promise),
    };
    this.#held.set(lease.partition, held);
    held.work = await opened;
  }

  /** Never throws. */
  async #workOn(lease: Lease, opened: Promise<Work>, left: Promise<void>): Promise<void> {
    const { sql, logger, member, consumer } = this.#options;
    const { partition, epoch } = lease;
    try {
      await using _work = await opened;
      logger.info({ consumer, partition, epoch }, 'works on a partition of the log');
      await left;
    } catch (error) {
      logger.error({ consumer, partition, error: messageOf(error) }, 'left a partition of the log with an error');
    }
    if (!lease.over && !member.alone) await releaseLease(sql, lease).catch(() => {});
    lease.end();
    this.#held.delete(partition);
  }
}
