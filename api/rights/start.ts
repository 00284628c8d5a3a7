// The background work of rights: exports are made, erasures are finished, and what is old enough is forgotten.
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { forgetMessages } from '#alerts';
import { Id } from '#contracts';
import { forgetNotes } from '#field-service';
import { forgetQuarantine } from '#ingest';
import {
  finishErasures,
  forgetCommands,
  forgetOld,
  forgetReportWords,
  retentionOf,
  unfinishedErasures,
} from '#registry';
import { DAY } from '#runtime';
import type { ExportDeps } from '../exports/deps.ts';
import { forgetExports, knownExports } from '../exports/records.ts';
import { runExports } from '../exports/run.ts';

export type RightsDeps = ExportDeps & {
  /** After the keys are gone: whatever else the engines must do so that no deleted byte stays on the disk. */
  scrub: () => Promise<void>;
};

export type Rights = {
  /** Returns how much was done. */
  sweep(): Promise<number>;
  /** Deletes what the rules say is kept no longer. */
  forget(): Promise<void>;
};

export function startRights(deps: RightsDeps): Rights {
  return {
    async sweep() {
      const erased = await finish(deps);
      return erased + (await runExports(deps));
    },
    forget: () => forget(deps),
  };
}

async function finish({ sql, clock, scrub, exportFolder }: RightsDeps): Promise<number> {
  const persons = await unfinishedErasures(sql);
  if (persons.length === 0) return 0;
  await dropLostFiles({ sql, exportFolder });
  await finishErasures(sql, persons, clock.now(), scrub);
  return persons.length;
}

async function forget({ sql, clock, exportFolder }: RightsDeps): Promise<void> {
  const now = clock.now();
  const days = await retentionOf(sql);
  await forgetMessages(sql, now - days.messages * DAY);
  await forgetQuarantine(sql, now - days.quarantine * DAY);
  await forgetNotes(sql, now - days['case-notes'] * DAY);
  await forgetExports(sql, { before: now - days.exports * DAY });
  await forgetCommands(sql, now - days.commands * DAY);
  await forgetReportWords(sql, now - days.reports * DAY);
  await forgetOld(sql, days, now);
  await dropLostFiles({ sql, exportFolder });
}

/** Folders of exports that are no rows any more. */
async function dropLostFiles({ sql, exportFolder }: Pick<RightsDeps, 'sql' | 'exportFolder'>): Promise<void> {
  const names = await fs.readdir(exportFolder).catch(() => [] as string[]);
  const ids = names.filter((name) => Id.safeParse(name).success);
  const known = await knownExports(sql, ids);
  for (const id of ids) {
    if (!known.has(id)) await fs.rm(path.join(exportFolder, id), { recursive: true, force: true });
  }
}
