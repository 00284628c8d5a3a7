// Life cycles as tables: { from, event, to }. One row a line, tested row by row.
import { PlatformError } from './errors.ts';

export type Transition<State extends string, Event extends string> = {
  from: State | readonly State[];
  event: Event;
  to: State;
};

/** The next state, or null when the table has no such row. */
export function next<State extends string, Event extends string>(
  table: readonly Transition<State, Event>[],
  state: State,
  event: Event,
): State | null {
  const row = table.find(
    (r) => r.event === event && (Array.isArray(r.from) ? r.from.includes(state) : r.from === state),
  );
  return row ? row.to : null;
}

/** The next state; throws a `reject` error that names what is possible instead. */
export function step<State extends string, Event extends string>(
  table: readonly Transition<State, Event>[],
  what: string,
  state: State,
  event: Event,
): State {
  const to = next(table, state, event);
  if (to !== null) return to;
  const possible = table
    .filter((r) => (Array.isArray(r.from) ? r.from.includes(state) : r.from === state))
    .map((r) => r.event);
  throw new PlatformError('wrong-state', 'reject', `This ${what} is ${state}; "${event}" is not possible now.`, {
    hint: possible.length > 0 ? `Possible now: ${possible.join(', ')}.` : 'Nothing more can be done with it.',
  });
}
