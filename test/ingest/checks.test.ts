import { describe, expect, it } from 'vitest';
import { loadModels } from '#registry';
import { DAY, MINUTE, SECOND } from '#runtime';
import { checkValue, stampProblem } from '../../ingest/checks.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
const model = loadModels().get('stethos-reference-fridge')!;

describe('a stamp', () => {
  it.each([
    ['now', NOW],
    ['a little in the future, as clocks drift', NOW + 5 * MINUTE],
    ['after a weekend without network', NOW - 3 * DAY],
    ['ninety days old', NOW - 90 * DAY],
  ])('%s is taken', (_, at) => {
    expect(stampProblem(at, NOW)).toBeNull();
  });

  it.each([
    ['more than five minutes in the future', NOW + 5 * MINUTE + 1, 'in the future'],
    ['of 2099', Date.UTC(2099, 0, 1), 'in the future'],
    ['in microseconds', NOW * 1000, 'in the future'],
    ['more than ninety days old', NOW - 90 * DAY - 1, 'older than 90 days'],
    ['of 2001, in milliseconds', Date.UTC(2001, 0, 1), 'older than 90 days'],
    ['of 1970, a clock that was never set', 12_345, 'looks like seconds'],
    ['in seconds', NOW / 1000, 'looks like seconds'],
    ['zero', 0, 'older than 90 days'],
    ['negative', -1, 'older than 90 days'],
    ['as large as a number can be', Number.MAX_VALUE, 'in the future'],
    ['as small as a number can be', -Number.MAX_VALUE, 'older than 90 days'],
  ])('%s is refused, and says why', (_, at, why) => {
    expect(stampProblem(at, NOW)).toContain(why);
  });

  it('is refused with the time of the server, or with what to send', () => {
    expect(stampProblem(NOW + DAY, NOW)).toContain(String(NOW));
    expect(stampProblem(NOW - 91 * DAY, NOW)).toContain(String(NOW));
    expect(stampProblem(30 * SECOND, NOW)).toContain('milliseconds since 1970 in UTC');
  });
});

describe('a value', () => {
  it.each<[signal: string, value: unknown, taken: unknown, mapped: boolean]>([
    ['cabinet_temperature', 4.2, 4.2, true],
    ['cabinet_temperature', -30, -30, true],
    ['cabinet_temperature', 60, 60, true],
    ['cabinet_temperature', 0, 0, true],
    ['power', 0, 0, true],
    ['door_open', true, true, true],
    ['door_open', false, false, true],
    ['door_open', 1, true, true],
    ['door_open', 0, false, true],
    ['drum_speed', 1200, 1200, false],
    ['programme', 'eco 40', 'eco 40', false],
    ['programme', '', '', false],
    ['programme', '节能', '节能', false],
    ['programme', 'x'.repeat(256), 'x'.repeat(256), false],
    ['child_lock', false, false, false],
    ['室温', 21, 21, false],
    ['__proto__', 1, 1, false],
    ['constructor', 1, 1, false],
    ['hasOwnProperty', 'x', 'x', false],
    ['x'.repeat(80), 1, 1, false],
    ['fault_code', 'E5', 'E5', true],
    ['fault_code', ' e5', ' e5', true],
    ['fault_code', '', '', true],
    ['fault_code', 7, '7', true],
    ['door_alarm', true, true, true],
    ['temperature_alarm', 0, false, true],
    ['freezer_set_point', -18, -18, true],
    ['mains_voltage', 231.5, 231.5, true],
    ['humidity', 55, 55, true],
  ])('%s = %j is taken', (signal, value, taken, mapped) => {
    expect(checkValue(model, signal, value)).toEqual({ reading: { signal, value: taken, mapped } });
  });

  it.each<[signal: string, value: unknown, why: string]>([
    ['cabinet_temperature', -30.1, 'outside the plausible range'],
    ['cabinet_temperature', 60.1, 'outside the plausible range'],
    ['power', -1, 'outside the plausible range'],
    ['power', 255_000, 'outside the plausible range'],
    ['cabinet_temperature', '4.2', 'without quotes'],
    ['cabinet_temperature', 'NaN', 'without quotes'],
    ['cabinet_temperature', true, 'a number'],
    ['cabinet_temperature', null, 'null is not a value'],
    ['drum_speed', null, 'null is not a value'],
    ['cabinet_temperature', Number.POSITIVE_INFINITY, 'too large'],
    ['drum_speed', Number.NEGATIVE_INFINITY, 'too large'],
    ['cabinet_temperature', { value: 4.2 }, 'a number'],
    ['cabinet_temperature', [4.2], 'a number'],
    ['drum_speed', { value: 4.2 }, 'a number, true, false or a short text'],
    ['drum_speed', [], 'a number, true, false or a short text'],
    ['door_open', 2, 'true or false'],
    ['door_open', -1, 'true or false'],
    ['door_open', 0.5, 'true or false'],
    ['door_open', 'true', 'true or false'],
    ['door_open', 'open', 'true or false'],
    ['fault_code', true, 'a text'],
    ['fault_code', null, 'null is not a value'],
    ['fault_code', 'x'.repeat(257), '256 characters'],
    ['fault_code', 'E5\u0000', 'U+0000'],
    ['humidity', 101, 'outside the plausible range'],
    ['programme', 'x'.repeat(257), '256 characters'],
    ['programme', 'eco\u0000', 'U+0000'],
    ['programme', '\ud800', 'Unicode'],
    ['', 1, '1 to 80 printable characters'],
    ['x'.repeat(81), 1, '1 to 80 printable characters'],
    ['a\u0000b', 1, '1 to 80 printable characters'],
    ['a\nb', 1, '1 to 80 printable characters'],
    ['a\u007f', 1, '1 to 80 printable characters'],
    ['\udc00', 1, '1 to 80 printable characters'],
  ])('%j = %j is refused, and says why', (signal, value, why) => {
    const checked = checkValue(model, signal, value);
    expect(checked).toHaveProperty('problem');
    expect((checked as { problem: string }).problem).toContain(why);
  });

  it.each([
    ['cabinet_temperature', -32_768],
    ['cabinet_temperature', 255],
    ['power', -32_768],
    ['fan_speed', 65_535],
    ['freezer_set_point', 255],
    ['compressor_on', 255],
    ['fault_code', -32_768],
  ])('%s = %d is the model’s word for no value', (signal, value) => {
    expect(checkValue(model, signal, value)).toBe('absent');
  });

  it.each([
    ['set_point', null],
    ['door_alarm', null],
    ['temperature_alarm', 255],
    ['fault_code', null],
    ['signal_strength', -32_768],
  ])('%s = %j is no value where a maker’s interface says so', (signal, value) => {
    expect(checkValue(loadModels().get('fridge-alarms-only')!, signal, value)).toBe('absent');
  });

  it('that means nothing in one signal is a value in another', () => {
    expect(checkValue(model, 'power', 255)).toEqual({ reading: { signal: 'power', value: 255, mapped: true } });
  });

  it('of a signal that the model does not limit is taken as it is', () => {
    const metered = loadModels().get('metered-fridge')!;
    expect(checkValue(metered, 'cabinet_temperature', 999)).toHaveProperty('reading');
  });

  it('out of range says the range', () => {
    expect(checkValue(model, 'cabinet_temperature', 99)).toEqual({
      problem: '99 Cel is outside the plausible range of the model (-30 to 60)',
    });
  });
});
