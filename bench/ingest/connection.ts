// One MQTT connection of the load client: a raw socket that logs in and then only reads acknowledgements.
import * as net from 'node:net';
import { generate } from 'mqtt-packet';
import type { Credential } from './offers.ts';

const ACK_BYTES = 4;
const CONNACK = 0x20;
const PUBACK = 0x40;

export class Connection {
  readonly socket: net.Socket;
  /** Called with each message id that the server acknowledges. */
  acknowledged: (messageId: number) => void = () => {};
  /** Called after the acknowledgements that came together. */
  drained: () => void = () => {};
  #rest: Buffer | null = null;
  #answer: ((returnCode: number) => void) | null = null;

  private constructor(socket: net.Socket) {
    this.socket = socket;
  }

  static async open(port: number, { id, secret }: Credential): Promise<Connection> {
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
    const connection = new Connection(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the server closed a connection of the load client')));
      connection.#answer = (code) => (code === 0 ? resolve() : reject(new Error(`CONNACK with code ${code}`)));
      socket.on('data', (chunk: Buffer) => connection.#read(chunk));
      const login = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0 } as const;
      socket.write(generate({ ...login, clientId: id, username: id, password: Buffer.from(secret) }));
    });
    socket.removeAllListeners('close').removeAllListeners('error');
    socket.on('error', (error) => {
      throw error;
    });
    return connection;
  }

  close(): void {
    this.socket.removeAllListeners('error').on('error', () => {});
    this.socket.destroy();
  }

  #read(arrived: Buffer): void {
    const chunk = this.#rest ? Buffer.concat([this.#rest, arrived]) : arrived;
    let offset = 0;
    for (; offset + ACK_BYTES <= chunk.length; offset += ACK_BYTES) {
      const kind = chunk[offset];
      if (kind === PUBACK) this.acknowledged(chunk.readUInt16BE(offset + 2));
      else if (kind === CONNACK) this.#answer?.(chunk[offset + 3]!);
      else throw new Error(`the load client does not know the packet ${kind}`);
    }
    this.#rest = offset < chunk.length ? chunk.subarray(offset) : null;
    this.drained();
  }
}

const CONNECTING_AT_ONCE = 50;

/** Opens one connection for each, some at a time. */
export async function openConnections(port: number, credentials: readonly Credential[]): Promise<Connection[]> {
  const connections: Connection[] = [];
  for (let first = 0; first < credentials.length; first += CONNECTING_AT_ONCE) {
    const some = credentials.slice(first, first + CONNECTING_AT_ONCE);
    connections.push(...(await Promise.all(some.map((credential) => Connection.open(port, credential)))));
  }
  return connections;
}
