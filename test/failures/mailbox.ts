// A mail server that counts how often it was given each mail, and in which life of the platform.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

const MESSAGE_ID = /^message-id:\s*<([^>]+)>/im;

export type Mailbox = AsyncDisposable & {
  /** For SMTP_URL. */
  url: string;
  /** Whoever sends was killed and begins anew. */
  nextLife(): void;
  /** Whoever marks what was sent was killed, or is back: a mail of before may be sent again. */
  nextMark(): void;
  /** Mails taken, by Message-ID: the life in which each was taken. */
  taken: ReadonlyMap<string, readonly string[]>;
};

export async function startMailbox(): Promise<Mailbox> {
  const taken = new Map<string, string[]>();
  let life = 0;
  let marks = 0;
  /** A mail belongs to the life that opened its connection, even if it is read to its end after the kill. */
  const lives = new Map<string, number>();
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 1_000,
    onConnect(session, callback) {
      lives.set(session.id, life);
      callback();
    },
    onData(stream, session, callback) {
      buffer(stream).then((mail) => {
        const id = MESSAGE_ID.exec(mail.toString('latin1'))?.[1] ?? '';
        taken.set(id, [...(taken.get(id) ?? []), `${lives.get(session.id)} ${marks}`]);
        callback(null, 'taken');
      }, callback);
    },
  });
  // A client that is killed breaks off.
  server.on('error', () => {});
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    nextLife: () => void life++,
    nextMark: () => void marks++,
    taken,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export type Repeats = {
  mails: number;
  /** The platform died after the server took it and before it could mark that. */
  afterKill: number;
  /** In one life: nothing excuses it. */
  inOneLife: number;
};

/** At most `sendersPerLife` mails are between the server's answer and the mark when a life ends. */
export function repeatsOf({ taken }: Mailbox, sendersPerLife = 1): Repeats {
  const repeats: Repeats = { mails: taken.size, afterKill: 0, inOneLife: 0 };
  const excused = new Map<string, number>();
  for (const lives of taken.values()) {
    for (let i = 1; i < lives.length; i++) {
      const before = lives[i - 1]!;
      const used = excused.get(before) ?? 0;
      if (lives[i] === before || used >= sendersPerLife) repeats.inOneLife++;
      else repeats.afterKill++;
      excused.set(before, used + 1);
    }
  }
  return repeats;
}
