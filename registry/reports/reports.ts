// What people said of an appliance: codes for diagnosis, and their own words, which are sealed.
import { type Id, newId, type ReportCode } from '#contracts';
import { announce, type Place, PlatformError, pageOf, placeOf, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { openSealed, seal, sealIfKnown } from '../vault/vault.ts';

/** `words` null: there were none, they were erased, or are no longer kept. */
export type ReportRecord = {
  id: Id;
  appliance: Id;
  household: Id | null;
  by: Id;
  at: number;
  codes: ReportCode[];
  words: string | null;
};

type NewReport = {
  appliance: Id;
  person: Id;
  /** The words of somebody at home are his own; those that staff wrote down are the household's. */
  atHome: boolean;
  words: string;
  codes: readonly ReportCode[];
  by: Actor;
  now: number;
};

/** Throws `not-found`. */
export async function keepReport(sql: Sql, report: NewReport): Promise<Id> {
  return sql.transaction(async (tx) => {
    const [unit] = await tx.query<{ household: Id | null; organisation: Id }>(
      'select household, organisation from app.appliance where id = $1 for share',
      [report.appliance],
    );
    if (!unit) throw new PlatformError('not-found', 'reject', 'There is no such thing here.');
    const id = newId();
    const words = await sealedWords(tx, report, unit.household);
    await tx.query(
      `insert into app.appliance_report (id, appliance, household, by, at, codes, words_key, words_sealed)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[id, report.appliance, unit.household, report.person, report.now, JSON.stringify(report.codes)],
        ...[words?.key ?? null, words?.sealed ?? null],
      ],
    );
    await audit(tx, {
      now: report.now,
      by: report.by,
      action: 'appliance.reported',
      object: { kind: 'appliance', id: report.appliance },
      organisation: unit.organisation,
      detail: { codes: report.codes },
    });
    await announce(tx, { what: 'appliance', id: report.appliance });
    return id;
  });
}

/** Null without words, and where the key is gone: a new one would make what was erased readable again. */
async function sealedWords(
  tx: Sql,
  { appliance, person, atHome, words }: NewReport,
  household: Id | null,
): Promise<{ key: Id; sealed: string } | null> {
  if (words === '') return null;
  const key = atHome ? person : (household ?? appliance);
  const sealed = key === appliance ? await seal(tx, key, words) : await sealIfKnown(tx, key, words);
  return sealed === null ? null : { key, sealed };
}

type Row = Omit<ReportRecord, 'words'> & { wordsKey: Id | null; wordsSealed: string | null };

/** Newest first; about one appliance or by one person, said since `since`. Throws `bad-cursor`. */
export async function listReports(
  sql: Sql,
  ask: { appliance?: Id; by?: Id; since: number; cursor: string | null; limit: number },
): Promise<{ items: ReportRecord[]; next: string | null }> {
  const after: Place | null = ask.cursor === null ? null : placeOf(ask.cursor);
  const rows = await sql.query<Row>(
    `select id, appliance, household, by, at, codes, words_key as "wordsKey", words_sealed as "wordsSealed"
       from app.appliance_report
      where ($1::uuid is null or appliance = $1::uuid) and ($6::uuid is null or by = $6::uuid) and at >= $2
        and ($3::bigint is null or (at, id) < ($3::bigint, $4::uuid))
      order by at desc, id desc limit $5`,
    [ask.appliance ?? null, ask.since, after?.at ?? null, after?.id ?? null, ask.limit + 1, ask.by ?? null],
  );
  const page = pageOf(rows, ask.limit, ({ at, id }) => ({ at, id }));
  return { items: await Promise.all(page.items.map((row) => opened(sql, row))), next: page.next };
}

const opened = async (sql: Sql, { wordsKey, wordsSealed, ...row }: Row): Promise<ReportRecord> => ({
  ...row,
  words: wordsKey === null ? null : await openSealed(sql, wordsKey, wordsSealed),
});

export type SaidOf = { at: number; by: Id; codes: ReportCode[] };

/** The codes alone, oldest first: what diagnosis heard in [from, to), epoch ms. */
export async function reportsHeard(
  sql: Sql,
  { appliance, from, to }: { appliance: Id; from: number; to: number },
): Promise<SaidOf[]> {
  return sql.query<SaidOf>(
    `select at, by, codes from app.appliance_report
      where appliance = $1 and at >= $2 and at < $3 and codes <> '[]'::jsonb order by at, id`,
    [appliance, from, to],
  );
}

/** The words go, the codes stay. Returns how many. */
export async function forgetReportWords(sql: Sql, before: number): Promise<number> {
  const rows = await sql.query(
    `update app.appliance_report set words_key = null, words_sealed = null
      where at < $1 and words_sealed is not null returning 1 as one`,
    [before],
  );
  return rows.length;
}

/** What was sealed for these subjects goes with their keys. Part of their erasure. */
export async function forgetReportWordsOf(tx: Sql, subjects: readonly Id[]): Promise<void> {
  await tx.query(
    'update app.appliance_report set words_key = null, words_sealed = null where words_key = any($1::uuid[])',
    [subjects],
  );
}
