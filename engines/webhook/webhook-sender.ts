// The WebhookSender port on Node's own https: the address that was checked is the one that is connected to.
import { lookup } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import type { WebhookSender } from '#api';
import type { WebhookReason } from '#contracts';
import { SECOND } from '#runtime';
import { findTarget, type Resolve, type Target } from './guard.ts';

/** Nobody looks at what was answered; a little is read so that the other side may finish in peace. */
const ANSWER_BYTES = 4 * 1024;
const HEADER_BYTES = 16 * 1024;

type WebhookSenderOptions = {
  /** `host` or `host:port`: good over plain http and at any address. For tests, development and services of one's own network. */
  allowedHosts?: readonly string[];
  /** All addresses of a name; the system's own resolver unless given. */
  resolve?: Resolve;
  /** For the whole call: name, connection, TLS, answer. */
  timeoutMs?: number;
  /** Certificates (PEM) to trust instead of the usual ones. */
  ca?: string;
};

const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** Opens nothing until something is sent, and keeps no connection. */
export function openWebhookSender({
  allowedHosts = [],
  resolve = systemResolve,
  timeoutMs = 5 * SECOND,
  ca,
}: WebhookSenderOptions = {}): WebhookSender {
  const guard = { allowed: new Set(allowedHosts.map((host) => host.toLowerCase())), resolve };
  const inTime = (signal?: AbortSignal): AbortSignal =>
    AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  return {
    async refusal(url) {
      const target = await orTimedOut(findTarget(url, guard), inTime());
      return typeof target !== 'string' || target === 'unknown-host' || target === 'timed-out' ? null : target;
    },
    async post({ url, headers, body, signal }) {
      const ends = inTime(signal);
      const target = await orTimedOut(findTarget(url, guard), ends);
      if (typeof target === 'string') return { reason: target };
      return callOnce(target, { headers, body, ends, ca });
    },
  };
}

/** The system's resolver cannot be stopped; it is left behind. */
function orTimedOut<T>(work: Promise<T>, ends: AbortSignal): Promise<T | 'timed-out'> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve('timed-out');
    ends.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => ends.removeEventListener('abort', stop));
  });
}

type Call = { headers: Readonly<Record<string, string>>; body: string; ends: AbortSignal; ca: string | undefined };

function callOnce({ url, addresses }: Target, call: Call): Promise<{ status: number } | { reason: WebhookReason }> {
  const { promise, resolve } = Promise.withResolvers<{ status: number } | { reason: WebhookReason }>();
  const request = (url.protocol === 'https:' ? https : http).request(url, {
    method: 'POST',
    headers: { ...call.headers, 'content-length': String(Buffer.byteLength(call.body)) },
    // A kept connection would lead to an address that was checked for another call.
    agent: false,
    lookup: pinnedTo(addresses),
    signal: call.ends,
    maxHeaderSize: HEADER_BYTES,
    ...(call.ca === undefined ? {} : { ca: call.ca }),
  });
  let status: number | undefined;
  const settle = (otherwise: WebhookReason): void => resolve(status === undefined ? { reason: otherwise } : { status });
  request.on('response', (response) => {
    status = response.statusCode;
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES) response.destroy();
    });
    response.on('error', () => {});
    response.on('close', () => settle('not-reachable'));
  });
  request.on('error', (error: NodeJS.ErrnoException) => settle(reasonOf(error, call.ends)));
  // Neither answer nor error, e.g. after an upgrade that nobody asked for.
  request.on('close', () => settle('not-reachable'));
  request.end(call.body);
  return promise;
}

/** Node asks it instead of the system; TLS still demands a certificate for the name. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, options, answer) => {
    if (options.all) answer(null, found);
    else answer(null, found[0]!.address, found[0]!.family);
  };
}

const TLS_CODES = /CERT|TLS|SSL|EPROTO|SIGNATURE|ISSUER/;

function reasonOf(error: NodeJS.ErrnoException, ends: AbortSignal): WebhookReason {
  if (ends.aborted) return 'timed-out';
  return TLS_CODES.test(error.code ?? '') ? 'tls-not-trusted' : 'not-reachable';
}
