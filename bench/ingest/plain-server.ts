// The yardstick: Aedes as its makers ship it, without a hook, a subscriber or anything behind it.
import * as net from 'node:net';
import { Aedes } from 'aedes';
import { offer } from './child.ts';
import { monotonicMs } from './monotonic.ts';
import type { Credential, ServerOffers } from './offers.ts';
import { usage } from './usage.ts';

const anybody = (count: number): Credential[] =>
  Array.from({ length: count }, () => ({ id: crypto.randomUUID(), secret: 'not looked at' }));

const server: ServerOffers = {
  async start({ publishers, samples, idle }) {
    const aedes = await Aedes.createBroker({ concurrency: 0 });
    const listener = net.createServer(aedes.handle);
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as net.AddressInfo;
    return { port, publishers: anybody(publishers), samples: anybody(samples), idle: anybody(idle) };
  },
  usage,
  caughtUp: async () => monotonicMs(),
  alertRows: async () => [],
  count: async () => 0,
  stop: async () => {},
};

offer(server);
