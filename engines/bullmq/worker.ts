// Runs sweeps as the queue's jobs ask for them.
import { type Job, Worker } from 'bullmq';
import { STAGE_OF, Sweep, type SweepingStage, WakeJob } from '#contracts';
import { type Logger, messageOf, SECOND } from '#runtime';
import { closeInTime, type JobsConnection, Outage, openBackend, queueOf, settle, within } from './connection.ts';

const LONGEST_RUN_MS = 10 * SECOND;

/**
 * Calls `run` for each wake of a sweep of these stages; different sweeps may run at the same time. A run that throws is logged and not repeated:
 * the next wake or the periodic sweep does. Disposing waits for the runs under way, at most 10 s.
 */
export async function startJobsWorker(deps: {
  connection: JobsConnection;
  stages: readonly SweepingStage[];
  run: (sweep: Sweep) => Promise<void>;
  logger: Logger;
}): Promise<AsyncDisposable> {
  const backend = await openBackend(deps.connection);
  const underWay = new Set<Promise<void>>();
  const runJob = async (job: Job<unknown>): Promise<void> => {
    const run = deps.run(WakeJob.parse(job.data).sweep);
    underWay.add(run);
    await run.finally(() => underWay.delete(run));
  };
  const outage = new Outage(deps.logger);
  const workers = deps.stages.map((stage) => {
    const options = {
      ...backend.options,
      concurrency: Sweep.options.filter((sweep) => STAGE_OF[sweep] === stage).length,
      // After a kill the job of the dead process holds back the wakes of its sweep for about this long.
      lockDuration: 10 * SECOND,
      stalledInterval: 5 * SECOND,
    };
    const name = queueOf(stage);
    const worker = backend.factory
      ? new Worker(name, runJob, options, backend.factory)
      : new Worker(name, runJob, options);
    worker.on('error', (error) => outage.began(error));
    worker.on('active', () => outage.over());
    worker.on('failed', (job, error) => {
      deps.logger.error({ sweep: job?.name, reason: messageOf(error) }, 'a sweep failed');
    });
    return worker;
  });
  if (workers[0]) await settle(workers[0], backend, outage);
  return {
    async [Symbol.asyncDispose]() {
      const closed = Promise.all(workers.map((worker) => worker.close()));
      await within(LONGEST_RUN_MS, Promise.allSettled(underWay));
      await closeInTime(closed, backend);
    },
  };
}
