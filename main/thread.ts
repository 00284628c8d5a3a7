// Starts a thread of the platform and keeps watch: one that dies takes the process with it, because half a platform would lie.
import { type MessagePort, Worker } from 'node:worker_threads';
import type { BirpcReturn } from 'birpc';
import { messageOf } from '#runtime';
import { connect } from './threads/wire.ts';

export type ThreadName = 'readings' | 'diagnosis' | 'backtest' | 'people' | 'backup' | 'demo';
export type Thread<Offers extends object> = {
  call: BirpcReturn<Offers, object>;
  /** Lets it end its work, then ends it. */
  stop(): Promise<void>;
  /** Ends it at once, if it still runs: for a start that failed. */
  end(): Promise<void>;
};

/** Memory of the V8 heap a thread may use before it ends, and the process with it, instead of taking the machine down. */
const HEAP_MB = 1024;
/** Batches live for a moment: with room for some of them little has to be copied by the collector. */
const YOUNG_MB = 96;

/** The thread loads its code at once; it starts when it is asked to. */
export function startThread<Offers extends { stop(): Promise<void> }>(
  name: ThreadName,
  data: { main: MessagePort },
  options: { port: MessagePort; transfer: MessagePort[]; offers: object; died: (why: string) => void },
): Thread<Offers> {
  let stopping = false;
  const worker = new Worker(new URL(`./threads/${name}-thread.ts`, import.meta.url), {
    workerData: data,
    transferList: [data.main, ...options.transfer],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    name,
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.on('error', (error) => options.died(`the thread "${name}" failed: ${messageOf(error)}`));
  worker.on('exit', (code) => {
    if (!stopping) options.died(`the thread "${name}" ended with code ${code}`);
  });
  const call = connect<Offers, object>(options.port, options.offers);
  const end = async (): Promise<void> => {
    stopping = true;
    options.port.close();
    await worker.terminate();
    await ended;
  };
  return {
    call,
    async stop() {
      stopping = true;
      // One that died meanwhile never answers.
      await Promise.race([(call as unknown as { stop(): Promise<void> }).stop(), ended]);
      await end();
    },
    end,
  };
}
