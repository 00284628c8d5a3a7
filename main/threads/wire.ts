// Calls between threads over a message port. Errors arrive as what they were, with their hint.
import type { MessagePort } from 'node:worker_threads';
import { type BirpcReturn, createBirpc } from 'birpc';
import { messageOf, PlatformError } from '#runtime';

type Functions = object;
type PlainError = { code: string; kind: PlatformError['kind']; message: string; hint: string | undefined };
type Message = { e?: unknown };

const toPlain = (error: unknown): PlainError =>
  error instanceof PlatformError
    ? { code: error.code, kind: error.kind, message: error.message, hint: error.hint }
    : { code: 'thread-error', kind: 'fatal', message: messageOf(error), hint: undefined };

const fromPlain = ({ code, kind, message, hint }: PlainError): PlatformError =>
  new PlatformError(code, kind, message, hint === undefined ? {} : { hint });

/** Offers `local` on the port and calls what the other side offers. */
export function connect<Remote extends Functions, Local extends Functions>(
  port: MessagePort,
  local: Local,
): BirpcReturn<Remote, Local> {
  return createBirpc<Remote, Local>(local, {
    post: (message) => port.postMessage(message),
    on: (heard) => port.on('message', heard),
    serialize: (message: Message) => (message.e === undefined ? message : { ...message, e: toPlain(message.e) }),
    deserialize: (message: Message) =>
      message.e === undefined ? message : { ...message, e: fromPlain(message.e as PlainError) },
    // A call ends when the other side answers; a thread that dies ends the process.
    timeout: -1,
  });
}
