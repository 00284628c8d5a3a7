// The typed client: every path, parameter and answer of the API, from its OpenAPI document. Runs in Node and in browsers.
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema.ts';

export { type Change, changes, type StreamOptions } from './changes.ts';
export { everyItem } from './every-item.ts';
export type { components, paths } from './schema.ts';

export type StethosClient = Client<paths>;

/**
 * Each call answers with `data`, or with `error`: a problem with a stable `code` and a `hint`. Without a key, the browser's
 * session counts. Throws only when the platform cannot be reached.
 */
export function stethosClient({ baseUrl, apiKey }: { baseUrl: string; apiKey?: string }): StethosClient {
  return createClient<paths>({
    baseUrl,
    ...(apiKey === undefined ? { credentials: 'include' } : { headers: { authorization: `Bearer ${apiKey}` } }),
  });
}
