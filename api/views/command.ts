// A command as its readers see it: with the words of its model, and the name of who asked.
import { type Command, type Id, iso, isoOrNull, type Phrase } from '#contracts';
import { type CommandRecord, loadModels, personById } from '#registry';
import type { Sql } from '#runtime';

export async function commandViews(sql: Sql, rows: readonly CommandRecord[]): Promise<Command[]> {
  const askers = [...new Set(rows.map(({ askedBy }) => askedBy))];
  const names = new Map(await Promise.all(askers.map(async (id) => [id, await nameOf(sql, id)] as const)));
  return rows.map((row) => viewOf(row, names.get(row.askedBy) ?? ''));
}

export async function commandView(sql: Sql, row: CommandRecord): Promise<Command> {
  return viewOf(row, await nameOf(sql, row.askedBy));
}

const nameOf = async (sql: Sql, person: Id): Promise<string> => (await personById(sql, person))?.name ?? '';

/** A model may know the command no longer; its kind is then all there is to say. */
function wordsOf({ model, kind }: CommandRecord): Phrase {
  const command = loadModels()
    .get(model)
    ?.commands.find((one) => one.kind === kind);
  return command?.name ?? { en: kind, zh: kind };
}

function viewOf(row: CommandRecord, name: string): Command {
  const { id, appliance, kind, parameters, state, askedBy, result } = row;
  return {
    ...{ id, appliance, kind, parameters, state },
    name: wordsOf(row),
    by: { id: askedBy, name },
    askedAt: iso(row.askedAt),
    expiresAt: iso(row.expiresAt),
    sentAt: isoOrNull(row.sentAt),
    answeredAt: isoOrNull(row.answeredAt),
    result: result && { outcome: result.outcome, detail: result.detail ?? null, values: result.values ?? {} },
  };
}
