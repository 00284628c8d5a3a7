// What people said of an appliance, as its readers see it.
import { type Id, iso, type Report, type ReportChoice, type ReportCode, type ReportReading } from '#contracts';
import { codesOf, reportMeanings } from '#diagnosis-rules';
import { type ApplianceRecord, loadModels, personById, type ReportRecord } from '#registry';
import type { Sql } from '#runtime';

type Kind = Parameters<typeof reportMeanings>[0];

/** A model that the catalogue no longer names was a refrigerator's, as in `modelView`. */
export const kindOf = ({ model }: Pick<ApplianceRecord, 'model'>): Kind =>
  loadModels().get(model)?.kind ?? 'refrigerator';

export const choicesOf = (kind: Kind): ReportChoice[] =>
  reportMeanings(kind).map(({ code, name }) => ({ code, words: name }));

/** What must be done at once by somebody who says this. */
export const safetyOf = (kind: Kind, codes: readonly ReportCode[]): ReportReading['safety'] =>
  reportMeanings(kind).flatMap(({ code, safety }) => (codes.includes(code) ? safety : []));

export function readingOf(kind: Kind, text: string): ReportReading {
  const understood = codesOf(text, kind);
  return { understood, choices: choicesOf(kind), safety: safetyOf(kind, understood) };
}

/** Words of a household that has it no more are nobody's to read. */
export async function reportViews(
  sql: Sql,
  appliance: ApplianceRecord,
  records: readonly ReportRecord[],
): Promise<Report[]> {
  const choices = new Map(choicesOf(kindOf(appliance)).map((choice) => [choice.code, choice]));
  const people = [...new Set(records.map(({ by }) => by))];
  const names = new Map(await Promise.all(people.map(async (id) => [id, await nameOf(sql, id)] as const)));
  return records.map((record) => {
    const by = names.get(record.by) ?? null;
    return {
      id: record.id,
      at: iso(record.at),
      by: by === null ? null : { id: record.by, name: by },
      text: record.household === (appliance.household?.id ?? null) ? record.words : null,
      said: record.codes.map((code) => choices.get(code) ?? { code, words: { en: code, zh: code } }),
    };
  });
}

const nameOf = async (sql: Sql, person: Id): Promise<string | null> => (await personById(sql, person))?.name ?? null;
