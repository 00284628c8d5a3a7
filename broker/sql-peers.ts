// The other brokers, by way of the registry's database: news as notifications, and one row with a lease for each broker.
import { z } from 'zod';
import { Id } from '#contracts';
import { DATABASE_NOW_MS, SECOND, type Sql } from '#runtime';
import type { Arrival, Peers } from './ports.ts';

const CHANNEL = 'stethos_brokers';
const LEASE_MS = 6 * SECOND;

/** Short, so that many fit into one notification. */
const News = z.object({ b: z.string(), c: z.array(z.tuple([Id, z.number()])) });
type News = z.infer<typeof News>;

function newsOf(payload: string): News | null {
  try {
    return News.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}

/** No two brokers of a deployment share an `id`. */
export function sqlPeers(sql: Sql, { id, leaseMs = LEASE_MS }: { id: string; leaseMs?: number }): Peers {
  const tell = async (arrivals: readonly Arrival[]): Promise<void> => {
    const news: News = { b: id, c: arrivals.map((arrival) => [arrival.client, arrival.number]) };
    await sql.query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(news)]);
  };
  const enter = (): Promise<unknown[]> =>
    sql.query(
      `insert into app.broker (id, leased_until) values ($1, ${DATABASE_NOW_MS} + ${leaseMs})
       on conflict (id) do update set leased_until = excluded.leased_until`,
      [id],
    );
  return {
    leaseMs,

    async announce(clients) {
      const [row] = await sql.query<{ number: number }>("select nextval('app.broker_news')::bigint as number");
      const { number } = row!;
      await tell(clients.map((client) => ({ client, number })));
      return number;
    },

    repeat: tell,

    listen: (heard, missed) =>
      sql.listen(
        CHANNEL,
        (payload) => {
          const news = newsOf(payload);
          if (news && news.b !== id) heard(news.c.map(([client, number]) => ({ client, number })));
        },
        missed,
      ),

    async enter() {
      await enter();
    },

    async renew() {
      const rows = await sql.query(
        `update app.broker set leased_until = ${DATABASE_NOW_MS} + ${leaseMs} where id = $1 returning id`,
        [id],
      );
      if (rows.length > 0) return true;
      await enter();
      return false;
    },

    takeLost: (lost) =>
      sql.transaction(async (tx) => {
        const [row] = await tx.query<{ id: string }>(
          `delete from app.broker where id = (
             select id from app.broker where leased_until < ${DATABASE_NOW_MS} and id <> $1 limit 1 for update skip locked)
           returning id`,
          [id],
        );
        if (!row) return false;
        // Said before the row is gone for good: if this process dies in between, another one says it again.
        await lost(row.id);
        return true;
      }),

    async leave() {
      await sql.query('delete from app.broker where id = $1', [id]);
    },
  };
}
