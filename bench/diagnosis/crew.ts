// Threads that share the lives: each takes the next as soon as it is done with one.
import { Worker } from 'node:worker_threads';
import { monotonicMs } from '../ingest/monotonic.ts';
import type { LifeSpec } from './drawn-life.ts';
import type { JudgedLife } from './judged-life.ts';

const PROGRESS_EVERY_MS = 60_000;

type Crew = { specs: readonly LifeSpec[]; jobs: number; leaveOut: boolean; done: (life: JudgedLife) => void };

/** Judges all lives; one that fails ends the bench. Interrupted once, no further life is begun. */
export async function judgeAll({ specs, jobs, leaveOut, done }: Crew): Promise<void> {
  let next = 0;
  let judged = 0;
  const began = monotonicMs();
  const progress = setInterval(() => {
    const minutes = (monotonicMs() - began) / 60_000;
    const left = judged === 0 ? '' : `, about ${Math.ceil((minutes / judged) * (specs.length - judged))} min to go`;
    process.stderr.write(`${judged} of ${specs.length} lives judged in ${Math.round(minutes)} min${left}\n`);
  }, PROGRESS_EVERY_MS);
  const stop = (): void => {
    process.stderr.write(`stopped: the tables are of ${judged} lives and of those under way\n`);
    next = specs.length;
  };
  process.once('SIGINT', stop);
  const work = async (): Promise<void> => {
    const thread = new Worker(new URL('./judging-thread.ts', import.meta.url), { workerData: { leaveOut } });
    try {
      while (next < specs.length) {
        const spec = specs[next++]!;
        done(await judgedBy(thread, spec));
        judged++;
      }
    } finally {
      await thread.terminate();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, specs.length) }, work));
  } finally {
    clearInterval(progress);
    process.removeListener('SIGINT', stop);
  }
}

function judgedBy(thread: Worker, spec: LifeSpec): Promise<JudgedLife> {
  const { promise, resolve, reject } = Promise.withResolvers<JudgedLife>();
  const failed = (error: Error): void => {
    reject(new Error(`the life of seed ${spec.seed} (${spec.asked ?? 'healthy'})`, { cause: error }));
  };
  thread.once('message', resolve);
  thread.once('error', failed);
  thread.postMessage(spec);
  return promise.finally(() => thread.removeListener('error', failed));
}
