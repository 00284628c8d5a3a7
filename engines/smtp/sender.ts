// The MailSender port on an SMTP server, through nodemailer.
import { createTransport } from 'nodemailer';
import type { Mail, MailSender } from '#alerts';
import { messageOf, PlatformError, SECOND } from '#runtime';

/** As nodemailer tells it: `code` says what failed, `responseCode` is the server's reply, `command` what it replied to. */
type SmtpError = { code?: string; responseCode?: number; command?: string };

/**
 * `smtpUrl`: smtp:// (upgrades to TLS when the server can) or smtps://, with user:password when the server wants them.
 * `from`: the sender of every mail, an address or "Name <address>". Opens connections when there is something to send.
 */
export function openMailSender({ smtpUrl, from }: { smtpUrl: string; from: string }): MailSender & AsyncDisposable {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 2,
    connectionTimeout: 10 * SECOND,
    greetingTimeout: 10 * SECOND,
    socketTimeout: 30 * SECOND,
    // The text is ours: nothing in it may make the server read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail: Mail) {
      await transport
        .sendMail({
          from,
          to: mail.to,
          subject: mail.subject,
          text: mail.text,
          messageId: `<${mail.messageId}>`,
          headers: { 'Content-Language': mail.language, 'Auto-Submitted': 'auto-generated' },
        })
        .catch((error: unknown) => {
          throw sendError(error);
        });
    },
    async [Symbol.asyncDispose]() {
      transport.close();
    },
  };
}

function sendError(cause: unknown): PlatformError {
  if (isRefusedForGood(cause as SmtpError)) {
    return new PlatformError('mail-refused', 'reject', `The mail server refuses this mail: ${messageOf(cause)}`, {
      cause,
      hint: 'Is the address of the recipient right?',
    });
  }
  return new PlatformError('mail-not-sent', 'retry', `The mail was not sent: ${messageOf(cause)}`, {
    cause,
    hint: 'Does the server in SMTP_URL run, does it know that user and password, and may that user send as this sender?',
  });
}

/** Only what is said about this recipient or this text is final: a wrong password or sender is ours to correct. */
function isRefusedForGood({ code, responseCode, command }: SmtpError): boolean {
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false;
  if (command === 'MAIL FROM') return false;
  return responseCode === undefined || responseCode >= 500;
}
