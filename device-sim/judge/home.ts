// The fleet that judges: the home around a unit. Its room through seasons, days and weather; its door through the day; the
// weekly shopping. Functions of absolute time and a seed.
//
// Rooms: 16-38 °C are judged (EN/IEC 62552-1, classes SN to T). Openings: 10-40 a day of 10-20 s, as metered; the shopping
// is put away once or twice a week.
import { localDayStart, type Opening, usualOpenings } from '../habits.ts';
import { type Random, randomOf } from '../random.ts';
import { DAY, HOUR, SECOND } from '../time.ts';

export type Home = {
  persons: number;
  openingsPerDay: number;
  /** Hours by which this home's day is shifted against UTC: place and habits in one. */
  utcOffsetHours: number;
  /** °C. */
  ambient: number;
  seasonSwing: number;
  daySwing: number;
  weatherSwing: number;
  /** Days of the week on which the shopping is put away. */
  shoppingDays: number[];
};

export type Load = { at: number; kilograms: number; temperature: number };
export type Day = { openings: Opening[]; loads: Load[] };

const ROOM_LOW = 14;
const ROOM_HIGH = 39;
const YEAR = 365.25 * DAY;
const WARMEST_DAY = 200 * DAY;
const WARMEST_HOUR = 16;

export function drawHome(random: Random): Home {
  const persons = random.pick([1, 1, 2, 2, 2, 3, 4, 4, 5]);
  return {
    persons,
    openingsPerDay: Math.min(42, 6 + persons * random.between(4, 9)),
    utcOffsetHours: random.between(-11, 12),
    ambient: random.between(18, 28),
    seasonSwing: random.between(0.5, 6),
    daySwing: random.between(0.3, 2.5),
    weatherSwing: random.between(0.3, 1.5),
    shoppingDays: random.share() < 0.5 ? [6] : [random.pick([1, 2, 3, 4, 5]), 6],
  };
}

function shopping(seed: number, home: Home, dayStart: number): Day {
  const random = randomOf(seed, 'shopping', dayStart);
  const begin = dayStart + random.between(9, 20) * HOUR;
  const openings: Opening[] = [];
  let at = begin;
  for (let i = 0; i < 2 + Math.floor(random.share() * 3); i++) {
    const until = at + random.between(15, 110) * SECOND;
    openings.push({ from: at, until });
    at = until + random.between(20, 120) * SECOND;
  }
  const kilograms = random.between(1, 1.2 + home.persons);
  return { openings, loads: [{ at: begin, kilograms, temperature: random.between(7, 24) }] };
}

/** One local day that begins at `dayStart`. */
export function dayOf(seed: number, home: Home, dayStart: number): Day {
  const usual = usualOpenings(seed, home, dayStart);
  const weekday = new Date(dayStart + home.utcOffsetHours * HOUR + HOUR).getUTCDay();
  if (!home.shoppingDays.includes(weekday)) return { openings: usual, loads: [] };
  const { openings, loads } = shopping(seed, home, dayStart);
  return { openings: [...usual, ...openings], loads };
}

export const homeDayStart = (home: Home, at: number): number => localDayStart(at, home.utcOffsetHours);

/** °C of the room; asked with rising times. */
export function openRoom(seed: number, home: Home): (at: number) => number {
  let day = Number.NaN;
  let before = 0;
  let after = 0;
  return (at) => {
    const today = Math.floor(at / DAY);
    if (today !== day) {
      before = today === day + 1 ? after : randomOf(seed, 'weather', today).normal();
      after = randomOf(seed, 'weather', today + 1).normal();
      day = today;
    }
    const season = Math.cos((2 * Math.PI * ((at % YEAR) - WARMEST_DAY)) / YEAR);
    const hour = ((at + home.utcOffsetHours * HOUR) % DAY) / HOUR;
    const time = Math.cos((2 * Math.PI * (hour - WARMEST_HOUR)) / 24);
    const weather = before + (after - before) * (at / DAY - today);
    return home.ambient + home.seasonSwing * season + home.daySwing * time + home.weatherSwing * weather;
  };
}

/** No room that is judged is colder or hotter. */
export const inRoomRange = (ambient: number): number => Math.min(ROOM_HIGH, Math.max(ROOM_LOW, ambient));
