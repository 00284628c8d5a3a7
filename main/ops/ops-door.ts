// For whoever watches the process, whatever its stages: is it alive, can it serve, what does it count.
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { maySucceed } from '#api';
import { cannotListen, type Logger, messageOf, type Stage } from '#runtime';

export type OpsDeps = {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Each part by name: "ok", or what is wrong with it. */
  ready: () => Promise<Record<string, string>>;
  /** Text for Prometheus. */
  figures: () => Promise<string>;
  logger: Logger;
};

type Answer = { status: number; type: string; body: string };

const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
});

async function answer(path: string, { ready, figures }: OpsDeps): Promise<Answer> {
  switch (path) {
    case '/healthz':
      return json(200, { ok: true });
    case '/readyz': {
      const checks = await ready();
      const ok = maySucceed(checks);
      return json(ok ? 200 : 503, { ok, checks });
    }
    case '/metrics':
      return { status: 200, type: Registry.PROMETHEUS_CONTENT_TYPE, body: await figures() };
    default:
      return json(404, { error: 'There are /healthz, /readyz and /metrics here.' });
  }
}

/** The port is for the operator's network: it asks for no token. */
export async function openOpsDoor(deps: OpsDeps): Promise<Stage & { port: number }> {
  const server = http.createServer((request, reply) => {
    answer(new URL(request.url ?? '/', 'http://ops').pathname, deps).then(
      ({ status, type, body }) => reply.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => {
        deps.logger.warn({ error: messageOf(error) }, 'the operations door could not answer');
        reply.writeHead(500).end();
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: Error): void => reject(cannotListen('operations', deps.host, deps.port, cause));
    server.once('error', failed).listen(deps.port, deps.host, () => {
      server.off('error', failed);
      resolve();
    });
  });
  return {
    name: 'operations',
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
