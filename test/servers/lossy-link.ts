// A TCP link to a real server that can lose what it carries: a question before the server hears it, or the answer to one
// that the server has carried out.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Loss = 'question' | 'half of the question' | 'answer';

export interface LossyLink extends AsyncDisposable {
  readonly port: number;
  readonly lost: Record<Loss, number>;
}

/** `lose` decides about each chunk of a question; the connection that lost something is cut. */
export async function lossyLink(targetPort: number, lose: (question: Buffer) => Loss | null): Promise<LossyLink> {
  const sockets = new Set<Socket>();
  const lost: Record<Loss, number> = { question: 0, 'half of the question': 0, answer: 0 };
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    const cut = (): void => {
      near.destroy();
      far.destroy();
      sockets.delete(near);
      sockets.delete(far);
    };
    let answerIsLost = false;
    near.on('data', (question: Buffer) => {
      const loss = lose(question);
      if (loss) lost[loss]++;
      if (loss === 'question') return cut();
      if (loss === 'half of the question') return void far.write(question.subarray(0, question.length >> 1), cut);
      answerIsLost ||= loss === 'answer';
      far.write(question);
    });
    far.on('data', (answer: Buffer) => (answerIsLost ? cut() : near.write(answer)));
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', cut);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    lost,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
