import { describe, expect, it } from 'vitest';
import { CommandResultBody, newId } from '#contracts';
import { testResultOf } from '#diagnosis-rules';

const COMMAND = newId();
const body = (payload: string): CommandResultBody =>
  CommandResultBody.parse({ command: COMMAND, payload: Buffer.from(payload).toString('base64') });
const answered = (answer: object) => testResultOf(body(JSON.stringify(answer)));

describe('what came of a self-test', () => {
  it('is evidence for each part that was tested', () => {
    const values = { compressor_starts: true, fan_turns: false, defrost_heater_heats: true };
    expect(answered({ outcome: 'done', values })).toEqual({ test: 'self-test', result: values });
  });

  it('may be told in zeros and ones, and in part', () => {
    expect(answered({ outcome: 'done', values: { fan_turns: 0, cabinet_temperature: 4 } })).toEqual({
      test: 'self-test',
      result: { fan_turns: false },
    });
  });

  it.each<[string, object]>([
    ['a test that was refused', { outcome: 'refused', values: { fan_turns: false } }],
    ['a test that failed', { outcome: 'failed', values: { fan_turns: false } }],
    ['another command', { outcome: 'done', values: { set_point: 4 } }],
    ['an answer without values', { outcome: 'done' }],
    ['values that are neither true nor false', { outcome: 'done', values: { fan_turns: 'yes', compressor_starts: 2 } }],
    ['an unknown outcome', { outcome: 'perhaps', values: { fan_turns: false } }],
  ])('is no evidence in %s', (_, answer) => {
    expect(answered(answer)).toBeNull();
  });

  it('is no evidence where the payload is not JSON', () => {
    expect(testResultOf(body('done!'))).toBeNull();
    expect(testResultOf({ command: COMMAND, payload: '%%%' })).toBeNull();
  });
});
