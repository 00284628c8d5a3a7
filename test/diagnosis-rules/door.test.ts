// How long the door has stood open, told by a switch of which messages may be lost.
import { expect, it } from 'vitest';
import { Told, type Values } from './moments.ts';

const AIR = { cabinet_temperature: 5 };
const OPEN: Values = { ...AIR, door_open: true };
/** Doors that move are told at once, and alone. */
const OPENED: Values = { door_open: true };

type Standing = { minutes: number; readings: number; sure: boolean };
const door = (fridge: Told): Standing => ({
  minutes: fridge.get('door_open_minutes'),
  readings: fridge.get('door_open_samples'),
  sure: fridge.get('door_open_sure') === 1,
});

const shut = () => new Told().for(10, { ...AIR, door_open: false });

it.each<[string, (fridge: Told) => Told, Standing]>([
  ['said minute by minute', (fridge) => fridge.for(6, OPEN), { minutes: 5, readings: 6, sure: true }],
  [
    'said again within minutes, with one message lost between: it stood open all the time, as far as is known',
    (fridge) => fridge.for(4, OPEN).lostFor(1).for(2, OPEN),
    { minutes: 6, readings: 2, sure: true },
  ],
  [
    'said once after the loss: that is not sure yet',
    (fridge) => fridge.for(4, OPEN).lostFor(1).says(OPEN),
    { minutes: 5, readings: 1, sure: false },
  ],
  [
    'opened again after a loss: that it was shut was lost',
    (fridge) => fridge.for(2, OPEN).lostFor(1).says(OPENED).silentFor(1).says(AIR),
    { minutes: 1, readings: 1, sure: true },
  ],
  [
    'said again long after a loss: it may have been another time',
    (fridge) => fridge.says(OPEN).lostFor(12).for(2, OPEN),
    { minutes: 1, readings: 2, sure: true },
  ],
])('open, %s', (_, opens, expected) => {
  expect(door(opens(shut()))).toEqual(expected);
});
