// The Sql port as a process sees it that may be killed between any two statements.
import type { Sql } from '#runtime';

/** What the killed process would have felt. It must reach nobody but the harness. */
export class Killed extends Error {}

export type CrashingSql = Sql & {
  /** After so many more points (statements, and both sides of a commit) the process is dead: nothing gets through any more. */
  killAfter(points: number): void;
  /** A new process. Returns whether the old one was killed. */
  restart(): boolean;
};

/** `atDeath` runs at the point of the kill, `tx` is the transaction that is open there. */
export function crashingSql(current: () => Sql, atDeath: (tx: Sql | null) => Promise<void>): CrashingSql {
  let left = Number.POSITIVE_INFINITY;
  let dead = false;
  const point = async (tx: Sql | null): Promise<void> => {
    if (!dead && left-- > 0) return;
    if (!dead) {
      dead = true;
      await atDeath(tx);
    }
    throw new Killed('killed');
  };
  const within = (tx: Sql): Sql => ({
    query: async (text, params) => {
      await point(tx);
      return tx.query(text, params);
    },
    transaction: (work) => tx.transaction((inner) => work(within(inner))),
    listen: (channel, heard, missed) => tx.listen(channel, heard, missed),
  });
  return {
    query: async (text, params) => {
      await point(null);
      const rows = await current().query(text, params);
      await point(null);
      return rows as never;
    },
    transaction: async (work) => {
      const result = await current().transaction(async (tx) => {
        const done = await work(within(tx));
        await point(tx);
        return done;
      });
      await point(null);
      return result;
    },
    listen: (channel, heard, missed) => current().listen(channel, heard, missed),
    killAfter(points) {
      left = points;
    },
    restart() {
      const was = dead;
      dead = false;
      left = Number.POSITIVE_INFINITY;
      return was;
    },
  };
}
