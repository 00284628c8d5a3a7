// The fleet that judges: the way of readings to the platform. Messages wait while there is no network, get lost, come late,
// twice and in disorder, and carry stamps of a clock that is not quite right.
import type { TelemetryPayload } from '#contracts';
import type { Link } from '../behaviour.ts';
import type { Random } from '../random.ts';
import { HOUR, MINUTE, SECOND } from '../time.ts';
import type { Chance } from './chance.ts';
import { type Cadence, PROFILES, type Profile, type Values } from './telemetry.ts';

export type Telling = {
  profile: Profile;
  cadence: Cadence;
  /** Shares of messages. */
  lossShare: number;
  duplicateShare: number;
  delayShare: number;
  delayMaximumMs: number;
  /** Every message takes up to so long: disorder within it. */
  jitterMs: number;
  /** The clock is ahead by this much. */
  skewMs: number;
  /** Readings leave together so often; 0: at once. */
  batchMs: number;
  /** Whether readings wait while there is no network; else they are gone. */
  keeps: boolean;
};

export type Told = { receivedAt: number; payload: TelemetryPayload };

const MOST_READINGS = 100;

const among = <T>(random: Random, shares: readonly (readonly [share: number, value: T])[]): T => {
  let left = random.share();
  for (const [share, value] of shares) {
    left -= share;
    if (left < 0) return value;
  }
  return shares.at(-1)![1];
};

/** Shares of units: engineering knowledge of home networks; 0, 5 and 20 % loss are strata that are reported apart. */
export function drawTelling(random: Random, fixed: Partial<Telling> = {}): Telling {
  return {
    profile: random.pick(PROFILES),
    cadence: among<Cadence>(random, [
      [0.7, 60],
      [0.2, 300],
      [0.1, 'on-change'],
    ]),
    lossShare: among(random, [
      [0.7, 0],
      [0.2, 0.05],
      [0.1, 0.2],
    ]),
    duplicateShare: random.share() < 0.15 ? 0.02 : 0,
    delayShare: random.share() < 0.15 ? 0.01 : 0,
    delayMaximumMs: random.between(2 * MINUTE, HOUR),
    jitterMs: among(random, [
      [0.8, SECOND],
      [0.2, 90 * SECOND],
    ]),
    skewMs: Math.round(
      among(random, [
        [0.7, random.between(-2, 2) * SECOND],
        [0.2, random.between(-60, 60) * SECOND],
        [0.1, random.between(-240, 240) * SECOND],
      ]),
    ),
    batchMs: random.share() < 0.08 ? Math.round(random.between(5, 15)) * MINUTE : 0,
    keeps: random.share() < 0.8,
    ...fixed,
  };
}

type Reading = { at: number; values: Values };

export type Post = {
  /** A reading was taken at `at` by the appliance's clock. */
  keep(at: number, values: Values): void;
  /** What is waiting leaves, if it can, at `now`. */
  send(now: number, link: Link): void;
  /** Its messages are counted anew. */
  reboot(): void;
  /** The next message that has arrived by `now`; null when there is none. */
  arrived(now: number): Told | null;
};

export function openPost(telling: Telling, chance: Chance): Post {
  const { lossShare, duplicateShare, delayShare, delayMaximumMs, jitterMs, batchMs, keeps } = telling;
  let waiting: Reading[] = [];
  let underway: Told[] = [];
  let next = 0;
  let seq = 0;
  let sentAt = Number.NEGATIVE_INFINITY;

  const arrive = (told: Told) => {
    let place = underway.length;
    while (place > next && underway[place - 1]!.receivedAt > told.receivedAt) place -= 1;
    if (place === underway.length) underway.push(told);
    else underway.splice(place, 0, told);
  };
  const dispatch = (now: number, readings: Reading[]) => {
    const payload = { seq: seq++, readings };
    if (lossShare > 0 && chance.share() < lossShare) return;
    const late = delayShare > 0 && chance.share() < delayShare ? chance.share() * delayMaximumMs : 0;
    const receivedAt = Math.round(now + 100 + chance.share() * jitterMs + late);
    arrive({ receivedAt, payload });
    if (duplicateShare > 0 && chance.share() < duplicateShare) {
      arrive({ receivedAt: Math.round(receivedAt + chance.share() * delayMaximumMs), payload });
    }
  };
  return {
    keep(at, values) {
      waiting.push({ at, values });
    },
    send(now, link) {
      if (waiting.length === 0) return;
      if (link === 'silent' || link === 'dark' || (link === 'offline' && !keeps)) {
        waiting = [];
        return;
      }
      if (link === 'offline' || now - sentAt < batchMs) return;
      sentAt = now;
      if (waiting.length === 1) dispatch(now, waiting);
      else for (let i = 0; i < waiting.length; i += MOST_READINGS) dispatch(now, waiting.slice(i, i + MOST_READINGS));
      waiting = [];
    },
    reboot() {
      seq = 0;
    },
    arrived(now) {
      if (next < underway.length && underway[next]!.receivedAt <= now) return underway[next++]!;
      if (next > 0) {
        underway = next === underway.length ? [] : underway.slice(next);
        next = 0;
      }
      return null;
    },
  };
}
