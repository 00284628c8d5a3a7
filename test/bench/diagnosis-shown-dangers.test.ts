// Food in danger as a thermometer shows it, by the closed form of a first-order filter.
import { expect, it } from 'vitest';
import type { DecodedMessage } from '#contracts';
import { MINUTE } from '#runtime';
import { ShownDangers } from '../../bench/diagnosis/shown-dangers.ts';
import { moment } from '../diagnosis-rules/moments.ts';

const LATER_MS = 1_000;
const says = (minute: number, cabinet_temperature: number): DecodedMessage => ({
  appliance: '01890a5d-ac96-774b-bcce-b302099a8057',
  model: 'm',
  receivedAt: minute * MINUTE + LATER_MS,
  seq: null,
  moments: [moment(minute * MINUTE, { cabinet_temperature })],
  rejected: [],
});

/** 4 °C for an hour, then as warm as `air` for so long, then 4 °C again. */
function after(air: number, minutes: number): { from: number; until: number }[] {
  const shown = new ShownDangers();
  for (let minute = 0; minute < 600; minute++)
    shown.take(says(minute, minute >= 60 && minute < 60 + minutes ? air : 4));
  return shown.until(600 * MINUTE, 30 * MINUTE);
}

it('begins when food has followed the air past 8 °C, and is over when it is below', () => {
  // From 4 °C towards 14 °C: past 8 °C when a share of 0.6 of the step is still left.
  const minutes = Math.ceil(90 * Math.log(1 / 0.6));
  const [danger, ...others] = after(14, 180);
  expect(others).toEqual([]);
  expect(danger!.from).toBe((59 + minutes) * MINUTE + LATER_MS);
  const food = 14 - 10 * Math.exp(-180 / 90);
  expect(danger!.until).toBe((239 + Math.ceil(90 * Math.log((food - 4) / 4))) * MINUTE + LATER_MS);
});

it('is none when it is short, when the sensor is broken, and when it was warm from the first word on', () => {
  expect(after(14, 50)).toEqual([]);
  expect(after(85, 300)).toEqual([]);
  const fresh = new ShownDangers();
  for (let minute = 0; minute < 300; minute++) fresh.take(says(minute, 22));
  expect(fresh.until(300 * MINUTE, 30 * MINUTE)).toEqual([]);
});
