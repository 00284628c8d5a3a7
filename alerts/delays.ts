// How long people have before the next step, in one place, each with its reason.
import type { Finding } from '#contracts';
import { HOUR, MINUTE } from '#runtime';

/** How fast an alert moves on by itself. */
export type Pace = 'improving' | 'owner' | 'sure' | 'answered' | 'unsure' | 'quiet';

/** `remind`: after the last message, once, unless somebody acknowledged. `handOver`: to service, after the pace began. */
export const PACES: Record<Pace, { remindAfterMs: number | null; handOverAfterMs: number | null; why: string }> = {
  owner: {
    remindAfterMs: 10 * MINUTE,
    handOverAfterMs: 2 * HOUR,
    why: 'A door is closed in a minute, so one reminder soon; if two hours change nothing, it was more than that.',
  },
  sure: {
    remindAfterMs: null,
    handOverAfterMs: 20 * MINUTE,
    why: 'A visit will be needed, but the owner may look first and answer our question.',
  },
  answered: {
    remindAfterMs: null,
    handOverAfterMs: 0,
    why: 'The owner has answered and the cause is still a technician’s: nothing is left to wait for.',
  },
  unsure: {
    remindAfterMs: null,
    handOverAfterMs: HOUR,
    why: 'A wrong visit costs more than an hour; the answer to our question may settle it.',
  },
  improving: {
    remindAfterMs: null,
    handOverAfterMs: null,
    why: 'The readings are on their way back by themselves; when that stops, the clocks begin anew.',
  },
  quiet: {
    remindAfterMs: null,
    handOverAfterMs: null,
    why: 'A notice, or an appliance that is only not heard from, or badly supplied: no technician mends a router or the mains.',
  },
};

/** From this probability on it is taken as known what is to be done. */
const SURE = 0.6;

/** How likely it is that the visit which the leading cause asks for is the right one: causes that need the same skill need no telling apart before it. */
const rightVisit = ({ causes }: Finding): number => {
  const [{ remedy }] = causes as [Finding['causes'][number]];
  const isSame = (other: typeof remedy): boolean =>
    other.by === 'technician' && remedy.by === 'technician' && other.skill === remedy.skill;
  return causes.reduce((sum, cause) => (isSame(cause.remedy) ? sum + cause.probability : sum), 0);
};

/** Never handed over by themselves; the owner may still ask for service. */
const NEVER_HANDED_OVER: ReadonlySet<string> = new Set(['appliance-silent', 'appliance-clock', 'mains-voltage']);

/** Between two messages about one alert, unless it becomes critical: news in between is told in one go. */
export const BETWEEN_MESSAGES_MS = 10 * MINUTE;

/** A new episode this soon after the last message about the same problem is flapping: its first message waits. */
export const FLAPPING_MS = 30 * MINUTE;

/** News that lags this far behind comes from buffered data, and the end of the episode may follow at once ... */
export const LATE_MS = 2 * MINUTE;

/** ... so its first message waits a moment. */
export const LATE_HOLD_MS = 30_000;

export function paceOf(finding: Finding): Pace {
  const top = finding.causes[0]!;
  if (finding.improving) return 'improving';
  if (finding.severity === 'notice' || NEVER_HANDED_OVER.has(finding.problem)) return 'quiet';
  if (top.remedy.by === 'owner') return 'owner';
  if (rightVisit(finding) < SURE) return 'unsure';
  return finding.answers.length > 0 ? 'answered' : 'sure';
}
