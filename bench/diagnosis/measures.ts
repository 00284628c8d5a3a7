// The figures, from judged lives. Pure: the same lives give the same figures.
import { type Interval, interval, ruleOfThree } from './bootstrap.ts';
import { type DangerOf, dangerShare, dangersOf } from './dangers.ts';
import { type Dispatches, dispatchesOf } from './dispatches.ts';
import { type FalseKind, falseKinds, falseRate, isOfIce, yearsOf } from './false-alarms.ts';
import { CODES, FAULTS, isOfCatalogue } from './faults.ts';
import type { JudgedLife } from './judged-life.ts';
import { type Scored, scoreLife } from './matching.ts';
import { type PerFault, perFault } from './per-fault.ts';
import { beforeDanger, driftDelay, matchesOf, suddenRecall } from './recall.ts';
import { macro, share } from './shares.ts';
import { type Stratum, strataOf } from './strata.ts';
import { type Confusion, causeShare, confusionOf } from './told-causes.ts';

export type Quality = {
  lives: number;
  years: { healthy: number; all: number };
  faults: PerFault[];
  suddenRecall: Interval;
  beforeDanger: Interval;
  driftDelayMs: Interval;
  danger: Interval & { events: number };
  /** By what the appliances' own thermometers show. */
  dangerShown: Interval & { events: number };
  dangerCritical: Interval;
  dangers: DangerOf[];
  falsePerYear: Interval & { episodes: number; bound: number };
  falseKinds: FalseKind[];
  /** Of the false ones of healthy lives. */
  falseOfIce: number;
  /** Before the onset of a fault, and where none was asked for. */
  precision: number;
  verdicts: Record<string, number>;
  causeFirst: Interval;
  causeFirstTwo: Interval;
  causeFirstAtOnce: Interval;
  causeFirstTwoAtOnce: Interval;
  /** Macro-averaged, each fault without its cause. */
  unknownWithoutCause: number;
  /** Of detected faults for which the owner's action was enough. */
  avoidableShare: number;
  actionRight: number;
  rightPart: { right: number; of: number };
  confusion: Confusion;
  dispatches: Dispatches;
  strata: Stratum[];
};

const isFull = ({ life }: Scored): boolean => (life.strata.signals ?? 'full') === 'full';

export function measure(lives: readonly JudgedLife[]): Quality {
  const scored = lives.map((life) => scoreLife(life));
  const full = scored.filter(isFull);
  const healthy = scored.filter(({ life }) => life.asked === null);
  const felt = scored.filter(({ life }) => life.dangers.length > 0 && life.hearsTemperature);
  const shown = scored.filter(({ life }) => life.shownDangers.length > 0);
  const faults = CODES.map((code) => perFault(code, full)).filter(({ events, censored }) => events + censored > 0);
  const owner = faults.filter(({ code }) => FAULTS[code].act === 'owner');
  const sum = (of: readonly PerFault[], part: (fault: PerFault) => number) =>
    of.reduce((total, fault) => total + part(fault), 0);
  const verdicts: Record<string, number> = {};
  for (const { verdict } of scored.flatMap(({ episodes }) => episodes))
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const episodes = Object.values(verdicts).reduce((total, n) => total + n, 0);
  const falses = healthy.flatMap(({ life, episodes }) =>
    episodes.filter(({ verdict }) => verdict === 'false').map(({ episode }) => ({ life, at: episode.start })),
  );
  const years = yearsOf(healthy.map(({ life }) => life));
  return {
    lives: lives.length,
    years: { healthy: years, all: yearsOf(lives) },
    faults,
    suddenRecall: interval(full, suddenRecall),
    beforeDanger: interval(full, beforeDanger),
    driftDelayMs: interval(full, driftDelay),
    danger: { ...interval(felt, dangerShare('dangers')), events: felt.flatMap(({ life }) => life.dangers).length },
    dangerShown: {
      ...interval(shown, dangerShare('shownDangers')),
      events: shown.flatMap(({ life }) => life.shownDangers).length,
    },
    dangerCritical: interval(felt, dangerShare('dangers', true)),
    dangers: dangersOf(felt),
    falsePerYear: { ...interval(healthy, falseRate), episodes: falses.length, bound: ruleOfThree(years) },
    falseKinds: falseKinds(scored),
    falseOfIce: falses.filter(({ life, at }) => isOfIce(at, life)).length,
    precision: share(episodes - (verdicts.false ?? 0), episodes),
    verdicts,
    causeFirst: interval(full, causeShare('first', 'settled')),
    causeFirstTwo: interval(full, causeShare('firstTwo', 'settled')),
    causeFirstAtOnce: interval(full, causeShare('first', 'first')),
    causeFirstTwoAtOnce: interval(full, causeShare('firstTwo', 'first')),
    unknownWithoutCause: macro(
      faults.filter(({ code }) => isOfCatalogue(code)).map(({ withoutCause: w }) => share(w.unknown, w.detected)),
    ),
    avoidableShare: share(
      sum(owner, ({ told }) => told.technician),
      sum(owner, ({ told }) => told.technician + told.owner),
    ),
    actionRight: macro(faults.map(({ code, told, detected }) => share(told[FAULTS[code].act], detected))),
    rightPart: {
      right: sum(faults, ({ rightPart: { right } }) => right),
      of: sum(faults, ({ rightPart: { of } }) => of),
    },
    confusion: confusionOf(matchesOf(full)),
    dispatches: dispatchesOf(faults, healthy),
    strata: strataOf(scored),
  };
}
