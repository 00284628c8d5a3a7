// The open test profile, for conformance suites that expect a broker which allows all that MQTT 3.1.1 does: the engine and
// the frame guard of the broker, but any credential, retained messages, persistent sessions, wildcards and every topic.
import * as net from 'node:net';
import { Aedes, type Client } from 'aedes';
import { guardFrames } from '../../../broker/frame-guard.ts';

const LARGEST_PACKET_BYTES = 1024 * 1024;
const PACKETS_AT_ONCE = 256;

type Inner = Client & { connackSent: boolean };

export async function openProfile(port = 0): Promise<{ port: number } & AsyncDisposable> {
  const aedes = new Aedes({
    concurrency: 0,
    drainTimeout: 10_000,
    connectTimeout: 5_000,
    maxClientsIdLength: 64,
    authorizePublish(_client, packet, done) {
      // The mark is of this hop alone [MQTT-3.3.1-3].
      packet.dup = false;
      done(packet.topic.startsWith('$SYS/') ? new Error('$SYS is the broker’s own') : null);
    },
  });
  await aedes.listen();
  const server = net.createServer({ noDelay: true }, (socket) => {
    const guarded = guardFrames(socket, {
      limit: () => LARGEST_PACKET_BYTES,
      room: () => ((client as Inner).connackSent ? PACKETS_AT_ONCE : Number(!client.connecting)),
      // Which packet ids are open the engine alone knows.
      owed: () => true,
      others: () => {},
      tooLarge: () => {},
      broken: () => {},
    });
    const client: Client = aedes.handle(guarded);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      await new Promise<void>((resolve) => aedes.close(resolve));
      await closed;
    },
  };
}
