// One exchange at the level of bytes, and how it is run against a broker.
import * as net from 'node:net';
import { pingreq, pingresp, u16 } from './packets.ts';

/** `open`: all that the specification allows; `production`: what appliances meet. */
export type Profile = 'open' | 'production';
export type Side = 'a' | 'b';

export type Step = { side: Side } & (
  | { does: 'send'; bytes: Buffer }
  /** Exactly these bytes come next; but two bytes at `anyIdAt` are the broker's choice, and with `anyDup` that flag. */
  | { does: 'hear'; bytes: Buffer; anyIdAt?: number; anyDup?: boolean }
  /** Acknowledges with this first byte what was heard with a packet id of the broker's choice. */
  | { does: 'answer'; first: number }
  /** Nothing more comes, and the connection ends. */
  | { does: 'closed' }
  /** Nothing came unheard, and the broker answers. */
  | { does: 'quiet' }
  /** The connection is dropped without a word. */
  | { does: 'drop' }
);

export type Sequence = {
  /** The normative statement of MQTT 3.1.1, or the section where there is none. */
  statement: string;
  what: string;
  steps: readonly Step[];
  /** Known not to hold in the open profile. */
  deviates?: boolean;
  /** Without it both profiles are asked the same. */
  profile?: Profile;
};

const PATIENCE_MS = 5_000;

class Conversation {
  readonly #socket: net.Socket;
  #heard = Buffer.alloc(0);
  #over = false;
  #changed: (() => void) | undefined;
  lastId = 0;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#heard = Buffer.concat([this.#heard, data as Buffer]);
      this.#changed?.();
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#over = true;
      this.#changed?.();
    });
  }

  static async open(port: number): Promise<Conversation> {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const conversation = new Conversation(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return conversation;
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  async hear(count: number): Promise<Buffer> {
    await this.#until(() => this.#heard.length >= count, `${count} bytes`);
    const bytes = this.#heard.subarray(0, count);
    this.#heard = this.#heard.subarray(count);
    return bytes;
  }

  async closed(): Promise<void> {
    await this.#until(() => this.#over, 'the end of the connection');
    if (this.#heard.length > 0) throw new Error(`heard ${this.#heard.toString('hex')} before the end`);
  }

  async drop(): Promise<void> {
    this.#socket.destroy();
    await this.#until(() => this.#over, 'the end of the connection');
  }

  async #until(enough: () => boolean, what: string): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#changed?.();
    }, PATIENCE_MS);
    try {
      while (!enough()) {
        if (late || this.#over) {
          const why = late ? 'nothing more came' : 'the connection ended';
          throw new Error(`expected ${what}, but ${why}; unread: ${this.#heard.toString('hex') || 'nothing'}`);
        }
        await new Promise<void>((resolve) => {
          this.#changed = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

async function take(conversation: Conversation, step: Step): Promise<void> {
  switch (step.does) {
    case 'send':
      return conversation.send(step.bytes);
    case 'answer':
      return conversation.send(Buffer.concat([Buffer.from([step.first, 2]), u16(conversation.lastId)]));
    case 'hear': {
      const heard = Buffer.from(await conversation.hear(step.bytes.length));
      const at = step.anyIdAt;
      if (at !== undefined) {
        conversation.lastId = heard.readUInt16BE(at);
        heard.fill(0, at, at + 2);
      }
      if (step.anyDup) heard[0]! &= ~8;
      if (!heard.equals(step.bytes))
        throw new Error(`expected ${step.bytes.toString('hex')}, heard ${heard.toString('hex')}`);
      return;
    }
    case 'quiet': {
      conversation.send(pingreq);
      const heard = await conversation.hear(pingresp.length);
      if (!heard.equals(pingresp)) throw new Error(`expected no more than PINGRESP, heard ${heard.toString('hex')}`);
      return;
    }
    case 'closed':
      return conversation.closed();
    case 'drop':
      return conversation.drop();
  }
}

/** Throws when the broker answers otherwise. A side that was dropped begins a new connection with its next step. */
export async function runSequence(steps: readonly Step[], port: number): Promise<void> {
  const sides = new Map<Side, Conversation>();
  try {
    for (const [index, step] of steps.entries()) {
      const conversation = sides.get(step.side) ?? (await Conversation.open(port));
      sides.set(step.side, conversation);
      try {
        await take(conversation, step);
      } catch (error) {
        throw new Error(`step ${index + 1} (${step.side} ${step.does}): ${(error as Error).message}`);
      }
      if (step.does === 'drop' || step.does === 'closed') sides.delete(step.side);
    }
  } finally {
    await Promise.all([...sides.values()].map((conversation) => conversation.drop()));
  }
}
