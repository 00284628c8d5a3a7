// A real MQTT broker on a free port of loopback that keeps what was acknowledged, and can be told to misbehave.
import * as net from 'node:net';
import { Aedes, type AuthenticateError } from 'aedes';
import { CommandResult, newId, parseResultTopic, parseUpTopic, TelemetryPayload } from '#contracts';
import { freePort } from '../servers/process.ts';

const SECRET = 'a-secret-for-this-test';

export async function listeningBroker() {
  const taken: TelemetryPayload[] = [];
  const answers: { command: string; result: CommandResult }[] = [];
  let onAnswer = (): void => {};
  let connections = 0;
  let cutAfter = Number.POSITIVE_INFINITY;
  const sockets = new Set<net.Socket>();
  const broker = await Aedes.createBroker({
    authenticate: (_client, _name, password, done) => {
      connections += 1;
      if (password?.toString() === SECRET) return done(null, true);
      done(Object.assign(new Error('refused'), { returnCode: 4 }) as AuthenticateError, false);
    },
    authorizePublish: (client, packet, done) => {
      if (cutAfter-- <= 0) {
        // The connection breaks before the PUBACK: the message counts as never taken.
        cutAfter = Number.POSITIVE_INFINITY;
        return client?.conn.destroy();
      }
      const answered = parseResultTopic(packet.topic);
      if (answered?.appliance === client?.id) {
        const result = CommandResult.parse(JSON.parse(packet.payload.toString()));
        answers.push({ command: answered!.command, result });
        done(null);
        return onAnswer();
      }
      const topic = parseUpTopic(packet.topic);
      if (!topic || topic.appliance !== client?.id) return done(new Error('not its topic'));
      taken.push(TelemetryPayload.parse(JSON.parse(packet.payload.toString())));
      done(null);
    },
  });
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const port = await freePort();
  await listen(port);
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    mqttUrl: `mqtt://127.0.0.1:${port}`,
    id: newId(),
    secret: SECRET,
    /** Payloads in the order they were acknowledged. */
    taken,
    /** Resolves when it has as many answers to commands. */
    async answered(count: number) {
      while (answers.length < count) {
        await new Promise<void>((resolve) => {
          onAnswer = resolve;
        });
      }
      return answers;
    },
    /** Whoever is connected listens to it. */
    async listenedTo(topic: string): Promise<void> {
      const listens = () =>
        Object.values((broker as unknown as { clients: Record<string, { subscriptions: object }> }).clients).some(
          ({ subscriptions }) => topic in subscriptions,
        );
      while (!listens()) await new Promise((resolve) => broker.once('subscribe', resolve));
    },
    stamps: () => taken.flatMap(({ readings }) => readings.map(({ at }) => at!)),
    connections: () => connections,
    /** Cuts the connection at the message after the next `count`, once. */
    cutAfter(count: number) {
      cutAfter = count;
    },
    send: (topic: string, body: unknown) =>
      new Promise<void>((resolve, reject) =>
        broker.publish(
          { cmd: 'publish', topic, payload: JSON.stringify(body), qos: 0, retain: false, dup: false },
          (error) => (error ? reject(error) : resolve()),
        ),
      ),
    down: close,
    up: () => listen(port),
    async [Symbol.asyncDispose]() {
      await close().catch(() => {});
      await new Promise<void>((resolve) => broker.close(resolve));
    },
  };
}
