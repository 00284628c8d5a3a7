// A network between a client and a real server that can be told to be bad, and counts what it did.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export const TROUBLES = ['slow', 'resets', 'answers lost', 'half-open', 'partition'] as const;
export type Trouble = (typeof TROUBLES)[number];

const SLOW_MS = 40;
/** One chunk in so many is where the connection is reset. */
const RESET_ONE_IN = 8;

export interface BadNetwork extends AsyncDisposable {
  readonly port: number;
  /**
   * From now on. `slow`: every chunk late; `resets`: connections end anywhere; `answers lost`: the server hears and does,
   * its answer is lost with the connection; `half-open`: both ends believe in a connection that carries nothing;
   * `partition`: that, and no new connection either. `null` carries everything, and ends what was half-open.
   */
  be(trouble: Trouble | null): void;
  /** Resolves when so many more chunks or connections were harmed. */
  harmed(count: number): Promise<void>;
}

export async function badNetwork(targetPort: number): Promise<BadNetwork> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let trouble: Trouble | null = null;
  let harm: () => void = () => {};
  const cut = (pair: { near: Socket; far: Socket }): void => {
    pair.near.destroy();
    pair.far.destroy();
    pairs.delete(pair);
  };
  const server = createServer((near) => {
    near.on('error', () => {});
    if (trouble === 'partition') {
      harm();
      near.destroy();
      return;
    }
    const pair = { near, far: connect(targetPort, '127.0.0.1') };
    pairs.add(pair);
    const carry = (from: Socket, to: Socket, isAnswer: boolean): void => {
      from.on('data', (chunk: Buffer) => {
        if (trouble === null) return void to.write(chunk);
        if (trouble === 'slow') {
          harm();
          setTimeout(() => to.writable && to.write(chunk), SLOW_MS);
        } else if (trouble === 'resets') {
          if (Math.random() * RESET_ONE_IN >= 1) return void to.write(chunk);
          harm();
          to.write(chunk.subarray(0, chunk.length >> 1), () => cut(pair));
        } else if (trouble === 'answers lost' && !isAnswer) to.write(chunk);
        else {
          harm();
          if (trouble === 'answers lost') cut(pair);
        }
      });
      from.on('error', () => cut(pair));
      from.on('close', () => cut(pair));
    };
    carry(near, pair.far, false);
    carry(pair.far, near, true);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    be(next) {
      const wasSilent = trouble === 'half-open' || trouble === 'partition';
      trouble = next;
      if (wasSilent || next === null) for (const pair of [...pairs]) cut(pair);
    },
    harmed: (count) =>
      new Promise((resolve) => {
        let left = count;
        harm = () => {
          if (--left <= 0) resolve();
        };
      }),
    async [Symbol.asyncDispose]() {
      for (const pair of [...pairs]) cut(pair);
      server.close();
      await once(server, 'close');
    },
  };
}
