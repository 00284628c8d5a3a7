// Normal life that looks like a fault and is none.
import type { BehaviourKind } from './behaviour.ts';
import { extraOpenings } from './habits.ts';
import { randomOf } from './random.ts';
import { DAY, HOUR, MINUTE } from './time.ts';

const HEAT_WAVE_KELVIN = 10;
const GROCERY_KILOGRAMS = 12;

const habit = (
  about: string,
  rest: { strength?: number; lastsMs: number } & Pick<BehaviourKind, 'begin'>,
): BehaviourKind => ({ about, kind: 'habit', strength: 1, growMs: 0, ...rest });

export const LOOK_ALIKES = {
  party: habit('guests: the door opens every few minutes', {
    lastsMs: 4 * HOUR,
    begin: (span) => {
      const party = extraOpenings([span.seed, 'party', span.from], span.from, span.until, (4 * MINUTE) / span.strength);
      return {
        openings: (dayStart, soFar) => [
          ...soFar,
          ...party.filter((opening) => opening.from >= dayStart && opening.from < dayStart + DAY),
        ],
      };
    },
  }),
  'hot-groceries': habit('a load of warm food is put in', {
    lastsMs: 5 * MINUTE,
    begin: (span) => {
      const temperature = randomOf(span.seed, 'groceries', span.from).between(22, 40);
      return {
        change: (inputs, at, stepMs) => {
          if (at - stepMs < span.from) inputs.groceries = { kilograms: GROCERY_KILOGRAMS * span.strength, temperature };
        },
        openings: (dayStart, soFar) =>
          span.from >= dayStart && span.from < dayStart + DAY
            ? [...soFar, { from: span.from, until: span.from + MINUTE }]
            : soFar,
      };
    },
  }),
  'heat-wave': habit('the room is up to 10 K hotter', {
    lastsMs: 5 * DAY,
    begin: (span) => ({
      change: (inputs, at) => {
        const hours = Math.min(at - span.from, span.until - at) / HOUR;
        inputs.ambient += HEAT_WAVE_KELVIN * span.strength * Math.min(1, hours / 12);
      },
    }),
  }),
  'router-outage': habit('no network: readings are kept and sent later', {
    lastsMs: 3 * HOUR,
    begin: () => ({ link: 'offline' }),
  }),
  holiday: habit('nobody is at home', {
    lastsMs: 10 * DAY,
    begin: (span) => ({
      openings: (_dayStart, soFar) => soFar.filter(({ from }) => from < span.from || from >= span.until),
    }),
  }),
  'warmer-set-point': habit('somebody sets the refrigerator 2 K warmer', {
    lastsMs: 7 * DAY,
    begin: (span) => ({
      change: (inputs) => {
        inputs.setPoint += 2 * span.strength;
      },
    }),
  }),
  'long-defrost': habit('somebody asks for a defrost, and it takes long', {
    lastsMs: 45 * MINUTE,
    begin: () => ({
      change: (inputs) => {
        inputs.defrostAsked = true;
      },
    }),
  }),
  unplugged: habit('unplugged while somebody cleans behind it', {
    lastsMs: 20 * MINUTE,
    begin: () => ({
      link: 'dark',
      change: (inputs) => {
        inputs.mainsOn = false;
      },
    }),
  }),
  'first-cool-down': habit('it comes from the shop, warm, and cools down for the first time', {
    lastsMs: 8 * HOUR,
    begin: (span) => ({
      change: (inputs, at, stepMs) => {
        inputs.warmFromShop = at - stepMs < span.from;
      },
    }),
  }),
  'set-point-change': habit('somebody sets the refrigerator 2 K colder', {
    lastsMs: 7 * DAY,
    begin: (span) => ({
      change: (inputs) => {
        inputs.setPoint -= 2 * span.strength;
      },
    }),
  }),
} as const satisfies Record<string, BehaviourKind>;

export type LookAlikeName = keyof typeof LOOK_ALIKES;
