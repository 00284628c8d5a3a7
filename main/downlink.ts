// Notices to appliances, wherever their connection is: in this process, or at a broker of another one.

import { z } from 'zod';
import { Id, Notice } from '#contracts';
import { type Downlink, type Logger, messageOf, type Sql } from '#runtime';

const CHANNEL = 'stethos_down';
/** A NOTIFY carries less than 8,000 bytes. */
const LONGEST_REASON = 2_000;

const Down = z.object({ appliance: Id, notice: Notice });

/** To every broker that shares the database. Best effort: what does not arrive is told in the quarantine. */
export function spreadNotices(sql: Sql, logger: Logger): Downlink {
  return {
    notify(appliance, notice) {
      const down = { appliance, notice: { ...notice, reason: notice.reason.slice(0, LONGEST_REASON) } };
      sql
        .query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(down)])
        .catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'a notice was not sent'));
    },
  };
}

/** What others spread, handed to the broker of this process. Ends with the returned function. */
export function hearNotices(sql: Sql, downlink: Downlink): Promise<() => Promise<void>> {
  return sql.listen(CHANNEL, (payload) => {
    const down = Down.parse(JSON.parse(payload));
    downlink.notify(down.appliance, down.notice);
  });
}
