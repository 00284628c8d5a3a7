// The reference model: what exists and who holds what, as plain objects. It knows nothing of SQL and of the product's code.
import type { Id, Role } from '#contracts';
import type { ModelAlert, ModelFinding } from './model-alerts.ts';
import type { ModelCase } from './model-service.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export type Standing = 'owner' | 'member';

export type ModelPerson = {
  id: Id;
  name: string;
  email: string;
  role: Role;
  organisation: Id | null;
  active: boolean;
  erased: boolean;
  skills: readonly string[];
};

export type ModelUnit = {
  id: Id;
  name: string;
  model: string;
  serial: string;
  organisation: Id;
  household: Id | null;
  /** Null: none, or one that nobody knows. */
  code: string | null;
  hasCode: boolean;
  usedCodes: string[];
  /** Null: nobody knows it. */
  secret: string | null;
  oldSecrets: string[];
};

export type ModelGrant = { id: Id; unit: ModelUnit; person: Id; endsAt: number; over: boolean };
export type ModelSession = { token: string; person: Id; createdAt: number; seenAt: number; over: boolean };
export type ModelKey = { id: Id; token: string; person: Id; endsAt: number | null; over: boolean };
export type Guesses = { count: number; since: number; restsUntil: number };

export type Model = {
  now: number;
  people: ModelPerson[];
  units: ModelUnit[];
  households: Map<Id, Map<Id, Standing>>;
  grants: ModelGrant[];
  sessions: ModelSession[];
  keys: ModelKey[];
  guesses: Map<string, Guesses>;
  /** In the order in which they were made. */
  alerts: ModelAlert[];
  /** What diagnosis has said and nobody has taken yet. */
  said: ModelFinding[];
  episodes: ModelFinding[];
  requests: ModelAlert[];
  overs: { alert: ModelAlert; how: 'resolved' | 'withdrawn' | 'moved' }[];
  cases: ModelCase[];
};

export const emptyModel = (now: number): Model => ({
  now,
  people: [],
  units: [],
  households: new Map(),
  grants: [],
  sessions: [],
  keys: [],
  guesses: new Map(),
  alerts: [],
  said: [],
  episodes: [],
  requests: [],
  overs: [],
  cases: [],
});

export const standingOf = (model: Model, person: Id, household: Id | null): Standing | undefined =>
  household === null ? undefined : model.households.get(household)?.get(person);

export const homesOf = (model: Model, person: Id): Id[] =>
  [...model.households].filter(([, members]) => members.has(person)).map(([id]) => id);

export const isLastOwner = (model: Model, household: Id, person: Id): boolean =>
  ![...model.households.get(household)!].some(([other, as]) => other !== person && as === 'owner');

export const runs = (model: Model, grant: ModelGrant): boolean => !grant.over && grant.endsAt > model.now;

export const sessionLives = (model: Model, session: ModelSession): boolean =>
  !session.over &&
  session.seenAt > model.now - 7 * DAY &&
  session.createdAt > model.now - 30 * DAY &&
  model.people.find(({ id }) => id === session.person)!.active;

export const keyLives = (model: Model, key: ModelKey): boolean =>
  !key.over &&
  (key.endsAt === null || key.endsAt > model.now) &&
  model.people.find(({ id }) => id === key.person)!.active;

const MOST_WRONG = 10;

/** How often somebody, or about which unit somebody, guessed wrong in the last hour. */
function guessesOf(model: Model, subject: Id): Guesses {
  const known = model.guesses.get(subject) ?? { count: 0, since: model.now, restsUntil: 0 };
  const fresh = known.since <= model.now - HOUR ? { ...known, count: 0, since: model.now } : known;
  model.guesses.set(subject, fresh);
  return fresh;
}

export const rests = (model: Model, subject: Id): boolean => (model.guesses.get(subject)?.restsUntil ?? 0) > model.now;

/** The hour of a count begins when somebody tries, right or wrong. */
export const tried = (model: Model, subject: Id): void => void guessesOf(model, subject);

export function guessedWrong(model: Model, subject: Id): void {
  const guesses = guessesOf(model, subject);
  guesses.count++;
  if (guesses.count < MOST_WRONG) return;
  guesses.restsUntil = model.now + HOUR;
  guesses.since = 0;
}
