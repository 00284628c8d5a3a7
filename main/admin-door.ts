// A private door for the command line on the same machine: loopback, and a token in a file that only this user may read.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { messageOf, PlatformError, SECOND } from '#runtime';
import { type AddAppliances, type AddedAppliance, NewAppliances } from './add-appliances.ts';
import { type Operate, OperatorWish } from './operate/operate.ts';
import type { RunningProcess } from './process.ts';
import { writePrivate } from './secrets.ts';

type Backup = RunningProcess['backup'];
export type AdminDeps = { add: AddAppliances; backup: Backup; operate: Operate };

const WishForBackup = z.object({ to: z.string().min(1), keysTo: z.string().min(1) });
const ALIVE_EVERY_MS = 10 * SECOND;

export type RunFile = { url: string; token: string };

export const runFileOf = (folder: string): string => path.join(folder, 'run.json');

function allowed(request: http.IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

type Answer = { status: number; body: object };
const failed = (error: unknown): Answer => ({
  status: 400,
  body: { message: messageOf(error), hint: error instanceof PlatformError ? error.hint : undefined },
});

async function makeAppliances(body: unknown, add: AddAppliances): Promise<Answer> {
  const added: AddedAppliance[] = await add(NewAppliances.parse(body));
  return { status: 200, body: added };
}

/** A line of JSON for each step, the last one with the end: it takes as long as it takes. */
async function backUp(
  { to, keysTo }: z.infer<typeof WishForBackup>,
  response: http.ServerResponse,
  backup: Backup,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const tell = (line: object): void => void response.write(`${JSON.stringify(line)}\n`);
  const alive = setInterval(() => tell({}), ALIVE_EVERY_MS);
  try {
    tell({ manifest: await backup({ to, keysTo, said: (said) => tell({ said }) }) });
  } catch (error) {
    tell({ error: failed(error).body });
  } finally {
    clearInterval(alive);
    response.end();
  }
}

async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { token, add, backup, operate }: AdminDeps & { token: string },
): Promise<void> {
  const end = ({ status, body }: Answer): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (!allowed(request, token)) return end({ status: 401, body: { message: 'not allowed' } });
  try {
    const body = await json(request);
    if (request.url === '/backup') await backUp(WishForBackup.parse(body), response, backup);
    else if (request.url === '/operate') end({ status: 200, body: await operate(OperatorWish.parse(body)) });
    else end(await makeAppliances(body, add));
  } catch (error) {
    end(failed(error));
  }
}

/** Opens the door and writes `run.json` into the data folder; both are gone after disposal. */
export async function openAdminDoor(folder: string, deps: AdminDeps): Promise<AsyncDisposable> {
  const token = randomBytes(24).toString('base64url');
  const server = http.createServer((request, response) => {
    answer(request, response, { ...deps, token }).catch(() => response.destroy());
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
