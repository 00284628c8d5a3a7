// One error class: what went wrong, whether trying again helps, and what to do next.
export type ErrorKind = 'retry' | 'reject' | 'fatal';

/**
 * `retry`: the same call may succeed later. `reject`: it never will; tell the caller. `fatal`: the process must stop.
 * `hint` says what the reader can do about it.
 */
export class PlatformError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  constructor(code: string, kind: ErrorKind, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlatformError';
    this.code = code;
    this.kind = kind;
    this.hint = options.hint;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A port that is taken, or a host that is not this machine's. */
export const cannotListen = (what: string, host: string, port: number, cause: unknown): PlatformError => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : messageOf(cause);
  return new PlatformError('cannot-listen', 'fatal', `Cannot listen for ${what} on ${host}:${port} (${code}).`, {
    hint: code === 'EADDRINUSE' ? 'Another program uses that port; set another one.' : 'Check host and port.',
    cause,
  });
};
