// What the registry keeps of what diagnosis heard beside readings, as it stood in the log.
import type { CommandResultBody, Id, LogRecord, PresenceBody, ReportBody } from '#contracts';
import type { Heard } from '#diagnosis-rules';
import { answersHeard, presenceHeard, reportsHeard } from '#registry';
import { factRecord, type Sql } from '#runtime';

type Stretch = { appliance: Id; from: number; to: number };

export const heardOf =
  (sql: Sql): Heard =>
  async (stretch) => {
    const all = await Promise.all([reports(sql, stretch), rests(sql, stretch), answers(sql, stretch)]);
    return all.flat().sort((a, b) => a.at - b.at);
  };

const reports = async (sql: Sql, stretch: Stretch): Promise<LogRecord[]> =>
  (await reportsHeard(sql, stretch)).map(({ at, by, codes }) =>
    factRecord('report', at, stretch.appliance, { codes, by } satisfies ReportBody),
  );

const rests = async (sql: Sql, stretch: Stretch): Promise<LogRecord[]> =>
  (await presenceHeard(sql, stretch)).map(({ at, by, restsUntil }) =>
    factRecord('presence', at, stretch.appliance, { restsUntil, by } satisfies PresenceBody),
  );

const answers = async (sql: Sql, stretch: Stretch): Promise<LogRecord[]> =>
  (await answersHeard(sql, stretch)).map(({ id, at, result }) => {
    const payload = Buffer.from(JSON.stringify(result)).toString('base64');
    return factRecord('command-result', at, stretch.appliance, { command: id, payload } satisfies CommandResultBody);
  });
