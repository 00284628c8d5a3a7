// Webhooks under way: a sweep takes changes and sends what is due; an announced change starts one at once.
import { messageOf, onChange, oneAtATime, type Stage } from '#runtime';
import { deliverDue } from './deliver.ts';
import type { WebhooksDeps } from './deps.ts';
import { dispatchChanges } from './dispatch.ts';

export type Webhooks = Stage & {
  /** Returns how many changes it took and messages it tried. Several may run at once; a slow endpoint delays only its own messages. */
  sweep(): Promise<number>;
  /** Waits for what is under way now, sweeps included; false when there was nothing. */
  idle(): Promise<boolean>;
};

/** Stopping cuts the calls under way short; their messages are sent again later. */
export async function startWebhooks(deps: WebhooksDeps): Promise<Webhooks> {
  const stop = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const inTurn = oneAtATime();
  const noted = <T>(run: Promise<T>): Promise<T> => {
    underWay.add(run);
    return run.finally(() => underWay.delete(run));
  };
  const sweep = async (): Promise<number> => {
    const taken = await inTurn(() => dispatchChanges(deps));
    return taken + (await deliverDue(deps, stop.signal));
  };
  let queued = false;
  const soon = async (): Promise<void> => {
    const taken = await inTurn(() => {
      queued = false;
      return dispatchChanges(deps);
    });
    if (taken > 0) await deliverDue(deps, stop.signal);
  };
  const heard = (): void => {
    if (queued || stop.signal.aborted) return;
    queued = true;
    void noted(soon()).catch((error: unknown) => {
      if (!stop.signal.aborted) deps.logger.warn({ error: messageOf(error) }, 'webhooks wait for the next sweep');
    });
  };
  const unsubscribe = await onChange(deps.sql, heard);
  return {
    name: 'webhooks',
    sweep: () => (stop.signal.aborted ? Promise.resolve(0) : noted(sweep())),
    async idle() {
      const busy = underWay.size > 0;
      await Promise.allSettled(underWay);
      return busy;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await unsubscribe();
      await Promise.allSettled(underWay);
    },
  };
}
