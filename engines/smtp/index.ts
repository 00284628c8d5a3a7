// The door of engines/smtp: sends mail, and takes it where no mail server is at hand.
export { openMailSender } from './sender.ts';
export { type MailSink, type SunkMail, startMailSink } from './sink.ts';
