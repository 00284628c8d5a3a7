// The Jobs port on BullMQ: wakes of one sweep that wait unite; one that comes while the sweep runs leads to one more run.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type JobsOptions, Queue } from 'bullmq';
import { STAGE_OF, type Sweep, type SweepingStage, type WakeJob } from '#contracts';
import { type Clock, type Jobs, type Logger, SECOND } from '#runtime';
import { type Backend, closeInTime, type JobsConnection, Outage, openBackend, queueOf, settle } from './connection.ts';

const SILENCE_MS = 2 * SECOND;
const KEPT = { count: 100 };

/** `away`: the queue did not answer when it was asked last. */
export type OpenJobs = Jobs & AsyncDisposable & { readonly away: boolean };

type Wake = { sweep: Sweep; delayMs: number; again: boolean };

/**
 * `wake` returns at once and hands the job over behind its caller, so it neither waits for a queue that is away nor, on
 * PGlite, for a transaction that it was called in. Call it after the commit: elsewhere the sweep may come before it.
 */
export async function openJobs(deps: { connection: JobsConnection; clock: Clock; logger: Logger }): Promise<OpenJobs> {
  const backend = await openBackend(deps.connection);
  const options = { ...backend.options, streams: { events: { maxLen: 100 } } };
  const outage = new Outage(deps.logger);
  const queues = new Map<SweepingStage, Queue>();
  for (const stage of new Set(Object.values(STAGE_OF))) {
    const name = queueOf(stage);
    const queue = backend.factory ? new Queue(name, options, backend.factory) : new Queue(name, options);
    queue.on('error', (error) => outage.began(error));
    queues.set(stage, queue);
  }
  await settle(queues.get('alerts')!, backend, outage);
  return new BullmqJobs(queues, backend, deps.clock, outage);
}

class BullmqJobs implements OpenJobs {
  readonly #queues: ReadonlyMap<SweepingStage, Queue>;
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #outage: Outage;
  readonly #underWay = new Map<string, Wake>();
  // A wake belongs to no transaction, whatever called it.
  readonly #outside = AsyncLocalStorage.snapshot();

  constructor(queues: ReadonlyMap<SweepingStage, Queue>, backend: Backend, clock: Clock, outage: Outage) {
    this.#queues = queues;
    this.#backend = backend;
    this.#clock = clock;
    this.#outage = outage;
  }

  get away(): boolean {
    return this.#outage.away;
  }

  async wake(sweep: Sweep, delayMs = 0): Promise<void> {
    const key = delayMs > 0 ? `${sweep}@${Math.ceil((this.#clock.now() + delayMs) / SECOND)}` : sweep;
    const underWay = this.#underWay.get(key);
    // The job under way may already have run without seeing what this wake is about.
    if (underWay) underWay.again = true;
    else this.#outside(() => void this.#add(key, { sweep, delayMs, again: false }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = [...this.#queues.values()].map((queue) => queue.close());
    await closeInTime(Promise.all(closed), this.#backend);
  }

  async #add(key: string, wake: Wake): Promise<void> {
    this.#underWay.set(key, wake);
    const silence = setTimeout(() => this.#outage.began('no answer yet'), SILENCE_MS);
    try {
      const queue = this.#queues.get(STAGE_OF[wake.sweep])!;
      await queue.add(wake.sweep, { sweep: wake.sweep } satisfies WakeJob, optionsOf(key, wake.delayMs));
      this.#outage.over();
    } catch (error) {
      this.#outage.began(error);
    }
    clearTimeout(silence);
    this.#underWay.delete(key);
    if (wake.again) await this.#add(key, { ...wake, again: false });
  }
}

const optionsOf = (key: string, delay: number): JobsOptions => ({
  delay,
  deduplication: { id: key, keepLastIfActive: true },
  removeOnComplete: KEPT,
  removeOnFail: KEPT,
});
