// A private door for the command line on the same machine: loopback, and a token in a file that only this user may read.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { json } from 'node:stream/consumers';
import { messageOf, PlatformError } from '#runtime';
import { type AddAppliances, type AddedAppliance, NewAppliances } from './add-appliances.ts';
import { writePrivate } from './secrets.ts';

export type RunFile = { url: string; token: string };

export const runFileOf = (folder: string): string => path.join(folder, 'run.json');

function allowed(request: http.IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function answer(
  request: http.IncomingMessage,
  token: string,
  add: AddAppliances,
): Promise<{ status: number; body: object }> {
  if (!allowed(request, token)) return { status: 401, body: { message: 'not allowed' } };
  try {
    const wish = NewAppliances.parse(await json(request));
    const added: AddedAppliance[] = await add(wish);
    return { status: 200, body: added };
  } catch (error) {
    const hint = error instanceof PlatformError ? error.hint : undefined;
    return { status: 400, body: { message: messageOf(error), hint } };
  }
}

/** Opens the door and writes `run.json` into the data folder; both are gone after disposal. */
export async function openAdminDoor(folder: string, add: AddAppliances): Promise<AsyncDisposable> {
  const token = randomBytes(24).toString('base64url');
  const server = http.createServer((request, response) => {
    answer(request, token, add).then(
      ({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const run: RunFile = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token };
  writePrivate(runFileOf(folder), JSON.stringify(run));
  return {
    async [Symbol.asyncDispose]() {
      fs.rmSync(runFileOf(folder), { force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
