// Preloaded into every thread of the platform: says how much of its heap is left after a full collection, when it is asked.
import { threadId } from 'node:worker_threads';

const CHANNEL = 'stethos-bench-heaps';
const ANSWERS_WITHIN_MS = 5_000;

export type Heap = { thread: number; bytes: number };
type Said = { ask: number } | ({ to: number } & Heap);

function ownBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The channel goes with its process: nobody else hears it. */
function answerForEver(): void {
  const channel = new BroadcastChannel(CHANNEL);
  (channel as BroadcastChannel & { unref(): void }).unref();
  channel.onmessage = ({ data }: { data: unknown }) => {
    const said = data as Said;
    if ('ask' in said) channel.postMessage({ to: said.ask, thread: threadId, bytes: ownBytes() } satisfies Said);
  };
}

/** Of `threads` threads beside this one, and of this one. */
export async function askHeaps(threads: number): Promise<Heap[]> {
  const channel = new BroadcastChannel(CHANNEL);
  const ask = Math.random();
  const heaps: Heap[] = [{ thread: threadId, bytes: ownBytes() }];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ANSWERS_WITHIN_MS);
  channel.onmessage = ({ data }: { data: unknown }) => {
    const said = data as Said;
    if (!('to' in said) || said.to !== ask || said.thread === threadId) return;
    heaps.push({ thread: said.thread, bytes: said.bytes });
    if (heaps.length > threads) resolve();
  };
  channel.postMessage({ ask } satisfies Said);
  await all;
  clearTimeout(timer);
  channel.close();
  return heaps;
}

answerForEver();
