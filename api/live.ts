// Live updates: one subscription to changes for the whole process, handed to the listeners who may see what changed.

import type { Change } from '#contracts';
import { latestSince } from '#ingest';
import { may, sessionOf, type Viewer } from '#registry';
import { messageOf, onChange, SECOND } from '#runtime';
import type { ApiDeps } from './deps.ts';
import { KIND_OF_CHANGE, momentLookups, objectKinds } from './objects.ts';

/** `end` closes the connection at once. */
export type Listener = {
  viewer: Viewer;
  token: string;
  send(change: Change): void;
  beat(): void;
  end(): void;
};

// These two pace the network, not the platform, so they run on the wall clock.
const POLL_MS = SECOND;
const HEARTBEAT_MS = 15 * SECOND;
const READINGS_AT_ONCE = 5_000;

export type Live = {
  /** Call the returned function when the listener has gone. */
  listen(listener: Listener): () => void;
  stop(): Promise<void>;
};

export async function openLive(deps: Pick<ApiDeps, 'sql' | 'clock' | 'logger'>): Promise<Live> {
  const { sql, clock, logger } = deps;
  const listeners = new Set<Listener>();
  /** What changed since the last hand-out; the same thing twice counts once. */
  const waiting = new Map<string, Change>();
  let handingOut: Promise<void> | null = null;
  let timers: NodeJS.Timeout[] = [];
  let heardUntil = 0;
  let stopped = false;

  const guarded = (work: () => Promise<void>) => async () => {
    if (stopped) return;
    await work().catch((error: unknown) => logger.error({ error: messageOf(error) }, 'live updates failed'));
  };

  const handOut = guarded(async () => {
    while (waiting.size > 0) {
      const changes = [...waiting.values()];
      waiting.clear();
      const appliances = changes.filter(({ what }) => KIND_OF_CHANGE[what] === 'appliance').map(({ id }) => id);
      const kinds = objectKinds(await momentLookups(sql, appliances));
      for (const listener of listeners) {
        for (const change of changes) {
          const kind = kinds[KIND_OF_CHANGE[change.what]];
          const object = await kind.load(change.id, listener.viewer);
          if (object && may(listener.viewer, kind.read, object)) listener.send(change);
        }
      }
    }
  });

  const heard = (change: Change): void => {
    if (listeners.size === 0 || stopped) return;
    waiting.set(`${change.what} ${change.id}`, change);
    handingOut ??= handOut().finally(() => {
      handingOut = null;
    });
  };

  // A row that commits late behind a newer one is missed here and seen at the appliance's next reading.
  const poll = guarded(async () => {
    for (const { appliance, writtenAt } of await latestSince(sql, heardUntil, READINGS_AT_ONCE)) {
      heardUntil = Math.max(heardUntil, writtenAt);
      heard({ what: 'readings', id: appliance });
    }
  });

  const beat = guarded(async () => {
    for (const listener of [...listeners]) {
      const viewer = await sessionOf(sql, listener.token, clock.now());
      if (!viewer) {
        listener.end();
        continue;
      }
      listener.viewer = viewer;
      listener.beat();
    }
  });

  const rest = () => {
    timers.forEach(clearInterval);
    timers = [];
  };

  const unsubscribe = await onChange(sql, heard);
  return {
    listen(listener) {
      if (listeners.size === 0) {
        heardUntil = clock.now();
        timers = [setInterval(poll, POLL_MS), setInterval(beat, HEARTBEAT_MS)];
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) rest();
      };
    },
    async stop() {
      stopped = true;
      rest();
      for (const listener of [...listeners]) listener.end();
      listeners.clear();
      await unsubscribe();
      await handingOut;
    },
  };
}
