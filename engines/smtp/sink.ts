// A real SMTP server that keeps what it gets in memory and delivers nothing: for the demo and for tests.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { newId } from '#contracts';
import { type Clock, SECOND } from '#runtime';

const KEPT_MAILS = 200;
const LARGEST_MAIL_BYTES = 1024 * 1024;

/** `id` is the Message-ID without brackets; `at` the time of arrival, epoch ms. */
export type SunkMail = { id: string; to: string; subject: string; text: string; at: number };

export interface MailSink extends AsyncDisposable {
  /** For SMTP_URL. */
  readonly url: string;
  /** The last 200 mails, newest first. The same Message-ID again takes the place of the earlier one. */
  mails(): SunkMail[];
}

/** Takes mail for anybody from anybody, so let `host` be a loopback address. Port 0 takes a free one. */
export async function startMailSink(deps: { host: string; port: number; clock: Clock }): Promise<MailSink> {
  const mails = new Map<string, SunkMail>();
  const keep = async (stream: SMTPServerDataStream): Promise<void> => {
    const mail = await parse(await buffer(stream), deps.clock.now());
    mails.delete(mail.id);
    mails.set(mail.id, mail);
    for (const id of mails.keys()) if (mails.size > KEPT_MAILS) mails.delete(id);
  };
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: SECOND,
    size: LARGEST_MAIL_BYTES,
    onData(stream, _session, callback) {
      keep(stream).then(
        () => callback(null, 'kept, not delivered'),
        (error: Error) => callback(error),
      );
    },
  });
  // A client that breaks off is its own affair.
  server.on('error', () => {});
  const listener = server.listen(deps.port, deps.host);
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return {
    url: `smtp://${deps.host}:${port}`,
    mails: () => [...mails.values()].reverse(),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function parse(raw: Buffer, at: number): Promise<SunkMail> {
  const email = await PostalMime.parse(raw);
  return {
    id: email.messageId?.replace(/^<|>$/g, '') ?? newId(),
    to: email.to?.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', ') ?? '',
    subject: email.subject ?? '',
    text: email.text ?? '',
    at,
  };
}
