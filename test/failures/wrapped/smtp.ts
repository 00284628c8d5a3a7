// Mails with the step between a server's answer and our mark.
import { openMailSender as open } from '../../../engines/smtp/index.ts';
import { pass } from '../steps.ts';

export * from '../../../engines/smtp/index.ts';

export const openMailSender: typeof open = (options) => {
  const sender = open(options);
  return {
    async send(mail) {
      await sender.send(mail);
      pass('notification: sent, not marked');
    },
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  };
};
