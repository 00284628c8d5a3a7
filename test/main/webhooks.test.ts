// The running platform tells an endpoint by itself: what changes, and a ping when asked.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson } from '#registry';
import { manualClock } from '#runtime';
import { databaseDir } from '../servers/database-dir.ts';
import { freeSettings } from './data-folder.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
const LOG_IN = { email: 'owner@example.org', password: 'correct horse battery' };

it('an endpoint on a host that the operator allows is told of a new appliance, and gets the ping it asked for', async () => {
  await using stack = new AsyncDisposableStack();
  const told: string[] = [];
  const server = createServer(async (request, response) => {
    const { type } = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()) as { type: string };
    told.push(type);
    response.writeHead(204).end();
    server.emit('told');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const folder = await databaseDir();
  stack.defer(() => folder[Symbol.dispose]());
  const platform = await startPlatform({
    settings: { ...(await freeSettings()), WEBHOOK_ALLOWED_HOSTS: `127.0.0.1:${port}` },
    folder: folder.path,
    clock: manualClock(NOW).spec,
    terminalToo: false,
    onFatal: (why) => {
      throw new Error(why);
    },
  });
  stack.use(platform);
  const { sql, pepper, url } = platform;
  const { id: household } = await createHousehold(sql, {
    name: 'Home',
    region: 'north',
    address: 'Street 1',
    now: NOW,
  });
  await createPerson(sql, { ...LOG_IN, name: 'Owner', role: 'owner', household, now: NOW });

  const post = (path: string, body: object, cookie = '') =>
    fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    });
  const cookie = (await post('/sessions', LOG_IN)).headers.get('set-cookie')!.split(';')[0]!;
  const hook = { url: `http://127.0.0.1:${port}/`, events: ['appliance.changed'] };
  const made = await post('/webhooks', hook, cookie);
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };

  const first = once(server, 'told');
  await createAppliance(sql, { model: 'stethos-reference-fridge', name: 'Fridge', household, now: NOW, pepper });
  await first;
  const second = once(server, 'told');
  expect((await post(`/webhooks/${id}/test`, {}, cookie)).status).toBe(202);
  await second;
  expect(told).toEqual(['appliance.changed', 'ping']);
});
