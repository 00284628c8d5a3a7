// One appliance's history through one or two versions of a rule, by the evaluator that judges live; a day at a time.
import type { ApplianceKind, FindingChange, Moment } from '#contracts';
import { DAY } from '#runtime';
import { startLife, type ToldLife } from '../life.ts';
import type { Rule } from '../rule.ts';
import type { NeutralCode } from '../signals.ts';
import type { JudgedAppliance } from './claim.ts';
import { Episodes, type FoundEpisode } from './episodes.ts';
import { type HeardPiece, type HistoryDeps, heardBeside, inOrder, type Stretch } from './history.ts';
import { paired } from './match.ts';
import type { TriedAppliance } from './records.ts';

export type Trial = {
  a: Rule;
  b: Rule | null;
  /** Epoch ms. */
  from: number;
  to: number;
  warmUpDays: number;
};

export type JudgeDeps = HistoryDeps & {
  neutralCode?: NeutralCode | undefined;
  /** Reads again for as long as the store is away; throws when the backtest must end here. */
  patiently: <T>(read: () => Promise<T>) => Promise<T>;
};

class JudgedSide {
  readonly #life: ToldLife;
  readonly #episodes = new Episodes();

  constructor(rule: Rule, neutralCode: NeutralCode | undefined) {
    this.#life = startLife({ rules: [rule], neutralCode });
  }

  take(piece: HeardPiece, to: number): void {
    for (const heard of piece)
      this.#add('message' in heard ? this.#life.hear(heard.message) : this.#life.take(heard.record));
    // Strictly before the end: what stands at it belongs to the next piece.
    this.#add(this.#life.passTo(to - 1));
  }

  /** What was open in the span. */
  end(from: number, to: number): FoundEpisode[] {
    return this.#episodes.end(to).filter(({ closedAt }) => closedAt === null || closedAt >= from);
  }

  #add(changes: readonly FindingChange[]): void {
    for (const change of changes) this.#episodes.add(change);
  }
}

/** The same appliance, versions and history always give the same. */
export async function judgeAppliance(
  deps: JudgeDeps,
  { a, b, from, to, warmUpDays }: Trial,
  { id: appliance, model, kind }: Omit<TriedAppliance, 'household'> & { kind: ApplianceKind },
): Promise<JudgedAppliance> {
  const sides = [a, b].map((rule) => rule && new JudgedSide(rule, deps.neutralCode));
  const start = from - warmUpDays * DAY;
  const whole: Stretch = { appliance, kind, model, from: start, to };
  const read = (begin: number): Promise<Moment[]> => {
    const end = Math.min(to, begin + DAY);
    const reading = deps.patiently(() => deps.history({ appliance, kind, from: begin, to: end }));
    // Who asked for it may have ended before it did.
    reading.catch(() => {});
    return reading;
  };
  const records = await deps.patiently(() => heardBeside(deps, whole));
  let days = 0;
  let reading = read(start);
  for (let begin = start; begin < to; begin += DAY) {
    const end = Math.min(to, begin + DAY);
    const moments = await reading;
    // The next day is read while this one is judged.
    if (end < to) reading = read(end);
    const beside = records.filter(({ at }) => at >= begin && at < end);
    const piece = inOrder(moments, beside, model);
    for (const side of sides) side?.take(piece, end);
    if (moments.length > 0 && begin >= from) days++;
  }
  const [ofA, ofB] = sides.map((side) => side?.end(from, to) ?? []);
  return { days, pairs: paired(ofA!, ofB!) };
}
