// Options that several commands share, read from text into what the simulator needs.
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { Id } from '#contracts';
import type { ConnectionOptions } from '../device.ts';
import { readTable } from '../recording.ts';
import { EPISODE_NAMES, type Episode, isEpisodeName, type Truth } from '../scenario.ts';
import { fastClock, parseDuration } from '../time.ts';
import { UsageError } from '../usage-error.ts';

/** What the commands need of the process. */
export type CommandContext = {
  say(line: string): void;
  environment: Record<string, string | undefined>;
  /** Aborts when the person wants to stop. */
  stop: AbortSignal;
};

export const DEFAULT_URL = 'mqtt://127.0.0.1:1883';

export const CLOCK_HELP = `  --rate N           run N times faster than the wall clock; the platform must run with CLOCK_RATE=N
  --clock-from TIME  the moment at which the platform's clock started (ISO 8601); required with --rate`;

export const clockOptions = { rate: { type: 'string' }, 'clock-from': { type: 'string' } } as const;

export function numberOf(text: string, option: string, low = 0, high = Number.POSITIVE_INFINITY): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= low && value <= high)) {
    const range = Number.isFinite(high) ? `from ${low} to ${high}` : `of at least ${low}`;
    throw new UsageError(`${option}: "${text}" is not a number ${range}`, `Give ${option} a number ${range}.`);
  }
  return value;
}

export function timeOf(text: string, option: string): number {
  const at = text === 'now' ? Date.now() : Date.parse(text);
  if (Number.isNaN(at)) {
    throw new UsageError(`${option}: "${text}" is not a time`, 'Write it as 2026-11-21T08:00:00Z.');
  }
  return at;
}

export function clockOf(values: { rate?: string; 'clock-from'?: string }): { now: () => number; rate: number } {
  const rate = values.rate === undefined ? 1 : numberOf(values.rate, '--rate', 0.001, 100_000);
  if (rate === 1) return { now: () => Date.now(), rate };
  if (values['clock-from'] === undefined) {
    throw new UsageError(
      `--rate ${rate} needs --clock-from`,
      `Start the platform with CLOCK_RATE=${rate} and give --clock-from the time at which it started.`,
    );
  }
  return fastClock(rate, timeOf(values['clock-from'], '--clock-from'));
}

export type Credential = { id: Id; secret: string };
const Credential = z.object({ id: Id, secret: z.string().min(1) });

export function credentialOf(
  values: { id?: string; secret?: string },
  environment: CommandContext['environment'],
): Credential {
  const id = values.id ?? environment.APPLIANCE_ID;
  const secret = values.secret ?? environment.APPLIANCE_SECRET;
  const hint = 'Make an appliance with "npm run appliance -- add"; it prints both.';
  if (!id || !secret) throw new UsageError('--id and --secret are needed', hint);
  if (!Id.safeParse(id).success) throw new UsageError(`--id: "${id}" is not an appliance's id (a UUID)`, hint);
  return { id, secret };
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`, 'Check the path.');
  }
}

function parseCredentials(text: string): unknown {
  const start = text.trimStart()[0];
  if (start === '[') return JSON.parse(text);
  if (start !== '{') return readTable(text);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => JSON.parse(line));
}

/** Ids and secrets from a JSON array, JSON lines, or CSV with the columns id and secret. */
export async function readCredentials(file: string | undefined): Promise<Credential[]> {
  const hint = 'Make the file with "npm run appliance -- add --count N --out FILE".';
  if (file === undefined) throw new UsageError('--credentials FILE is needed', hint);
  const text = await readText(file);
  try {
    return z.array(Credential).min(1).parse(parseCredentials(text));
  } catch {
    throw new UsageError(`${file} does not hold a list of id and secret`, hint);
  }
}

export async function writeTruth(file: string | undefined, truth: readonly Truth[]): Promise<void> {
  if (file !== undefined) await writeFile(file, truth.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

export function connectionOf(url: string | undefined, credential: Credential): ConnectionOptions {
  const mqttUrl = url ?? DEFAULT_URL;
  if (!/^(mqtts?|wss?):\/\/./.test(mqttUrl)) {
    throw new UsageError(
      `--url: "${mqttUrl}" is not an MQTT address`,
      `Write it as ${DEFAULT_URL} or ws://host:port/.`,
    );
  }
  return { mqttUrl, ...credential };
}

const FAULT = /^([a-z-]+)(?:@(-?)([\d.smhd]+))?(?:\+([\d.smhd]+))?$/;

export type FaultDefaults = { fromMs: number; lastsMs?: number; strength?: number; growMs?: number };

/** `NAME`, `NAME@10m` (in ten minutes), `NAME@-5h` (for five hours already), `NAME@10m+45m` (for 45 minutes). */
export function episodeOf(text: string, defaults: FaultDefaults): Episode {
  const match = FAULT.exec(text);
  if (!match || !isEpisodeName(match[1]!)) {
    throw new UsageError(`--fault ${text} is not known`, `Known are: ${EPISODE_NAMES.join(', ')}.`);
  }
  const [, what, past, from, lasts] = match;
  const fromMs = from === undefined ? defaults.fromMs : parseDuration(from, '--fault') * (past ? -1 : 1);
  const lastsMs = lasts === undefined ? defaults.lastsMs : parseDuration(lasts, '--fault');
  return {
    what: what as Episode['what'],
    fromMs,
    ...(lastsMs === undefined ? {} : { untilMs: fromMs + lastsMs }),
    ...(defaults.strength === undefined ? {} : { strength: defaults.strength }),
    ...(defaults.growMs === undefined ? {} : { growMs: defaults.growMs }),
  };
}
