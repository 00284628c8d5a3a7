// Is each part up? Asked of the parts themselves; one that does not answer in time is not.
import { setTimeout } from 'node:timers/promises';
import { DEGRADED } from '#api';
import { standingDifferences } from '#ingest';
import { messageOf, SECOND, type Sql } from '#runtime';

const PATIENCE_MS = 2 * SECOND;

/** A part says nothing, or why it is not ready. */
export async function readiness(
  parts: Record<string, () => Promise<string | null> | string | null>,
): Promise<Record<string, string>> {
  const asked = Object.entries(parts).map(async ([name, ask]) => [name, await answer(ask)] as const);
  return Object.fromEntries(await Promise.all(asked));
}

/** What does not balance is for the operator to look at; the platform serves all the same. */
export async function ledgerState(sql: Sql): Promise<string | null> {
  // A database that is away is said once, by its own name.
  const standing = await Promise.race([standingDifferences(sql).catch(() => []), setTimeout(PATIENCE_MS / 2, [])]);
  if (standing.length === 0) return null;
  const which = standing.map(({ balance, alarms, difference }) => `${balance} by ${difference} in ${alarms} place(s)`);
  return `${DEGRADED}: the ledger differs: ${which.join(', ')}`;
}

async function answer(ask: () => Promise<string | null> | string | null): Promise<string> {
  const patience = new AbortController();
  const late = setTimeout(PATIENCE_MS, 'does not answer', { signal: patience.signal }).catch(() => null);
  try {
    return (await Promise.race([ask(), late])) ?? 'ok';
  } catch (error) {
    return messageOf(error);
  } finally {
    patience.abort();
  }
}
