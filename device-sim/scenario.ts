// A scenario as data: what happens to one appliance, in milliseconds relative to the story's zero; and the truth of it.
import type { Behaviour, BehaviourKind, FaultCode, Link, Span } from './behaviour.ts';
import { FAULTS, type FaultName } from './faults.ts';
import type { Opening } from './habits.ts';
import { LOOK_ALIKES, type LookAlikeName } from './look-alikes.ts';
import type { Inputs } from './refrigerator.ts';

export type EpisodeName = FaultName | LookAlikeName;

/** Negative times lie in the past when the story begins. Without `untilMs` it lasts as long as such a thing does. */
export type Episode = {
  what: EpisodeName;
  fromMs: number;
  untilMs?: number;
  strength?: number;
  growMs?: number;
};

/** Ground truth, epoch ms. `end` is null while it goes on. */
export type Truth = {
  appliance: string;
  /** `labelled`: what a recording's label column marks. */
  fault: EpisodeName | 'labelled';
  kind: 'fault' | 'habit';
  code: FaultCode | null;
  onset: number;
  end: number | null;
  /** Time from onset to full strength, ms; 0: at once. */
  growMs: number;
  /** 0 to 1 of what such a fault comes to when nobody says otherwise. */
  strength: number;
};

export const EPISODES: Readonly<Record<EpisodeName, BehaviourKind>> = { ...FAULTS, ...LOOK_ALIKES };
export const EPISODE_NAMES = Object.keys(EPISODES) as EpisodeName[];
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
export const LOOK_ALIKE_NAMES = Object.keys(LOOK_ALIKES) as LookAlikeName[];

export const isEpisodeName = (name: string): name is EpisodeName => name in EPISODES;

type Running = { span: Span; behaviour: Behaviour };

function spanOf(episode: Episode, zero: number, seed: number): Span {
  const kind = EPISODES[episode.what];
  const from = zero + episode.fromMs;
  const lasts = kind.lastsMs === null ? Number.POSITIVE_INFINITY : from + kind.lastsMs;
  return {
    from,
    until: episode.untilMs === undefined ? lasts : zero + episode.untilMs,
    strength: episode.strength ?? kind.strength,
    growMs: episode.growMs ?? kind.growMs,
    seed,
  };
}

export type Scenario = {
  change(inputs: Inputs, at: number, stepMs: number): void;
  openings(dayStart: number, usual: Opening[]): Opening[];
  linkAt(at: number): Link;
  truth(appliance: string): Truth[];
};

const LINKS: readonly Link[] = ['up', 'offline', 'silent', 'dark'];

/** The episodes as one behaviour. `zero` is the story's zero, epoch ms. */
export function openScenario(options: { episodes: readonly Episode[]; zero: number; seed: number }): Scenario {
  const running: Running[] = options.episodes.map((episode) => {
    const span = spanOf(episode, options.zero, options.seed);
    return { span, behaviour: EPISODES[episode.what].begin(span) };
  });
  return {
    change(inputs, at, stepMs) {
      for (const { span, behaviour } of running) {
        if (at >= span.from && at < span.until) behaviour.change?.(inputs, at, stepMs);
      }
    },
    openings: (dayStart, usual) =>
      running.reduce((soFar, { behaviour }) => behaviour.openings?.(dayStart, soFar) ?? soFar, usual),
    linkAt(at) {
      let worst = 0;
      for (const { span, behaviour } of running) {
        if (at >= span.from && at < span.until) worst = Math.max(worst, LINKS.indexOf(behaviour.link ?? 'up'));
      }
      return LINKS[worst]!;
    },
    truth: (appliance) =>
      options.episodes.map((episode, i) => {
        const { span } = running[i]!;
        const end = Number.isFinite(span.until) ? span.until : null;
        const { kind, code = null } = EPISODES[episode.what];
        const { growMs, strength } = span;
        return { appliance, fault: episode.what, kind, code, onset: span.from, end, growMs, strength };
      }),
  };
}
