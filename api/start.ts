// Starts the HTTP door.
import type { AddressInfo } from 'node:net';
import type { Stage } from '#runtime';
import { buildApp } from './app.ts';
import type { ApiDeps } from './deps.ts';

/** `url` is where it listens; `openApi()` the OpenAPI 3.1 document. Stopping ends live streams and answers what is under way. */
export async function startApi(deps: ApiDeps): Promise<Stage & { url: string; openApi(): object }> {
  const app = await buildApp(deps);
  try {
    await app.listen({ host: deps.host, port: deps.port });
  } catch (error) {
    await app.close();
    throw error;
  }
  const { address, family, port } = app.server.address() as AddressInfo;
  return {
    name: 'api',
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    openApi: () => app.swagger(),
    [Symbol.asyncDispose]: () => app.close(),
  };
}
