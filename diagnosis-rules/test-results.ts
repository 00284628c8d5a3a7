// What a remote test measured, as evidence.
import { CommandResult, type CommandResultBody, type TestResultBody } from '#contracts';

/** What a self-test answers with: by these names whether a part did what it should. */
const SELF_TEST = ['compressor_starts', 'fan_turns', 'defrost_heater_heats'] as const;

/** The evidence in an answer to a command; null where there is none: it was no test, was refused, or failed. */
export function testResultOf({ payload }: CommandResultBody): TestResultBody | null {
  const answer = CommandResult.safeParse(jsonOf(payload));
  if (!answer.success || answer.data.outcome !== 'done') return null;
  const values = answer.data.values ?? {};
  const measured = SELF_TEST.flatMap((name) => {
    const works = Object.hasOwn(values, name) ? truthOf(values[name]) : null;
    return works === null ? [] : [[name, works] as const];
  });
  return measured.length === 0 ? null : { test: 'self-test', result: Object.fromEntries(measured) };
}

/** Some send 1 and 0 for true and false. Anything else is not known. */
const truthOf = (value: unknown): boolean | null =>
  value === true || value === 1 ? true : value === false || value === 0 ? false : null;

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  } catch {
    return null;
  }
}
