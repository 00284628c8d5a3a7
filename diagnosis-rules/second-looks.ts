// Takes second looks: when the store holds what came late, and again in a replay.
import type { FindingChange, Id, Moment } from '#contracts';
import { type Lease, type Logger, MINUTE, messageOf, SECOND, type Sql } from '#runtime';
import type { Evaluator } from './evaluator.ts';
import { findingsSince, forgetLooks, LATEST_LOOK_MS, type LateRow, lateThatIsStored, looksBehind } from './late.ts';
import { historyFrom } from './second-look.ts';

/** All readings of the appliance in [from, to), epoch ms, oldest first. */
export type History = (query: { appliance: Id; kind: Moment['kind']; from: number; to: number }) => Promise<Moment[]>;

export type SecondLooksDeps = {
  sql: Sql;
  lease: Lease;
  history: History;
  /** The consumer that stores readings. */
  storedBy: string;
  logger: Logger;
};

/** In log time. */
const LOOK_EVERY_MS = 10 * SECOND;
/** The newest readings are stored a little later than they are judged. */
const TRIES = 30;

export class SecondLooks {
  readonly #deps: SecondLooksDeps;
  /** Of a replay, still to come. */
  #again: LateRow[] = [];
  #askedAt = 0;
  readonly #tried = new Map<number, number>();

  constructor(deps: SecondLooksDeps) {
    this.#deps = deps;
  }

  /** The state stands at `position`. */
  async begin(position: number): Promise<void> {
    this.#again = await looksBehind(this.#deps.sql, this.#deps.lease, position);
  }

  /** Where the next look of the replay stands; infinity when there is none. */
  get nextAgainAt(): number {
    return this.#again[0]?.lookedAt ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the looks of the replay that stand at `position` or before. What they found was said when they were first taken. */
  async takeAgain(evaluator: Evaluator, position: number): Promise<void> {
    while (this.nextAgainAt <= position) {
      await this.#look(evaluator, this.#again[0]!);
      this.#again.shift();
    }
  }

  /** What is due at log time `at`, one by one. A store that is away costs time, nothing else. */
  async takeDue(
    evaluator: Evaluator,
    at: number,
    commit: (row: LateRow, changes: FindingChange[]) => Promise<boolean>,
  ): Promise<void> {
    const { sql, lease, storedBy, logger } = this.#deps;
    if (at - this.#askedAt < LOOK_EVERY_MS) return;
    this.#askedAt = at;
    try {
      for (const row of await lateThatIsStored(sql, lease, storedBy)) {
        const changes = await this.#look(evaluator, row);
        if (changes === null && this.#mayComeYet(row)) continue;
        if (!(await commit(row, changes ?? []))) return;
        this.#tried.delete(row.id);
      }
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'late readings wait for their second look');
      this.#askedAt = at + MINUTE;
    }
  }

  /** A snapshot stands at `position`: no replay begins before it. */
  forget(position: number): Promise<void> {
    return forgetLooks(this.#deps.sql, this.#deps.lease, position);
  }

  #mayComeYet({ id }: LateRow): boolean {
    const tries = (this.#tried.get(id) ?? 0) + 1;
    this.#tried.set(id, tries);
    return tries < TRIES;
  }

  /** Null when the store does not hold the newest readings yet. */
  async #look(evaluator: Evaluator, { appliance, since }: LateRow): Promise<FindingChange[] | null> {
    const judged = evaluator.judgedTo(appliance);
    if (!judged || since < judged.at - LATEST_LOOK_MS) return [];
    const { sql, history } = this.#deps;
    const known = await findingsSince(sql, appliance, since);
    // An episode that was open then is looked at from its own beginning.
    const from = Math.min(since, ...known.map(({ openedAt }) => openedAt));
    const moments = await history({ appliance, kind: judged.kind, from: historyFrom(from), to: judged.at + 1 });
    if (moments.length === 0 || moments.at(-1)!.at < judged.at) return null;
    return evaluator.lookAgain({ appliance, since, moments, known });
  }
}
