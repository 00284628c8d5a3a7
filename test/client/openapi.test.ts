import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openPlatform } from '../api/platform.ts';

const DOCUMENT = new URL('../../client/openapi.json', import.meta.url);
const SCHEMA = new URL('../../client/schema.ts', import.meta.url);
const AGAIN = 'The API changed: run `npm run client`.';

it('the typed client is made from the API as it is', async () => {
  await using platform = await openPlatform();
  const document = `${JSON.stringify(platform.app.swagger(), null, 1)}\n`;
  if (process.env.WRITE_OPENAPI) writeFileSync(DOCUMENT, document);
  const kept = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
  expect(kept === document, AGAIN).toBe(true);
  if (process.env.WRITE_OPENAPI) return;
  const hash = createHash('sha256').update(kept).digest('hex');
  expect(readFileSync(SCHEMA, 'utf8').includes(hash), AGAIN).toBe(true);
});
