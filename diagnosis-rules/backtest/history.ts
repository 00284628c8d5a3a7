// An appliance's history as what was heard: stored readings and what is kept beside them, in order of time. What is not
// kept: connections, times of receipt, and messages that were rejected.
import type { ApplianceKind, CohortBody, DecodedMessage, Id, LogRecord, Moment, NotInHistory } from '#contracts';
import { factRecord, type Sql } from '#runtime';
import type { History } from '../second-looks.ts';

export const NOT_IN_HISTORY: readonly NotInHistory[] = ['connections', 'times-of-receipt', 'rejected-messages'];

/** What other rooms keep of what diagnosis heard in [from, to), epoch ms, oldest first: reports, rests, results of tests. */
export type Heard = (query: { appliance: Id; from: number; to: number }) => Promise<LogRecord[]>;

export type HeardPiece = ({ message: DecodedMessage } | { record: LogRecord })[];

export type HistoryDeps = { sql: Sql; history: History; heard: Heard };
export type Stretch = { appliance: Id; kind: ApplianceKind; model: string; from: number; to: number };

/** What was heard in [from, to) beside readings, oldest first; it is little. */
export async function heardBeside({ sql, heard }: HistoryDeps, stretch: Stretch): Promise<LogRecord[]> {
  const records = [...(await cohortsOf(sql, stretch)), ...(await heard(stretch)), ...(await answersOf(sql, stretch))];
  return records.sort((a, b) => a.at - b.at);
}

/** In order of time; of what came at the same time, readings first. */
export function inOrder(moments: readonly Moment[], records: readonly LogRecord[], model: string): HeardPiece {
  const piece: HeardPiece = [];
  let next = 0;
  for (const moment of moments) {
    while (next < records.length && records[next]!.at < moment.at) piece.push({ record: records[next++]! });
    piece.push({ message: messageOf(moment, model) });
  }
  for (; next < records.length; next++) piece.push({ record: records[next]! });
  return piece;
}

/** Everything of the stretch at once. */
export async function readHistory(deps: HistoryDeps, stretch: Stretch): Promise<{ piece: HeardPiece }> {
  const moments = await deps.history(stretch);
  return { piece: inOrder(moments, await heardBeside(deps, stretch), stretch.model) };
}

/** Its stamp stands for the time of its receipt. */
const messageOf = (moment: Moment, model: string): DecodedMessage => ({
  appliance: moment.appliance,
  model,
  receivedAt: moment.at,
  seq: null,
  moments: [moment],
  rejected: [],
});

type Given = { problem: string; question: string; answer: string; at: number };

/** What people answered, as the findings keep it. Results of tests stand there too; they come from whoever keeps commands. */
async function answersOf(sql: Sql, { appliance, from, to }: Parameters<Heard>[0]): Promise<LogRecord[]> {
  const rows = await sql.query<Given>(
    `select distinct f.problem, a->>'question' as question, a->>'answer' as answer, (a->>'at')::float8::bigint as at
       from app.finding f, jsonb_array_elements(f.body->'answers') a
      where f.appliance = $1 and (a->>'at')::float8 >= $2 and (a->>'at')::float8 < $3
        and position('.' in a->>'question') = 0
      order by 4, 1, 2, 3`,
    [appliance, from, to],
  );
  return rows.map(({ at, ...given }) => factRecord('answer', at, appliance, { ...given, by: '' }));
}

type Cohort = CohortBody & { at: number };

/** What was usual for its model; from the beginning what was known then. */
async function cohortsOf(sql: Sql, { model, from, to }: Stretch): Promise<LogRecord[]> {
  const rows = await sql.query<Cohort>(
    `select model, at, appliances, usual from app.cohort
      where model = $1 and at < $3
        and at >= coalesce((select max(at) from app.cohort where model = $1 and at <= $2), $2)
      order by at`,
    [model, from, to],
  );
  return rows.map(({ at, ...body }) => factRecord('cohort', Math.max(at, from), '', body));
}
