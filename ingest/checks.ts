// Written rules for stamps and values. A reading that breaks one is not taken, with a reason a device developer understands.
import { type Model, SIGNALS, type SignalReading } from '#contracts';
import { DAY, MINUTE } from '#runtime';

/** Clocks of appliances drift; a little future is taken as it is. */
export const FUTURE_TOLERANCE_MS = 5 * MINUTE;
/** Raw readings are kept this long, unless somebody says otherwise; older ones have no place to go. */
export const RAW_READINGS_DAYS = 90;

const SECONDS_LOOK_LIKE = 100_000_000_000;
const LONGEST_NAME = 80;
const LONGEST_STRING = 256;
const ODD_NAME = /[\p{Cc}\p{Cs}]/u;

/** What is wrong with a stamp, or null. Both in epoch ms. */
export function stampProblem(at: number, receivedAt: number, oldestDays = RAW_READINGS_DAYS): string | null {
  if (at >= receivedAt - oldestDays * DAY && at <= receivedAt + FUTURE_TOLERANCE_MS) return null;
  if (at > 0 && at < SECONDS_LOOK_LIKE) {
    return `"at" is ${at}: that looks like seconds or an unset clock. Send milliseconds since 1970 in UTC, or leave "at" out.`;
  }
  if (at > receivedAt) {
    return `"at" is ${Math.round((at - receivedAt) / MINUTE)} minutes in the future (server time ${receivedAt}). Set the appliance's clock, or leave "at" out.`;
  }
  return `"at" is older than ${oldestDays} days (server time ${receivedAt}). Set the appliance's clock, or leave "at" out.`;
}

type Checked = { reading: SignalReading } | { problem: string } | 'absent';

function checkString(value: string): string | null {
  if (value.length > LONGEST_STRING) return `a text may have ${LONGEST_STRING} characters at most`;
  // PostgreSQL keeps no U+0000.
  if (value.includes('\u0000')) return 'a text may not have the character U+0000';
  return value.isWellFormed() ? null : 'the text is not valid Unicode';
}

function unmapped(signal: string, value: unknown): Checked {
  if (typeof value === 'number' || typeof value === 'boolean') return { reading: { signal, value, mapped: false } };
  if (typeof value !== 'string') return { problem: 'a value is a number, true, false or a short text' };
  const problem = checkString(value);
  return problem ? { problem } : { reading: { signal, value, mapped: false } };
}

/** A maker may number his codes. */
function text(signal: string, value: unknown): Checked {
  if (typeof value === 'number') return { reading: { signal, value: String(value), mapped: true } };
  if (typeof value !== 'string') return { problem: 'this signal is a text' };
  const problem = checkString(value);
  return problem ? { problem } : { reading: { signal, value, mapped: true } };
}

/** One value of one signal against the catalogue and the model. `absent`: the model's word for "no value". */
export function checkValue(model: Model, signal: string, value: unknown): Checked {
  if (signal.length === 0 || signal.length > LONGEST_NAME || ODD_NAME.test(signal)) {
    return { problem: `a signal's name has 1 to ${LONGEST_NAME} printable characters` };
  }
  const limits = Object.hasOwn(model.signals, signal) ? model.signals[signal] : undefined;
  if ((value === null || typeof value === 'number') && limits?.absent.includes(value)) return 'absent';
  if (value === null) return { problem: 'null is not a value: leave the signal out instead' };
  if (typeof value === 'number' && !Number.isFinite(value)) return { problem: 'the number is too large' };
  const known = SIGNALS.get(signal);
  if (!known) return unmapped(signal, value);
  if (known.unit === 'boolean') {
    if (value === true || value === false) return { reading: { signal, value, mapped: true } };
    if (value === 0 || value === 1) return { reading: { signal, value: value === 1, mapped: true } };
    return { problem: 'this signal is true or false' };
  }
  if (known.unit === 'text') return text(signal, value);
  if (typeof value !== 'number') return { problem: `this signal is a number in ${known.unit}, without quotes` };
  if ((limits?.min !== undefined && value < limits.min) || (limits?.max !== undefined && value > limits.max)) {
    return {
      problem: `${value} ${known.unit} is outside the plausible range of the model (${limits.min} to ${limits.max})`,
    };
  }
  return { reading: { signal, value, mapped: true } };
}
