// A scenario as data: what happens to one appliance, in milliseconds relative to the story's zero; and the truth of it.
import type { Behaviour, Link, Span } from './behaviour.ts';
import { FAULTS, type FaultName } from './faults.ts';
import type { Opening } from './habits.ts';
import { LOOK_ALIKES, type LookAlikeName } from './look-alikes.ts';
import type { Parameters } from './parameters.ts';
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
  onset: number;
  end: number | null;
  strength: number;
};

export const EPISODES = { ...FAULTS, ...LOOK_ALIKES };
export const EPISODE_NAMES = Object.keys(EPISODES) as EpisodeName[];
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
export const LOOK_ALIKE_NAMES = Object.keys(LOOK_ALIKES) as LookAlikeName[];

export const isEpisodeName = (name: string): name is EpisodeName => name in EPISODES;

type Running = { span: Span; behaviour: Behaviour };

function spanOf(episode: Episode, zero: number, seed: number, parameters: Parameters): Span {
  const kind = EPISODES[episode.what];
  const from = zero + episode.fromMs;
  const lasts = kind.lastsMs === null ? Number.POSITIVE_INFINITY : from + kind.lastsMs;
  return {
    from,
    until: episode.untilMs === undefined ? lasts : zero + episode.untilMs,
    strength: episode.strength ?? kind.strength,
    growMs: episode.growMs ?? kind.growMs,
    seed,
    parameters,
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
export function openScenario(options: {
  episodes: readonly Episode[];
  zero: number;
  seed: number;
  parameters: Parameters;
}): Scenario {
  const running: Running[] = options.episodes.map((episode) => {
    const span = spanOf(episode, options.zero, options.seed, options.parameters);
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
        const { kind } = EPISODES[episode.what];
        return { appliance, fault: episode.what, kind, onset: span.from, end, strength: span.strength };
      }),
  };
}
