// Moments as lines of text: one measurement per kind of appliance, the appliance as the only tag, all readings of a stamp in one line.
import { escape as escaped } from '@influxdata/influxdb-client';
import { type ApplianceKind, type Moment, SIGNALS, type SignalReading, type SignalValue } from '#contracts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: a control character in a name would break the line
const ODD = /[\\%,= \u0000-\u001f\u007f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const WITHOUT_ESCAPE = /[\\%\u0000-\u001f\u007f]/g;

/** A name as the engine keeps it. Line protocol has no escape for a backslash or a control character: those are percent-encoded. */
export const storedName = (name: string): string =>
  ODD.test(name) ? name.replace(WITHOUT_ESCAPE, encodeURIComponent) : name;

const inLine = (name: string): string => (ODD.test(name) ? escaped.tag(storedName(name)) : name);

/**
 * A field has one type for ever, and a value of another type is refused: numbers and booleans of known signals are
 * floats, and a signal that the catalogue does not know has its type in its name and a measurement of its own.
 */
const isPlain = (reading: SignalReading): boolean => reading.mapped && typeof reading.value !== 'string';

export const unmappedMeasurement = (kind: ApplianceKind): string => `${kind}_unmapped`;
export const typedName = (signal: string, type: 'number' | 'boolean' | 'string'): string => `${signal}__${type}`;

/** The name of the field that holds a reading, unescaped. */
export function fieldOf(reading: SignalReading): string {
  if (isPlain(reading)) return storedName(reading.signal);
  return storedName(typedName(reading.signal, typeof reading.value as 'number' | 'boolean' | 'string'));
}

/** The signal's own name, of a field as it is stored. */
export function signalOf(measurement: string, field: string): string {
  const typed = measurement.endsWith('_unmapped') ? field.replace(/__(number|boolean|string)$/, '') : field;
  return decodeURIComponent(typed);
}

function fieldValue(value: SignalValue): string {
  if (typeof value === 'number') return `${value}`;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return escaped.quoted(value);
}

/** A moment whose readings all stand in one line. */
export type Line = Moment;

/** Each moment as one line, or two when some of its readings are unmapped; sorted by stamp, then by position. */
export function linesOf(moments: readonly Moment[]): Line[] {
  const lines: Line[] = [];
  for (const moment of moments) {
    if (moment.readings.every(isPlain) || !moment.readings.some(isPlain)) {
      lines.push(moment);
      continue;
    }
    lines.push({ ...moment, readings: moment.readings.filter(isPlain) });
    lines.push({ ...moment, readings: moment.readings.filter((reading) => !isPlain(reading)) });
  }
  // Of two lines with one stamp the engine keeps the later one; and a back-fill costs it least in order of time.
  return lines.filter((line) => line.readings.length > 0).sort((a, b) => a.at - b.at || a.position - b.position);
}

/** Names of the catalogue need no escape; they stand in every line. */
const plainName = (signal: string): string => (SIGNALS.has(signal) ? signal : inLine(signal));

const typedFieldName = ({ signal, value }: SignalReading): string =>
  inLine(typedName(signal, typeof value as 'number' | 'boolean' | 'string'));

/** The line as text, stamps in ms. Its readings are of one sort, as `linesOf` makes them. */
export function textOf({ appliance, kind, at, readings }: Line): string {
  const plain = isPlain(readings[0]!);
  let fields = '';
  for (const reading of readings) {
    const name = plain ? plainName(reading.signal) : typedFieldName(reading);
    fields += `,${name}=${fieldValue(reading.value)}`;
  }
  return `${plain ? kind : unmappedMeasurement(kind)},appliance=${inLine(appliance)} ${fields.slice(1)} ${at}`;
}
