// After a second look: problems as it left them, under the names that people know them by.
import { type Finding, type FindingChange, idOf } from '#contracts';
import type { Patient } from './patient.ts';
import type { Episode } from './problem.ts';
import type { Role } from './rule-set.ts';
import { goesOn, type Life, settleOpen } from './second-look.ts';

/** Said of it so far, by who remembers nothing but the finding. */
const rememberedBy = (open: Finding): Episode => ({
  id: open.id,
  openedAt: open.openedAt,
  severity: open.severity,
  announced: true,
  told: '',
  evidence: '',
  lookedAt: 0,
  news: true,
  // Behind every ordinal that was used before.
  changes: open.changedAt,
  openers: [],
  answers: open.answers,
});

/** The problems as the second look left them; what people know of them goes on, or is over. */
export function takeOver(appliance: Patient, life: Life, known: readonly Finding[], role: Role): FindingChange[] {
  const open = role === 'live' ? known.filter(({ state }) => state === 'open') : [];
  return Object.entries(life.patient.problems[role]).flatMap(([rule, now]) => {
    const { episode: before = null, takenOverAt = null } = appliance.problems[role][rule] ?? {};
    appliance.problems[role][rule] = now;
    const said = open.find(({ problem }) => problem === rule);
    // A replay from nothing, by rules that are new, may call it otherwise than people know it.
    const isSaid = before?.announced && (said === undefined || said.id === before.id);
    const told = isSaid ? before : said ? rememberedBy(said) : null;
    if (!told) return [];
    if (now.episode) {
      now.episode = goesOn(told, now.episode);
      // What was said when the version changed was said without history.
      if (takenOverAt !== null) now.episode.lookedAt = 0;
      return [];
    }
    return said ? [settleOpen(life, said, told.changes)] : [];
  });
}

/** Findings that no rule speaks for any more. */
export const orphans = (appliance: Patient, life: Life, known: readonly Finding[]): FindingChange[] =>
  known
    .filter(
      ({ state, problem }) =>
        state === 'open' && !appliance.problems.live[problem]?.episode && !life.patient.problems.live[problem],
    )
    .map((finding) => ({
      id: idOf(finding.id, finding.changedAt, 'orphan'),
      change: 'closed',
      finding: { ...finding, state: 'closed', closedAt: life.judgedAt, changedAt: life.judgedAt, question: null },
    }));
