// An HTTP proxy in front of a real server that does what the server cannot be asked for: to be overloaded, to hang, to
// cut, to be slow, to store and not to say so. One request at a time, or all of them for a while.
import { once } from 'node:events';
import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Fault =
  /** Answered here; the server never hears of the request. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** Taken, and never answered. */
  | { kind: 'hang' }
  /** The connection is reset; the server never hears of the request. */
  | { kind: 'reset' }
  /** The server is told after `delayMs`, if the client still waits then. */
  | { kind: 'slow'; delayMs: number }
  /** The server has done it, and the answer is lost with the connection. */
  | { kind: 'answer-lost' }
  /** The server has done it, and the answer never comes. */
  | { kind: 'answer-hangs' }
  /** Half of the body reaches the server, then both connections are reset. */
  | { kind: 'cut-in-the-middle' };

export type FaultProxy = AsyncDisposable & {
  readonly url: string;
  /** One fault for each of the next requests, in this order; null lets one pass. They come before `always`. */
  next(...faults: (Fault | null)[]): void;
  /** For every request from now on; null: none. */
  always(fault: Fault | null): void;
  /** Of the requests that faults are for. */
  readonly seen: Seen;
};
export type Seen = {
  requests: number;
  /** At the same time, at most. */
  mostAtOnce: number;
  largestBodyBytes: number;
};

type Exchange = { request: IncomingMessage; response: ServerResponse; body: Buffer };

const isWrite = (request: IncomingMessage): boolean => request.url?.startsWith('/api/v2/write') ?? false;

class FaultyDoor implements FaultProxy {
  readonly seen: Seen = { requests: 0, mostAtOnce: 0, largestBodyBytes: 0 };
  readonly #target: URL;
  readonly #concerns: (request: IncomingMessage) => boolean;
  readonly #server = createServer((request, response) => void this.#take(request, response));
  readonly #agent = new Agent({ keepAlive: true });
  readonly #timers = new Set<NodeJS.Timeout>();
  #queued: (Fault | null)[] = [];
  #always: Fault | null = null;
  #underWay = 0;

  constructor(target: string, concerns: (request: IncomingMessage) => boolean) {
    this.#target = new URL(target);
    this.#concerns = concerns;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  next(...faults: (Fault | null)[]): void {
    this.#queued.push(...faults);
  }

  always(fault: Fault | null): void {
    this.#always = fault;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#agent.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {});
    const concerned = this.#concerns(request);
    if (concerned) this.#count(response);
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // The client has gone.
      return;
    }
    const exchange = { request, response, body: Buffer.concat(parts) };
    if (!concerned) return this.#pass(exchange);
    this.seen.largestBodyBytes = Math.max(this.seen.largestBodyBytes, exchange.body.length);
    const fault = this.#queued.length > 0 ? this.#queued.shift()! : this.#always;
    if (fault === null) this.#pass(exchange);
    else this.#fail(fault, exchange);
  }

  #count(response: ServerResponse): void {
    this.seen.requests++;
    this.#underWay++;
    this.seen.mostAtOnce = Math.max(this.seen.mostAtOnce, this.#underWay);
    response.once('close', () => void this.#underWay--);
  }

  #fail(fault: Fault, exchange: Exchange): void {
    const { response } = exchange;
    switch (fault.kind) {
      case 'status': {
        const { status, headers = {}, body = '' } = fault;
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
        return;
      }
      case 'hang':
        return;
      case 'reset':
        reset(response.socket);
        return;
      case 'slow': {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          if (!response.destroyed) this.#pass(exchange);
        }, fault.delayMs);
        this.#timers.add(timer);
        return;
      }
      case 'answer-lost':
        this.#pass(exchange, () => reset(response.socket));
        return;
      case 'answer-hangs':
        this.#pass(exchange, () => {});
        return;
      case 'cut-in-the-middle':
        this.#passHalf(exchange);
        return;
    }
  }

  #ask({ request }: Exchange, answered: (answer: IncomingMessage) => void) {
    const { method, url: path, headers } = request;
    const { hostname: host, port } = this.#target;
    return ask({ host, port, method, path, headers, agent: this.#agent }, answered);
  }

  /** `instead` of the answer, once the server has given it. */
  #pass(exchange: Exchange, instead?: () => void): void {
    const { response, body } = exchange;
    const asked = this.#ask(exchange, (answer) => {
      if (instead) {
        answer.resume().once('end', instead);
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    // As if the server itself were away.
    asked.once('error', () => reset(response.socket));
    asked.end(body);
  }

  #passHalf(exchange: Exchange): void {
    const { response, body } = exchange;
    const asked = this.#ask(exchange, (answer) => answer.resume());
    asked.once('error', () => {});
    asked.write(body.subarray(0, body.length >> 1), () => {
      asked.destroy();
      reset(response.socket);
    });
  }
}

const reset = (socket: Socket | null): void => void socket?.resetAndDestroy();

/** Faults are for writes of readings, unless `concerns` says otherwise; all else passes. */
export async function startFaultProxy(
  target: string,
  concerns: (request: IncomingMessage) => boolean = isWrite,
): Promise<FaultProxy> {
  const proxy = new FaultyDoor(target, concerns);
  await proxy.listen();
  return proxy;
}
