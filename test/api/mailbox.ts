// The mailbox of whoever gets mail in these tests: what rooms left to be sent, sent by real SMTP to a local sink.
import { sweepNotifications } from '#alerts';
import { openMailSender, type SunkMail, startMailSink } from '#engines/smtp';
import type { Platform } from './platform.ts';

export type Mailbox = Awaited<ReturnType<typeof openMailbox>>;

export async function openMailbox(platform: Platform) {
  const stack = new AsyncDisposableStack();
  const { clock } = platform.deps;
  const sink = stack.use(await startMailSink({ host: '127.0.0.1', port: 0, clock }));
  const mail = stack.use(openMailSender({ smtpUrl: sink.url, from: 'Stethos <service@stethos.test>' }));
  // From here on the platform has a mail server.
  platform.deps.alerts.mail = mail;
  return {
    /** Mails to this address, newest last. */
    async to(address: string): Promise<SunkMail[]> {
      await sweepNotifications({ ...platform.deps.alerts, mail }, platform.now());
      return sink
        .mails()
        .filter((one) => one.to.includes(address))
        .reverse();
    },
    /** The token in the link of the newest mail to this address. */
    async token(address: string): Promise<string> {
      const text = (await this.to(address)).at(-1)?.text ?? '';
      const token = /#([\w-]{20,})/.exec(text)?.[1];
      if (token === undefined) throw new Error(`no link in: ${text}`);
      return token;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
