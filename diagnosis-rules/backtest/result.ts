// What a backtest found so far, added up; and all of it as a file.
import { type Comparison, type Id, iso, isoOrNull } from '#contracts';
import type { Sql } from '#runtime';
import type { FoundEpisode } from './episodes.ts';
import { everyPair, type FoundPair } from './findings.ts';
import type { BacktestRecord } from './records.ts';
import { type Names, Tally } from './tally.ts';
import { causeNames } from './trial.ts';

export async function backtestResult(
  sql: Sql,
  { id, from, text, againstText }: Pick<BacktestRecord, 'id' | 'from' | 'text' | 'againstText'>,
  namesIn: (text: string) => Names = causeNames,
): Promise<Comparison> {
  const tally = new Tally(from);
  for await (const pair of everyPair(sql, id)) tally.add(pair);
  return tally.result({ a: namesIn(text), b: againstText === null ? null : namesIn(againstText) });
}

const FIELDS = ['openedAt', 'closedAt', 'severity', 'cause', 'probability', 'visit'] as const;
type Line = Record<string, string | number | boolean | null>;

const saidIn = (said: FoundEpisode | null): Line | null =>
  said && {
    openedAt: iso(said.openedAt),
    closedAt: isoOrNull(said.closedAt),
    severity: said.severity,
    cause: said.cause,
    probability: Math.round(said.probability * 1e6) / 1e6,
    visit: said.visit,
  };

export type BacktestFormat = 'ndjson' | 'csv';

/** What stands above the lines. */
export const fileHead = (format: BacktestFormat): string =>
  format === 'csv' ? csvLine(['appliance', 'household', ...named('a'), ...named('b')]) : '';

/** Times as ISO 8601. */
export const fileLine = (format: BacktestFormat, pair: FoundPair): string =>
  format === 'csv' ? asCsv(pair) : asJson(pair);

/** A line for each pair, newest first. */
export async function* backtestLines(sql: Sql, id: Id, format: BacktestFormat): AsyncGenerator<string> {
  yield fileHead(format);
  for await (const pair of everyPair(sql, id)) yield fileLine(format, pair);
}

const asJson = ({ appliance, household, a, b }: FoundPair): string =>
  `${JSON.stringify({ appliance, household, a: saidIn(a), b: saidIn(b) })}\n`;

const named = (side: string): string[] => FIELDS.map((field) => `${side}.${field}`);

function asCsv({ appliance, household, a, b }: FoundPair): string {
  const cells = (said: Line | null): (string | number | boolean | null)[] =>
    FIELDS.map((field) => said?.[field] ?? null);
  return csvLine([appliance, household, ...cells(saidIn(a)), ...cells(saidIn(b))]);
}

/** Ids, times, numbers and codes: nothing of it needs quotes. */
const csvLine = (cells: readonly (string | number | boolean | null)[]): string =>
  `${cells.map((cell) => cell ?? '').join(',')}\r\n`;
