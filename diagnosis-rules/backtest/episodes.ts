// What a version said of one appliance, as episodes: from the changes of its findings to what became of each.
import type { Finding, FindingChange, Id, Severity } from '#contracts';
import { HOUR } from '#runtime';

export type FoundEpisode = {
  id: Id;
  openedAt: number;
  /** Null: still open at the end of the span. */
  closedAt: number | null;
  /** The highest that it reached. */
  severity: Severity;
  /** What led when it was said last while open. */
  cause: string;
  probability: number;
  /** It would have sent a technician. */
  visit: boolean;
};

/** A technician is sent when he is what is needed for so long without a break: what settles before needs nobody. */
const SETTLED_MS = 1 * HOUR;

const RANK: readonly Severity[] = ['notice', 'warning', 'critical'];
const higher = (a: Severity, b: Severity): Severity => (RANK.indexOf(b) > RANK.indexOf(a) ? b : a);

const needsTechnician = ({ causes, improving }: Finding): boolean =>
  causes[0]!.remedy.by === 'technician' && !improving;

type Open = FoundEpisode & { neededSince: number | null };

function note(episode: Open, finding: Finding): void {
  const { changedAt, severity, causes } = finding;
  const { cause, probability } = causes[0]!;
  settle(episode, changedAt);
  episode.severity = higher(episode.severity, severity);
  episode.cause = cause;
  episode.probability = probability;
  if (!needsTechnician(finding)) episode.neededSince = null;
  else episode.neededSince ??= changedAt;
}

function settle(episode: Open, at: number): void {
  if (episode.neededSince !== null && at - episode.neededSince >= SETTLED_MS) episode.visit = true;
}

/** Gathers changes in their order; `end` is the end of the span, epoch ms. */
export class Episodes {
  readonly #open = new Map<Id, Open>();
  readonly #over: FoundEpisode[] = [];

  add({ change, finding }: FindingChange): void {
    const { id, openedAt, severity, changedAt } = finding;
    const episode = this.#open.get(id) ?? {
      ...{ id, openedAt, closedAt: null, severity, cause: finding.causes[0]!.cause },
      ...{ probability: finding.causes[0]!.probability, visit: false, neededSince: null },
    };
    if (change === 'opened' || change === 'changed') {
      note(episode, finding);
      this.#open.set(id, episode);
      return;
    }
    this.#open.delete(id);
    if (change === 'withdrawn') return;
    const closedAt = finding.closedAt ?? changedAt;
    settle(episode, closedAt);
    this.#over.push(plain({ ...episode, closedAt }));
  }

  /** All of them, oldest first. */
  end(at: number): FoundEpisode[] {
    for (const episode of this.#open.values()) {
      settle(episode, at);
      this.#over.push(plain(episode));
    }
    this.#open.clear();
    return this.#over.sort((a, b) => a.openedAt - b.openedAt);
  }
}

const plain = ({ neededSince: _, ...episode }: Open): FoundEpisode => episode;

/** Of a finding of which only its last state is known: the cause that led then, for as long as it lasted. */
export const wouldVisit = (
  last: { remedyBy: string; improving: boolean; openedAt: number; closedAt: number | null },
  now: number,
): boolean => last.remedyBy === 'technician' && !last.improving && (last.closedAt ?? now) - last.openedAt >= SETTLED_MS;
