// The load client: a process of its own, so that what the servers cost is theirs alone.
import { publishSamples } from './alert-samples.ts';
import { offer } from './child.ts';
import { type Connection, openConnections } from './connection.ts';
import { flood } from './flood.ts';
import { MessageRing, READINGS_A_MESSAGE } from './message-ring.ts';
import type { ClientOffers } from './offers.ts';
import { paced } from './paced.ts';
import { Publisher } from './publisher.ts';
import { usage } from './usage.ts';

let publishers: Publisher[] = [];
let idleConnections: Connection[] = [];

const client: ClientOffers = {
  async connect({ port, publishers: credentials, firstAt, stepMs }) {
    const connections = await openConnections(port, credentials);
    const rings = credentials.map(({ id }) => new MessageRing({ appliance: id, firstAt, stepMs }));
    publishers = connections.map((connection, index) => new Publisher(connection, rings[index]!));
    return { messageBytes: rings[0]!.messageBytes, readings: READINGS_A_MESSAGE };
  },
  flood: (options) => flood(publishers, options),
  paced: (options) => paced(publishers, options),
  async openIdle({ port, idle }) {
    idleConnections = await openConnections(port, idle);
  },
  closeIdle() {
    for (const connection of idleConnections) connection.close();
    idleConnections = [];
  },
  publishSamples,
  acknowledged: () => publishers.map((publisher) => publisher.acked),
  cpuMs: () => usage().cpuMs,
};

offer(client);
