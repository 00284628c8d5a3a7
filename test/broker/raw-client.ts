// An appliance at the level of packets, so that tests can say exactly what is on the wire, and in which order.
import * as net from 'node:net';
import * as tls from 'node:tls';
import { generate, type Packet, parser } from 'mqtt-packet';
import type { Id } from '#contracts';

type Waiting = { resolve: (packet: Packet) => void; reject: (error: Error) => void };
type Connect = { clean?: boolean; keepalive?: number; will?: { topic: string; payload: Buffer; qos?: 0 | 1 | 2 } };

export class RawClient implements AsyncDisposable {
  readonly socket: net.Socket;
  readonly closed: Promise<void>;
  readonly #arrived: Packet[] = [];
  #waiting: Waiting | undefined;
  #over = false;

  private constructor(socket: net.Socket) {
    this.socket = socket;
    const packets = parser();
    packets.on('packet', (packet) => this.#take(packet));
    socket.on('data', (data) => packets.parse(data as Buffer));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    void this.closed.then(() => {
      this.#over = true;
      this.#waiting?.reject(new Error('the connection was closed'));
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return client;
  }

  /** Over TLS, with a certificate of its own. */
  static async openTls(port: number, options: tls.ConnectionOptions): Promise<RawClient> {
    const socket = tls.connect({ port, host: '127.0.0.1', ...options });
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return client;
  }

  static async connected(port: number, id: Id, secret: string, more: Connect = {}): Promise<RawClient> {
    const client = await RawClient.open(port);
    const code = await client.connect(id, secret, more);
    if (code !== 0) throw new Error(`refused with code ${code}`);
    return client;
  }

  /** Sends CONNECT; returns the code of CONNACK. */
  async connect(
    id: string,
    secret: string | undefined,
    { will, ...more }: Connect & { userName?: string | null } = {},
  ): Promise<number> {
    this.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 0,
      clientId: id,
      ...(more.userName === null ? {} : { username: more.userName ?? id }),
      ...(secret === undefined ? {} : { password: Buffer.from(secret) }),
      ...more,
      ...(will ? { will: { qos: 0, retain: false, ...will } } : {}),
    } as Packet);
    const answer = await this.next('connack');
    return answer.returnCode!;
  }

  send(...packets: Packet[]): void {
    this.socket.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  publish(topic: string, payload: string | Buffer, qos: 0 | 1 | 2 = 1, messageId = 1, retain = false): void {
    this.send({ cmd: 'publish', topic, payload, qos, messageId, retain, dup: false });
  }

  /** Returns what was granted. */
  async subscribe(...filters: string[]): Promise<number[]> {
    this.send({ cmd: 'subscribe', messageId: 9, subscriptions: filters.map((topic) => ({ topic, qos: 1 })) });
    return (await this.next('suback')).granted as number[];
  }

  /** The next packet, which must be of this kind; rejects when the connection ends first. */
  async next<Cmd extends Packet['cmd']>(cmd: Cmd): Promise<Extract<Packet, { cmd: Cmd }>> {
    const packet = this.#arrived.shift() ?? (await this.#one());
    if (packet.cmd !== cmd) throw new Error(`expected ${cmd}, got ${packet.cmd}`);
    return packet as Extract<Packet, { cmd: Cmd }>;
  }

  /** Passes over other packets; rejects when the connection ends first. */
  async until(cmd: Packet['cmd']): Promise<void> {
    while ((this.#arrived.shift() ?? (await this.#one())).cmd !== cmd);
  }

  /** A PINGREQ answered: everything that was sent to us before has arrived by then. Returns it. */
  async sofar(): Promise<Packet[]> {
    this.send({ cmd: 'pingreq' });
    const packets: Packet[] = [];
    for (;;) {
      const packet = this.#arrived.shift() ?? (await this.#one());
      if (packet.cmd === 'pingresp') return packets;
      packets.push(packet);
    }
  }

  /** Ends without a goodbye. */
  async drop(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }

  async goodbye(): Promise<void> {
    this.send({ cmd: 'disconnect' });
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drop();
  }

  #take(packet: Packet): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve(packet);
    else this.#arrived.push(packet);
  }

  #one(): Promise<Packet> {
    if (this.#over) return Promise.reject(new Error('the connection was closed'));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }
}
