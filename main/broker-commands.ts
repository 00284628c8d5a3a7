// What the MQTT door asks the registry about commands to appliances.
import type { Commands } from '#broker';
import { appliancesWithCommands, onCommand, takeCommands } from '#registry';
import type { Clock, Sql } from '#runtime';

/** `broker` is noted with what it takes. */
export const brokerCommands = (sql: Sql, { broker, clock }: { broker: string; clock: Clock }): Commands => ({
  take: (appliances, again) => takeCommands(sql, { appliances, again, broker, now: clock.now() }),
  waiting: (after, limit) => appliancesWithCommands(sql, { after, limit, now: clock.now() }),
  listen: (heard, missed) => onCommand(sql, heard, missed),
});
