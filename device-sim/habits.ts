// How a household lives with its refrigerator: when the door opens and how warm the room is. Both are functions of
// absolute time and a seed, so that a simulation may begin anywhere and finds the same life.
import { randomOf } from './random.ts';
import { DAY, HOUR, MINUTE, SECOND } from './time.ts';

export type Habits = {
  openingsPerDay: number;
  /** Hours that the household's clock is ahead of UTC. */
  utcOffsetHours: number;
  /** °C: the year's mean in the room, and how far season, time of day and weather move it. */
  ambient: number;
  seasonSwing: number;
  daySwing: number;
  weatherSwing: number;
};

export type Opening = { from: number; until: number };

export const DEFAULT_HABITS: Habits = {
  openingsPerDay: 24,
  utcOffsetHours: 8,
  ambient: 22,
  seasonSwing: 2,
  daySwing: 1.5,
  weatherSwing: 0.8,
};

export function drawHabits(seed: number): Habits {
  const random = randomOf(seed, 'habits');
  return {
    openingsPerDay: random.between(10, 40),
    utcOffsetHours: random.pick([-8, -5, 0, 1, 8, 9]),
    ambient: random.between(18, 27),
    seasonSwing: random.between(0.5, 4),
    daySwing: random.between(0.5, 2.5),
    weatherSwing: random.between(0.3, 1.5),
  };
}

// Relative use by hour of the local day: breakfast, lunch, the hours around dinner.
const USE_BY_HOUR = [1, 0.5, 0.3, 0.2, 0.3, 1, 4, 7, 6, 4, 3, 5, 8, 6, 3, 3, 4, 7, 10, 9, 6, 5, 4, 2];
const USE_SUM = USE_BY_HOUR.reduce((sum, use) => sum + use, 0);

function hourOfUse(share: number): number {
  let left = share * USE_SUM;
  for (let hour = 0; hour < 24; hour++) {
    left -= USE_BY_HOUR[hour]!;
    if (left < 0) return hour;
  }
  return 23;
}

/** Epoch ms at which the local day that contains `at` begins. */
export function localDayStart(at: number, utcOffsetHours: number): number {
  const shift = utcOffsetHours * HOUR;
  return Math.floor((at + shift) / DAY) * DAY - shift;
}

/** The usual openings of one local day, by time. */
export function usualOpenings(seed: number, habits: Habits, dayStart: number): Opening[] {
  const random = randomOf(seed, 'doors', dayStart);
  const weekday = new Date(dayStart + habits.utcOffsetHours * HOUR).getUTCDay();
  const weekend = weekday === 0 || weekday === 6;
  const count = random.poisson(habits.openingsPerDay * (weekend ? 1.2 : 0.92));
  return Array.from({ length: count }, () => {
    const from = dayStart + Math.floor((hourOfUse(random.share()) + random.share()) * HOUR);
    // Now and then somebody puts the shopping away.
    const seconds = random.share() < 0.04 ? random.between(30, 75) : random.between(10, 20);
    return { from, until: from + seconds * SECOND };
  }).sort((a, b) => a.from - b.from);
}

const YEAR = 365.25 * DAY;
const WARMEST_DAY = 200 * DAY;
const WARMEST_HOUR = 16;

function weather(seed: number, at: number): number {
  const day = Math.floor(at / DAY);
  const share = at / DAY - day;
  const before = randomOf(seed, 'weather', day).normal();
  const after = randomOf(seed, 'weather', day + 1).normal();
  return before + (after - before) * share;
}

/** °C of the room at a time. */
export function ambientAt(seed: number, habits: Habits, at: number): number {
  const season = Math.cos((2 * Math.PI * ((at % YEAR) - WARMEST_DAY)) / YEAR);
  const localHour = ((at + habits.utcOffsetHours * HOUR) % DAY) / HOUR;
  const day = Math.cos((2 * Math.PI * (localHour - WARMEST_HOUR)) / 24);
  return habits.ambient + habits.seasonSwing * season + habits.daySwing * day + habits.weatherSwing * weather(seed, at);
}

/** Extra openings at random moments between two times. */
export function extraOpenings(
  names: readonly (string | number)[],
  from: number,
  until: number,
  everyMs: number,
): Opening[] {
  const random = randomOf(...names);
  const openings: Opening[] = [];
  for (let at = from; at < until; at += everyMs * random.between(0.4, 1.6)) {
    openings.push({ from: at, until: at + Math.min(random.between(10, 30) * SECOND, MINUTE) });
  }
  return openings;
}
