// What InfluxDB and the network say: an engine that is away (try again), or lines that it will never take.
import { HttpError } from '@influxdata/influxdb-client';
import { messageOf, PlatformError } from '#runtime';

export type Place = { url: string; org: string; bucket: string };

const retry = (code: string, message: string, hint: string, cause: unknown): PlatformError =>
  new PlatformError(code, 'retry', message, { hint, cause });

/** Everything that is not about single lines: nothing is lost, the caller tries again, and the hint names the setting to check. */
export function storeError(cause: unknown, place: Place): PlatformError {
  if (cause instanceof PlatformError) return cause;
  if (!(cause instanceof HttpError)) {
    const what = messageOf(cause) || String((cause as { code?: unknown }).code ?? 'no answer');
    return retry('readings-unreachable', `InfluxDB at ${place.url} cannot be reached: ${what}`, REACH, cause);
  }
  const said = `InfluxDB at ${place.url} answered ${cause.statusCode}: ${cause.message}`;
  // A write answers 404 where a query answers 400.
  const missing = cause.statusCode === 404 || /organization name .* not found/i.test(cause.message);
  if (missing) return retry('readings-bucket', said, whatIsMissing(cause.message, place), cause);
  switch (cause.statusCode) {
    case 401:
    case 403:
      return retry('readings-token', said, `Check INFLUX_TOKEN: it must read and write "${place.bucket}".`, cause);
    case 429:
    case 503: {
      const seconds = cause.headers?.['retry-after'];
      const wait = seconds ? ` It asks to wait ${seconds} s.` : '';
      return retry('readings-busy', `${said}.${wait}`, 'InfluxDB is overloaded or starting; readings wait.', cause);
    }
    default:
      return retry('readings-unavailable', said, REACH, cause);
  }
}

const REACH = 'Check that InfluxDB 2 runs and that INFLUX_URL is its address. Readings wait until it is back.';

function whatIsMissing(message: string, { org, bucket }: Place): string {
  return /organization/i.test(message)
    ? `Check INFLUX_ORG: there is no organization "${org}", or the token cannot see it.`
    : `Check INFLUX_BUCKET: create the bucket "${bucket}" in "${org}", or name another.`;
}

/** `dropped`: how many lines were not stored, at least; null when nothing was. */
export type Refusal = { reason: string; dropped: number | null; outsideRetention: boolean; field: string | null };

/** What was said about single lines; null when the answer is not about them. */
export function refusalIn(error: unknown): Refusal | null {
  if (!(error instanceof HttpError)) return null;
  const said = error.message;
  const unreadable = error.statusCode === 400 && /unable to parse/i.test(said);
  const partial = error.statusCode === 422 && /partial write/i.test(said);
  if (!unreadable && !partial && error.statusCode !== 413) return null;
  const dropped = partial ? /dropped[ =](\d+)/.exec(said) : null;
  return {
    reason: said.replace(/^failure writing points to database: partial write: /, '').slice(0, 500),
    dropped: dropped ? Number(dropped[1]) : null,
    outsideRetention: /retention policy/i.test(said),
    field: /input field "(.+)" on measurement/.exec(said)?.[1] ?? null,
  };
}
