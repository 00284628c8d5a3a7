// What DuckDB says, as an error that says what to do.
import { messageOf, PlatformError } from '#runtime';

export function openError(file: string, cause: unknown): PlatformError {
  if (cause instanceof PlatformError) return cause;
  const message = `The readings in ${file} cannot be opened: ${messageOf(cause)}`;
  if (/lock/i.test(messageOf(cause)))
    return new PlatformError('readings-in-use', 'fatal', message, {
      cause,
      hint: 'Another process uses this data folder. Stop it, or choose another folder.',
    });
  return new PlatformError('readings-unreadable', 'fatal', message, {
    cause,
    hint: 'Check that the file may be read and written and was made by this version; restore it from a backup if it is damaged.',
  });
}

export function storeError(cause: unknown): PlatformError {
  if (cause instanceof PlatformError) return cause;
  const message = messageOf(cause);
  if (/fatal error|invalidated/i.test(message))
    return new PlatformError('readings-broken', 'fatal', `DuckDB gave up: ${message}`, {
      cause,
      hint: 'Nothing acknowledged is lost. Check the disk, then start again.',
    });
  return new PlatformError('readings-unavailable', 'retry', `The readings could not be reached: ${message}`, {
    cause,
    hint: 'Check free space and permissions of the data folder.',
  });
}
