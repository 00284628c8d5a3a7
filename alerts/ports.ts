// What alerts needs to reach people.
export type Mail = {
  to: { name: string; address: string };
  subject: string;
  text: string;
  /** RFC 5322 Message-ID without brackets, the same on each try, so that a provider can recognise a repeat. */
  messageId: string;
  language: string;
};

export interface MailSender {
  /** Resolves when the server has taken the mail. Throws PlatformError: `retry` (try again later) or `reject` (this mail never will be taken). */
  send(mail: Mail): Promise<void>;
}
