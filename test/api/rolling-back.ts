// Lets a request do all it does, and undoes it: the next one meets the same world.
import type { Sql } from '#runtime';

class Undone extends Error {}

/**
 * `sql` to build the app with; `undone(work)` runs work whose every query through `sql` is rolled back afterwards. What
 * else queries through it meanwhile is rolled back too, so nothing else may run that must stay.
 */
export function rollingBack(real: Sql): { sql: Sql; undone<T>(work: () => Promise<T>): Promise<T> } {
  let current: Sql = real;
  return {
    sql: {
      query: (text, params) => current.query(text, params),
      transaction: (work) => current.transaction(work),
      listen: (channel, heard) => real.listen(channel, heard),
    },
    async undone(work) {
      let result: Awaited<ReturnType<typeof work>> | undefined;
      try {
        await real.transaction(async (tx) => {
          current = tx;
          result = await work();
          throw new Undone();
        });
      } catch (error) {
        if (!(error instanceof Undone)) throw error;
      } finally {
        current = real;
      }
      return result as Awaited<ReturnType<typeof work>>;
    },
  };
}
