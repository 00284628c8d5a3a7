// Recorded refrigerators: days of normal life, and the same days with malfunctions drawn into them by whoever published them.
// Ten days of one machine are a smoke check and no rate.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type DecodedMessage, idOf } from '#contracts';
import { type Recording, readRecording } from '#device-sim';
import type { Catalogue } from '#diagnosis-rules';
import { loadModels } from '#registry';
import { DAY, MINUTE } from '#runtime';
import { decoderOf } from './decoded.ts';
import { type Episode, episodesOf } from './episodes.ts';
import { judge } from './judge.ts';
import { toldBy } from './judged-life.ts';

const NORMAL = /^normal$/i;
const MODEL = 'metered-fridge';
/** The first stamp of the day that is put first. */
const FROM = Date.UTC(2026, 0, 5);

export type RecordedRow = {
  unit: string;
  what: string;
  days: number;
  labelledShare: number;
  /** Days on which an alarm was open, of the days after the normal ones. */
  daysWithAlarm: number;
  episodes: string[];
};

/** Folders that hold days of one machine: `Normal` and its malfunctions. */
function unitsIn(folder: string): string[] {
  const found = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && NORMAL.test(entry.name))
    .map((entry) => entry.parentPath);
  return found.filter((unit) => /fridge|refrigerator/i.test(path.basename(unit))).sort();
}

const dayOf = (file: string): number => Number(/day_?(\d+)/i.exec(file)?.[1] ?? 0);

function daysIn(folder: string): Recording[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort((a, b) => dayOf(a) - dayOf(b))
    .map((name) => readRecording(fs.readFileSync(path.join(folder, name), 'utf8')));
}

type Row = { at: number; values: Record<string, unknown> };

/** One day after the other without a gap: the days were recorded far apart. */
function endToEnd(days: readonly Recording[], from: number): { rows: Row[]; starts: number[]; until: number } {
  const rows: Row[] = [];
  const starts: number[] = [];
  let until = from;
  for (const { samples } of days) {
    starts.push(until);
    const shift = until - samples[0]!.at;
    for (const { at, values } of samples) rows.push({ at: at + shift, values });
    until = rows.at(-1)!.at + MINUTE;
  }
  return { rows, starts, until };
}

function alarmsIn(normal: readonly Recording[], then: readonly Recording[], rules: Catalogue) {
  const usual = endToEnd(normal, FROM);
  const after = endToEnd(then, usual.until);
  const appliance = idOf('bench-recording', MODEL);
  const decode = decoderOf(loadModels(), MODEL);
  function* messages(): Generator<DecodedMessage> {
    for (const { at, values } of [...usual.rows, ...after.rows]) {
      const message = decode({ receivedAt: at, payload: { readings: [{ at, values }] } }, appliance);
      if (message) yield message;
    }
  }
  const told = toldBy(judge({ rules, messages: messages(), upTo: after.until }));
  return { episodes: episodesOf(told), ...after };
}

const openIn = (episodes: readonly Episode[], from: number, until: number): boolean =>
  episodes.some(({ start, end }) => start < until && (end ?? Number.POSITIVE_INFINITY) > from);

function labelledShare(days: readonly Recording[]): number {
  const labelled = days.flatMap((day) => day.labelled).reduce((sum, { from, until }) => sum + until - from, 0);
  const all = days.reduce((sum, { samples }) => sum + samples.at(-1)!.at - samples[0]!.at, 0);
  return labelled / all;
}

/** Each machine's normal days first, so that its usual is known; then the same days again, or a malfunction's. */
export function judgeRecordings(folder: string, rules: Catalogue): RecordedRow[] {
  return unitsIn(folder).flatMap((unit) => {
    const variants = fs.readdirSync(unit).sort((a, b) => Number(NORMAL.test(b)) - Number(NORMAL.test(a)));
    const normal = daysIn(path.join(unit, variants[0]!));
    return variants.map((variant) => {
      const days = daysIn(path.join(unit, variant));
      const { episodes, starts, until } = alarmsIn(normal, days, rules);
      const ends = [...starts.slice(1), until];
      return {
        unit: path.basename(unit),
        what: variant,
        days: days.length,
        labelledShare: labelledShare(days),
        daysWithAlarm: starts.filter((start, n) => openIn(episodes, start, ends[n]!)).length,
        episodes: episodes.map(({ cause, start }) => `${cause} on day ${Math.floor((start - FROM) / DAY) + 1}`),
      };
    });
  });
}
