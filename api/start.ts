// Starts the HTTP door.
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { cannotListen, SECOND, type Stage } from '#runtime';
import { buildApp } from './app.ts';
import type { ApiDeps } from './deps.ts';
import type { Api } from './route.ts';

const LAST_ANSWERS_MS = SECOND / 2;

/**
 * `url` is where it listens; `openApi()` the OpenAPI 3.1 document; `figures()` what the API counts, as text for Prometheus.
 * Stopping ends live streams at once and gives what is under way half a second.
 */
export async function startApi(
  deps: ApiDeps,
): Promise<Stage & { url: string; openApi(): object; figures(): Promise<string> }> {
  const registry = new Registry();
  const app = await buildApp(deps, registry);
  try {
    await app.listen({ host: deps.host, port: deps.port });
  } catch (error) {
    await app.close();
    throw cannotListen('HTTP', deps.host, deps.port, error);
  }
  const { address, family, port } = app.server.address() as AddressInfo;
  return {
    name: 'api',
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    openApi: () => app.swagger(),
    figures: () => registry.metrics(),
    [Symbol.asyncDispose]: () => stop(app),
  };
}

/** Browsers hold connections open on which they have asked nothing yet; nobody waits for those. */
async function stop(app: Api): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS);
  await app.close();
  clearTimeout(cut);
}
