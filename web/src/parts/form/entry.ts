// What is typed into a form, until it is sent.
import { useState } from 'react';

export function useEntry<T extends object>(blank: T) {
  const [entry, setEntry] = useState(blank);
  return {
    entry,
    set: (part: Partial<T>) => setEntry((now) => ({ ...now, ...part })),
    clear: () => setEntry(blank),
  };
}

/** Without what was left empty. */
export function given<T extends Record<string, unknown>>(entry: T): Partial<T> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== '')) as Partial<T>;
}

/** The last moment of a day ("2027-03-01") where the reader is, in ISO 8601. */
export const endOfDay = (day: string): string => new Date(`${day}T23:59:59`).toISOString();
